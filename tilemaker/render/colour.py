"""Colour maps: every one of Matplotlib's, and a few of our own."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tilemaker.errors import ColourMapNotFound

from .encode import encode
from .picture import Picture

if TYPE_CHECKING:
    from matplotlib.cm import ColormapRegistry

Colours = npt.NDArray[np.uint8]
"""(count, 4): red, green, blue, opacity."""

BAR_ROWS, BAR_COLUMNS = 8, 256
"""A colour bar is a strip 256 pixels wide and 8 high, lowest colour at the left."""

_OWN: dict[str, tuple[str, ...]] = {
    # Deep blue through parchment to dark red, after the look of the Planck temperature maps.
    "planck": ("0008f5", "00d8fc", "fdeeda", "ffb209", "fb4b05", "620008"),
    # The rainbow that the WMAP maps are known by, its greens narrowed.
    "wmap": ("00005c", "0b35d1", "10a2f0", "35d9c4", "8fe35f", "f5e43a", "fb8f1c", "e02a12", "6e0509"),
    # Cold and hot spots about a white middle: lightness falls evenly to both sides.
    "cmb_hotcold": ("081a4b", "1f56b5", "7fb4ec", "f7f7f5", "f2a07b", "c32f2a", "520a17"),
}
"""Evenly spaced control points, as web colours; straight lines in sRGB between them."""


@cache
def palette(name: str) -> Colours:
    """Return the 256 colours of a picture: transparent, then 255 along the colour map. Read only.

    Raises
    ------
    ColourMapNotFound
        Neither Matplotlib nor this module has the name.
    """
    transparent = np.zeros((1, 4), dtype=np.uint8)
    colours = np.concatenate([transparent, _sampled(name, 255)])
    colours.setflags(write=False)
    return colours


def reverse(name: str) -> str:
    """Return the name of the same colours from the other end."""
    return name.removesuffix("_r") if name.endswith("_r") else f"{name}_r"


@cache
def names() -> tuple[str, ...]:
    """Return every name there is, sorted without regard to case."""
    own = [name for plain in _OWN for name in (plain, reverse(plain))]
    return tuple(sorted({*_of_matplotlib(), *own}, key=str.casefold))


@cache
def bar(name: str) -> bytes:
    """Return a picture of the colour map: PNG, 256 pixels wide, 8 high. Raises `ColourMapNotFound`."""
    strip = np.broadcast_to(np.arange(BAR_COLUMNS, dtype=np.uint8), (BAR_ROWS, BAR_COLUMNS))
    return encode(Picture(strip, _sampled(name, BAR_COLUMNS)), "png")


def _sampled(name: str, count: int) -> Colours:
    """Return ``count`` colours from end to end; a reversed map's are exactly those of the plain one, reversed."""
    plain = name.removesuffix("_r")
    colours = _interpolated(_OWN[plain], count) if plain in _OWN else _sampled_by_matplotlib(name, plain, count)
    return colours if plain == name else colours[::-1]


def _interpolated(points: tuple[str, ...], count: int) -> Colours:
    rgba = np.array([[*bytes.fromhex(point), 255] for point in points], dtype=np.float64)
    at = np.linspace(0, len(points) - 1, count)
    channels = [np.interp(at, np.arange(len(points)), channel) for channel in rgba.T]
    return np.stack(channels, axis=1).round().astype(np.uint8)


def _sampled_by_matplotlib(name: str, plain: str, count: int) -> Colours:
    colormaps = _of_matplotlib()
    if name not in colormaps:
        raise ColourMapNotFound(f"There is no colour map called {name!r}: any Matplotlib name will do, and {', '.join(_OWN)}.")
    return np.asarray(colormaps[plain](np.linspace(0.0, 1.0, count), bytes=True), dtype=np.uint8)


def _of_matplotlib() -> ColormapRegistry:
    """Return Matplotlib's colour maps. Slow to import, and not every server draws pictures: not before they are needed.

    Whatever somebody likes their own figures to look like is left alone: Matplotlib would look for it in a folder that it can write
    to, and cannot be imported where there is none.
    """
    if (package := find_spec("matplotlib")) and package.origin:
        os.environ.setdefault("MATPLOTLIBRC", str(Path(package.origin).with_name("mpl-data")))
    from matplotlib import colormaps

    return colormaps
