"""Which processes have ended."""

import subprocess
import sys

from store.processes import has_ended, this_process

SAY = "from store.processes import this_process; print(this_process())"


def test_a_process_that_has_ended() -> None:
    said = subprocess.run([sys.executable, "-c", SAY], capture_output=True, text=True, check=True).stdout.strip()
    assert has_ended(said)
    assert has_ended(this_process()) is False
    assert has_ended("elsewhere|1|1") is None
