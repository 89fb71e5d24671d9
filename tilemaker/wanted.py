"""Whether anybody still waits for what is being worked on.

Work that takes long asks now and then, with `check`. Who has it done says with `until` how it can be told to stop: a request whose
client has gone away, or whose time is over, is then left unfinished. Work that nobody limited goes on to its end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class NotWanted(Exception):
    """Nobody waits for this work any more. It is no failure: whoever else wants the same may begin again."""


_given_up: ContextVar[threading.Event | None] = ContextVar("given_up", default=None)


def check() -> None:
    """Raise `NotWanted` when the work of this context has been given up."""
    given_up = _given_up.get()
    if given_up is not None and given_up.is_set():
        raise NotWanted


@contextmanager
def until(given_up: threading.Event) -> Iterator[None]:
    """Let the work inside the block stop, at its next `check`, once the event is set."""
    token = _given_up.set(given_up)
    try:
        yield
    finally:
        _given_up.reset(token)
