"""The loops, compiled when this module is imported: a few seconds the first time, a quarter of one from then on.

Each has a twin in NumPy that gives the same bits, where it is used from; tests compare them. Arithmetic is in the order and the
precision of the twin's, and nothing here is contracted or reordered. Rows are worked on in steps that a compiler turns into vector
instructions, through buffers of one row, which stay in the nearest cache.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numba import types as t
from numpy import float32, int16, int32, uint8, uint16, uint32, uint64

from .keeping import can_be_kept
from .passes import block_sums, count, swapped, tally
from .spheres import nested_raster, ring_numbers, ring_raster, scatter

__all__ = [
    "block_sums",
    "count",
    "indices",
    "nested_raster",
    "quantise",
    "read_rows",
    "ring_numbers",
    "ring_raster",
    "scan_lines",
    "scatter",
    "tally",
    "to_native",
]

_singles = t.Array(t.float32, 2, "C", readonly=True)
_numbers = t.Array(t.float32, 1, "C", readonly=True)

_LINEAR, _SQRT, _SQUARE, _ASINH, _SYMLOG, _LOG = range(6)
_NO_DATA = int16(-32768)
_SUB = uint8(1)
_NAN_BITS = uint32(0x7FC00000)
_POSITIVE = uint32(0x7FFFFFFF)
_INFINITE = uint32(0x7F800000)

_TO_NEXT_POWER = int32(0x3F800000 - 0x3F3504F3)

_pread = t.ExternalFunction("pread", t.intp(t.intc, t.voidptr, t.uintp, t.int64))


_options = {"nogil": True, "error_model": "numpy", "cache": can_be_kept()}


@njit(t.int64(t.intc, t.int64, t.int64, t.uint8[:, ::1]), **_options)
def read_rows(descriptor, offset, pitch, out):
    """Read each row of ``out`` from a file, the first at ``offset``, the next ``pitch`` bytes on.

    Returns the number of rows read whole: fewer than there are when the system had something to say, which reading the next row
    again will bring to light.
    """
    size = out.shape[1]
    for row in range(out.shape[0]):
        if _pread(descriptor, out[row].ctypes, size, offset + row * pitch) != size:
            return row
    return out.shape[0]


@njit(t.void(t.uint32[:, ::1], t.boolean), **_options)
def to_native(words, is_mirrored):
    """Swap the bytes of float32, and turn rows round if asked to, in place. Infinities become NaN; other NaN keep their bits."""
    rows, columns = words.shape
    turned, last = np.empty(columns if is_mirrored else 0, uint32), uint64(columns - 1)
    for row in range(rows):
        if is_mirrored:
            for i in range(columns):
                word = swapped(words[row, i])
                turned[i] = _NAN_BITS if (word & _POSITIVE) == _INFINITE else word
            for i in range(columns):
                words[row, last - uint64(i)] = turned[i]
        else:
            for i in range(columns):
                word = swapped(words[row, i])
                words[row, i] = _NAN_BITS if (word & _POSITIVE) == _INFINITE else word


@njit(t.void(t.float32[::1], t.int32[::1], t.float32[::1]), **_options)
def _log(values, bits, exponents):
    """Replace a row of positive values by their logarithms; twin of `tilemaker.render.logarithm.natural_log`.

    ``bits`` is the same memory as ``values``, ``exponents`` room for as many numbers.
    """
    for i in range(values.size):
        power = ((bits[i] + _TO_NEXT_POWER) >> int32(23)) - int32(127)
        exponents[i] = float32(power)
        bits[i] = bits[i] - (power << int32(23))
    for i in range(values.size):
        x, exponent = values[i] - float32(1.0), exponents[i]
        square = x * x
        y = x * float32(7.0376836292e-2) + float32(-1.1514610310e-1)
        y = y * x + float32(1.1676998740e-1)
        y = y * x + float32(-1.2420140846e-1)
        y = y * x + float32(1.4249322787e-1)
        y = y * x + float32(-1.6668057665e-1)
        y = y * x + float32(2.0000714765e-1)
        y = y * x + float32(-2.4999993993e-1)
        y = y * x + float32(3.3333331174e-1)
        y = y * x * square
        y = y + exponent * float32(-2.12194440e-4)
        y = y - square * float32(0.5)
        values[i] = (x + y) + exponent * float32(0.693359375)


@njit(t.void(t.float32[::1], t.int64, _numbers, t.float32[::1], t.float32[::1]), **_options)
def _bend(values, curve, numbers, bent, spare):  # noqa: C901  a branch for each curve
    """Write where a row of values lies along the colour map, which 0 to 1 stand for; values are held between the limits."""
    low, high, start, scale, first, last_scale = numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]
    zero, one = float32(0.0), float32(1.0)
    for i in range(values.size):
        value = high if values[i] > high else values[i]
        value = low if value < low else value
        values[i] = (value - start) * scale
        bent[i] = values[i]
    if curve == _ASINH:
        for i in range(values.size):
            bent[i] = np.sqrt(values[i] * values[i] + one) + abs(values[i])
    elif curve == _SYMLOG:
        for i in range(values.size):
            bent[i] = abs(values[i]) + one
    if curve >= _ASINH:
        _log(bent, bent.view(int32), spare)
        for i in range(values.size):
            bent[i] = ((-bent[i] if values[i] < zero else bent[i]) - first) * last_scale
    elif curve == _SQRT:
        for i in range(values.size):
            bent[i] = np.sqrt(zero if bent[i] < zero else one if bent[i] > one else bent[i])
    elif curve == _SQUARE:
        for i in range(values.size):
            held = zero if bent[i] < zero else one if bent[i] > one else bent[i]
            bent[i] = held * held


@njit(t.void(_singles, t.UniTuple(t.int64, 3), _numbers, t.uint8[:, ::1]), **_options)
def indices(pixels, choices, numbers, out):
    """Find the number of the colour of each pixel, 1 to 255, or 0 where a pixel is not finite. North comes first in ``out``.

    ``choices`` are the curve, whether absolute values are drawn, and whether the picture is mirrored. ``numbers`` are the limits;
    what is taken from values, and what they are multiplied by, before the curve, and the same after it.
    """
    curve, is_absolute, is_mirrored = choices
    rows, columns = pixels.shape
    values, bent, spare = np.empty(columns, float32), np.empty(columns, float32), np.empty(columns, float32)
    colours = np.empty(columns, uint8)
    one, top = float32(1.0), float32(255.0)
    for row in range(rows):
        for i in range(columns):
            values[i] = abs(pixels[row, i]) if is_absolute else pixels[row, i]
        _bend(values, curve, numbers, bent, spare)
        for i in range(columns):
            place = bent[i] * top + one
            place = one if place < one else place
            place = top if place > top else place
            is_there = pixels[row, i] - pixels[row, i] == float32(0.0)
            colours[i] = uint8(int32(place if is_there else float32(0.0)))
        if is_mirrored:
            for i in range(columns):
                out[rows - 1 - row, uint64(columns - 1) - uint64(i)] = colours[i]
        else:
            for i in range(columns):
                out[rows - 1 - row, i] = colours[i]


@njit(t.void(_singles, t.boolean, _numbers, t.uint8[:, :, ::1]), **_options)
def quantise(pixels, is_asinh, numbers, out):
    """Round pixels to steps of 16 bits, and write their zigzagged differences along rows: all low bytes, then all high bytes.

    Twin of `tilemaker.render.quantise`. ``numbers`` are the offset, what is multiplied by after it is taken away, how far from zero
    is as far as it goes, and, through asinh, what the steps are multiplied by.
    """
    offset, scale, farthest, fineness = numbers[0], numbers[1], numbers[2], numbers[3]
    rows, columns = pixels.shape
    values, found, spare = np.empty(columns, float32), np.empty(columns, float32), np.empty(columns, float32)
    steps = np.zeros(columns + 1, int16)  # the first is what the first pixel of a row differs from
    for row in range(rows):
        for i in range(columns):
            value = (pixels[row, i] - offset) * scale
            value = farthest if value > farthest else value
            value = -farthest if value < -farthest else value
            values[i], found[i] = value, abs(value)
        if is_asinh:
            for i in range(columns):
                found[i] = np.sqrt(found[i] * found[i] + float32(1.0)) + found[i]
            _log(found, found.view(int32), spare)
            for i in range(columns):
                found[i] = found[i] * fineness
        for i in range(columns):
            step = int32(np.rint(found[i]))
            step = -step if values[i] < float32(0.0) else step
            is_there = pixels[row, i] - pixels[row, i] == float32(0.0)
            steps[i + 1] = int16(step) if is_there else _NO_DATA
        for i in range(columns):
            difference = int16(steps[i + 1] - steps[i])
            zigzag = uint16((difference << int16(1)) ^ (difference >> int16(15)))
            out[0, row, i] = uint8(zigzag & uint16(0xFF))
            out[1, row, i] = uint8(zigzag >> uint16(8))


@njit(t.void(t.Array(t.uint8, 2, "C", readonly=True), t.uint8[:, ::1]), **_options)
def scan_lines(indices, out):
    """Write each row's differences between neighbours behind a byte that says so; twin of `tilemaker.render.encode`."""
    rows, columns = indices.shape
    for row in range(rows):
        out[row, 0] = _SUB
        out[row, 1] = indices[row, 0]
        for i in range(1, columns):
            out[row, i + 1] = indices[row, i] - indices[row, i - 1]
