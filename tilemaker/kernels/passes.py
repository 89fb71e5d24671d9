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
from numpy import float32, float64, int32, int64, uint16, uint32, uint64

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
_LOOK = 16
"""Fours of pairs among which one is looked for whose bin is unsure."""
_UNSURE = float32(2.5e-4)
"""How near to an edge, in bins, a value's bin is found in double precision."""
_LOWEST, _ONES, _HIGHEST = uint64(0xFFFF), uint64(0x0001_0001_0001_0001), uint64(0x8000_8000_8000_8000)
"""What finds out whether one of four numbers of 16 bits in one of 64 is zero."""


@intrinsic
def swapped(typing, word):
    """Return a number of 32 bits with its bytes in the other order: one instruction, which shifts are not taken for."""
    del typing, word
    return t.uint32(t.uint32), lambda _context, builder, _signature, arguments: builder.bswap(arguments[0])


@njit(t.void(t.float32[::1], t.float64[::1], t.int32[::1]), **_options)
def _add(values, by_column, present):
    """Add a row to the sums and counts of columns, leaving out what is not finite."""
    for i in range(values.size):
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


@njit(t.void(_numbers, _edges, t.uint16[::1]), **_options)
def _place_pairs(pixels, edges, pairs):
    """Find the bins of each pixel of the first half of a row and of the one as far into the second half, as one number.

    A bin's place is its number plus 2, 1 and one more than the bins' for what is in none. A pair is the first place, and the second
    times `_stride`; 0 where one of them is unsure.
    """
    bins, half = edges.size - 1, pixels.size >> 1
    scale = bins / (edges[bins] - edges[0])
    step, shift, stride = float32(scale), float32(2.0 - edges[0] * scale), float32(bins + 3)
    nowhere, beyond, middle = float32(1.5), float32(bins) + float32(2.5), float32(0.5)
    for i in range(half):
        first, second = pixels[i] * step + shift, pixels[i + half] * step + shift
        first = first if first > nowhere else nowhere
        first = beyond if first > beyond else first
        second = second if second > nowhere else nowhere
        second = beyond if second > beyond else second
        place, other = float32(int32(first)), float32(int32(second))
        off, other_off = abs(first - place - middle), abs(second - other - middle)
        off = off if off > other_off else other_off
        pairs[i] = uint16(int32(other * stride + place) if off < middle - _UNSURE else int32(0))


@njit(t.void(_numbers, _edges, t.uint16[::1], t.uint64[::1]), **_options)
def _make_sure(pixels, edges, pairs, fours):
    """Find the bins that `_place_pairs` was unsure of; there is seldom one. ``fours`` is the same memory as ``pairs``."""
    half, stride = pixels.size >> 1, edges.size + 2
    for start in range(0, fours.size, _LOOK):
        stop, is_unsure = min(start + _LOOK, fours.size), uint64(0)
        for i in range(start, stop):
            is_unsure |= (fours[i] - _ONES) & ~fours[i] & _HIGHEST
        if is_unsure != uint64(0):
            for i in range(4 * start, min(4 * stop, half)):
                if pairs[i] == uint16(0):
                    place, other = _bin_of(float64(pixels[i]), edges) + 2, _bin_of(float64(pixels[i + half]), edges) + 2
                    pairs[i] = uint16(other * stride + place)


@njit(t.void(t.uint64[::1], t.uint64, t.uint32[::1]), **_options)
def _scatter(fours, size, tables):
    """Add pairs to two tables of ``size`` counts in turn: each waits only for its own last change."""
    for i in range(fours.size):
        four = fours[i]
        tables[four & _LOWEST] += uint32(1)
        tables[size + ((four >> uint64(16)) & _LOWEST)] += uint32(1)
        tables[(four >> uint64(32)) & _LOWEST] += uint32(1)
        tables[size + (four >> uint64(48))] += uint32(1)


@njit(t.void(_numbers, _edges, t.uint16[::1], t.uint32[::1]), **_options)
def _count(pixels, edges, pairs, tables):
    """Add the pixels of a row to tables of counts of pairs: half as many changes of memory, which take longer than all the rest.

    ``pairs`` has room for whole fours of them. What fills up the last four is counted as in no bin.
    """
    half, stride = pixels.size >> 1, edges.size + 2
    whole = (half + 3) >> 2
    for i in range(half, 4 * whole):
        pairs[i] = uint16(stride + 1)
    _place_pairs(pixels, edges, pairs)
    fours = pairs.view(uint64)[:whole]
    _make_sure(pixels, edges, pairs, fours)
    _scatter(fours, uint64(stride * stride), tables)
    if pixels.size & 1:
        tables[stride + _bin_of(float64(pixels[pixels.size - 1]), edges) + 2] += uint32(1)


@njit(t.void(t.uint32[::1], t.int64[::1]), **_options)
def _gather(tables, counts):
    """Add what the tables have counted of pairs to the counts of bins."""
    bins, stride = counts.size, counts.size + 3
    for start in range(stride * stride, -1, -stride * stride):
        for other in range(stride):
            total = int64(0)
            for place in range(stride):
                number = tables[start + other * stride + place]
                total += number
                if 2 <= place < bins + 2:
                    counts[place - 2] += number
            if 2 <= other < bins + 2:
                counts[other - 2] += total


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
    pairs, tables = np.empty(_CHUNK, uint16), _tables(counts.size)
    for row in range(rows):
        for start in range(0, columns, _CHUNK):
            _count(pixels[row, start : min(start + _CHUNK, columns)], edges, pairs, tables)
    _gather(tables, counts)


@njit(t.void(_row, t.int64[:, ::1], t.int64, t.uint32[::1]), **_options)
def _fetch(stored, pieces, start, out):
    """Write a stretch of a row in the order of the sky, and of the processor: from pixel ``start`` on, NaN where there is none.

    ``pieces`` are as `tally` has them.
    """
    out[:] = uint32(0x7FC00000)
    for piece in range(pieces.shape[0]):
        begin, count, origin, direction = pieces[piece, 0], pieces[piece, 1], pieces[piece, 2], pieces[piece, 3]
        first, stop = max(begin, start), min(begin + count, start + out.size)
        if first < stop:
            source, target = uint64(origin + direction * (first - begin)), out[first - start : stop - start]
            if direction > 0:
                for i in range(target.size):
                    target[i] = swapped(stored[source + uint64(i)])
            else:
                for i in range(target.size):
                    target[i] = swapped(stored[source - uint64(i)])


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
    sums, present
        Of each block: the sum of the pixels that are finite, and their number. Written.
    counts
        Of each histogram. Added to.
    """
    factor, missing, is_reversed = layout
    columns = sums.shape[1] * factor
    words = np.empty(_CHUNK, uint32)
    values = words.view(float32)
    by_column, by_column_present = np.empty(_CHUNK, float64), np.empty(_CHUNK, int32)
    pairs, tables = np.empty(_CHUNK, uint16), np.zeros((edges.shape[0], 2 * (counts.shape[1] + 3) ** 2), uint32)
    for block in range(sums.shape[0]):
        for start in range(0, columns, _CHUNK):
            size = min(_CHUNK, columns - start)
            by_column[:] = 0.0
            by_column_present[:] = 0
            for place in range(block * factor - missing, (block + 1) * factor - missing):
                if 0 <= place < stored.shape[0]:
                    row = stored.shape[0] - 1 - place if is_reversed else place
                    _fetch(stored[row], pieces, start, words[:size])
                    _add(values[:size], by_column, by_column_present)
                    for each in range(edges.shape[0]):
                        _count(values[:size], edges[each], pairs, tables[each])
            first = start // factor
            last = first + size // factor
            _add_across(by_column, by_column_present, factor, sums[block, first:last], present[block, first:last])
    for each in range(edges.shape[0]):
        _gather(tables[each], counts[each])
