"""Files of regions that DS9 writes: shapes to be drawn over maps, and points, which are a catalogue."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from tilemaker.errors import MapUnreadable
from tilemaker.providers.blobs import Identity
from tilemaker.providers.quiet import quietly

from .cells import Numbers, Texts
from .region_lines import SKY_FRAMES, Statement, statements
from .region_shapes import drawn, icrs_place, kind_of, name_of
from .table import Field, Table
from .unpacking import unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from regions import Region

    from .outlines import SkyRegion

logger = logging.getLogger(__name__)

MOST_REGIONS = 20_000
"""More than this is a catalogue, and belongs into a table."""
MOST_KINDS = 10
"""How many kinds of what is left out are named."""
WRITTEN = frozenset({"circle", "annulus", "ellipse", "box", "polygon", "line", "text", "point"})
"""Shapes that can be shown, as they are called in a file."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a file of regions."""

    regions: tuple[SkyRegion, ...] = ()
    """Shapes and texts, in the order of the file."""
    points: Table | None = None
    """Points, where there are any."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """What cannot be shown, and how often each of it is there."""


def read_regions(path: Path) -> tuple[SkyRegion, ...]:
    """Read the shapes and texts of a file of regions that are on the sky; points are left to `points_table`.

    Raises
    ------
    MapUnreadable
        The file cannot be read, or has none of these.
    """
    found = regions_in(path)
    if not found.regions:
        raise MapUnreadable(_why_nothing(found))
    return found.regions


def points_table(path: Path) -> Table:
    """Read the points of a file of regions. Raises `MapUnreadable`, also where there are none on the sky."""
    points = regions_in(path).points
    if points is None:
        raise MapUnreadable("The file holds no points on the sky.")
    return points


def regions_in(path: Path) -> Found:
    """Return everything in a file of regions; what cannot be shown is logged when the file is read. Raises `MapUnreadable`."""
    try:
        return _regions_of(path, Identity.of(path.stat()))
    except OSError as missing:
        raise MapUnreadable("The file cannot be read.") from missing


@lru_cache(maxsize=8)
def _regions_of(path: Path, _identity: Identity) -> Found:
    """Read a file once for its shapes and its points: it takes a millisecond for each."""
    said = tuple(statements(unpacked(path).decode("utf-8-sig", "replace")))
    if len(said) > MOST_REGIONS:
        raise MapUnreadable(f"The file holds {len(said)} regions; at most {MOST_REGIONS} can be shown.")
    found = _understood(said)
    if found.left_out and (found.regions or found.points):
        number = sum(found.left_out.values())
        logger.warning("Of %s %d %s not shown: %s.", path, number, "region is" if number == 1 else "regions are", _listed(found))
    return found


def _understood(said: Sequence[Statement]) -> Found:
    regions: list[SkyRegion] = []
    points: list[Region] = []
    left_out: Counter[str] = Counter()
    with quietly():
        for statement in said:
            try:
                for region in _parsed(statement):
                    if kind_of(region) == "Point":
                        points.append(region)
                    else:
                        regions.append(drawn(region))
            except _NotShown as refused:
                left_out[str(refused)] += 1
        return Found(tuple(regions), _table_of(points) if points else None, left_out)


class _NotShown(Exception):
    """A region cannot be shown; what it is, and why."""


def _parsed(statement: Statement) -> Iterable[Region]:
    """Return the regions of a statement: one, or several rings about one place. Raises `_NotShown`."""
    # Here, because it takes a third of a second to import, and few files are regions.
    from regions import Regions

    if not statement.shape:
        raise _NotShown("line that is not understood")
    if statement.shape not in WRITTEN:
        raise _NotShown(statement.shape)
    if statement.frame not in SKY_FRAMES:
        raise _NotShown(f"{statement.shape} in {statement.frame or 'unnamed'} coordinates")
    try:
        found = tuple(Regions.parse(statement.text, format="ds9"))
    except ValueError as broken:
        raise _NotShown(f"{statement.shape} ({_sentence(broken)})") from broken
    except Exception as broken:  # whatever else a line of rubbish makes the parser trip over
        raise _NotShown(f"{statement.shape} that cannot be read") from broken
    if not found:
        raise _NotShown(f"{statement.shape} in pixels")
    return found


def _table_of(points: Sequence[Region]) -> Table:
    places = [icrs_place(point.center) for point in points]
    return Table(
        {
            "ra": Field(Numbers(np.asarray([ra_deg for ra_deg, _ in places], np.float64))),
            "dec": Field(Numbers(np.asarray([dec_deg for _, dec_deg in places], np.float64))),
            "name": Field(Texts.of(name_of(point) or "" for point in points)),
        },
        rows=len(points),
    )


def _sentence(broken: Exception) -> str:
    return " ".join(str(broken).split())[:200].rstrip(".")


def _listed(found: Found) -> str:
    """Return what is left out of a file, with numbers, what there is most of first."""
    kinds = Counter(found.left_out).most_common()
    more = [f"{len(kinds) - MOST_KINDS} other kinds"] if len(kinds) > MOST_KINDS else []
    return ", ".join([f"{number} × {what}" for what, number in kinds[:MOST_KINDS]] + more)


def _why_nothing(found: Found) -> str:
    what = "The file holds points, but no regions" if found.points else "The file holds no regions of DS9 that can be shown"
    return f"{what}: {_listed(found)}." if found.left_out else f"{what}."
