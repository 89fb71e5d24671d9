"""Several maps folded into one, pixel by pixel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from tilemaker.errors import UnitsMismatch, UnsupportedGeometry
from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.car import Axis, CarGeometry
from tilemaker.sky.place import place

from .base import MapExtent, Provider, ProviderSpec
from .fits import FitsSpec
from .placed import PlacedPlane

if TYPE_CHECKING:
    from pathlib import Path

    from tilemaker.sky.grid import Shape, TileGrid

    from .pixels import Pixels, Values
    from .workshop import Workshop

Function = Literal["+", "-", "*", "/", "max", "min", "mean"]


def _folded(fold: np.ufunc) -> Callable[[Sequence[Pixels]], Pixels]:
    """Return a function that folds parts in the order given: a - b - c."""

    def apply(parts: Sequence[Pixels]) -> Pixels:
        result = parts[0]
        for part in parts[1:]:
            result = fold(result, part)
        return result

    return apply


FUNCTIONS: dict[Function, Callable[[Sequence[Pixels]], Pixels]] = {
    "+": _folded(np.add),
    "-": _folded(np.subtract),
    "*": _folded(np.multiply),
    "/": _folded(np.divide),
    "max": _folded(np.maximum),
    "min": _folded(np.minimum),
    # Not folded: the mean of three maps is not the mean of the third and the mean of the others.
    "mean": lambda parts: np.asarray(np.mean(parts, axis=0, dtype=np.float64), np.float32),
}
"""What can be done. A pixel without data in any part has none in the result; so has a division by zero."""

MIXES_UNITS: frozenset[Function] = frozenset({"*", "/"})
"""Functions whose parts may have different units; the units of the result are then for the configuration to say."""


class CombinationSpec(ProviderSpec):
    """Several providers combined pixel by pixel, over the sky that all of them cover."""

    provider_type: Literal["fits_combination"] = "fits_combination"
    providers: Annotated[tuple[AnyProvider, ...], Field(min_length=1, description="What to combine, in order.")]
    function: Annotated[Function, Field(description="How: + - * / fold in the order given; max, min and mean take all at once.")]

    def relative_to(self, folder: Path) -> CombinationSpec:
        """Return the same combination with file names taken from a folder."""
        return self.model_copy(update={"providers": tuple(each.relative_to(folder) for each in self.providers)})

    def open(self, workshop: Workshop) -> Provider:
        """Open every part. Raises `UnitsMismatch`, `UnsupportedGeometry`, and what the parts raise."""
        parts = [each.open(workshop) for each in self.providers]
        units = _common_units(parts, self.function)
        plane = CombinedPlane(parts, FUNCTIONS[self.function])
        placement = place(plane.geometry, plane.pixel_deg)
        key = repr([self.function, *(part.fingerprint for part in parts)])
        return PlacedPlane(
            plane,
            placement,
            MapExtent(plane.geometry.box, placement.grid, units, parts[0].extent.polarisation),
            fingerprint=hashlib.blake2b(key.encode(), digest_size=9).hexdigest(),
            is_current=lambda: all(part.is_current for part in parts),
            workshop=workshop,
        )


AnyProvider = Annotated[FitsSpec | CombinationSpec, Field(discriminator="provider_type")]
"""Every kind of provider that a configuration can name."""

CombinationSpec.model_rebuild()  # it names AnyProvider, which is known only now


class CombinedPlane:
    """The pixels of a combination, on the grid of its finest part.

    Parameters
    ----------
    parts
        At least one. A part with larger pixels, or pixels elsewhere, is read at its nearest pixel.
    function
        How to combine equal shapes.

    Raises
    ------
    UnsupportedGeometry
        The parts have no sky in common.
    """

    def __init__(self, parts: Sequence[Provider], function: Callable[[Sequence[Pixels]], Pixels]) -> None:
        self._parts, self._function = parts, function
        finest = min(parts, key=lambda part: part.extent.grid.pixel_deg).extent
        self.pixel_deg = finest.grid.pixel_deg
        self.geometry = _on_grid(_common_box([part.extent.box for part in parts]), finest.grid)
        self.shape: Shape = self.geometry.shape
        self.is_quick = False

    def read(self, rows: range, columns: range) -> Values:
        """Return the combined pixels at these rows and columns, NaN where any part has none."""
        ra, dec, half = self.geometry.ra, self.geometry.dec, self.pixel_deg / 2
        # Strided samples are boxes of their own size around the pixel; only previews stride.
        west_deg = ra.centre_deg(columns[0]) - half * columns.step
        south_deg = dec.centre_deg(rows[0]) - half * rows.step
        size_deg = len(rows) * rows.step * self.pixel_deg, len(columns) * columns.step * self.pixel_deg
        box = SkyBox(west_deg, west_deg + size_deg[1], south_deg, south_deg + size_deg[0])
        samples = [part.read(box, (len(rows), len(columns))) for part in self._parts]
        present = [sample.pixels for sample in samples if sample is not None]
        if len(present) < len(samples):
            return np.full((len(rows), len(columns)), np.nan, np.float32)
        with np.errstate(all="ignore"):
            combined = np.asarray(self._function(present), np.float32)
        combined[np.isinf(combined)] = np.nan
        return combined


def _common_units(parts: Sequence[Provider], function: Function) -> str | None:
    units = [part.extent.units for part in parts]
    if len(set(units)) == 1:
        return None if function in MIXES_UNITS and len(units) > 1 else units[0]
    if function in MIXES_UNITS:
        return None
    raise UnitsMismatch(f"Maps in different units cannot be combined by {function}: {', '.join(each or 'none' for each in units)}.")


def _common_box(boxes: Sequence[SkyBox]) -> SkyBox:
    """Return the sky that all boxes share; of two stretches of RA that two of them may share, the wider."""
    common = boxes[0]
    for box in boxes[1:]:
        turned = [(box.west_deg + turn_deg, box.east_deg + turn_deg) for turn_deg in (-360.0, 0.0, 360.0)]
        stretches = [(max(common.west_deg, west_deg), min(common.east_deg, east_deg)) for west_deg, east_deg in turned]
        west_deg, east_deg = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
        common = SkyBox(west_deg, east_deg, max(common.south_deg, box.south_deg), min(common.north_deg, box.north_deg))
        if common.width_deg <= 0 or common.height_deg <= 0:
            raise UnsupportedGeometry("The maps to combine have no sky in common.")
    return common


def _on_grid(box: SkyBox, grid: TileGrid) -> CarGeometry:
    """Return the whole grid pixels that a box touches."""

    def axis(origin_deg: float, start_deg: float, end_deg: float) -> Axis:
        first = int(np.floor((start_deg - origin_deg) / grid.pixel_deg + 1e-6))
        last = int(np.ceil((end_deg - origin_deg) / grid.pixel_deg - 1e-6))
        return Axis(origin_deg + first * grid.pixel_deg, grid.pixel_deg, last - first)

    ra = axis(grid.west_deg, box.west_deg, box.east_deg)
    return CarGeometry(ra, axis(grid.south_deg, box.south_deg, box.north_deg)).cropped_to_one_turn()
