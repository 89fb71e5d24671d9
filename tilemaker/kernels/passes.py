"""The loops that a pass over a whole map is made of: block sums and histograms. `tilemaker.kernels.compiled` has them too.

A pass is bound by what is done for each pixel, and by how often it comes from memory. `tally` does everything that there is
to be done to a stretch of a row before it goes on to the next: a stretch of `_CHUNK` pixels, and what is added up under it, stay in
the nearest cache.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numba import types as t
from numba.extending import intrinsic
from numpy import float32, float64, int32, int64, uint32, uint64

from .keeping import can_be_kept

_options = {"nogil": True, "error_model": "numpy", "cache": can_be_kept()}

_singles = t.Array(t.float32, 2, "C", readonly=True)
_doubles = t.Array(t.float64, 2, "C", readonly=True)
_numbers = t.Array(t.float32, 1, "C", readonly=True)
_edges = t.Array(t.float64, 1, "C", readonly=True)
_row = t.Array(t.uint32, 1, "C", readonly=True)
_words = t.Array(t.uint32, 2, "C", readonly=True)

_CHUNK = 1024
"""Pixels of a row that are worked on at once: whole blocks of any size there is."""
_PAIRS = 64
"""Pairs of pixels whose bins are found at once: few enough for the processor to count them while it finds the next."""
_STEPS, _STEP_BITS = 4096.0, int32(12)
"""Steps of a bin. A value within one of an edge has its bin found in double precision."""
_FARTHER = int32(4094)
"""The bits of a number of steps, itself one more than it should be, that are all zero within one step of an edge."""
_LOW = uint64(0xFFFF_FFFF)
_NAN_BITS, _NOT_SIGN, _TO_SIGN, _SIGN = uint32(0x7FC00000), uint32(0x7FFFFFFF), uint32(0x00800000), uint32(0x80000000)
"""Bits of a NaN; all but the sign; what carries into the sign when added to bits that are not finite; the sign."""


@intrinsic
def swapped(typing, word):
    """Return a number of 32 bits with its bytes in the other order: one instruction, which shifts are not taken for."""
    del typing, word
    return t.uint32(t.uint32), lambda _context, builder, _signature, arguments: builder.bswap(arguments[0])


@njit(t.void(t.float32[::1], t.uint64, t.float64[::1]), **_options)
def _add(values, size, by_column):
    """Add a row to the sums of columns."""
    for i in range(size):
        by_column[i] += float64(values[i])


@njit(t.void(t.float32[::1], t.uint64, t.float64[::1], t.int32[::1]), **_options)
def _add_finite(values, size, by_column, present):
    """Add a row to the sums and counts of columns, leaving out what is not finite."""
    for i in range(size):
        value = values[i]
        is_there = value - value == float32(0.0)
        by_column[i] += float64(value if is_there else float32(0.0))
        present[i] += int32(is_there)


@njit(t.void(t.float64[::1], t.int32[::1], t.int64, t.float64[::1], t.int32[::1]), **_options)
def _add_across(by_column, present, factor, sums, counts):
    """Add up the columns of each block."""
    for place in range(sums.size):
        first = uint64(place * factor)
        total, number = by_column[first], present[first]
        for i in range(first + uint64(1), first + uint64(factor)):
            total += by_column[i]
            number += present[i]
        sums[place], counts[place] = total, number


@njit([t.void(pixels, t.int64, t.float64[:, ::1], t.int32[:, ::1]) for pixels in (_singles, _doubles)], **_options)
def block_sums(pixels, factor, sums, counts):
    """Add up square blocks of pixels, NaN left out, and count the others; twin of `tilemaker.sky.thin.block_sums`."""
    columns = pixels.shape[1]
    by_column, present = np.empty(columns, float64), np.empty(columns, int32)
    for block in range(sums.shape[0]):
        by_column[:] = 0.0
        present[:] = 0
        for row in range(block * factor, (block + 1) * factor):
            for i in range(columns):
                value = pixels[row, i]
                is_there = value == value
                by_column[i] += float64(value) if is_there else 0.0
                present[i] += int32(is_there)
        _add_across(by_column, present, factor, sums[block], counts[block])


@njit(t.int64(t.float64, _edges), **_options)
def _bin_of(value, edges):
    """Return the bin of a value, -1 when it is in none; the last bin is closed."""
    bins = edges.size - 1
    if not edges[0] <= value <= edges[bins]:
        return -1
    place = min(int((value - edges[0]) / (edges[bins] - edges[0]) * bins), bins - 1)
    while value < edges[place]:
        place -= 1
    while place < bins - 1 and value >= edges[place + 1]:
        place += 1
    return place


@njit(t.boolean(t.float32[::1], t.uint64, t.UniTuple(t.float32, 3), t.uint32[::1]), **_options)
def _place_pairs(values, start, scale, pairs):
    """Find the bins of `_PAIRS` values from ``start`` on, each with that of the value so many after it, as one number.

    A bin's place is its number plus 2, 1 and one more than the bins' for what is in none. A pair is the first place, and the second
    times the number of places; 0 where one of them is unsure, and then what is returned is True. ``scale`` are the steps in a unit
    of value, where zero lies among them, and the bins.
    """
    step, shift, bins = scale
    places, one = int32(bins) + int32(3), int32(1)
    nowhere, beyond, signs = float32(1.5 * _STEPS), (bins + float32(2.5)) * float32(_STEPS), int32(0)
    for i in range(uint64(_PAIRS)):
        first, second = values[start + i] * step + shift, values[start + i + uint64(_PAIRS)] * step + shift
        first = first if first > nowhere else nowhere
        first = beyond if first > beyond else first
        second = second if second > nowhere else nowhere
        second = beyond if second > beyond else second
        place, other = int32(first), int32(second)
        # Below zero if either is unsure: a branch, or numbers that are true or false, would take longer.
        sign = int32(((place & _FARTHER) - one) | ((other & _FARTHER) - one))
        pair = int32(int32(other >> _STEP_BITS) * places) + int32(place >> _STEP_BITS)
        pairs[i] = uint32(pair & ~(sign >> int32(31)))
        signs = int32(signs | sign)
    return signs < int32(0)


@njit(t.void(t.float32[::1], t.uint64, _edges, t.uint32[::1]), **_options)
def _make_sure(values, start, edges, pairs):
    """Find the bins that `_place_pairs` was unsure of."""
    places = edges.size + 2
    for i in range(uint64(_PAIRS)):
        if pairs[i] == uint32(0):
            first, second = values[start + i], values[start + i + uint64(_PAIRS)]
            pairs[i] = uint32((_bin_of(float64(second), edges) + 2) * places + _bin_of(float64(first), edges) + 2)


@njit(t.void(t.uint64[::1], t.uint64, t.uint32[::1]), **_options)
def _scatter(twos, size, tables):
    """Add pairs, two of them in a number, to two tables of ``size`` counts: each waits only for its own last change."""
    for i in range(uint64(_PAIRS // 2)):
        two = twos[i]
        tables[two & _LOW] += uint32(1)
        tables[size + (two >> uint64(32))] += uint32(1)


@njit(t.void(t.float32[::1], t.uint64, _edges, t.uint64[::1], t.uint32[::1]), **_options)
def _count(values, size, edges, twos, tables):
    """Add values to tables of counts of pairs: half as many changes of memory, which take longer than all the rest.

    Values go on to a whole number of pairs of `_PAIRS`: with NaN, which is counted as in no bin.
    """
    pairs, bins = twos.view(uint32), edges.size - 1
    steps = _STEPS * bins / (edges[bins] - edges[0])
    scale = float32(steps), float32(2.0 * _STEPS + 1.0 - edges[0] * steps), float32(bins)
    for start in range(uint64(0), size, uint64(2 * _PAIRS)):
        if _place_pairs(values, start, scale, pairs):
            _make_sure(values, start, edges, pairs)
        _scatter(twos, uint64((bins + 3) ** 2), tables)


@njit(t.void(t.uint32[::1], t.int64[::1]), **_options)
def _gather(tables, counts):
    """Add what the tables have counted of pairs to the counts of bins."""
    bins, places = uint64(counts.size), uint64(counts.size + 3)
    for row in range(uint64(0), uint64(tables.size), places):
        total = int64(0)
        for i in range(places):
            total += int64(tables[row + i])
        for i in range(bins):
            counts[i] += int64(tables[row + i + uint64(2)])
        other = row // places % places
        if uint64(2) <= other < bins + uint64(2):
            counts[other - uint64(2)] += total


@njit(t.uint32[::1](t.int64), **_options)
def _tables(bins):
    return np.zeros(2 * (bins + 3) ** 2, uint32)


@njit(t.void(_singles, _edges, t.int64[::1]), **_options)
def count(pixels, edges, counts):
    """Add the pixels of each bin to its count, as `numpy.histogram`; twin of `tilemaker.providers.counting.count`.

    Bins are found in single precision, and again in double where that lies so near an edge that rounding might decide. The caller
    sees to it that single precision is off by no more than that, and that there are no more than 252 bins.
    """
    rows, columns = pixels.shape
    values, twos, tables = np.empty(_CHUNK, float32), np.empty(_PAIRS // 2, uint64), _tables(counts.size)
    for row in range(rows):
        for start in range(0, columns, _CHUNK):
            size = min(_CHUNK, columns - start)
            values[:size] = pixels[row, start : start + size]
            values[size:] = np.nan
            _count(values, uint64(size), edges, twos, tables)
    _gather(tables, counts)


@njit(t.boolean(_words, t.uint64, t.int64[:, ::1], t.UniTuple(t.int64, 2), t.uint32[::1]), **_options)
def _fetch(stored, row, pieces, stretch, out):
    """Write a stretch of a row in the order of the sky, and of the processor; return whether all of it is there, and finite.

    ``pieces`` are as `tally` has them. ``stretch`` is the first pixel and the number of them. What is in no piece is left as it is.
    """
    start, size = stretch
    missing, odd = size, uint32(0)
    for piece in range(pieces.shape[0]):
        begin, count, origin, direction = pieces[piece, 0], pieces[piece, 1], pieces[piece, 2], pieces[piece, 3]
        first, stop = max(begin, start), min(begin + count, start + size)
        if first < stop:
            missing -= stop - first
            source, target, number = uint64(origin + direction * (first - begin)), uint64(first - start), uint64(stop - first)
            if direction > 0:
                for i in range(number):
                    word = swapped(stored[row, source + i])
                    out[target + i] = word
                    odd = uint32(odd | uint32((word & _NOT_SIGN) + _TO_SIGN))
            else:
                for i in range(number):
                    word = swapped(stored[row, source - i])
                    out[target + i] = word
                    odd = uint32(odd | uint32((word & _NOT_SIGN) + _TO_SIGN))
    return missing == 0 and (odd & _SIGN) == uint32(0)


@njit(
    t.void(_words, t.int64[:, ::1], t.UniTuple(t.int64, 3), _doubles, t.float64[:, ::1], t.int32[:, ::1], t.int64[:, ::1]),
    **_options,
)
def tally(stored, pieces, layout, edges, sums, present, counts):  # noqa: PLR0913
    """Do all that a pass does to a band: bring it in order, add up its blocks, count its pixels.

    Parameters
    ----------
    stored
        Rows of a file, big-endian float32.
    pieces
        How a row of blocks is put together from one of the file: for each piece, the first of its pixels in the row of blocks, how
        many there are, which of the file's is the first, and 1 or -1, the direction in which the others follow.
    layout
        The side of a block; how many rows are missing before the first in the first row of blocks; whether the file's rows come in
        the other order.
    edges
        Of each histogram.
    sums, present, counts
        Of each block, the sum of the pixels that are finite, and their number: written. Of each histogram: added to.
    """
    factor, missing, is_reversed = layout
    columns = sums.shape[1] * factor
    words = np.empty(_CHUNK, uint32)
    values = words.view(float32)
    by_column, by_column_present = np.empty(_CHUNK, float64), np.empty(_CHUNK, int32)
    twos, tables = np.empty(_PAIRS // 2, uint64), np.zeros((edges.shape[0], 2 * (counts.shape[1] + 3) ** 2), uint32)
    for block in range(sums.shape[0]):
        for start in range(0, columns, _CHUNK):
            size, whole = min(_CHUNK, columns - start), int32(0)
            by_column[:] = 0.0
            by_column_present[:] = 0
            words[:] = _NAN_BITS
            for place in range(block * factor - missing, (block + 1) * factor - missing):
                if 0 <= place < stored.shape[0]:
                    row = stored.shape[0] - 1 - place if is_reversed else place
                    if _fetch(stored, uint64(row), pieces, (start, size), words):
                        _add(values, uint64(size), by_column)
                        whole += int32(1)
                    else:
                        _add_finite(values, uint64(size), by_column, by_column_present)
                    for each in range(edges.shape[0]):
                        _count(values, uint64(size), edges[each], twos, tables[each])
            by_column_present += whole
            first, last = start // factor, (start + size) // factor
            _add_across(by_column, by_column_present, factor, sums[block, first:last], present[block, first:last])
    for each in range(edges.shape[0]):
        _gather(tables[each], counts[each])
