"""Silence about harmless flaws of files."""

from __future__ import annotations

import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Quiet:
    """Silence that lasts as long as somebody wants it.

    `warnings.catch_warnings` swaps a list of the whole process: the first thread to want silence does so, and the last swaps back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted_by = 0
        self._caught = warnings.catch_warnings()

    def begin(self) -> None:
        with self._lock:
            if not self._wanted_by:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")
            self._wanted_by += 1

    def end(self) -> None:
        with self._lock:
            self._wanted_by -= 1
            if not self._wanted_by:
                self._caught.__exit__(None, None, None)


_QUIET = _Quiet()


@contextmanager
def quietly() -> Iterator[None]:
    """Keep astropy's warnings about harmless flaws of files off the terminal. Threads may do so at once."""
    _QUIET.begin()
    try:
        yield
    finally:
        _QUIET.end()
