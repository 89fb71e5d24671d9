r"""How values become positions along a colour map.

Every stretch takes values to positions between 0 (the lower limit, *low*) and 1 (the upper limit, *high*). With *t* the plain
proportion, ``(value - low) / (high - low)``, held between 0 and 1, and *u* the distance from the pivot, the number between the
limits that is nearest to zero (so: zero itself for limits on either side of it)::

    linear    t
    sqrt      t^(1/2)
    square    t^2
    log       log(value / low) / log(high / low)
    symlog    proportion of sign(u) log(1 + |u| / c),  c = 1 % of the longer way from the pivot to a limit
    asinh     proportion of asinh(u / c),              c = 10 % of it
    histeq    fraction of the pixels between the limits that lie below the value

"Proportion of f" is ``(f(value) - f(low)) / (f(high) - f(low))``. The pivot keeps zero in the middle of limits that are
symmetric about it. The viewer has the same formulas.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from .logarithm import natural_log

if TYPE_CHECKING:
    from tilemaker.providers.base import Pixels

Stretch = Callable[["Pixels", float, float], "Pixels"]
"""Map values to positions; ``low < high``. The array is the stretch's own, to change in place; NaN stays NaN.

Positions may lie outside 0..1 where values lie outside the limits: they are held to the ends afterwards.
"""

StretchName = Literal["linear", "log", "symlog", "asinh", "sqrt", "square", "histeq"]

LOOP_CURVES: tuple[StretchName, ...] = ("linear", "sqrt", "square", "asinh", "symlog", "log")
"""The stretches that the compiled loops know, in the order of their numbers there."""

_BINS = 2048
"""Bins of a histogram to be equalised: eight for each colour, so that none is missed."""


def linear(values: Pixels, low: float, high: float) -> Pixels:
    """Return ``(value - low) / (high - low)``, not held to 0..1."""
    values -= low
    values *= 1.0 / (high - low)
    return values


def log(values: Pixels, low: float, high: float) -> Pixels:
    """Return the proportion of the logarithm. ``low`` must be positive; what is below it, zero and less included, gives 0."""
    natural_log(np.clip(values, low, high, out=values))
    return linear(values, math.log(low), math.log(high))


def symlog(values: Pixels, low: float, high: float) -> Pixels:
    """Return the proportion of a logarithm that is linear near the pivot and odd about it."""
    return _about_pivot(values, low, high, _SYMLOG)


def asinh(values: Pixels, low: float, high: float) -> Pixels:
    """Return the proportion of the inverse hyperbolic sine about the pivot."""
    return _about_pivot(values, low, high, _ASINH)


def sqrt(values: Pixels, low: float, high: float) -> Pixels:
    """Return the square root of the proportion."""
    return np.sqrt(_proportion(values, low, high), out=values)


def square(values: Pixels, low: float, high: float) -> Pixels:
    """Return the square of the proportion."""
    return np.square(_proportion(values, low, high), out=values)


def histeq(values: Pixels, low: float, high: float) -> Pixels:
    """Return each value's rank among those of this very array. Neighbouring tiles differ: see `equalise`."""
    return equalise(values, low, high, population=values)


def equalise(values: Pixels, low: float, high: float, population: npt.NDArray[np.float32]) -> Pixels:
    """Return each value's rank among the population's values between the limits, 0 to 1.

    Parameters
    ----------
    values
        What is drawn.
    low, high
        The limits.
    population
        What the ranks are taken from, any shape: a sample of the whole map, so that tiles agree with each other.

    Returns
    -------
    Pixels
        Of values among as many below as above, 0.5. With nothing of the population between the limits, as `linear`.
    """
    between = population[(population >= low) & (population <= high)]
    if not between.size:
        return linear(values, low, high)
    counts = np.bincount(_bins_of(between, low, high), minlength=_BINS)
    ranks = np.append((np.cumsum(counts) - counts / 2) / between.size, np.nan).astype(np.float32)
    return ranks[_bins_of(values, low, high)]


def inverse_sinh(values: Pixels) -> Pixels:
    """Replace values by their inverse hyperbolic sines, in place, to about 1e-7 or one part in 1e7, whichever is more.

    By ``sign(x) log(|x| + sqrt(x^2 + 1))``. Values must be below 1e19, or their squares overflow.
    """
    magnitude = np.abs(values)
    root = magnitude * magnitude
    root += 1.0
    np.sqrt(root, out=root)
    root += magnitude
    return _with_signs_of(values, natural_log(root))


def loop_numbers(name: StretchName, low: float, high: float) -> tuple[int, Pixels] | None:
    """Return what the compiled loop `indices` is told of a stretch: which curve, and its numbers; None for one that is no curve."""
    if name not in LOOP_CURVES:
        return None
    first, last, start, end = 0.0, 1.0, low, high
    if name == "symlog" or name == "asinh":
        about = _SYMLOG if name == "symlog" else _ASINH
        pivot, unit = _pivot_and_unit(low, high, about)
        start, end, (first, last) = pivot, pivot + unit, _ends(low, high, about)
    elif name == "log":
        start, end, first, last = 0.0, 1.0, math.log(low), math.log(high)
    numbers = low, high, start, 1.0 / (end - start), first, 1.0 / (last - first)
    return LOOP_CURVES.index(name), np.array(numbers, dtype=np.float32)


STRETCHES: dict[StretchName, Stretch] = {
    "linear": linear,
    "log": log,
    "symlog": symlog,
    "asinh": asinh,
    "sqrt": sqrt,
    "square": square,
    "histeq": histeq,
}
"""Every stretch by its name in a request."""


def _bins_of(values: npt.NDArray[np.float32], low: float, high: float) -> npt.NDArray[np.intp]:
    """Return the bin each value falls in, the first or last for values outside, and one more than there are for NaN."""
    positions = np.clip(linear(values.copy(), low, high) * _BINS, 0, _BINS - 1)
    return np.where(np.isnan(positions), _BINS, positions).astype(np.intp)


def _proportion(values: Pixels, low: float, high: float) -> Pixels:
    linear(values, low, high)
    return np.clip(values, 0.0, 1.0, out=values)


def _about_pivot(values: Pixels, low: float, high: float, about: _About) -> Pixels:
    pivot, unit = _pivot_and_unit(low, high, about)
    np.clip(values, low, high, out=values)
    return linear(about.curve(linear(values, pivot, pivot + unit)), *_ends(low, high, about))


def _pivot_and_unit(low: float, high: float, about: _About) -> tuple[float, float]:
    pivot = min(max(0.0, low), high)
    return pivot, about.softening * max(pivot - low, high - pivot)


def _ends(low: float, high: float, about: _About) -> tuple[float, float]:
    """Return where on the curve the limits are."""
    pivot, unit = _pivot_and_unit(low, high, about)
    ends = about.curve(np.array([(low - pivot) / unit, (high - pivot) / unit], dtype=np.float32))
    return float(ends[0]), float(ends[1])


def _signed_log(values: Pixels) -> Pixels:
    magnitude = np.abs(values)
    magnitude += 1.0
    return _with_signs_of(values, natural_log(magnitude))


def _with_signs_of(values: Pixels, magnitudes: Pixels) -> Pixels:
    """Overwrite values with magnitudes, none of them negative, that keep the values' signs: on the bits, faster than `copysign`."""
    bits = values.view(np.uint32)
    bits &= np.uint32(1 << 31)
    bits |= magnitudes.view(np.uint32)
    return values


@dataclass(frozen=True, slots=True)
class _About:
    """A curve that is odd about the pivot."""

    softening: float
    """Distance from the pivot at which it has turned from linear, as a part of the longer way from the pivot to a limit."""
    curve: Callable[[Pixels], Pixels]


_SYMLOG = _About(0.01, _signed_log)
_ASINH = _About(0.1, inverse_sinh)
