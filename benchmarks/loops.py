"""The inner loops of the bare loop, compiled: shorter ways from bytes on the disk to bytes for the encoder are not known here.

They share nothing but an instruction with the project's own, which have to be right for every map and every setting: these are for
big-endian float32, a linear scale and one encoding. Rows go through buffers of one row, so that a compiler can use the processor's
vectors.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numba import types as t
from numpy import float32, int16, int32, uint8, uint16, uint32, uint64

from tilemaker.kernels.passes import swapped

_EXPONENT = uint32(0x7F800000)
_pread = t.ExternalFunction("pread", t.intp(t.intc, t.voidptr, t.uintp, t.int64))
_options = {"nogil": True, "cache": True, "error_model": "numpy"}


@njit(t.int64(t.intc, t.int64, t.int64, t.uint32[:, ::1], t.int64, t.int64), **_options)
def read(descriptor, offset, pitch, window, first, columns):
    """Read rows of a file, ``pitch`` bytes apart, into some columns of a window; return how many were read whole."""
    for row in range(window.shape[0]):
        if _pread(descriptor, window[row, first:].ctypes, 4 * columns, offset + row * pitch) != 4 * columns:
            return row
    return window.shape[0]


@njit(t.void(t.uint32[:, ::1], t.float32[:, ::1]), **_options)
def values(window, out):
    """Turn the bytes round, and each row."""
    rows, columns = window.shape
    bits, last = out.view(uint32), uint64(columns - 1)
    for row in range(rows):
        for i in range(columns):
            bits[row, i] = swapped(window[row, last - uint64(i)])


@njit(t.void(t.uint32[:, ::1], t.float32, t.float32, t.uint8[:, ::1]), **_options)
def indices(window, low, scale, out):
    """Give stored pixels the numbers of their colours, 0 where there is no data; north up and RA to the right."""
    rows, columns = window.shape
    words, found, last = np.empty(columns, uint32), np.empty(columns, uint8), uint64(columns - 1)
    pixels = words.view(float32)
    for row in range(rows):
        for i in range(columns):
            words[i] = swapped(window[row, i])
        for i in range(columns):
            place = (pixels[i] - low) * scale + float32(1)
            place = float32(1) if place < float32(1) else place
            place = float32(255) if place > float32(255) else place
            is_there = pixels[i] - pixels[i] == float32(0)
            found[i] = uint8(int32(place if is_there else float32(0)))
        for i in range(columns):
            out[rows - 1 - row, last - uint64(i)] = found[i]


@njit(t.void(t.uint8[:, ::1], t.uint8[:, ::1]), **_options)
def scan_lines(numbers, out):
    """Write the differences between neighbours behind the byte that says so: PNG's filter Sub."""
    rows, columns = numbers.shape
    for row in range(rows):
        out[row, 0] = uint8(1)
        out[row, 1] = numbers[row, 0]
        for i in range(1, columns):
            out[row, i + 1] = numbers[row, i] - numbers[row, i - 1]


@njit(t.void(t.uint32[:, ::1], t.float32, t.float32, t.float32, t.uint8[:, :, ::1]), **_options)
def halves(window, offset, scale, fineness, out):
    """Round the inverse hyperbolic sines of stored pixels, and write the differences along rows: low bytes, then high bytes.

    A pixel less the ``offset``, times ``scale``, through asinh, times ``fineness``, is what is rounded. The logarithm is that of
    the mantissa, ``2 (s + s^3/3 + s^5/5 + s^7/7)`` with ``s = (m - 1) / (m + 1)``, right to 1e-7 for m within a root of two of 1.
    """
    rows, columns = window.shape
    words, found, steps = np.empty(columns, uint32), np.empty(columns, float32), np.empty(columns + 1, int16)
    pixels, bits, last = words.view(float32), found.view(int32), uint64(columns - 1)
    steps[0] = int16(0)
    for row in range(rows):
        for i in range(columns):
            words[i] = swapped(window[row, last - uint64(i)])
        for i in range(columns):
            x = abs((pixels[i] - offset) * scale)
            found[i] = x + np.sqrt(x * x + float32(1))
        for i in range(columns):
            power = (bits[i] - int32(0x3F3504F3)) >> int32(23)
            bits[i] -= power << int32(23)
            s = (found[i] - float32(1)) / (found[i] + float32(1))
            q = s * s
            y = float32(2) * s * (float32(1) + q * (float32(1 / 3) + q * (float32(1 / 5) + q * float32(1 / 7))))
            found[i] = (y + float32(power) * float32(0.6931472)) * fineness
        for i in range(columns):
            step = int32(found[i] + float32(0.5))
            step = -step if pixels[i] < offset else step
            steps[i + 1] = int16(step) if (words[i] & _EXPONENT) != _EXPONENT else int16(-32768)
        for i in range(columns):
            difference = int16(steps[i + 1] - steps[i])
            zigzag = uint16((difference << int16(1)) ^ (difference >> int16(15)))
            out[0, row, i] = uint8(zigzag & uint16(0xFF))
            out[1, row, i] = uint8(zigzag >> uint16(8))
