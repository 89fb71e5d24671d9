"""Several maps as one: a plane worked out, band by band, from the pixels of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tilemaker.errors import UnsupportedGeometry
from tilemaker.sky.boxes import SkyBox, wrap_deg
from tilemaker.sky.car import Axis, CarGeometry
from tilemaker.sky.grid import whole_pixels

from .base import Sample

if TYPE_CHECKING:
    from tilemaker.sky.grid import Shape, TileGrid

    from .base import Provider
    from .pixels import Pixels, Values

Join = Callable[[Sequence["Pixels | None"]], "Pixels | None"]
"""Makes one of the pixels of all parts; None stands for a part that does not reach there, or for all of them."""


class JointPlane:
    """A plane on a tile grid, each pixel of which is made of the nearest pixel of every part.

    Parameters
    ----------
    parts
        At least one.
    box, grid
        The sky of the plane, and the grid that its pixels are of.
    join
        What is made of them.
    """

    def __init__(self, parts: Sequence[Provider], box: SkyBox, grid: TileGrid, join: Join) -> None:
        self.parts, self._join = parts, join
        self.pixel_deg = grid.pixel_deg
        self.geometry = _on_grid(box, grid)
        self.shape: Shape = self.geometry.shape
        self.is_quick = False

    def read(self, rows: range, columns: range) -> Values:
        """Return the pixels at these rows and columns, NaN where there is nothing."""
        if rows.step == 1:
            return self._joined(self._box_of(rows, columns), (len(rows), len(columns)))
        if columns.step == 1:  # rows picked out of the map: a sample of its pixels, not of means of them
            return np.concatenate([self.read(range(row, row + 1), columns) for row in rows])
        # Only previews stride both ways: they are made of the parts' means, or of their previews.
        shape = len(rows), len(columns)
        sample = self.coarse(self._box_of(rows, columns), shape)
        return np.full(shape, np.nan, np.float32) if sample is None else sample.pixels

    def coarse(self, box: SkyBox, shape: Shape) -> Sample | None:
        """Return what is made of the parts' means, None where that is nothing; final when all of them are."""
        samples = [part.read(box, shape) for part in self.parts]
        pixels = self._join([None if sample is None else sample.pixels for sample in samples])
        return None if pixels is None else Sample(pixels, all(sample.is_final for sample in samples if sample is not None))

    def _box_of(self, rows: range, columns: range) -> SkyBox:
        """Return the sky under some pixels; those that are strided have a box of their own size around them."""
        ra, dec, half = self.geometry.ra, self.geometry.dec, self.pixel_deg / 2
        west_deg = ra.centre_deg(columns[0]) - half * columns.step
        south_deg = dec.centre_deg(rows[0]) - half * rows.step
        height_deg, width_deg = len(rows) * rows.step * self.pixel_deg, len(columns) * columns.step * self.pixel_deg
        return SkyBox(west_deg, west_deg + width_deg, south_deg, south_deg + height_deg)

    def _joined(self, box: SkyBox, shape: Shape) -> Pixels:
        joined = self._join([nearest(part, box, shape) if meet(part.extent.box, box) else None for part in self.parts])
        return np.full(shape, np.nan, np.float32) if joined is None else joined


def nearest(part: Provider, box: SkyBox, shape: Shape) -> Pixels | None:
    """Return the pixel of a map nearest to the centre of each pixel of a box, or None when it does not reach there.

    What a provider gives for pixels much larger than its own is their mean. So it is asked for pixels that are not, of which every
    n-th is taken: n is odd, so that they lie in the middle.
    """
    times = box.height_deg / shape[0] / part.extent.grid.pixel_deg
    if times < 2 - 1e-6:
        return _read(part, box, shape)
    count = 2 * int(times // 4 + 1) + 1
    side_deg = box.height_deg / shape[0]
    result = np.full(shape, np.nan, np.float32)
    is_reached = False
    for row in range(shape[0]):
        middle_deg = box.south_deg + (row + 0.5) * side_deg
        strip = SkyBox(box.west_deg, box.east_deg, middle_deg - side_deg / count / 2, middle_deg + side_deg / count / 2)
        pixels = _read(part, strip, (1, shape[1] * count))
        if pixels is not None:
            result[row] = pixels[0, count // 2 :: count]
            is_reached = True
    return result if is_reached else None


def _read(part: Provider, box: SkyBox, shape: Shape) -> Pixels | None:
    sample = part.read(box, shape)
    return None if sample is None else sample.pixels


def meet(one: SkyBox, other: SkyBox) -> bool:
    """Tell whether two boxes may share a place, on whatever turns they are named."""
    apart_deg = (other.west_deg - one.west_deg) % 360.0
    is_apart = apart_deg > one.width_deg and apart_deg + other.width_deg < 360.0
    return not is_apart and one.south_deg <= other.north_deg and other.south_deg <= one.north_deg


def whole_box(boxes: Sequence[SkyBox]) -> SkyBox:
    """Return the smallest box around boxes: of the stretches of RA between them the widest is left out."""
    ordered = sorted((wrap_deg(box.west_deg), box.width_deg) for box in boxes)
    first_deg, reach_deg = ordered[0][0], ordered[0][0]
    gaps = []
    for west_deg, width_deg in [*ordered, (first_deg + 360.0, 0.0)]:
        gaps.append((west_deg - reach_deg, west_deg))
        reach_deg = max(reach_deg, west_deg + width_deg)
    gap_deg, west_deg = max(gaps)
    south_deg, north_deg = min(box.south_deg for box in boxes), max(box.north_deg for box in boxes)
    if gap_deg <= 0:
        return SkyBox(-180.0, 180.0, south_deg, north_deg)
    west_deg = wrap_deg(west_deg)
    return SkyBox(west_deg, west_deg + 360.0 - gap_deg, south_deg, north_deg)


def common_box(boxes: Sequence[SkyBox]) -> SkyBox:
    """Return the sky that all boxes share. Where two of them meet at both their ends, it is the narrower of them.

    Raises
    ------
    UnsupportedGeometry
        They share none.
    """
    common = boxes[0]
    for box in boxes[1:]:
        west_deg, east_deg = _common_ra(common, box)
        common = SkyBox(west_deg, east_deg, max(common.south_deg, box.south_deg), min(common.north_deg, box.north_deg))
        if common.width_deg <= 0 or common.height_deg <= 0:
            raise UnsupportedGeometry("The maps to combine have no sky in common.")
    return common


def _common_ra(one: SkyBox, other: SkyBox) -> tuple[float, float]:
    """Return the right ascensions that two boxes share; the second not above the first where there are none."""
    turned = [(other.west_deg + turn_deg, other.east_deg + turn_deg) for turn_deg in (-360.0, 0.0, 360.0)]
    stretches = [(max(one.west_deg, west_deg), min(one.east_deg, east_deg)) for west_deg, east_deg in turned]
    if sum(east_deg > west_deg for west_deg, east_deg in stretches) > 1:
        narrower = min(one, other, key=lambda box: box.width_deg)
        return narrower.west_deg, narrower.east_deg
    return max(stretches, key=lambda stretch: stretch[1] - stretch[0])


def _on_grid(box: SkyBox, grid: TileGrid) -> CarGeometry:
    """Return the whole grid pixels that a box touches."""

    def axis(origin_deg: float, start_deg: float, end_deg: float) -> Axis:
        first, last = whole_pixels((start_deg, end_deg), origin_deg, grid.pixel_deg)
        return Axis(origin_deg + first * grid.pixel_deg, grid.pixel_deg, last - first)

    ra = axis(grid.west_deg, box.west_deg, box.east_deg)
    return CarGeometry(ra, axis(grid.south_deg, box.south_deg, box.north_deg)).cropped_to_one_turn()
