"""One piece of work for each key, however many ask for it at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from tilemaker import wanted

T = TypeVar("T")


class Flight(Generic[T]):
    """Shares work that is under way. It remembers nothing once the work is done: that is a cache's task.

    The first thread to ask for a key does the work, and the others wait for what comes of it, result or exception. When the work is
    given up because the first no longer wants it, another begins again. The work must not ask for its own key: it would wait for
    itself.
    """

    def __init__(self) -> None:
        self._under_way: dict[str, Future[T]] = {}
        self._lock = threading.Lock()

    def share(self, key: str, work: Callable[[], T]) -> T:
        """Return what ``work`` returns, or raise what it raises, whichever thread does it."""
        while True:
            with self._lock:
                theirs = self._under_way.get(key)
                if theirs is None:
                    mine = self._under_way[key] = Future()
            if theirs is None:
                return self._do(key, work, mine)
            try:
                return theirs.result()
            except wanted.NotWanted:
                wanted.check()

    def _do(self, key: str, work: Callable[[], T], mine: Future[T]) -> T:
        try:
            result = work()
        except BaseException as failure:
            # Also what ends this thread, such as an interrupt: whoever waits must not wait for ever.
            self._land(key)
            mine.set_exception(failure)
            raise
        self._land(key)
        mine.set_result(result)
        return result

    def _land(self, key: str) -> None:
        with self._lock:
            del self._under_way[key]
