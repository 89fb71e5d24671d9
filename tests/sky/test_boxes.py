"""Right ascensions that wrap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilemaker.sky.boxes import SkyBox, short_way_round, wrap_deg


@pytest.mark.parametrize(
    ("first_deg", "second_deg", "expected"),
    [
        (10.0, 20.0, (10.0, 20.0)),
        (20.0, 10.0, (10.0, 20.0)),
        (170.0, -170.0, (170.0, 190.0)),
        (-170.0, 170.0, (170.0, 190.0)),
        (190.0, 170.0, (170.0, 190.0)),
        (350.0, 10.0, (-10.0, 10.0)),
        (10.0, 350.0, (-10.0, 10.0)),
        (0.0, 360.0, (-180.0, 180.0)),
        (-180.0, 180.0, (-180.0, 180.0)),
        (180.0, -180.0, (-180.0, 180.0)),
        (260.0, 460.0, (-100.0, 100.0)),
        (460.0, 260.0, (-100.0, 100.0)),
        (-281.0, -100.0, (79.0, 260.0)),
        (1.0, 360.5, (1.0, 360.5)),
        (355.0, 365.0, (-5.0, 5.0)),
    ],
)
def test_a_box_goes_the_short_way_round(first_deg: float, second_deg: float, expected: tuple[float, float]) -> None:
    assert short_way_round(first_deg, second_deg) == pytest.approx(expected)


@given(st.floats(-400, 400), st.floats(-400, 400))
def test_west_comes_before_east_and_no_box_is_wider_than_it_needs_to_be(first_deg: float, second_deg: float) -> None:
    west_deg, east_deg = short_way_round(first_deg, second_deg)
    assert -180.0 <= west_deg < 180.0
    assert west_deg <= east_deg <= west_deg + 360.0
    if abs(first_deg - second_deg) < 360.0 and all(-180.0 <= each <= 360.0 for each in (first_deg, second_deg)):
        assert east_deg - west_deg <= 180.0 + 1e-9


@given(st.floats(-1e6, 1e6))
def test_a_wrapped_right_ascension_is_the_same_place(ra_deg: float) -> None:
    wrapped_deg = wrap_deg(ra_deg)
    assert -180.0 <= wrapped_deg <= 180.0
    assert abs((wrapped_deg - ra_deg) / 360.0 - round((wrapped_deg - ra_deg) / 360.0)) < 1e-6


def test_a_box_knows_its_size() -> None:
    box = SkyBox(170.0, 190.0, -5.0, 7.5)
    assert (box.width_deg, box.height_deg) == (20.0, 12.5)
