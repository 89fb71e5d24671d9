"""Every endpoint, by subject."""

from __future__ import annotations

from tilemaker.server.operations import AnyOperation

from . import analysis, boxes, colour, health, maps, regions, search, sources, submaps, tiles

OPERATIONS: tuple[AnyOperation, ...] = (
    *maps.OPERATIONS,
    *search.OPERATIONS,
    *tiles.OPERATIONS,
    *submaps.OPERATIONS,
    *colour.OPERATIONS,
    *analysis.OPERATIONS,
    *sources.OPERATIONS,
    *boxes.OPERATIONS,
    *regions.OPERATIONS,
    *health.OPERATIONS,
)
"""The whole interface. Of two addresses that match, the first answers."""
