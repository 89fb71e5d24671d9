"""How the numbers stored in a FITS image become values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tilemaker import kernels

from .pixels import Values

if TYPE_CHECKING:
    from .hdus import Hdu


@dataclass(frozen=True, slots=True)
class Scaling:
    """How stored numbers become values."""

    scale: float = 1.0
    """BSCALE."""
    zero: float = 0.0
    """BZERO."""
    blank: int | None = None
    """BLANK: the integer that stands for no data."""

    @classmethod
    def of(cls, hdu: Hdu) -> Scaling:
        """Read the scaling off a header."""
        header = hdu.header
        blank = header.get("BLANK") if int(header["BITPIX"]) > 0 else None
        return cls(float(header.get("BSCALE", 1.0)), float(header.get("BZERO", 0.0)), None if blank is None else int(blank))

    @property
    def is_none(self) -> bool:
        """Whether stored numbers are values."""
        return self.scale == 1.0 and self.zero == 0.0

    def values(self, stored: npt.NDArray[np.generic], *, is_mirrored: bool = False) -> Values:
        """Return the values of stored numbers, in native byte order; infinities count as no data.

        The array is made of the stored one's memory where that can be.

        Parameters
        ----------
        stored
            Of one axis or two.
        is_mirrored
            Whether the last axis is turned round.
        """
        loops = kernels.loops()
        if loops is not None and self.is_none and stored.dtype == np.dtype(">f4"):
            singles = np.ascontiguousarray(stored)
            loops.to_native(np.atleast_2d(singles).view(np.uint32), is_mirrored)
            return singles.view(np.float32)
        values = self._scaled(stored)
        return values[..., ::-1] if is_mirrored else values

    def _scaled(self, stored: npt.NDArray[np.generic]) -> Values:
        target = np.float32 if stored.dtype.kind == "f" and stored.dtype.itemsize == 4 and self.is_none else np.float64
        values: Values = stored.astype(target)  # type: ignore[assignment]  # one of the two, by the line above
        if not self.is_none:
            values *= self.scale
            values += self.zero
        if self.blank is not None:
            values[stored == self.blank] = np.nan
        if stored.dtype.kind == "f":
            infinite = np.isinf(values)
            if infinite.any():
                values[infinite] = np.nan
        return values
