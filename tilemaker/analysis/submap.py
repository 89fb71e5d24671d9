"""A cut-out of a map, whole pixels at full resolution."""

from __future__ import annotations
