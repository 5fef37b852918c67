"""Processes, told apart from any other that ever had their number, here and on other machines."""

import os
import socket
from pathlib import Path


def this_process() -> str:
    """This process: machine, number, start."""
    return f"{_machine()}|{os.getpid()}|{_born(os.getpid()) or ''}"


def has_ended(process: str) -> bool | None:
    """Whether a process is over; None for one that cannot be looked at, such as another machine's.

    >>> has_ended(this_process()), has_ended("elsewhere|1|2")
    (False, None)
    """
    machine, pid, born = process.rsplit("|", 2)
    if machine == _machine() and born:
        return _born(int(pid)) != born
    return None


def _machine() -> str:
    """Host name, boot and, since containers number their processes themselves, their name space."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{socket.gethostname()} {boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:  # no Linux: processes cannot be looked at without another library
        return socket.gethostname()


def _born(pid: int) -> str | None:
    """When a process was started, in ticks since the machine's start; None for one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]  # Z, X: ended, but not yet collected
