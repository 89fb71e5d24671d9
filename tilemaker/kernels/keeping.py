"""Whether the compiler has a place to keep machine code."""

from __future__ import annotations

from numba import njit


def can_be_kept() -> bool:
    """Return whether it has a folder that can be written to: it refuses to keep anything without one."""
    try:
        njit(cache=True)(can_be_kept)
    except RuntimeError:
        return False
    return True
