"""The loops that HEALPix maps need: from pixels to their numbers and back, and adding up pixels in any order.

`tilemaker.kernels.compiled` has them too. The twins are in `tilemaker.sky.healpix` and `tilemaker.providers.healpix_pyramid`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numba import types as t
from numpy import int64

from .keeping import can_be_kept

_options = {"nogil": True, "error_model": "numpy", "cache": can_be_kept()}

_integers = t.Array(t.int64, 1, "C", readonly=True)
_singles = t.Array(t.float32, 1, "C", readonly=True)
_doubles = t.Array(t.float64, 1, "C", readonly=True)


@njit(t.int64(t.int64), **_options)
def _ring_of_face(face):
    """Return the ring, in nside, of the lowest corner of a base square."""
    return int64(2) + (face >> int64(2))


@njit(t.int64(t.int64), **_options)
def _eighth_of_face(face):
    """Return the longitude of that corner, in eighths of a turn."""
    return int64(2) * (face & int64(3)) + int64((face >> int64(2)) != int64(1))


@njit(t.void(_integers, _integers, t.int64, t.int64[::1]), **_options)
def ring_numbers(rows, columns, order, out):
    """Find the numbers, in ring order, of pixels of a raster of ``nside = 2**order``."""
    nside = int64(1) << order
    belt = int64(2) * nside * (nside - int64(1))
    for i in range(rows.size):
        face, up, along = rows[i] >> order, rows[i] & (nside - int64(1)), columns[i]
        ring = _ring_of_face(face) * nside - along - up - int64(1)
        south = int64(4) * nside - ring
        if ring < nside:
            quarter, before, shift = ring, int64(2) * ring * (ring - int64(1)), int64(0)
        elif south < nside:
            quarter, before, shift = south, int64(12) * nside * nside - int64(2) * south * (south + int64(1)), int64(0)
        else:
            quarter, before, shift = nside, belt + (ring - nside) * (int64(4) * nside), (ring - nside) & int64(1)
        place = (_eighth_of_face(face) * quarter + along - up - int64(1) + shift) >> int64(1)
        if place < int64(0):
            place += int64(4) * quarter
        out[i] = before + place


@njit(t.void(_integers, t.int64, t.int64[::1], t.int64[::1]), **_options)
def ring_raster(numbers, order, rows, columns):  # noqa: PLR0915  three parts of the sphere
    """Find the row and the column of numbered pixels: the inverse of `ring_numbers`."""
    nside = int64(1) << order
    cap, total = int64(2) * nside * (nside - int64(1)), int64(12) * nside * nside
    for i in range(numbers.size):
        number = numbers[i]
        from_pole = min(number, total - int64(1) - number)
        if from_pole >= cap:
            ring = nside + ((number - cap) >> (order + int64(2)))
            place = (number - cap) & (int64(4) * nside - int64(1))
            # Twice the longitude in pixels, and twice the distance from the middle of the sphere in rings, both of the belt.
            east = int64(2) * place + int64(1) - ((ring - nside) & int64(1))
            north = int64(2) * nside - ring
            falling, rising = (east + nside - north) >> int64(1), (east + nside + north) >> int64(1)
            left, right = falling >> order, rising >> order
            if left == right:
                face = (left & int64(3)) + int64(4)
            elif left < right:
                face = left & int64(3)
            else:
                face = (right & int64(3)) + int64(8)
            rows[i] = face * nside + (nside - int64(1) - (falling & (nside - int64(1))))
            columns[i] = rising & (nside - int64(1))
            continue
        ring = int64((1.0 + np.sqrt(1.0 + 2.0 * from_pole)) / 2.0)
        if number < cap:
            place = number - int64(2) * ring * (ring - int64(1))
            quarter = place // ring
            within = place - quarter * ring
            rows[i] = quarter * nside + nside - int64(1) - within
            columns[i] = nside - ring + within
        else:
            place = number - (total - int64(2) * ring * (ring + int64(1)))
            quarter = place // ring
            within = place - quarter * ring
            rows[i] = (quarter + int64(8)) * nside + ring - int64(1) - within
            columns[i] = within


@njit(t.int64(t.int64), **_options)
def _gathered(bits):
    """Take every other bit of a number, the lowest first."""
    bits &= int64(0x5555555555555555)
    bits = (bits | (bits >> int64(1))) & int64(0x3333333333333333)
    bits = (bits | (bits >> int64(2))) & int64(0x0F0F0F0F0F0F0F0F)
    bits = (bits | (bits >> int64(4))) & int64(0x00FF00FF00FF00FF)
    bits = (bits | (bits >> int64(8))) & int64(0x0000FFFF0000FFFF)
    return (bits | (bits >> int64(16))) & int64(0xFFFFFFFF)


@njit(t.void(_integers, t.int64, t.int64[::1], t.int64[::1]), **_options)
def nested_raster(numbers, order, rows, columns):
    """Find the row and the column of pixels numbered in nested order."""
    for i in range(numbers.size):
        face, within = numbers[i] >> (int64(2) * order), numbers[i] & ((int64(1) << (int64(2) * order)) - int64(1))
        rows[i], columns[i] = (face << order) + _gathered(within >> int64(1)), _gathered(within)


@njit(
    [t.void(values, _integers, t.float64[::1], t.int32[::1]) for values in (_singles, _doubles)],
    **_options,
)
def scatter(values, blocks, sums, present):
    """Add values to the sums of the blocks that they are in, one after the other, NaN left out, and count the others."""
    for i in range(values.size):
        value = values[i]
        if value == value:
            sums[blocks[i]] += value
            present[blocks[i]] += 1
