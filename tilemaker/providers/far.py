"""Maps that are elsewhere: no more of them is fetched than somebody looks at, and little for a first look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .placed import PlacedMap, PlacedPlane
from .pyramid import SAMPLED_ROWS, PlanePyramid, middles, summary_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tilemaker.sky.boxes import SkyBox
    from tilemaker.sky.grid import Shape
    from tilemaker.sky.place import Placement

    from .base import Provider, Sample, Summary
    from .counting import Edges
    from .overview import Overview
    from .pixels import Rows, Values

SKIPPED = 4
"""Rows of a preview that look like the first of them."""

KEPT_LEVEL = 2
"""The finest level of overviews: averages on request would fetch all that lies under them."""


class FarMap(PlacedMap):
    """A map whose overview is built once it is looked at, and not at all when too many bytes had to be fetched for it.

    Without one, coarse pixels are samples for good.
    """

    @property
    def progress(self) -> float:
        """How much of the overview is built, 0 to 1."""
        return 1.0 if self.is_too_far else super().progress

    def prepare(self, edges: Edges) -> None:
        """Note which histogram will be wanted."""
        self._edges[edges.tobytes()] = edges

    def read(self, box: SkyBox, shape: Shape) -> Sample | None:
        """Return the box as ``shape`` pixels, or None when the map does not reach it."""
        sample = super().read(box, shape)
        return replace(sample, is_final=True) if sample is not None and self.is_too_far else sample

    @property
    def _is_small(self) -> bool:
        return False

    def _overview(self) -> Overview | None:
        return None if self.is_too_far else super()._overview()


class OutOfReach(FarMap):
    """A map of which too many bytes had to be fetched for an overview."""

    is_too_far = True


class KeptPyramid(PlanePyramid):
    """Pixels in rows and columns, of which no coarse ones are averaged on request. The rest is as for `PlanePyramid`."""

    def __init__(self, plane: Rows, placement: Placement, kept_pixels: int) -> None:
        super().__init__(plane, placement, kept_pixels)
        self.first_level = min(self.first_level, KEPT_LEVEL)


class FarPyramid(KeptPyramid):
    """The pixels of a plane that is elsewhere: whole rows are fetched for previews, and few."""

    def summary(self) -> Summary:
        """Return what evenly spaced rows say: rows that previews show too."""
        rows, columns = self.shape
        step = max(1, rows // SAMPLED_ROWS)
        sampled = range(0, rows, 1 << (step.bit_length() - 1))
        return summary_of(self._plane.read(sampled, range(columns)), rows * columns)

    def _preview(self, level: int, where: tuple[range, range]) -> Values:
        """Return one pixel of each block, from the middle column and a row near by.

        The previews beside this one are made of other parts of the same rows, so that each is fetched whole.
        """
        (rows, row_picks), (columns, column_picks) = (middles(*each, level) for each in zip(self._ladders, where, strict=True))
        apart = SKIPPED << level
        fewer = range(rows[0] // apart * apart, rows[-1] + 1, apart)
        pixels = self._plane.read(fewer, range(self.shape[1]))[:, columns.start : columns.stop : columns.step]
        nearest = np.asarray(rows) // apart - fewer[0] // apart
        picked: Values = pixels[np.ix_(nearest[row_picks], column_picks)]
        return picked


class FarPlane(FarMap, PlacedPlane):
    """A plane that is elsewhere. The rest is as for `FarMap`."""

    made_of = FarPyramid


class PlaneOutOfReach(OutOfReach, PlacedPlane):
    """A plane of which too many bytes had to be fetched for an overview."""

    made_of = FarPyramid


class JointOutOfReach(OutOfReach, PlacedPlane):
    """A plane worked out from the pixels of others, of which one is out of reach."""

    made_of = KeptPyramid


def joint_plane(parts: Iterable[Provider]) -> type[PlacedPlane]:
    """Return what a plane worked out from these maps is."""
    return JointOutOfReach if any(part.is_too_far for part in parts) else PlacedPlane
