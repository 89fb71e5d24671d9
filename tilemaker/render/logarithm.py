"""The natural logarithm, to the same bits on every machine.

NumPy's own differs in the last bit between processors, and a compiler's from both: what is drawn, and the numbers that are sent,
would depend on which machine of several answers, and on whether the compiled loops were ready. Here it is the same arithmetic
everywhere: a polynomial on either side of 1, as in S. L. Moshier's Cephes library, good to about 1e-7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tilemaker.providers.base import Pixels

_TO_NEXT_POWER = np.int32(0x3F800000 - 0x3F3504F3)
"""From the bits of the square root of one half to those of 1: the polynomial is for what lies between it and its double."""
_COEFFICIENTS = (
    7.0376836292e-2,
    -1.1514610310e-1,
    1.1676998740e-1,
    -1.2420140846e-1,
    1.4249322787e-1,
    -1.6668057665e-1,
    2.0000714765e-1,
    -2.4999993993e-1,
    3.3333331174e-1,
)
_LOG_2 = 0.693359375, -2.12194440e-4
"""The logarithm of 2, as a number of few bits and what is left."""
_AT_ONCE = 1 << 14
"""Values worked on at once, so that what is between stays in the nearest caches."""


def natural_log(values: Pixels) -> Pixels:
    """Replace values by their logarithms, in place. They must be ordinary positive numbers, or NaN, which stays NaN."""
    flat = values.ravel(order="K")
    if flat.size and not np.may_share_memory(flat, values):
        raise ValueError("the values do not lie one after another in memory")
    for first in range(0, flat.size, _AT_ONCE):
        _log(flat[first : first + _AT_ONCE])
    return values


def _log(values: Pixels) -> None:
    absent = np.isnan(values)
    bits = values.view(np.int32)
    powers = ((bits + _TO_NEXT_POWER) >> 23) - np.int32(127)
    exponents = powers.astype(np.float32)
    x = (bits - (powers << 23)).view(np.float32)
    x -= 1.0
    square = x * x
    y = x * np.float32(_COEFFICIENTS[0])
    for coefficient in _COEFFICIENTS[1:]:
        y += np.float32(coefficient)
        y *= x
    y *= square
    y += exponents * np.float32(_LOG_2[1])
    square *= 0.5
    y -= square
    x += y
    exponents *= np.float32(_LOG_2[0])
    np.add(x, exponents, out=values)
    if absent.any():
        values[absent] = np.nan
