"""The limit: what any server has to do for an answer, in a bare loop, without a server around it.

For a tile: read the window, row by row, by position; give each pixel the number of its colour, or its whole number; encode. The
loops are compiled, the arrays kept from one tile to the next, and nothing is checked. The encoders and their levels are those of
the project, so that the ratio to the limit says what is spent around them.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from astropy.io import fits

from tilemaker.analysis.drawing import encoding_of
from tilemaker.render.encoding import AsinhEncoding
from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.grid import TileAddress

from . import loops
from .maps import Maps, Plane
from .questions import Aperture, Cutout, Question, Tile
from .workbench import ENCODERS, Workbench

READ_BYTES = 8 << 20
"""How much is read at once where a whole plane is."""


@dataclass(frozen=True, slots=True)
class Place:
    """A window of a plane."""

    first_row: int
    rows: int
    first_column: int
    columns: int


@dataclass(frozen=True)
class BarePlane:
    """One plane of a plain file, and the two straight lines from the sky to its pixels."""

    plane: Plane

    @cached_property
    def _header(self) -> fits.Header:
        return fits.getheader(self.plane.path)

    @cached_property
    def descriptor(self) -> int:
        """The open file, of which the system is not to read more than it is asked for; closed when the program ends."""
        descriptor = os.open(self.plane.path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_RANDOM)
        return descriptor

    @cached_property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return int(self._header["NAXIS2"]), int(self._header["NAXIS1"])

    @cached_property
    def offset(self) -> int:
        """Where the plane's bytes begin."""
        return len(self._header.tostring()) + (self.plane.index or 0) * self.nbytes

    @cached_property
    def nbytes(self) -> int:
        """How many there are."""
        return 4 * math.prod(self.shape)

    def place(self, box: SkyBox) -> Place:
        """Return which pixels have their centres in a box."""
        return Place(*self._span("2", box.south_deg, box.north_deg), *self._span("1", box.east_deg, box.west_deg))

    def read(self, place: Place, window: npt.NDArray[np.uint32]) -> None:
        """Read the bits of pixels, as they are stored, row by row: the southernmost first, the highest RA at its left."""
        pitch = 4 * self.shape[1]
        for start, length, at in self._stretches(place):
            position = self.offset + place.first_row * pitch + start * 4
            loops.read(self.descriptor, position, pitch, window, at, length)

    def copy(self, place: Place, window: npt.NDArray[np.uint32]) -> None:
        """Copy pixels out of a memory map of the file, which no server can afford: it dies when the file shrinks."""
        rows = slice(place.first_row, place.first_row + place.rows)
        for start, length, at in self._stretches(place):
            window[:, at : at + length] = self._mapped[rows, start : start + length]

    @cached_property
    def _mapped(self) -> npt.NDArray[np.uint32]:
        return np.asarray(np.memmap(self.plane.path, np.uint32, "r", self.offset, self.shape))

    def read_all(self) -> None:
        """Read the plane from its first byte to its last, and throw it away."""
        buffer = memoryview(bytearray(READ_BYTES))
        with self.plane.path.open("rb", buffering=0) as file:
            file.seek(self.offset)
            left = self.nbytes
            while left:
                left -= file.readinto(buffer[:left]) or 0

    def _span(self, axis: str, start_deg: float, end_deg: float) -> tuple[int, int]:
        """Return the first pixel of an axis, in the order of the file, whose centre lies between coordinates, and how many do."""
        step_deg, origin_deg = float(self._header["CDELT" + axis]), float(self._header["CRVAL" + axis])
        start = float(self._header["CRPIX" + axis]) - 1 + (start_deg - origin_deg) / step_deg + 0.5
        return round(start), round(abs((end_deg - start_deg) / step_deg))

    def _stretches(self, place: Place) -> Iterator[tuple[int, int, int]]:
        """Yield the columns of the file, and where in the window they go: two stretches across the seam of a map round the sky."""
        width, around = self.shape[1], round(360.0 / abs(float(self._header["CDELT1"])))
        first = place.first_column % around
        here = min(place.columns, width - first)
        yield first, here, 0
        if here < place.columns:
            yield 0, place.columns - here, here


class BareLoop:
    """Answers as little as can be answered.

    Parameters
    ----------
    maps
        Where everything is.
    is_mapped
        Whether to copy out of memory maps instead of reading by position.
    """

    def __init__(self, maps: Maps, *, is_mapped: bool = False) -> None:
        self._maps, self._is_mapped = maps, is_mapped
        self._planes: dict[str, BarePlane] = {}
        self._workbenches: dict[tuple[int, int], Workbench] = {}
        self._cpu_seconds = 0.0

    def plane(self, layer_id: str) -> BarePlane:
        """Return the plane of a layer."""
        if layer_id not in self._planes:
            self._planes[layer_id] = BarePlane(self._maps.plane(layer_id))
        return self._planes[layer_id]

    def ask(self, question: Question) -> int:
        """Read, compute, encode."""
        began = time.process_time()
        size = self._make(question)
        self._cpu_seconds += time.process_time() - began
        return size

    def cpu_seconds(self) -> float:
        """Return the processor time of this process while it was asked."""
        return self._cpu_seconds

    def _make(self, question: Question) -> int:
        workbench = self._read(question)
        if isinstance(question, Aperture):
            return workbench.statistics()
        assert isinstance(question, Tile | Cutout)
        if question.ext == "bin":
            encoding = encoding_of(self._maps.layer(question.layer_id))
            assert isinstance(encoding, AsinhEncoding)
            return workbench.numbers(encoding)
        return ENCODERS[question.ext](workbench)

    def settle(self) -> None:
        """Return at once: its loops were compiled before the first question."""

    def _read(self, question: Question) -> Workbench:
        plane = self.plane(question.layer_id)
        place = plane.place(self._box_of(question))
        workbench = self._workbench(place.rows, place.columns)
        if self._is_mapped:
            plane.copy(place, workbench.window)
        else:
            plane.read(place, workbench.window)
        return workbench

    def _workbench(self, rows: int, columns: int) -> Workbench:
        if (rows, columns) not in self._workbenches:
            self._workbenches[rows, columns] = Workbench(rows, columns)
        return self._workbenches[rows, columns]

    def _box_of(self, question: Question) -> SkyBox:
        match question:
            case Tile():
                grid = self._maps.layer(question.layer_id).grid
                return grid.box(TileAddress(question.level, question.y, question.x))
            case Cutout():
                return question.box
            case Aperture(ra_deg=ra, dec_deg=dec, radius_deg=radius):
                half = radius / math.cos(math.radians(dec))
                return SkyBox(ra - half, ra + half, dec - radius, dec + radius)
        raise TypeError(f"there is no bare loop for {question}")
