"""A layer's tiles: from the cache, else from its provider."""

from __future__ import annotations

from .tiles import Tiles

__all__ = ["Tiles"]
