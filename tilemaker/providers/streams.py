"""A blob as a file, for libraries that want one."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from .blobs import Blob, Reader


class BlobStream(io.RawIOBase):
    """Reads a blob from beginning to end, or wherever it is told to, in one thread at a time.

    Parameters
    ----------
    blob
        The bytes. Opened for each read, unless the stream is `held` open.
    size
        How many there are.
    """

    def __init__(self, blob: Blob, size: int) -> None:
        super().__init__()
        self._blob, self._size, self._at = blob, size, 0
        self._reader: Reader | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the blob open, so that all that is read inside of the block is of the same file."""
        with self._blob.opened() as reader:
            self._reader = reader
            try:
                yield
            finally:
                self._reader = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go somewhere, which may be beyond the end."""
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer as far as there are bytes. Raises `MapUnreadable`."""
        view = memoryview(buffer).cast("B")
        view = view[: max(0, min(len(view), self._size - self._at))]
        if view:
            self._read(view)
        self._at += len(view)
        return len(view)

    def _read(self, view: memoryview) -> None:
        if self._reader is not None:
            self._reader.read_into(view, self._at)
            return
        with self._blob.opened() as reader:
            reader.read_into(view, self._at)
