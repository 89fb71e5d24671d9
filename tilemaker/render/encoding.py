"""How a layer's values become whole numbers of 16 bits: the formulas, and which of them suits a layer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from tilemaker.described import describe

from .stretch import inverse_sinh

if TYPE_CHECKING:
    from tilemaker.providers.base import Pixels, Summary

LARGEST_STEP = 32767
"""Whole numbers run from minus this to this."""

_STEP = 1 / 2048
"""Step of every asinh encoding: far from the offset a value is right to half of it, one part in 4096."""
_SLACK = 1.02
"""The stated errors are the exact ones and 2 % more, for the rounding of single precision on the way."""
_EPSILON = 2.0**-23
_LARGEST_FLOAT = float(np.finfo(np.float32).max)


class _EncodingBase(BaseModel):
    model_config = ConfigDict(frozen=True, json_schema_extra=describe)

    quantum: float
    """Distance between neighbouring values at the offset, in the layer's units."""
    offset: float
    """The value of n = 0, in the layer's units."""
    max_error: float
    """A value that comes back is off by at most `max_error + max_relative_error * |value - offset|`; far under the map's noise."""
    max_relative_error: float
    """What the error may grow by with the distance from the offset, as a part of that distance."""


class LinearEncoding(_EncodingBase):
    """Evenly spaced: value = offset + quantum * n."""

    kind: Literal["linear"] = "linear"

    def steps(self, pixels: Pixels) -> Pixels:
        """Return the nearest n of each pixel, held to ±32767, as float32; NaN stays NaN."""
        steps = np.subtract(pixels, self.offset, dtype=np.float32)
        steps *= 1.0 / self.quantum
        np.clip(steps, -LARGEST_STEP, LARGEST_STEP, out=steps)
        return np.rint(steps, out=steps)

    @property
    def loop_numbers(self) -> npt.NDArray[np.float32]:
        """What the compiled loop `quantise` is told."""
        return _singles(self.offset, 1.0 / self.quantum, LARGEST_STEP, 1.0)

    def values(self, steps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the value of each n."""
        return self.offset + self.quantum * steps


class AsinhEncoding(_EncodingBase):
    """Evenly spaced near the offset, and by ever greater steps away from it: value = offset + scale * sinh(n * step)."""

    kind: Literal["asinh"] = "asinh"
    scale: float
    """Distance from the offset at which spacing turns from even to proportional, in the layer's units: quantum / step."""
    step: float
    """Distance between neighbouring values far from the offset, as a part of their distance from it."""

    def steps(self, pixels: Pixels) -> Pixels:
        """Return the nearest n of each pixel, held to the reach, as float32; NaN stays NaN."""
        steps = np.subtract(pixels, self.offset, dtype=np.float32)
        steps *= 1.0 / self.scale
        np.clip(steps, -self._farthest, self._farthest, out=steps)
        inverse_sinh(steps)
        steps *= 1.0 / self.step
        return np.rint(steps, out=steps)

    @property
    def loop_numbers(self) -> npt.NDArray[np.float32]:
        """What the compiled loop `quantise` is told."""
        return _singles(self.offset, 1.0 / self.scale, self._farthest, 1.0 / self.step)

    def values(self, steps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the value of each n."""
        return np.asarray(self.offset + self.scale * np.sinh(steps * self.step))

    @property
    def reach(self) -> float:
        """How far from the offset values are told apart, layer units: 9e9 quanta."""
        return self.scale * self._farthest

    @property
    def _farthest(self) -> float:
        """The reach, over the scale."""
        return math.sinh(self._farthest_step * self.step)

    @property
    def _farthest_step(self) -> int:
        """The largest n whose value is still a number in single precision, to either side of the offset."""
        room = (_LARGEST_FLOAT - abs(self.offset)) / self.scale
        return min(LARGEST_STEP, math.floor(math.asinh(room) / self.step))


Encoding = Annotated[LinearEncoding | AsinhEncoding, Field(discriminator="kind")]
"""How a layer's values become whole numbers n of 16 bits, and how far what comes back may be from what went in."""


def encoding_for(summary: Summary) -> Encoding:
    """Choose how a layer is sent.

    The summary is only a sample: values far beyond it must fit too. Maps of few pixels, all of them sampled, that hold small whole
    numbers are sent linearly, and whole numbers come back exactly. Everything else goes through asinh, in quanta of 1/64 of the
    noise; masks and other small whole numbers without noise in quanta that 0 and 1 are whole numbers of. It reaches 9e9 quanta to
    either side, and at least nine hundred times as far as any value sampled; what is beyond even that is held to its end.

    Parameters
    ----------
    summary
        What is known of the layer's values. It may be of no finite value at all.

    Returns
    -------
    Encoding
        The same for every tile of the layer at every level.
    """
    values = summary.sorted_values
    if not values.size:
        return _asinh(quantum=1.0)
    is_whole = _are_small_and_whole(values)
    if is_whole and summary.sampled_count >= summary.pixel_count:
        return _linear(float(values[0]), float(values[-1]))
    if is_whole and not summary.noise > 0:
        return _unit_exact()
    offset = _offset_of(values)
    return _asinh(_rounded(_quantum_of(summary, offset), digits=2), offset)


def _are_small_and_whole(values: npt.NDArray[np.float32]) -> bool:
    """Whether all values are whole numbers of at most a few hundred, as in masks, flags and counts of few photons."""
    return bool(max(-values[0], values[-1]) <= 255 and np.all(values == np.rint(values)))


def _linear(low: float, high: float) -> LinearEncoding:
    """Centre the reach on the range, and spend what is left of it on the fractions that coarse pixels have, down to 1/1024."""
    offset = float(math.floor((low + high) / 2))
    quantum = 2.0 ** max(-10, math.ceil(math.log2((high - offset + 1.0) / LARGEST_STEP)))
    return LinearEncoding(quantum=quantum, offset=offset, max_error=quantum / 2, max_relative_error=0.0)


def _unit_exact() -> AsinhEncoding:
    """Send 0, 1 and -1 exactly, so that a mask stays one, and other numbers to about 1/2000; counts of millions still fit."""
    return _asinh(quantum=_STEP / math.sinh(round(math.asinh(0.5) / _STEP) * _STEP))


def _offset_of(values: npt.NDArray[np.float32]) -> float:
    """Return the median where all but a few values keep close to it (a sky background, a monopole), else zero.

    Errors grow with the distance from the offset: a small signal on a large constant would drown.
    """
    low, middle, high = (float(values[round(part * (values.size - 1))]) for part in (0.01, 0.5, 0.99))
    return middle if high - low < abs(middle) / 4 else 0.0


def _quantum_of(summary: Summary, offset: float) -> float:
    values = summary.sorted_values
    farthest = max(offset - float(values[0]), float(values[-1]) - offset)
    fine = summary.noise / 64 if summary.noise > 0 else farthest * 1e-6
    # No finer than what reaches far beyond the sample, or than single precision can tell apart at the offset.
    return max(fine, farthest * 1.1e-7, abs(offset) * _EPSILON)


def _singles(*numbers: float) -> npt.NDArray[np.float32]:
    return np.array(numbers, dtype=np.float32)


def _rounded(number: float, digits: int) -> float:
    return float(f"{number:.{digits}g}")


def _asinh(quantum: float, offset: float = 0.0) -> AsinhEncoding:
    quantum = min(max(quantum, 1e-35), 1e33)  # so that the scale and its inverse are ordinary numbers in single precision
    return AsinhEncoding(
        quantum=quantum,
        offset=offset,
        scale=quantum / _STEP,
        step=_STEP,
        max_error=_rounded(_SLACK * quantum / 2 + abs(offset) * _EPSILON, digits=4),
        max_relative_error=_SLACK * _STEP / 2,
    )
