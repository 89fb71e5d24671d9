from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilemaker.analysis.weighted import WeightedRows, _numbered, _ordinal, statistics

FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


def rows(*values: list[float], weights: list[float] | None = None) -> WeightedRows:
    return WeightedRows(np.array(values, np.float32), np.array(weights or [1.0] * len(values)))


@given(st.lists(FLOATS, min_size=1, max_size=40), st.integers(1, 4))
def test_with_equal_weights_the_statistics_are_the_plain_ones(values: list[float], pieces: int) -> None:
    parts = [rows([value]) for value in values[pieces:]] + [rows(values[:pieces])]
    exact = np.array(values, np.float32).astype(np.float64)

    found = statistics(parts)

    assert found is not None
    scale = np.abs(exact).max() + 1e-300
    assert found.mean == pytest.approx(exact.mean(), rel=1e-9, abs=1e-9 * scale)
    assert found.std == pytest.approx(exact.std(), rel=1e-6, abs=1e-7 * scale)
    assert found.median == np.median(exact)
    assert (found.min, found.max, found.count) == (exact.min(), exact.max(), exact.size)


@given(st.lists(st.tuples(FLOATS, st.integers(1, 5)), min_size=1, max_size=30))
def test_a_weight_of_n_counts_as_n_values(pairs: list[tuple[float, int]]) -> None:
    repeated = np.repeat(np.array([value for value, _ in pairs], np.float32), [times for _, times in pairs]).astype(np.float64)

    found = statistics([rows([value], weights=[float(times)]) for value, times in pairs])

    assert found is not None
    assert found.median == np.median(repeated)
    assert found.weight == repeated.size
    assert found.mean == pytest.approx(repeated.mean(), rel=1e-9, abs=1e-9 * (np.abs(repeated).max() + 1e-300))


def test_values_that_are_not_there_do_not_count() -> None:
    found = statistics([rows([np.nan, 1.0], [3.0, np.nan]), rows([np.nan, np.nan])])

    assert found is not None
    assert (found.count, found.mean, found.median, found.min, found.max) == (2, 2.0, 2.0, 1.0, 3.0)


@pytest.mark.parametrize("parts", [[], [rows([np.nan, np.nan])]])
def test_of_nothing_there_are_no_statistics(parts: list[WeightedRows]) -> None:
    assert statistics(parts) is None


@given(FLOATS)
def test_every_number_is_found_again_at_its_place(number: float) -> None:
    assert _numbered(_ordinal(np.float32(number))) == np.float32(number)


@given(FLOATS, FLOATS)
def test_places_are_in_the_order_of_the_numbers(one: float, other: float) -> None:
    assert (_ordinal(np.float32(one)) <= _ordinal(np.float32(other))) == (np.float32(one) <= np.float32(other))
