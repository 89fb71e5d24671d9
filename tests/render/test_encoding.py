from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import TypeAdapter

from tilemaker.providers.base import Pixels, Summary
from tilemaker.render.encoding import AsinhEncoding, Encoding, LinearEncoding, encoding_for
from tilemaker.render.quantise import quantise, restore

ordinary = st.floats(-(2.0**125), 2.0**125, width=32)
noises = st.one_of(st.just(0.0), st.floats(0.0, 1e38))


def summary_of(values: object, noise: float = 0.0, pixel_count: int = 10**9) -> Summary:
    """A summary of a map of which these values were sampled; by default it has many more pixels."""
    array = np.sort(np.asarray(values, dtype=np.float32).ravel())
    return Summary(array, noise, pixel_count, array.size)


def fully_sampled(values: object) -> Summary:
    array = np.asarray(values)
    return summary_of(array, noise=0.0, pixel_count=array.size)


def there_and_back(pixels: Pixels, encoding: Encoding) -> Pixels:
    return restore(quantise(pixels, encoding), encoding, (pixels.shape[0], pixels.shape[1]))


def row_of(*values: float) -> Pixels:
    return np.array([values], dtype=np.float32)


def assert_within_bound(pixels: Pixels, encoding: Encoding) -> None:
    error = np.abs(there_and_back(pixels, encoding).astype(np.float64) - pixels)
    bound = encoding.max_error + encoding.max_relative_error * np.abs(pixels.astype(np.float64) - encoding.offset)
    assert (error <= bound).all()


# ── the bound ────────────────────────────────────────────────────────────────────────────────────────────────────


@given(sampled=arrays(np.float32, 20, elements=ordinary), noise=noises, pixels=arrays(np.float32, (2, 5), elements=ordinary))
def test_values_within_reach_come_back_within_the_stated_error(sampled: Pixels, noise: float, pixels: Pixels) -> None:
    encoding = encoding_for(summary_of(sampled, noise))
    assume(isinstance(encoding, AsinhEncoding))
    assert isinstance(encoding, AsinhEncoding)
    near = np.clip(pixels, encoding.offset - 0.999 * encoding.reach, encoding.offset + 0.999 * encoding.reach)

    assert_within_bound(near.astype(np.float32), encoding)


@given(sampled=arrays(np.float32, 20, elements=ordinary), noise=noises)
def test_every_value_sampled_is_within_the_stated_error(sampled: Pixels, noise: float) -> None:
    assert_within_bound(sampled[None], encoding_for(summary_of(sampled, noise)))


@given(sampled=arrays(np.float32, 20, elements=st.floats(-1e6, 1e6, width=32)), noise=st.floats(0.0, 1e6))
def test_a_source_nine_hundred_times_as_bright_as_any_sampled_is_not_cut_off(sampled: Pixels, noise: float) -> None:
    encoding = encoding_for(summary_of(sampled, noise))
    assert isinstance(encoding, AsinhEncoding)

    assert encoding.reach >= 900 * np.abs(sampled - encoding.offset).max()
    assert encoding.reach >= 1e8 * noise


@given(arrays(np.float32, (2, 5), elements=st.floats(width=32)), arrays(np.float32, 20, elements=st.floats(width=32)))
def test_whatever_the_pixels_no_data_comes_back_as_such_and_numbers_as_finite_numbers(pixels: Pixels, sampled: Pixels) -> None:
    encoding = encoding_for(summary_of(sampled[np.isfinite(sampled)], noise=1.0))

    np.testing.assert_array_equal(np.isfinite(there_and_back(pixels, encoding)), np.isfinite(pixels))


# ── maps as they are ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_noisy_map_is_sent_to_a_hundredth_of_its_noise() -> None:
    sky = np.random.default_rng(1).normal(0.0, 100.0, 10_000)
    encoding = encoding_for(summary_of(sky, noise=28.0))

    assert encoding.kind == "asinh"
    assert encoding.offset == 0.0
    assert encoding.quantum == 0.44
    assert encoding.max_error < 28.0 / 100


def test_zero_comes_back_as_zero() -> None:
    encoding = encoding_for(summary_of([-3.1, 0.0, 2.2], noise=1.0))

    assert there_and_back(row_of(0.0), encoding)[0, 0] == 0.0


def test_a_small_signal_on_a_large_constant_is_not_drowned() -> None:
    """A map with the monopole left in: its fluctuations are a hundred thousandth of it."""
    sky = 2.7255 + np.random.default_rng(1).normal(0.0, 1e-4, (50, 50))
    pixels = sky.astype(np.float32)
    encoding = encoding_for(summary_of(pixels, noise=3e-5))

    assert encoding.offset == pytest.approx(2.7255, rel=1e-4)
    assert np.abs(there_and_back(pixels, encoding) - pixels).max() < 3e-5 / 20


def test_a_map_of_great_dynamic_range_is_right_to_a_part_in_four_thousand() -> None:
    """Inverse variance: smooth, positive, six decades."""
    weights = np.geomspace(1e-3, 1e3, 1000, dtype=np.float32)[None]
    encoding = encoding_for(summary_of(weights))

    np.testing.assert_allclose(there_and_back(weights, encoding), weights, rtol=1 / 4000, atol=1.1 * encoding.max_error)
    assert encoding.max_error < 1e-3


@pytest.mark.parametrize("values", [[0.0, 1.0], [0.0, 1.0, 1.0, 1.0], [-1.0, 0.0, 1.0]])
@pytest.mark.parametrize("pixel_count", [4, 10**9], ids=["sampled whole", "sampled in part"])
def test_a_mask_comes_back_as_a_mask(values: list[float], pixel_count: int) -> None:
    encoding = encoding_for(summary_of(values * 4, pixel_count=pixel_count))
    mask = row_of(0.0, 1.0, math.nan)

    np.testing.assert_array_equal(there_and_back(mask, encoding), mask)
    assert encoding.max_error <= 1 / 1000


def test_a_count_no_sample_showed_fits_all_the_same() -> None:
    """A patch observed a thousand times more often than what was sampled of the map."""
    encoding = encoding_for(summary_of([0.0, 0.0, 1.0, 3.0]))
    assert encoding.kind == "asinh"

    assert there_and_back(row_of(3000.0), encoding)[0, 0] == pytest.approx(3000.0, rel=1 / 4000)


@given(arrays(np.float32, (4, 5), elements=st.integers(-255, 255).map(float)))
def test_whole_numbers_all_of_which_are_known_come_back_exactly(pixels: Pixels) -> None:
    encoding = encoding_for(fully_sampled(pixels))

    assert encoding.kind == "linear"
    np.testing.assert_array_equal(there_and_back(pixels, encoding), pixels)


@given(arrays(np.float32, (4, 5), elements=st.integers(-255, 255).map(float)), st.integers(1, 19))
def test_means_of_whole_numbers_come_back_within_the_stated_error(pixels: Pixels, count: int) -> None:
    encoding = encoding_for(fully_sampled(pixels))
    assert encoding.max_error <= 1 / 128

    assert_within_bound(np.array([[pixels.ravel()[:count].mean()]], dtype=np.float32), encoding)


# ── maps as they should not be ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "values",
    [
        [],
        [0.0],
        [0.5],
        [5.0] * 9,
        [1e-30],
        [-1e-30, 1e-30],
        [1e30],
        [-1e30, 2e30],
        [1e-45],
        [3.4e38, -3.4e38],
        [0.0, 1e38],
        [-7.25] * 3,
    ],
    ids=str,
)
@pytest.mark.parametrize("pixel_count", [0, 10**9])
def test_a_degenerate_map_has_a_valid_encoding(values: list[float], pixel_count: int) -> None:
    for noise in (0.0, 1e-45, 1e-30, 1.0, 1e30, math.inf, math.nan):
        encoding = encoding_for(summary_of(values, noise, pixel_count))
        numbers = {name: number for name, number in encoding if name != "kind"}

        assert all(isinstance(number, float) and math.isfinite(number) for number in numbers.values()), noise
        assert all(number > 0 for name, number in numbers.items() if name not in ("offset", "max_relative_error")), noise
        assert np.isfinite(there_and_back(row_of(0.0, 1.0, -1e38, *values), encoding)).all(), noise


def test_a_map_without_values_is_sent_in_units() -> None:
    assert encoding_for(summary_of([])).quantum == 1.0


def test_a_constant_comes_back_exactly() -> None:
    encoding = encoding_for(summary_of([5.3] * 9))

    assert there_and_back(row_of(5.3), encoding)[0, 0] == np.float32(5.3)


def test_what_is_beyond_the_reach_is_held_to_its_end() -> None:
    encoding = encoding_for(summary_of(np.linspace(-1, 1, 100), noise=1.0))
    assert isinstance(encoding, AsinhEncoding)

    assert there_and_back(row_of(1e30, -1e30), encoding)[0].tolist() == pytest.approx([encoding.reach, -encoding.reach])


@pytest.mark.parametrize("values", [[0.0, 1.0], [0.1, 0.2]])
def test_an_encoding_survives_the_way_through_json(values: list[float]) -> None:
    encoding = encoding_for(fully_sampled(values))
    adapter: TypeAdapter[LinearEncoding | AsinhEncoding] = TypeAdapter(Encoding)

    assert adapter.validate_json(encoding.model_dump_json()) == encoding
