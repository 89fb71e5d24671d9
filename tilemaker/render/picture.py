"""A picture before it has a file format."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Picture:
    """One byte for each pixel, and the colours the bytes stand for."""

    indices: npt.NDArray[np.uint8]
    """(rows, columns). Row 0 is the top of the picture: north. 0 is where there is no data."""
    palette: npt.NDArray[np.uint8]
    """(at most 256, 4): red, green, blue, opacity. Entry 0 is transparent where a picture may have holes."""
