from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilemaker.analysis.circle import Circle, row_solid_angles_sr

CIRCLES = st.builds(
    Circle,
    ra_deg=st.floats(-360.0, 720.0),
    dec_deg=st.one_of(st.sampled_from([-90.0, 0.0, 90.0]), st.floats(-90.0, 90.0)),
    radius_deg=st.one_of(st.floats(1e-3, 180.0), st.sampled_from([1.0, 30.0, 90.0, 180.0])),
)


def vectors(ra_deg: npt.NDArray[np.float64], dec_deg: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=-1)


def distances_deg(circle: Circle, ra_deg: npt.NDArray[np.float64], dec_deg: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the angles between unit vectors: exact near 0 and 180 degrees alike."""
    centre, points = vectors(np.array(circle.ra_deg), np.array(circle.dec_deg)), vectors(ra_deg, dec_deg)
    cross = np.linalg.norm(np.cross(centre, points), axis=-1)
    angles: npt.NDArray[np.float64] = np.degrees(np.arctan2(cross, points @ centre))
    return angles


@given(CIRCLES)
def test_a_circle_holds_what_is_nearer_than_its_radius(circle: Circle) -> None:
    ra_deg, dec_deg = np.linspace(-175.0, 185.0, 60), np.linspace(-90.0, 90.0, 41)
    distance = distances_deg(circle, *np.meshgrid(ra_deg, dec_deg))
    is_clear = np.abs(distance - circle.radius_deg) > 1e-5

    inside = circle.holds(ra_deg, dec_deg)

    np.testing.assert_array_equal(inside[is_clear], (distance <= circle.radius_deg)[is_clear])


@given(CIRCLES)
def test_the_box_around_a_circle_leaves_out_nothing(circle: Circle) -> None:
    """Points on the circle itself, found by turning a point at its radius from the pole."""
    box = circle.box(margin_deg=0.0)
    bearing = np.linspace(0.0, 2 * np.pi, 721)
    radius, dec = np.radians(circle.radius_deg), np.radians(circle.dec_deg)
    rim_dec = np.degrees(np.arcsin(np.clip(np.sin(dec) * np.cos(radius) + np.cos(dec) * np.sin(radius) * np.cos(bearing), -1, 1)))
    across = np.sin(bearing) * np.sin(radius) * np.cos(dec)
    rim_ra = circle.ra_deg + np.degrees(np.arctan2(across, np.cos(radius) - np.sin(dec) * np.sin(np.radians(rim_dec))))

    assert (rim_dec >= box.south_deg - 1e-5).all()
    assert (rim_dec <= box.north_deg + 1e-5).all()
    offsets = (rim_ra - box.west_deg + 1e-3) % 360.0
    # At a pole every right ascension is the same point.
    assert ((offsets <= box.width_deg + 2e-3) | (np.abs(rim_dec) > 90.0 - 1e-4)).all()


@pytest.mark.parametrize(
    ("dec_deg", "radius_deg", "width_deg"), [(0.0, 10.0, 20.0), (60.0, 10.0, 40.6441), (-60.0, 29.0, 151.6813)]
)
def test_the_box_is_no_wider_than_it_has_to_be(dec_deg: float, radius_deg: float, width_deg: float) -> None:
    assert Circle(0.0, dec_deg, radius_deg).box(0.0).width_deg == pytest.approx(width_deg, abs=1e-3)


@pytest.mark.parametrize(("dec_deg", "radius_deg"), [(85.0, 5.0), (-90.0, 0.1), (0.0, 90.0), (45.0, 180.0)])
def test_the_box_of_a_circle_that_reaches_a_pole_goes_all_the_way_round(dec_deg: float, radius_deg: float) -> None:
    assert Circle(123.0, dec_deg, radius_deg).box(0.0).width_deg == 360.0


def test_a_point_exactly_at_the_radius_is_inside() -> None:
    assert Circle(10.0, 0.0, 3.0).holds(np.array([7.0, 13.0]), np.array([0.0])).all()


@pytest.mark.parametrize("first_deg", [-90.0, -90.25])
def test_the_pixels_of_the_whole_sky_have_its_solid_angle(first_deg: float) -> None:
    rows = 360 if first_deg == -90.0 else 361
    edges_deg = first_deg + 0.5 * np.arange(rows + 1, dtype=np.float64)

    assert row_solid_angles_sr(edges_deg, 0.5).sum() * 720 == pytest.approx(4 * np.pi, rel=1e-12)
