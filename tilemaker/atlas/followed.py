"""Files that are read when first asked for, and again when they have changed."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from tilemaker.errors import MapUnreadable
from tilemaker.providers.blobs import Identity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")


class Followed(Generic[T]):
    """What a file holds, as long as it is the same file.

    Parameters
    ----------
    path
        The file.
    read
        Reads it. Raises `MapUnreadable`.
    """

    def __init__(self, path: Path, read: Callable[[], T]) -> None:
        self._path = path
        self._read = read
        self._reading = Lock()
        self._kept: tuple[Identity, T] | None = None

    @property
    def now(self) -> T:
        """What it holds now: the same object until the file changes. Raises `MapUnreadable`."""
        with self._reading:
            identity = _identity_of(self._path)
            if self._kept is None or self._kept[0] != identity:
                self._kept = identity, self._read()
            return self._kept[1]


def _identity_of(path: Path) -> Identity:
    try:
        return Identity.of(path.stat())
    except (OSError, ValueError) as missing:  # not there, or a name that no file could have
        raise MapUnreadable("The file of this list cannot be found.") from missing
