"""Blocks that a box is cut into are the same whether they are looked up one by one or known to lie side by side."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.car import Axis, CarGeometry
from tilemaker.sky.place import Placement, place

ROWS = 1024
PIXEL_DEG = 180.0 / ROWS


@st.composite
def placements(draw: st.DrawFn) -> Placement:
    """Return a map on a grid of its own pixels, whose edges lie anywhere; many pass RA 180, or go all the way round."""
    half_a_pixel = draw(st.sampled_from([0.0, 0.5]))
    first_row, first_column = draw(st.integers(0, ROWS - 1)), draw(st.integers(-3 * ROWS, 3 * ROWS))
    rows, columns = draw(st.integers(1, ROWS - first_row)), draw(st.integers(1, 2 * ROWS))
    dec = Axis(-90.0 + (first_row - half_a_pixel) * PIXEL_DEG, PIXEL_DEG, rows)
    ra = Axis((first_column - half_a_pixel) * PIXEL_DEG, PIXEL_DEG, columns, is_reversed=True)
    return place(CarGeometry(ra, dec), PIXEL_DEG)


@given(placements(), st.data())
def test_blocks_side_by_side_are_those_that_are_looked_up(placement: Placement, data: st.DataObject) -> None:
    assume(placement.is_exact)
    grid, level = placement.grid, data.draw(st.integers(0, placement.grid.levels - 1))
    side_deg = grid.pixel_deg * 2**level
    south = (placement.rows.first >> level) + data.draw(st.integers(-2, placement.rows.blocks(level)))
    west = (placement.columns.first >> level) + data.draw(st.integers(-2, placement.columns.blocks(level)))
    west += data.draw(st.sampled_from([-2, 0, 0, 1])) * (grid.columns >> level)
    shape = (
        data.draw(st.integers(1, placement.rows.blocks(level) + 2)),
        data.draw(st.integers(1, placement.columns.blocks(level) + 2)),
    )
    off = data.draw(st.sampled_from([0.0, 0.0, 0.0, 1e-9, 0.25, 0.5]))
    south_deg, west_deg = grid.south_deg + (south + off) * side_deg, grid.west_deg + (west + off) * side_deg
    box = SkyBox(west_deg, west_deg + shape[1] * side_deg, south_deg, south_deg + shape[0] * side_deg)

    blocks = placement.blocks_of(box, shape, level)

    rows, columns = placement.geometry.positions(box, shape)
    looked_up = placement.rows.block_about(rows[:, 0], level), placement.columns.block_about(columns[0], level)
    are_side_by_side = all(each[0] >= 0 and (np.diff(each) == 1).all() and each[-1] >= 0 for each in looked_up)
    if blocks is None:
        assert off > 1e-3 or not are_side_by_side
    else:
        assert [list(each) for each in blocks] == [each.tolist() for each in looked_up]
