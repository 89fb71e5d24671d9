"""How quickly a server answers: what decides between many small requests and few large ones."""

from __future__ import annotations

import threading

NEWEST = 0.2
"""How much the newest observation counts."""

LEAST_BYTES = 1 << 14
"""Answers that are shorter say nothing of how quickly bytes arrive."""

MOST_GAP_BYTES = 1 << 18


class Pace:
    """How long answers are waited for, and how quickly their bytes arrive, as seen lately by all threads."""

    def __init__(self) -> None:
        self._seconds, self._bytes_a_second = 0.03, 2e6
        self._lock = threading.Lock()

    def answered(self, seconds: float) -> None:
        """Note how long an answer took to begin."""
        with self._lock:
            self._seconds += NEWEST * (seconds - self._seconds)

    def sent(self, count: int, seconds: float) -> None:
        """Note how long so many bytes took to arrive."""
        if count >= LEAST_BYTES:
            with self._lock:
                self._bytes_a_second += NEWEST * (count / max(seconds, 1e-4) - self._bytes_a_second)

    @property
    def gap_bytes(self) -> int:
        """How many bytes that nobody wants arrive in the time that another request would take."""
        return int(min(self._seconds * self._bytes_a_second, MOST_GAP_BYTES))
