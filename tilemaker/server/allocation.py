"""How the C library hands out memory, where it lets itself be told: glibc, on Linux."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

_MEGABYTE = 1 << 20
CHOICES = {
    # One pool for all threads. Where each has its own, the others get nothing back of what it has freed, and pools but the first
    # grow by pieces of 64 MB, of which the last is fetched and given back several times a tile while tiles in memory fill it up.
    "MALLOC_ARENA_MAX": (-8, 1),
    # A tile's arrays come from memory that is there already. Given back and fetched anew each time, they cost as much as reading.
    # A cut-out's, which may be larger, are given back.
    "MALLOC_MMAP_THRESHOLD_": (-3, 32 * _MEGABYTE),
    "MALLOC_TRIM_THRESHOLD_": (-1, 24 * _MEGABYTE),
}
"""What can be chosen, by the environment variable that chooses it: its number for ``mallopt``, and our choice."""


def keep_memory_at_hand() -> None:
    """Choose how memory is handed out to this process, except for what the environment has chosen; best before threads start."""
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):  # another C library, which has no such choice
        mallopt = ctypes.CDLL(None).mallopt
        for variable, (number, value) in CHOICES.items():
            if variable not in os.environ:
                mallopt(number, value)
