"""Coarser pixels: NaN-aware means of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from tilemaker import kernels

if TYPE_CHECKING:
    from .grid import Shape

Sum = TypeVar("Sum", np.uint16, np.float64)
Floats = npt.NDArray[np.float32] | npt.NDArray[np.float64]


def block_sums(pixels: Floats, factor: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Add up square blocks of pixels.

    Parameters
    ----------
    pixels
        (rows, columns), both multiples of ``factor``. NaN counts as absent. Left as it is.
    factor
        Side of a block, at most 128.

    Returns
    -------
    sums, counts
        (rows / factor, columns / factor): the sum of the pixels present in each block, in double precision, and their number.
    """
    shape = pixels.shape[0] // factor, pixels.shape[1] // factor
    loops = kernels.loops()
    if loops is None:
        return _block_sums(pixels, factor, shape)
    sums, counts = np.empty(shape), np.empty(shape, np.int32)
    together: Floats = np.ascontiguousarray(pixels)  # type: ignore[assignment]  # of the type they are
    loops.block_sums(together, factor, sums, counts)
    return sums, counts


def _block_sums(pixels: Floats, factor: int, shape: Shape) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    absent = np.isnan(pixels)
    if not absent.any():
        return _added_up(pixels, factor, np.float64), np.full(shape, factor * factor, np.int32)
    present = np.where(absent, pixels.dtype.type(0), pixels)
    missing = _added_up(absent.view(np.uint8), factor, np.uint16)
    return _added_up(present, factor, np.float64), factor * factor - missing.astype(np.int32)


def _added_up(pixels: npt.NDArray[np.number], factor: int, dtype: type[Sum]) -> npt.NDArray[Sum]:
    """Add up blocks: rows first, since whole rows add at the speed of memory and leave few for the slow direction."""
    by_row = np.add.reduce(pixels.reshape(pixels.shape[0] // factor, factor, pixels.shape[1]), axis=1, dtype=dtype)
    total: npt.NDArray[Sum] = by_row[:, 0::factor].copy()
    for column in range(1, factor):
        total += by_row[:, column::factor]
    total += dtype(0)  # minus zero is zero
    return total


def mean_of(sums: npt.NDArray[np.float64], counts: npt.NDArray[np.int32] | npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return sums over counts, NaN where nothing was counted or single precision ends."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        means = (sums / counts).astype(np.float32)
    means[np.isinf(means)] = np.nan
    return means


def block_mean(pixels: Floats, factor: int) -> npt.NDArray[np.float32]:
    """Return the NaN-aware means of square blocks; as `block_sums`."""
    return mean_of(*block_sums(pixels, factor))


def padded(pixels: Floats, before: Shape, shape: Shape) -> Floats:
    """Return pixels within a larger array of NaN, ``before`` rows and columns in."""
    if pixels.shape == shape:
        return pixels
    result = np.full(shape, np.nan, pixels.dtype)
    result[before[0] : before[0] + pixels.shape[0], before[1] : before[1] + pixels.shape[1]] = pixels
    return result
