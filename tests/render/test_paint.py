from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tilemaker.errors import ColourMapNotFound
from tilemaker.providers.base import Pixels
from tilemaker.render.colour import palette
from tilemaker.render.paint import paint
from tilemaker.render.stretch import STRETCHES, StretchName
from tilemaker.render.style import ResolvedStyle, Style, resolve

PLAIN = ResolvedStyle(cmap="planck", low=0.0, high=255.0)


def pixels_of(*rows: list[float]) -> Pixels:
    """Rows from south to north."""
    return np.array(rows, dtype=np.float32)


def test_values_between_the_limits_take_255_equal_parts_of_the_colours() -> None:
    values = np.arange(255, dtype=np.float32)[None] + np.float32(0.5)

    np.testing.assert_array_equal(paint(values, PLAIN).indices, np.arange(1, 256)[None])


def test_values_beyond_the_limits_take_the_end_colours() -> None:
    picture = paint(pixels_of([-3e38, -1.0, 0.0, 255.0, 256.0, 3e38]), PLAIN)

    assert picture.indices.tolist() == [[1, 1, 1, 255, 255, 255]]


@pytest.mark.parametrize("stretch", STRETCHES)
def test_what_is_not_finite_is_transparent_and_nothing_else_is(stretch: StretchName) -> None:
    style = replace(PLAIN, stretch=stretch, low=1.0)

    picture = paint(pixels_of([math.nan, math.inf, -math.inf, -1e30, 0.0, 100.0, 1e30]), style)

    assert (picture.indices == 0).tolist() == [[True, True, True, False, False, False, False]]
    assert picture.palette[0, 3] == 0


def test_north_is_up_and_ra_increases_to_the_right_unless_flipped() -> None:
    south, north = [0.5, 1.5], [2.5, 3.5]

    assert paint(pixels_of(south, north), PLAIN).indices.tolist() == [[3, 4], [1, 2]]
    assert paint(pixels_of(south, north), replace(PLAIN, flip=True)).indices.tolist() == [[4, 3], [2, 1]]


def test_absolute_values_have_no_sign() -> None:
    picture = paint(pixels_of([-7.5, 7.5, math.nan]), replace(PLAIN, absolute=True))

    assert picture.indices.tolist() == [[8, 8, 0]]


def test_the_palette_is_the_colour_map_asked_for() -> None:
    np.testing.assert_array_equal(paint(pixels_of([1.0]), replace(PLAIN, cmap="RdBu_r")).palette, palette("RdBu_r"))


def test_an_unknown_colour_map_is_refused() -> None:
    with pytest.raises(ColourMapNotFound):
        paint(pixels_of([1.0]), replace(PLAIN, cmap="no_such"))


def test_pixels_are_left_as_they_are_even_when_read_only() -> None:
    pixels = pixels_of([-1.0, math.nan], [3.0, 4.0])
    before = pixels.copy()
    pixels.setflags(write=False)

    for stretch in STRETCHES:
        paint(pixels, replace(PLAIN, stretch=stretch, low=1.0, absolute=True))

    np.testing.assert_array_equal(pixels, before)


def test_pixels_of_any_order_in_memory_are_drawn_the_same() -> None:
    pixels = np.random.default_rng(1).uniform(0, 255, (6, 8)).astype(np.float32)
    expected = paint(pixels, replace(PLAIN, stretch="asinh")).indices
    parts: list[npt.NDArray[np.float32]] = [np.asfortranarray(pixels), np.repeat(pixels, 2, axis=1)[:, ::2], pixels.astype(">f4")]

    for same in parts:
        np.testing.assert_array_equal(paint(same, replace(PLAIN, stretch="asinh")).indices, expected)


def test_equalised_pictures_take_their_ranks_from_the_population() -> None:
    population = np.linspace(0.0, 100.0, 10_001, dtype=np.float32)
    style = resolve(Style(stretch="histeq"), cmap="planck", limits=(0.0, 1000.0), population=population)

    assert paint(pixels_of([50.0]), style).indices[0, 0] == pytest.approx(128, abs=2)
    assert paint(pixels_of([50.0]), replace(style, population=None)).indices[0, 0] == 128


@given(
    pixels=arrays(np.float32, (3, 4), elements=st.floats(width=32)),
    vmin=st.floats(allow_nan=False, allow_infinity=False),
    vmax=st.floats(allow_nan=False, allow_infinity=False),
)
@pytest.mark.parametrize("stretch", STRETCHES)
def test_any_pixels_within_any_limits_make_a_picture(stretch: StretchName, pixels: Pixels, vmin: float, vmax: float) -> None:
    style = resolve(Style(stretch=stretch, vmin=vmin, vmax=vmax), cmap="planck", limits=(0.0, 1.0))

    picture = paint(pixels, style)

    np.testing.assert_array_equal(picture.indices[::-1] == 0, ~np.isfinite(pixels))
