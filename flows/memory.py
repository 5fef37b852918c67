"""What a process keeps of the memory that it no longer needs."""

import ctypes
import sys
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's malloc.h."""
_LARGE = 1 << 20
"""Bytes."""


def return_memory() -> None:
    """From now on, give large pieces of memory back to the system as soon as they are free.

    Left alone, glibc keeps ever more the larger the pages are that were read (mallopt(3)). Elsewhere nothing changes.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            library = ctypes.CDLL(None)
            for threshold in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
                library.mallopt(threshold, _LARGE)
