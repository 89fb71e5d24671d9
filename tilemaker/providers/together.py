"""A few threads for one piece of work."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextvars import copy_context

MOST_HELPERS = 4
"""Reading is one thread's work at a time, and from here on it is what all others wait for."""


def helpers() -> int:
    """Return how many threads work on one thing: one more than this process may use processors, within reason.

    One of them waits for a disk, or for another to be done with it.
    """
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors + 1, MOST_HELPERS)


def together(works: Sequence[Callable[[], None]]) -> None:
    """Do several things at once, one of them in this thread, and return when all are done; raise what the first to fail raises.

    They are to notice by themselves, by what they share, when others have failed and there is nothing left to do.
    """
    failures: list[BaseException] = []

    def tried(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as failed:  # noqa: BLE001  raised again below
            failures.append(failed)

    threads = [threading.Thread(target=copy_context().run, args=(tried, work), daemon=True) for work in works[1:]]
    for thread in threads:
        thread.start()
    for work in works[:1]:
        tried(work)
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
