"""Numbers about a region of one layer: histogram, aperture, value, cut-out."""

from __future__ import annotations

from .aperture import APERTURE
from .histogram import HISTOGRAM
from .product import AnyProduct
from .value import VALUE

PRODUCTS: tuple[AnyProduct, ...] = (HISTOGRAM, APERTURE, VALUE)
"""Every analysis that answers in JSON; each has its route, validation, caching and documentation from its entry here."""
