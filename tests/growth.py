"""Cost that grows with a text's length and no faster: measured as a ratio, since seconds are another machine's."""

import time
from collections.abc import Callable

TIMES = 8
"""How much longer the longer text is. Of quadratic work it takes 64 times as long."""


def assert_linear(work: Callable[[int], Callable[[], object]], size: int) -> None:
    """Fail if what `work` gives for `size` takes far more CPU than for an eighth of it; what makes it is not counted.

    Other tests run beside this one: what seems too slow is tried twice more, and the quickest of each size counts.
    """
    shorter, longer = work(size // TIMES), work(size)
    least, most = _seconds(shorter), _seconds(longer)
    for _ in range(2):
        if most < 2.5 * TIMES * least + 0.1:
            return
        least, most = min(least, _seconds(shorter)), min(most, _seconds(longer))
    assert most < 2.5 * TIMES * least + 0.1, f"{TIMES} times the size takes {most / least:.0f} times as long"


def _seconds(run: Callable[[], object]) -> float:
    began = time.thread_time()
    run()
    return time.thread_time() - began
