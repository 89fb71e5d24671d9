from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilemaker.providers.base import Pixels
from tilemaker.render.stretch import STRETCHES, StretchName, equalise, histeq, inverse_sinh

Doubles = npt.NDArray[np.float64]


def proportion_of(curve: Callable[[Doubles], Doubles], softening: float) -> Callable[[Doubles, float, float], Doubles]:
    """Build the expected positions of a curve about the pivot, in double precision, from the formula in the module's head."""

    def positions(values: Doubles, low: float, high: float) -> Doubles:
        pivot = min(max(0.0, low), high)
        unit = softening * max(high - pivot, pivot - low)
        first, last = (curve(np.array((limit - pivot) / unit)) for limit in (low, high))
        return (curve((values - pivot) / unit) - first) / (last - first)

    return positions


EXPECTED: dict[StretchName, Callable[[Doubles, float, float], Doubles]] = {
    "linear": lambda v, low, high: (v - low) / (high - low),
    "sqrt": lambda v, low, high: ((v - low) / (high - low)) ** 0.5,
    "square": lambda v, low, high: ((v - low) / (high - low)) ** 2,
    "log": lambda v, low, high: np.log(v / low) / math.log(high / low),
    "symlog": proportion_of(lambda u: np.sign(u) * np.log1p(np.abs(u)), 0.01),
    "asinh": proportion_of(np.arcsinh, 0.1),
}
LIMITS = [(1.0, 5.0), (1e-3, 1e4), (2e-6, 2.1e-6), (-300.0, 300.0), (-100.0, 500.0), (0.0, 1.0), (-5.0, -1.0)]


def singles(*values: float) -> Pixels:
    return np.array(values, dtype=np.float32)


@pytest.mark.parametrize(
    ("name", "limits"), [(name, limits) for name in EXPECTED for limits in LIMITS if name != "log" or limits[0] > 0]
)
def test_every_stretch_follows_its_formula_between_the_limits(name: StretchName, limits: tuple[float, float]) -> None:
    low, high = limits
    values = np.linspace(low, high, 1001).astype(np.float32)

    positions = STRETCHES[name](values.copy(), low, high)

    np.testing.assert_allclose(positions, EXPECTED[name](values.astype(np.float64).clip(low, high), low, high), atol=2e-5)


@pytest.mark.parametrize("name", STRETCHES)
def test_values_beyond_the_limits_are_at_the_ends_or_beyond(name: StretchName) -> None:
    positions = STRETCHES[name](singles(-1e30, -3.0, 0.5, 1.0, 1.5, 2.0, 7.0, 1e30), 1.0, 2.0)

    first, last = (positions[3], positions[5]) if name == "histeq" else (0.0, 1.0)
    assert (positions[:3] <= first + 1e-6).all()
    assert (positions[6:] >= last - 1e-6).all()


@pytest.mark.parametrize("name", STRETCHES)
def test_no_data_stays_no_data_and_nothing_else_becomes_it(name: StretchName) -> None:
    values = singles(math.nan, 0.0, -7.0, 1.5, math.nan)

    assert np.isnan(STRETCHES[name](values, 1.0, 2.0)).tolist() == [True, False, False, False, True]


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=2, max_size=20))
def test_a_greater_value_never_comes_lower(values: list[float]) -> None:
    for name, stretch in STRETCHES.items():
        assert (np.diff(stretch(singles(*sorted(values)), 1.0, 1000.0)) >= -1e-6).all(), name


@pytest.mark.parametrize("name", ["linear", "symlog", "asinh"])
def test_zero_is_in_the_middle_of_symmetric_limits(name: StretchName) -> None:
    assert STRETCHES[name](singles(0.0), -300.0, 300.0)[0] == pytest.approx(0.5)


def test_equalised_values_are_spread_evenly() -> None:
    values = np.random.default_rng(1).normal(size=50_000).astype(np.float32)

    counts, _ = np.histogram(histeq(values, -3.0, 3.0), 10, (0.0, 1.0))

    np.testing.assert_allclose(counts, 5000, rtol=0.04)


def test_tiles_equalised_by_one_population_agree() -> None:
    """A value has one colour, whatever is beside it."""
    population = np.linspace(0.0, 1.0, 10_001, dtype=np.float32) ** 2
    dark, bright = equalise(singles(0.25, 0.01), 0.0, 1.0, population), equalise(singles(0.25, 0.9), 0.0, 1.0, population)

    assert dark[0] == bright[0] == pytest.approx(0.5, abs=2e-3)


def test_a_picture_of_one_value_is_in_the_middle_when_equalised() -> None:
    np.testing.assert_allclose(histeq(singles(2.0, 2.0, 2.0), 1.0, 3.0), 0.5)


def test_without_a_population_between_the_limits_equalising_is_linear() -> None:
    np.testing.assert_allclose(equalise(singles(1.5), 1.0, 2.0, singles(math.nan, 7.0)), 0.5)


@given(st.floats(-(2.0**60), 2.0**60, width=32))
def test_inverse_sinh_is_right_in_single_precision(value: float) -> None:
    assert inverse_sinh(singles(value))[0] == pytest.approx(math.asinh(value), rel=4e-7, abs=4e-7)


def test_inverse_sinh_keeps_signs_and_holes() -> None:
    values = inverse_sinh(singles(-0.0, 0.0, math.nan, -1.0))

    assert np.signbit(values[:2]).tolist() == [True, False]
    assert np.isnan(values).tolist() == [False, False, True, False]
