from __future__ import annotations

import numpy as np
import pytest

from tests.support.twins import atlas_of, full_sky, layer
from tilemaker.analysis.limits import Limits, limits_of


def limits(value: float | None = None, *, tail: float = 1.0, **fields: object) -> Limits:
    """Return the limits of a map of one value, or of one whose values are spread evenly from -30 to 70."""
    twin = full_sky(lambda ra_deg, dec_deg: np.full_like(ra_deg, value) if value is not None else (dec_deg + 90.0) / 1.8 - 30.0)
    configured = atlas_of(layer("sky", twin, **fields)).visible_to(frozenset()).layer("sky")
    return limits_of(configured, tail)


def test_limits_that_are_written_are_kept_in_the_order_they_are_written_in() -> None:
    assert limits(vmin=3.0, vmax=-2.0) == Limits(3.0, -2.0)


@pytest.mark.parametrize("tail", [0.0, 1.0, 10.0])
def test_open_limits_leave_out_the_same_part_at_each_end(tail: float) -> None:
    found = limits(tail=tail)

    assert found.vmin == pytest.approx(-30.0 + tail, abs=0.6)
    assert found.vmax == pytest.approx(70.0 - tail, abs=0.6)


@pytest.mark.parametrize("cmap", ["RdBu_r", "planck", "coolwarm"])
def test_open_limits_of_a_diverging_colour_map_are_symmetric(cmap: str) -> None:
    found = limits(cmap=cmap)

    assert found.vmin == -found.vmax == pytest.approx(-69.0, abs=0.6)


@pytest.mark.parametrize(("written", "expected"), [({"vmin": -5.0}, (-5.0, 69.0)), ({"vmax": 12.0}, (-29.0, 12.0))])
def test_one_open_limit_is_found_beside_the_written_one(written: dict[str, float], expected: tuple[float, float]) -> None:
    found = limits(**written)

    assert (found.vmin, found.vmax) == pytest.approx(expected, abs=0.6)


@pytest.mark.parametrize("written", [{"vmin": 500.0}, {"vmax": -500.0}])
def test_a_written_limit_beyond_all_values_does_not_turn_the_colours_round(written: dict[str, float]) -> None:
    found = limits(**written)

    assert found.vmin < found.vmax


@pytest.mark.parametrize("value", [0.0, 5.0, -5.0, 1e-30, 3e38, np.nan])
@pytest.mark.parametrize("cmap", ["viridis", "RdBu"])
def test_a_map_of_one_value_or_of_none_gets_limits_about_it(value: float, cmap: str) -> None:
    found = limits(value, cmap=cmap)

    assert found.vmin < found.vmax
    assert np.isfinite([found.vmin, found.vmax]).all()
    assert np.isnan(value) or found.vmin <= value <= found.vmax
