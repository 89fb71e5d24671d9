"""Pixels to a picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tilemaker import kernels

from .colour import palette
from .picture import Picture
from .stretch import STRETCHES, Stretch, equalise, loop_numbers

if TYPE_CHECKING:
    from tilemaker.providers.base import Pixels

    from .style import ResolvedStyle

Indices = npt.NDArray[np.uint8]
"""One byte for each pixel: the number of its colour."""


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
    compiled = _drawn_by_loops(pixels, style)
    return Picture(_drawn(pixels, style) if compiled is None else compiled, colours)


def _drawn_by_loops(pixels: Pixels, style: ResolvedStyle) -> Indices | None:
    """Return the picture's indices, in one go; None where that cannot be had, and `_drawn` does the same."""
    loops, told = kernels.loops(), loop_numbers(style.stretch, style.low, style.high)
    if loops is None or told is None:
        return None
    curve, numbers = told
    indices = np.empty(pixels.shape, dtype=np.uint8)
    loops.indices(np.ascontiguousarray(pixels, dtype=np.float32), (curve, style.absolute, style.flip), numbers, indices)
    return indices


def _drawn(pixels: Pixels, style: ResolvedStyle) -> Indices:
    # Values far outside the limits may overflow: infinity is outside them just as well.
    with np.errstate(over="ignore", invalid="ignore"):
        own = np.array(pixels, dtype=np.float32, order="C")
        positions = _stretch_of(style)(np.abs(own, out=own) if style.absolute else own, style.low, style.high)
        indices = _indices(positions)
    indices *= np.isfinite(pixels)
    return _north_up(indices, style.flip)


def _stretch_of(style: ResolvedStyle) -> Stretch:
    if style.stretch == "histeq" and style.population is not None:
        return partial(equalise, population=style.population)
    return STRETCHES[style.stretch]


def _indices(positions: Pixels) -> Indices:
    """Return the number of the colour at each position: 255 equal parts of 0..1. Anything at all for NaN."""
    positions *= 255.0
    positions += 1.0
    return np.clip(positions, 1.0, 255.0, out=positions).astype(np.uint8)


def _north_up(indices: Indices, flip: bool) -> Indices:
    return np.ascontiguousarray(indices[::-1, ::-1] if flip else indices[::-1])
