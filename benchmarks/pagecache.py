"""Which parts of a file the system holds in memory, and making it forget them. Linux only."""

from __future__ import annotations

import ctypes
import mmap
import os
from pathlib import Path

import numpy as np

_READ_BYTES = 8 << 20


def drop(path: Path) -> None:
    """Have the system forget what it holds of a file. Nothing that a process has mapped into memory is forgotten."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fdatasync(descriptor)  # pages that are not on the disk yet would stay
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def read(path: Path) -> None:
    """Have the system read a file from its first byte to its last."""
    buffer = memoryview(bytearray(_READ_BYTES))
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def resident(path: Path) -> float:
    """Return which part of a file the system holds in memory, 0 to 1."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        pages = np.zeros(-(-len(mapped) // mmap.PAGESIZE), np.uint8)
        content = np.frombuffer(mapped, np.uint8)
        _mincore(content.ctypes.data, len(mapped), pages)
        del content  # else the map could not be closed
    return float(np.mean(pages & 1))


def _mincore(address: int, length: int, pages: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mincore(ctypes.c_void_p(address), ctypes.c_size_t(length), ctypes.c_void_p(pages.ctypes.data)):
        raise OSError(ctypes.get_errno(), "mincore")
