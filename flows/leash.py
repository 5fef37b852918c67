"""A part of `dateline serve`: `python -m flows.leash MODULE:FUNCTION ARGUMENT…` calls it until its starter is gone.

The part's input ends when the starter does, be it killed: then it is asked to end, as by `kill`, and at last made to.
"""

import os
import signal
import sys
import threading
import time
from importlib import import_module

PATIENCE_SECONDS = 20


def _end_with_starter() -> None:
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    os._exit(1)


def main() -> None:
    """Call what the command line names."""
    module, _, name = sys.argv[1].partition(":")
    threading.Thread(target=_end_with_starter, daemon=True).start()
    sys.argv = [name, *sys.argv[2:]]
    sys.exit(getattr(import_module(module), name)())


if __name__ == "__main__":
    main()
