"""What every provider of pixels can do, and what it says about its map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from .location import from_folder as from_folder
from .pixels import Pixels as Pixels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tilemaker.sky.boxes import SkyBox
    from tilemaker.sky.grid import Shape, TileGrid

    from .workshop import Workshop


@dataclass(frozen=True, slots=True)
class Sample:
    """Pixels of a box, and whether they are final."""

    pixels: Pixels
    is_final: bool
    """False for a preview that strides through a map whose overview is still being built."""
    is_quick: bool = False
    """Whether reading the same again costs no more than keeping a copy would: it lies in the file, or in memory, as it is."""


@dataclass(frozen=True, slots=True)
class MapExtent:
    """What a map covers, how finely, and in what units."""

    box: SkyBox
    """The sky between the map's outermost pixel edges."""
    grid: TileGrid
    """The tile pyramid that hangs on the map's pixels."""
    units: str | None
    """BUNIT as written, None where the file has none."""
    polarisation: str | None = None
    """POLCCONV (or POLAR's convention) as written: IAU or COSMO."""
    stokes: str | None = None
    """The Stokes parameter that the pixels are, I, Q, U or V, where the file says so."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a sample of the pixels, taken evenly over the map, says of their values; all zero when every pixel sampled is NaN."""

    sorted_values: npt.NDArray[np.float32]
    """The finite values sampled, increasing: percentiles are read off it."""
    noise: float
    """Robust standard deviation of the difference of neighbouring pixels over the square root of two, layer units."""
    pixel_count: int
    """Number of pixels of the whole map, finite or not."""
    sampled_count: int
    """Number of pixels sampled, finite or not."""

    def percentile(self, percent: float) -> float:
        """Return the value below which ``percent`` of the finite pixels lie; 0.0 when there are none."""
        return float(np.percentile(self.sorted_values.astype(np.float64), percent)) if self.sorted_values.size else 0.0


@dataclass(frozen=True, slots=True)
class Counts:
    """A histogram, and whether it counts every pixel or scales up a sample."""

    counts: npt.NDArray[np.int64]
    is_final: bool


@dataclass(frozen=True, slots=True)
class PixelValue:
    """One pixel of the map, exactly as the file has it."""

    value: float | None
    """None where the pixel holds no data."""
    ra_deg: float
    """RA of the pixel's centre, [-180, 180)."""
    dec_deg: float
    """Dec of the pixel's centre."""


class Provider(Protocol):
    """Where a layer's pixels come from. Opened once, then read from many threads at once.

    Every method may raise `MapUnreadable`: a file can vanish or shrink at any time.
    """

    @property
    def extent(self) -> MapExtent:
        """What the map covers."""
        ...

    @property
    def fingerprint(self) -> str:
        """A short text, fit for a URL, that is different whenever the pixels may be."""
        ...

    @property
    def is_current(self) -> bool:
        """Whether the file is still the one that was opened. When it is not, the layer opens a new provider."""
        ...

    @property
    def progress(self) -> float:
        """How much of the overview is built, 0 to 1; 1.0 exactly when coarse pixels are final."""
        ...

    @property
    def is_too_far(self) -> bool:
        """Whether no overview is built, because all of a map elsewhere had to be fetched for it: coarse pixels stay samples."""
        ...

    def prepare(self, edges: npt.NDArray[np.float64]) -> None:
        """Ask for the overview to be built in the background, and a histogram counted in the same pass.

        Returns at once; asking twice changes nothing. ``edges`` are as for `counts`.
        """
        ...

    def read(self, box: SkyBox, shape: Shape) -> Sample | None:
        """Return the box as ``shape`` pixels, or None when the map does not reach it.

        Pixels finer than the map's are its nearest pixel; pixels 2, 4, 8, … times coarser are NaN-aware means of those under them.
        The box may lie any number of turns round in RA. The array is the caller's to keep.
        """
        ...

    def value(self, ra_deg: float, dec_deg: float) -> PixelValue | None:
        """Return the pixel a position falls in, or None off the map."""
        ...

    def summary(self) -> Summary:
        """Return what a sample of the pixels says. Worked out at the first call, a few tens of milliseconds on a large map."""
        ...

    def counts(self, edges: npt.NDArray[np.float64]) -> Counts:
        """Count the pixels in each of the evenly spaced bins between ``edges`` (increasing, at least two).

        As `numpy.histogram`: bins are half open, the last one closed, values outside and NaN are not counted. Until the overview's
        pass over the map has counted them, the counts are a sample's, scaled up, and not final.
        """
        ...

    def bands(self, box: SkyBox) -> Iterator[tuple[SkyBox, Pixels]]:
        """Yield the box at full resolution, in bands of a few megabytes from south to north, snapped to whole grid pixels.

        Only the part of the box that the map reaches is yielded.
        """
        ...


class ProviderSpec(BaseModel):
    """How a configuration names a provider. Subclasses set ``provider_type`` to the word used in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def is_worked_out(self) -> bool:
        """Whether the pixels are worked out from those of other maps."""
        return False

    @property
    def is_prepared_late(self) -> bool:
        """Whether nothing is prepared before somebody looks."""
        return self.is_worked_out

    def relative_to(self, folder: Path) -> ProviderSpec:
        """Return the same provider with relative file names taken from ``folder``."""
        raise NotImplementedError

    def open(self, workshop: Workshop) -> Provider:
        """Open the file or files and read their headers, no pixels. Raises `MapUnreadable`, `UnsupportedGeometry`."""
        raise NotImplementedError
