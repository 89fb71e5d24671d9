"""Pixels to a picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .colour import palette
from .picture import Picture
from .stretch import STRETCHES, Stretch, equalise

if TYPE_CHECKING:
    from tilemaker.providers.base import Pixels

    from .style import ResolvedStyle


def paint(pixels: Pixels, style: ResolvedStyle) -> Picture:
    """Draw pixels: each becomes the number of a colour, 0 (transparent) where there is no data, else 1 to 255.

    Parameters
    ----------
    pixels
        (rows, columns), row 0 south. What is not finite has no data. Left as it is.
    style
        How to draw it. Values outside its limits take the end colours.

    Returns
    -------
    Picture
        Row 0 north; mirrored when the style says so.

    Raises
    ------
    ColourMapNotFound
        The style's colour map does not exist.
    """
    colours = palette(style.cmap)
    # Values far outside the limits may overflow: infinity is outside them just as well.
    with np.errstate(over="ignore", invalid="ignore"):
        own = np.array(pixels, dtype=np.float32)
        positions = _stretch_of(style)(np.abs(own, out=own) if style.absolute else own, style.low, style.high)
        indices = _indices(positions)
    indices *= np.isfinite(pixels)
    return Picture(_north_up(indices, style.flip), colours)


def _stretch_of(style: ResolvedStyle) -> Stretch:
    if style.stretch == "histeq" and style.population is not None:
        return partial(equalise, population=style.population)
    return STRETCHES[style.stretch]


def _indices(positions: Pixels) -> npt.NDArray[np.uint8]:
    """Return the number of the colour at each position: 255 equal parts of 0..1. Anything at all for NaN."""
    positions *= 255.0
    positions += 1.0
    return np.clip(positions, 1.0, 255.0, out=positions).astype(np.uint8)


def _north_up(indices: npt.NDArray[np.uint8], flip: bool) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(indices[::-1, ::-1] if flip else indices[::-1])
