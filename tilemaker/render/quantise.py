"""Pixels as numbers on the wire: the viewer's number tile, and NumPy's format for everybody else."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from isal import isal_zlib

from tilemaker import kernels

from .encoding import AsinhEncoding, Encoding, LinearEncoding, encoding_for

if TYPE_CHECKING:
    from tilemaker.providers.base import Pixels
    from tilemaker.sky.grid import Shape

__all__ = ["LAYOUT", "AsinhEncoding", "Encoding", "LinearEncoding", "encoding_for", "gzipped", "npy", "quantise", "restore"]

NO_DATA = -32768
"""What stands for a pixel without data."""

LAYOUT = """\
A number tile is tile_size rows of tile_size pixels, row 0 the southernmost, column 0 the lowest RA.

1. Each pixel is a whole number n of 16 bits: -32768 where there is no data, else -32767 to 32767. The layer's `encoding` says what
   it means: value = offset + quantum * n when `linear`, value = offset + scale * sinh(n * step) when `asinh`.
2. Each n but the first of its row is replaced by its difference from the n before it, modulo 2^16; the first stays as it is.
3. Each difference d, read as a signed number from -32768 to 32767, is zigzagged into an unsigned one: 2d when d >= 0, -2d - 1 when
   d < 0.
4. The low bytes of all pixels are sent, row after row; then the high bytes of all pixels in the same order: 2 * tile_size^2 bytes.

To decode pixel i of a row: z = low[i] + 256 * high[i]; d = (z >> 1) ^ -(z & 1); n = n of the pixel before it (0 for the first) + d,
modulo 2^16, read as a signed number.
"""
"""The format, for whoever writes another decoder."""


def quantise(pixels: Pixels, encoding: Encoding) -> memoryview:
    """Return the number tile of `LAYOUT`, not compressed.

    Parameters
    ----------
    pixels
        (rows, columns), row 0 south. What is not finite has no data. Left as it is.
    encoding
        The layer's.
    """
    loops = kernels.loops()
    if loops is None:
        return _packed(_steps(pixels, encoding)).reshape(-1).data
    halves = np.empty((2, *pixels.shape), dtype=np.uint8)
    loops.quantise(np.ascontiguousarray(pixels, dtype=np.float32), encoding.kind == "asinh", encoding.loop_numbers, halves)
    return halves.reshape(-1).data


def _steps(pixels: Pixels, encoding: Encoding) -> npt.NDArray[np.int16]:
    # Overflow is on its way to being held to the ends, and NaN to being no data.
    with np.errstate(over="ignore", invalid="ignore"):
        steps = encoding.steps(pixels).astype(np.int16)
    np.putmask(steps, ~np.isfinite(pixels), NO_DATA)
    return steps


def restore(body: bytes | memoryview, encoding: Encoding, shape: Shape) -> Pixels:
    """Return the pixels of a number tile: the reference for other decoders.

    Raises
    ------
    ValueError
        The body is not two bytes for each pixel of the shape.
    """
    low, high = np.frombuffer(body, dtype=np.uint8).reshape(2, *shape).astype(np.uint16)
    zigzag = low | high << 8
    steps = np.cumsum(zigzag >> 1 ^ -(zigzag & 1), axis=1, dtype=np.uint16).view(np.int16)
    return np.where(steps == NO_DATA, np.nan, encoding.values(steps.astype(np.float64))).astype(np.float32)


def npy(pixels: Pixels) -> bytes:
    """Return the pixels in NumPy's file format: float32, little-endian, C order, exactly as they are."""
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(pixels, dtype="<f4"), allow_pickle=False)
    return file.getvalue()


def gzipped(body: bytes | memoryview) -> bytes:
    """Return the body compressed, the same bytes whenever it is done: the header says neither when nor what."""
    return isal_zlib.compress(body, 1, 31)  # 31: the largest window, 15, and 16 for gzip's header and trailer


def _packed(values: npt.NDArray[np.int16]) -> npt.NDArray[np.uint8]:
    """Return differences along rows, zigzagged, low bytes before high bytes: made for a compressor that knows only bytes."""
    unsigned = values.view(np.uint16)
    differences = np.empty_like(unsigned)
    differences[:, :1] = unsigned[:, :1]
    np.subtract(unsigned[:, 1:], unsigned[:, :-1], out=differences[:, 1:])
    zigzag = _zigzagged(differences.view(np.int16)).view(np.uint16)
    halves = np.empty((2, *zigzag.shape), dtype=np.uint8)
    np.copyto(halves[0], zigzag, casting="unsafe")
    np.copyto(halves[1], zigzag >> 8, casting="unsafe")
    return halves


def _zigzagged(differences: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Turn 0, -1, 1, -2, 2, … into 0, 1, 2, 3, 4, …, in place: small differences of either sign have a high byte of zero."""
    signs = differences >> 15
    differences <<= 1
    differences ^= signs
    return differences
