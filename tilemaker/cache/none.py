"""The cache that keeps nothing."""

from __future__ import annotations


class NoCache:
    """Forgets at once: every tile is read anew. For measuring, and for machines without memory to spare."""

    def get(self, key: str) -> bytes | None:
        """Return None: nothing is ever there."""
        return None

    def at_hand(self, key: str) -> bytes | None:
        """Return None."""
        return None

    def put(self, key: str, value: bytes, seconds: float | None = None) -> None:
        """Forget the value."""

    def add(self, key: str, value: bytes, seconds: float) -> bool:
        """Return True: nothing was there, and it is not known who else asks."""
        return True
