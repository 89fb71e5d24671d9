"""Asking something of a layer that may never answer, because its disk has died, and waiting for a moment only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeAlias, TypeVar

from tilemaker.errors import MapStalled

T = TypeVar("T")

PATIENCE_SECONDS = 5.0
"""How long a layer may take to answer before it counts as unavailable. Opening a map takes milliseconds, or a second from afar."""


IDLE_SECONDS = 1.0
"""How long a thread that has had its answer stays for the next question: starting one takes as long as opening a map."""


class Attention:
    """Asks in a thread for each question under way, so that a layer that does not answer keeps that one thread and no other.

    For what lists many layers, and for what is done beside requests.

    Parameters
    ----------
    patience_seconds
        How long a question may take, unless whoever asks says otherwise.
    """

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._idle: list[_Desk] = []
        self._asked: dict[Hashable, _Question[Any]] = {}
        self._lock = threading.Lock()

    def to(self, subject: Hashable, question: Callable[[], T], seconds: float | None = None) -> T:
        """Return what a question is answered, or raise what it raises.

        Parameters
        ----------
        subject
            What is asked, and of whom. While the same is asked already, nothing is asked anew.
        question
            Asks.
        seconds
            How long to wait, None for as long as usual. Who was waited for so long once is not again before it has answered.

        Raises
        ------
        MapStalled
            There was no answer.
        """
        seconds = self._patience_seconds if seconds is None else seconds
        with self._lock:
            asked: _Question[T] | None = self._asked.get(subject)
            if asked is None:
                asked = self._asked[subject] = _Question(question)
                self._put(subject, asked)
        try:
            return asked.answer.result(0.0 if asked.is_overdue else seconds)
        except TimeoutError:
            asked.is_overdue = True
            raise MapStalled("The map does not answer.") from None

    def _put(self, subject: Hashable, asked: _Question[T]) -> None:
        """Leave a question to a thread that has nothing to do, or to a new one. Called with the lock held."""
        if self._idle:
            desk = self._idle.pop()
        else:
            desk = SimpleQueue()
            threading.Thread(target=self._work, args=[desk], name="attention", daemon=True).start()
        desk.put((subject, asked))

    def _work(self, desk: _Desk) -> None:
        while (task := self._next(desk)) is not None:
            self._ask(*task, desk)
            del task  # and with it the answer

    def _next(self, desk: _Desk) -> tuple[Hashable, _Question[Any]] | None:
        """Return the next question on a desk, None when nobody has had one for a while and the thread may go."""
        try:
            return desk.get(timeout=IDLE_SECONDS)
        except Empty:
            with self._lock:
                if desk in self._idle:
                    self._idle.remove(desk)
                    return None
            return desk.get()  # it has just been chosen

    def _ask(self, subject: Hashable, asked: _Question[T], desk: _Desk) -> None:
        try:
            answer = asked.ask()
        except BaseException as failed:  # noqa: BLE001  handed on, whatever it is
            self._forget(subject, desk)
            asked.answer.set_exception(failed)
        else:
            self._forget(subject, desk)
            asked.answer.set_result(answer)

    def _forget(self, subject: Hashable, desk: _Desk) -> None:
        """Forget a question that is answered. Whoever waits for the answer finds this thread free for the next."""
        with self._lock:
            del self._asked[subject]
            self._idle.append(desk)


class _Question(Generic[T]):
    """Something asked, and its answer."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self.ask = ask
        self.answer: Future[T] = Future()
        self.is_overdue = False


_Desk: TypeAlias = "SimpleQueue[tuple[Hashable, _Question[Any]]]"
"""Where a thread finds its next question."""
