"""The threads that work on requests: a few, with a queue that has an end, and nobody's work done in vain."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextvars import Context, copy_context
from typing import Any, Generic, TypeAlias, TypeVar

from tilemaker import wanted
from tilemaker.errors import TooBusy, TookTooLong

T = TypeVar("T")

IDLE_SECONDS = 10.0
"""How long a thread without work stays."""


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
    """

    def __init__(self, threads: int = 8, *, queue_limit: int = 256, seconds: float = 30.0) -> None:
        self._threads, self._queue_limit, self._seconds = threads, queue_limit, seconds
        self._queue: dict[_AnyTask, None] = {}
        self._changed = threading.Condition()
        self._members = self._idle = 0

    async def do(self, work: Callable[[], T], departure: Awaitable[object]) -> T:
        """Have work done, and return what it returns or raise what it raises.

        Parameters
        ----------
        work
            What to do. It may ask `tilemaker.wanted.check` whether to go on.
        departure
            Ends when the client goes away.

        Raises
        ------
        TooBusy
            Too many wait already. Nothing is begun.
        TookTooLong
            The time is over.
        Departed
            The client has gone.
        """
        watch = asyncio.ensure_future(departure)
        try:
            task = self._submitted(work)
            answer = asyncio.wrap_future(task.future)
            try:
                waited: set[asyncio.Future[Any]] = {answer, watch}
                await asyncio.wait(waited, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
                return self._outcome(answer, watch)
            finally:
                self._give_up(task)
                answer.cancel()
        finally:
            watch.cancel()

    def _outcome(self, answer: asyncio.Future[T], watch: asyncio.Future[object]) -> T:
        if answer.done():
            return answer.result()
        if watch.done():
            raise Departed
        raise TookTooLong(f"This took longer than the {self._seconds:g} seconds that a request may take here.")

    def _submitted(self, work: Callable[[], T]) -> _Task[T]:
        task = _Task(work)
        with self._changed:
            if len(self._queue) >= self._queue_limit:
                raise TooBusy("The server is busy: ask again in a moment.")
            self._queue[task] = None
            if self._idle < len(self._queue) and self._members < self._threads:
                self._members += 1
                threading.Thread(target=self._work, name="crew", daemon=True).start()
            self._changed.notify()
        return task

    def _give_up(self, task: _Task[T]) -> None:
        """Take a task out of the queue, or tell it to stop; of one that is done, do nothing."""
        task.given_up.set()
        with self._changed:
            self._queue.pop(task, None)

    def _work(self) -> None:
        while (task := self._next()) is not None:
            task.run()
            del task  # and with it the answer, which may be large, while this thread waits

    def _next(self) -> _AnyTask | None:
        """Return the task that has waited longest, or None when there has been none for a while and this thread may end."""
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: bool(self._queue), IDLE_SECONDS)
            self._idle -= 1
            task = next(iter(self._queue), None)
            if task is None:
                self._members -= 1
            else:
                del self._queue[task]
            return task


class _Task(Generic[T]):
    """Work, and what comes of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.future: Future[T] = Future()
        self.given_up = threading.Event()
        self._work = work
        self._context: Context = copy_context()

    def run(self) -> None:
        """Do it, unless nobody wants it any more."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            self.future.set_result(self._context.run(self._wanted))
        except BaseException as failed:  # noqa: BLE001  handed on, whatever it is
            self.future.set_exception(failed)

    def _wanted(self) -> T:
        with wanted.until(self.given_up):
            return self._work()


_AnyTask: TypeAlias = _Task[Any]
"""A task in the queue, where what it returns is between it and who asked."""
