"""What pixels are, as numbers in memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.float32]
"""(rows, columns) in layer units. Row 0 is the southernmost, column 0 the lowest RA. NaN where the map has no data."""

Values = npt.NDArray[np.float32] | npt.NDArray[np.float64]
"""Pixels as exactly as the file holds them: float32 where it holds float32, else float64; NaN where there is no data."""
