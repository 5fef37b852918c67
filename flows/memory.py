"""What a process keeps of the memory that it no longer needs."""

import ctypes
import gc
import sys
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_ARENA_MAX of glibc's malloc.h."""
_LARGE = 1 << 20
"""Bytes."""


def return_memory() -> None:
    """From now on, give large pieces of memory back to the system as soon as they are free.

    Left alone, glibc keeps ever more the larger the pages are that were read, and keeps what one thread has freed from
    the others (mallopt(3)). Elsewhere nothing changes.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            library = ctypes.CDLL(None)
            library.mallopt(_ARENA_MAX, 1)
            for threshold in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
                library.mallopt(threshold, _LARGE)


def settle_memory() -> None:
    """What was loaded until now stays for good: the search for garbage need not look at it again.

    So that search is quick, and happens as often as what comes and goes makes it worth: else it waits for a quarter of
    all that there is (gc.freeze, and `long_lived_pending` in CPython's gcmodule.c).
    """
    gc.unfreeze()  # what an earlier run of this process left
    gc.collect()
    gc.freeze()
