"""Where a layer's pixels come from, and the one list of the known kinds."""

from __future__ import annotations

from .combination import AnyProvider, CombinationSpec
from .fits import FitsSpec
from .healpix import HealpixSpec
from .mosaic import MosaicSpec

__all__ = ["AnyProvider", "CombinationSpec", "FitsSpec", "HealpixSpec", "MosaicSpec"]
