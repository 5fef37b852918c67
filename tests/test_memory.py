"""Memory that is no longer needed."""

import gc
import platform
import subprocess
import sys
import weakref

import pytest

from flows.memory import settle_memory

PROGRAM = """
from flows.memory import return_memory

def held() -> int:
    return int(open("/proc/self/statm").read().split()[1]) * 4096

{first}
page = bytes(30_000_000)
del page  # from now on glibc takes what is smaller from what it keeps
before, pages = held(), []
for number in range(40):
    pages.append(bytes([number]) * 4_000_000)
    pages.append(bytes([number]) * 100_000)  # stays, behind a large one that goes
del pages[::2]
print((held() - before) // 1_000_000)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told")
def test_large_pages_are_given_back() -> None:
    kept = [
        int(subprocess.run([sys.executable, "-c", PROGRAM.format(first=first)], capture_output=True, check=True).stdout)
        for first in ("return_memory()", "pass")
    ]
    assert kept[0] < 30 < kept[1]  # megabytes; without it most of the 160 stay


class Knot:
    """Holds itself: only a search for garbage finds it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_one_run_leaves_the_next_one_finds() -> None:
    knot = Knot()
    seen = weakref.ref(knot)
    settle_memory()
    del knot
    gc.collect()
    assert seen() is not None  # what was there at the beginning of a run is not looked at while it lasts
    settle_memory()
    assert seen() is None
    gc.unfreeze()
