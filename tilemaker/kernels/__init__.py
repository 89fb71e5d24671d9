"""Loops over pixels that a compiler makes fast, beside requests; until then, and without it, NumPy does their work."""

from __future__ import annotations

from .ready import loops, prepare, prepare_now, settle

__all__ = ["loops", "prepare", "prepare_now", "settle"]
