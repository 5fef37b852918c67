"""What is done again and again beside a run, by time."""

import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prefect.logging import get_logger


@contextmanager
def pulse(work: Callable[[], object], seconds: float) -> Iterator[None]:
    """Do `work` every so many seconds until the end; one that fails is noted in the log, and tried again."""
    ended, context = threading.Event(), contextvars.copy_context()

    def beat() -> None:
        while not ended.wait(seconds):
            try:
                work()
            except Exception as error:  # the run itself goes on
                get_logger("dateline").warning("%s; tried again in %g s", error, seconds)

    thread = threading.Thread(target=context.run, args=(beat,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
