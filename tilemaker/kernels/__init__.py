"""Loops over pixels that a compiler makes fast: compiled beside requests, with NumPy doing their work until then and without them."""

from __future__ import annotations

from .ready import loops, prepare

__all__ = ["loops", "prepare"]
