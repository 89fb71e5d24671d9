"""Files of regions that DS9 writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tilemaker.errors import MapUnreadable
from tilemaker.providers.hdus import quietly

from .cells import Numbers, Texts
from .table import Field, Table
from .unpacking import unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from regions import Region

MOST_REGIONS = 20_000
"""More than this is a catalogue, and belongs into a table."""


def regions_in(path: Path) -> tuple[Region, ...]:
    """Return everything in a file of regions, points and texts too. Raises `MapUnreadable`."""
    # Here, because it takes a third of a second to import, and few files are regions.
    from regions import Regions

    text = unpacked(path).decode("utf-8-sig", "replace")
    try:
        with quietly():
            found = tuple(Regions.parse(text, format="ds9"))
    except Exception as broken:  # whatever a line of rubbish makes the parser trip over
        raise MapUnreadable("The file cannot be read as regions of DS9.") from broken
    if len(found) > MOST_REGIONS:
        raise MapUnreadable(f"The file holds {len(found)} regions; at most {MOST_REGIONS} can be shown.")
    return found


def points_table(path: Path) -> Table:
    """Read the points of a file of regions. Raises `MapUnreadable`, also where there are none on the sky."""
    from regions import PointSkyRegion

    points = [region for region in regions_in(path) if isinstance(region, PointSkyRegion)]
    if not points:
        raise MapUnreadable("The file holds no points on the sky.")
    places = [point.center.icrs for point in points]
    return Table(
        {
            "ra": Field(Numbers(np.asarray([place.ra.deg for place in places], np.float64))),
            "dec": Field(Numbers(np.asarray([place.dec.deg for place in places], np.float64))),
            "name": Field(Texts.of(str(point.meta.get("text", "")) for point in points)),
        },
        rows=len(points),
    )
