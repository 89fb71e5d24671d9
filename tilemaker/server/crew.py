"""The threads that work on requests: a few, with a queue that has an end, and nobody's work done in vain.

Work is about something: a layer, whose disk may die. Then its threads wait for ever, and nothing can wake them. Others take their
places, and whoever asks for the same is refused, until the first of them has come back: the other layers are not to wait for it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from contextvars import Context, copy_context
from typing import Any, Generic, TypeAlias, TypeVar

from tilemaker import wanted
from tilemaker.errors import MapStalled, TooBusy, TookTooLong

T = TypeVar("T")
V = TypeVar("V")

IDLE_SECONDS = 10.0
"""How long a thread without work stays."""


SLOW_SECONDS = 3.0
"""How long work may usually take before another thread takes the place of its own."""
PLACES_TAKEN = 4
"""How many times the usual number of threads there may be, when the places of slow ones are taken."""
BUSY = "The server is busy: ask again in a moment."
STALLED = "Reading the map takes too long: ask again in a while."


class Departed(Exception):
    """The client has gone away."""


class Crew:
    """Does the work of requests in threads.

    A request waits for a thread in the order of its coming. What its client no longer waits for is taken out of the queue, or told
    to stop when it is under way; its thread counts as busy until it has.

    Parameters
    ----------
    threads
        How many requests are worked on at once. Threads are started when they are first needed.
    queue_limit
        How many more may wait.
    seconds
        How long a request may take altogether, waiting included.
    patience_seconds
        How long work may be under way before no more of the same subject is begun; None for a little more than ``seconds``: only
        what does not stop when it is told to.
    slow_seconds
        How long work may take before another thread takes the place of its own.
    """

    def __init__(
        self,
        threads: int = 6,
        *,
        queue_limit: int = 256,
        seconds: float = 30.0,
        patience_seconds: float | None = None,
        slow_seconds: float = SLOW_SECONDS,
    ) -> None:
        self._threads, self._queue_limit, self._seconds, self._slow_seconds = threads, queue_limit, seconds, slow_seconds
        self._patience_seconds = seconds + slow_seconds if patience_seconds is None else patience_seconds
        self._queue: dict[_AnyTask, None] = {}
        self._under_way: set[_AnyTask] = set()
        self._changed = threading.Condition()
        self._members = self._idle = 0

    @property
    def is_at_work(self) -> bool:
        """Whether any work is under way, or waits."""
        return bool(self._under_way or self._queue)

    async def do(self, work: Callable[[], T], departure: Awaitable[object], subject: Hashable = None) -> T:
        """Have work done, and return what it returns or raise what it raises.

        Parameters
        ----------
        work
            What to do. It may ask `tilemaker.wanted.check` whether to go on.
        departure
            Ends when the client goes away.
        subject
            What it is about, None for nothing in particular. Of four threads or more, and of the queue, one subject
            has three quarters at most.

        Raises
        ------
        TooBusy
            Too many wait already. Nothing is begun.
        MapStalled
            Work on the same subject does not come to an end. Nothing is begun.
        TookTooLong
            The time is over.
        Departed
            The client has gone.
        """
        watch = asyncio.ensure_future(departure)
        try:
            task = self._submitted(_Task(work, subject))
            try:
                await self._wait({task.answer, watch})
                return self._outcome(task.answer, watch)
            finally:
                self._give_up(task)
        finally:
            watch.cancel()

    async def _wait(self, endings: set[asyncio.Future[Any]]) -> None:
        """Wait for the first of these, or until the time is over."""
        until = time.monotonic() + self._seconds
        while (left_seconds := until - time.monotonic()) > 0.0:
            # Now and then, look whether a thread is needed in place of a slow one.
            seconds = min(left_seconds, self._slow_seconds / 3)
            done, _ = await asyncio.wait(endings, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if done:
                return
            with self._changed:
                self._hire()

    def _outcome(self, answer: asyncio.Future[T], watch: asyncio.Future[object]) -> T:
        if answer.done():
            return answer.result()
        if watch.done():
            raise Departed
        raise TookTooLong(f"This took longer than the {self._seconds:g} seconds that a request may take here.")

    def _submitted(self, task: _Task[T]) -> _Task[T]:
        with self._changed:
            self._check(task.subject)
            self._queue[task] = None
            self._hire()
            self._changed.notify()
        return task

    def _check(self, subject: Hashable) -> None:
        """Raise `TooBusy` or `MapStalled` when no more work about a subject can be taken."""
        if subject is not None:
            if any(task.subject == subject and task.age_seconds > self._patience_seconds for task in self._under_way):
                raise MapStalled(STALLED)
            if sum(task.subject == subject for task in self._queue) >= _most_of(self._queue_limit):
                raise TooBusy(BUSY)
        if len(self._queue) >= self._queue_limit:
            raise TooBusy(BUSY)

    def _hire(self) -> None:
        """Start a thread, if more are needed than there are and may be."""
        if self._idle < len(self._queue) and self._members < self._places:
            self._members += 1
            threading.Thread(target=self._work, name="crew", daemon=True).start()

    @property
    def _places(self) -> int:
        """How many threads there may be now."""
        slow = sum(task.age_seconds > self._slow_seconds for task in self._under_way)
        return min(self._threads + slow, PLACES_TAKEN * self._threads)

    def _give_up(self, task: _Task[T]) -> None:
        """Take a task out of the queue, or tell it to stop; of one that is done, do nothing."""
        task.answer.cancel()
        task.given_up.set()
        with self._changed:
            self._queue.pop(task, None)

    def _work(self) -> None:
        while (task := self._next()) is not None:
            task.run()
            with self._changed:
                self._under_way.discard(task)
                self._pass_on()
            del task  # and with it the answer, which may be large, while this thread waits

    def _next(self) -> _AnyTask | None:
        """Return the task that has waited longest, or None when there has been none for a while and this thread may end.

        A thread that comes back to find its place taken may end too.
        """
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._first() is not None or self._members > self._places, IDLE_SECONDS)
            self._idle -= 1
            task = None if self._members > self._places else self._first()
            if task is None:
                self._members -= 1
                self._pass_on()
            else:
                del self._queue[task]
                task.began_at = time.monotonic()
                self._under_way.add(task)
            return task

    def _pass_on(self) -> None:
        """Wake an idle thread for what waits: it may have waited for a thread that its subject had, or have woken one that left."""
        if self._queue:
            self._changed.notify()

    def _first(self) -> _AnyTask | None:
        """Return the task that has waited longest, of those whose subject has threads left to it."""
        taken = Counter(task.subject for task in self._under_way if task.subject is not None)
        most = _most_of(self._threads)
        return next((task for task in self._queue if taken[task.subject] < most), None)


def _most_of(count: int) -> int:
    """Return how many of a number one subject may have."""
    return max(1, count - count // 4)


class _Task(Generic[T]):
    """Work, and what comes of it. Made where its answer is waited for."""

    def __init__(self, work: Callable[[], T], subject: Hashable) -> None:
        self._loop = asyncio.get_running_loop()
        self.answer: asyncio.Future[T] = self._loop.create_future()
        self.given_up = threading.Event()
        self.subject = subject
        self.began_at: float | None = None
        self._work = work
        self._context: Context = copy_context()

    @property
    def age_seconds(self) -> float:
        """How long it has been under way."""
        return 0.0 if self.began_at is None else time.monotonic() - self.began_at

    def run(self) -> None:
        """Do it, unless nobody wants it any more."""
        if self.given_up.is_set():
            return
        try:
            self._tell(self.answer.set_result, self._context.run(self._wanted))
        except BaseException as failed:  # noqa: BLE001  handed on, whatever it is
            self._tell(self.answer.set_exception, failed)

    def _wanted(self) -> T:
        with wanted.until(self.given_up):
            return self._work()

    def _tell(self, answer: Callable[[V], None], what: V) -> None:
        """Answer, where that is waited for, if it still is."""
        with suppress(RuntimeError):  # the program is ending, and nobody waits any more
            self._loop.call_soon_threadsafe(lambda: None if self.answer.done() else answer(what))


_AnyTask: TypeAlias = _Task[Any]
"""A task in the queue, where what it returns is between it and who asked."""
