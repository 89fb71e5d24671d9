"""Finding sources by where they are and by which matter most, among a million."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .cells import Numbers

if TYPE_CHECKING:
    from tilemaker.sky.boxes import SkyBox

    from .cells import Column, Rows

BANDS = 360
"""Of Dec; a box of a few degrees looks through a few of them, and in each only at its RA."""


@dataclass(frozen=True)
class SkyIndex:
    """Places, sorted by bands of Dec and by RA within each band.

    Parameters
    ----------
    ra_deg, dec_deg
        The places; RA on any turn.
    """

    ra_deg: npt.NDArray[np.float64]
    dec_deg: npt.NDArray[np.float64]

    @cached_property
    def _sorted(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
        """Band and RA of each place as one number, in order, and the rows in that order."""
        keys = _band(self.dec_deg) * 360.0 + self.ra_deg % 360.0
        rows = np.argsort(keys, kind="stable")
        return keys[rows], rows.astype(np.int32)

    def within(self, box: SkyBox) -> Rows:
        """Return the rows of the places in a box, edges included, in no particular order."""
        south_deg, north_deg = max(box.south_deg, -90.0), min(box.north_deg, 90.0)
        if south_deg > north_deg:
            return np.zeros(0, np.int64)
        first, last = _band(np.asarray([south_deg, north_deg])).tolist()
        bands = np.arange(first, last + 1.0)
        found: Rows = np.concatenate([self._between(bands, *part) for part in _parts(box)])
        is_inside = (self.dec_deg[found] >= south_deg) & (self.dec_deg[found] <= north_deg)
        return found[is_inside]

    def _between(self, bands: npt.NDArray[np.float64], west_deg: float, east_deg: float) -> Rows:
        """Return the rows in bands between two right ascensions, from 0 to 360."""
        keys, rows = self._sorted
        # RA 360 itself is kept as 0, and one that is just below would be the next band's first.
        first = np.searchsorted(keys, bands * 360.0 + west_deg, "left")
        last = np.searchsorted(keys, np.minimum(bands * 360.0 + east_deg, np.nextafter((bands + 1.0) * 360.0, 0.0)), "right")
        counts = last - first
        starts = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        found: Rows = rows[starts + np.arange(counts.sum())].astype(np.int64)
        return found


def _band(dec_deg: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.clip(np.floor((dec_deg + 90.0) * (BANDS / 180.0)), 0.0, BANDS - 1.0)


def _parts(box: SkyBox) -> list[tuple[float, float]]:
    """Return a box's RA as one or two stretches of 0 to 360."""
    if box.width_deg >= 360.0:
        return [(0.0, 360.0)]
    west_deg = box.west_deg % 360.0
    east_deg = west_deg + box.width_deg
    return [(west_deg, east_deg)] if east_deg < 360.0 else [(west_deg, 360.0), (0.0, east_deg - 360.0)]


def keys_of(cells: Column, *, is_descending: bool) -> npt.NDArray[np.float64] | None:
    """Return numbers that are the less the more a row matters, infinite where there is nothing; None where there are no numbers."""
    if isinstance(cells, Numbers) and cells.values.ndim == 1:
        values = cells.values.astype(np.float64)
        if cells.is_blank is not None:
            values[cells.is_blank] = np.nan
    elif (floats := cells.as_floats()) is not None:
        values = floats
    else:
        return None
    return np.where(np.isfinite(values), -values if is_descending else values, np.inf)


def foremost(rows: Rows, keys: npt.NDArray[np.float64] | None, limit: int) -> Rows:
    """Return at most so many of some rows, least key first; in the order of the file where keys are the same or there are none."""
    if keys is None:
        return np.sort(rows)[:limit]
    kept = keys[rows]
    if len(rows) > limit:
        # Of those with the last key there is room for, the first of the file: as if all had been sorted.
        last = np.partition(kept, limit - 1)[limit - 1]
        rows, kept = rows[kept <= last], kept[kept <= last]
    return rows[np.lexsort((rows, kept))][:limit]
