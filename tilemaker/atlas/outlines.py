"""Shapes on the sky as lines that a plate carrée can draw from point to point.

A circle on the sky is no circle in RA and Dec, may lie across RA 180 or hold a pole, and a polygon of another frame has no straight
edges. Curves are followed on the sphere, with as many points as it takes for the line between them to be as good as the curve.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from tilemaker.sky.boxes import wrap_deg

Degrees: TypeAlias = npt.NDArray[np.float64]
Curve: TypeAlias = Callable[[Degrees], tuple[Degrees, Degrees]]
"""RA and Dec along a curve, degrees, for numbers from 0 to how many edges it has."""

TOLERANCE = 1.0 / 4000.0
"""How far a line may stray from the curve, in sizes of the shape, measured on the plate carrée."""
FEWEST_PER_EDGE = 8
MOST_POINTS = 4096
MOST_HALVINGS = 16
DECIMALS = 7
"""A ten-millionth of a degree is a third of a milliarcsecond."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """One line of a region, to be drawn straight from point to point in RA and Dec."""

    points: npt.NDArray[np.float64]
    """RA and Dec, degrees, shape (n, 2). RA runs on without a jump, its lowest in -180 to 180.

    A closed line ends where it begins, or a turn further on when it goes round a pole.
    """
    is_closed: bool
    """Whether it goes round an area."""
    pole: Literal[-90, 90] | None = None
    """The Dec of the pole that is in that area."""


@dataclass(frozen=True, slots=True, eq=False)
class SkyRegion:
    """A region as it is drawn."""

    name: str | None
    shape: str
    """What it is, such as ``circle`` or ``polygon``."""
    size: str
    """How large it is, for people; empty where that says nothing."""
    ra_deg: float
    """Where its name belongs."""
    dec_deg: float
    colour: str | None
    """As the file says it: a name of HTML, or # and hexadecimal digits."""
    is_excluded: bool
    """Whether it says what is not meant."""
    outlines: tuple[Outline, ...]
    """None for a text."""


def followed(
    curve: Curve, edges: int, size_deg: float, *, is_closed: bool = True, within: tuple[float, float] | None = None
) -> Outline:
    """Return a curve as an outline.

    Parameters
    ----------
    curve
        Where it runs.
    edges
        How many edges it has between corners, at which there are always points.
    size_deg
        How large the shape is.
    is_closed
        Whether it goes round an area.
    within
        RA and Dec of a place in that area, where one is known: tells which pole is in it.
    """
    along = np.linspace(0.0, edges, edges * FEWEST_PER_EDGE + 1)
    points = _at(curve, along)
    for _ in range(MOST_HALVINGS):
        between = (along[1:] + along[:-1]) / 2.0
        middles, chords = _at(curve, between), (points[1:] + points[:-1]) / 2.0
        off = np.hypot(wrap_deg(middles[:, 0] - chords[:, 0]), middles[:, 1] - chords[:, 1])
        is_off = off > TOLERANCE * size_deg
        if not is_off.any() or len(along) > MOST_POINTS:
            break
        along = np.sort(np.concatenate([along, between[is_off]]))
        points = _at(curve, along)
    return _outline(points, is_closed=is_closed, within=within)


def straight(ra_deg: Degrees, dec_deg: Degrees, *, is_closed: bool) -> Outline:
    """Return an outline whose edges are straight in RA and Dec, which run on without a jump; a closed one ends where it begins."""
    return _outline(np.column_stack([ra_deg, dec_deg]), is_closed=is_closed, within=None)


def around(ra_deg: float, dec_deg: float, east_deg: Degrees, north_deg: Degrees) -> tuple[Degrees, Degrees]:
    """Return the places at some angles east and north of a place: their distance is right on the sky, and so is its direction."""
    distance = np.radians(np.hypot(east_deg, north_deg))
    towards = np.arctan2(east_deg, north_deg)
    dec = math.radians(dec_deg)
    up = math.sin(dec) * np.cos(distance) + math.cos(dec) * np.sin(distance) * np.cos(towards)
    east = np.sin(towards) * np.sin(distance)
    north = math.cos(dec) * np.cos(distance) - math.sin(dec) * np.sin(distance) * np.cos(towards)
    return ra_deg + np.degrees(np.arctan2(east, north)), np.degrees(np.arctan2(up, np.hypot(east, north)))


def _at(curve: Curve, along: Degrees) -> npt.NDArray[np.float64]:
    ra_deg, dec_deg = curve(along)
    return np.column_stack([np.unwrap(ra_deg, period=360.0), dec_deg])


def _outline(points: npt.NDArray[np.float64], *, is_closed: bool, within: tuple[float, float] | None) -> Outline:
    west_deg = points[:, 0].min()
    points = np.round(points + [wrap_deg(west_deg) - west_deg, 0.0], DECIMALS)
    goes_round = is_closed and abs(points[-1, 0] - points[0, 0]) > 180.0
    return Outline(points, is_closed, _pole(points, within) if goes_round else None)


def _pole(points: npt.NDArray[np.float64], within: tuple[float, float] | None) -> Literal[-90, 90]:
    """Return the pole that is in an area: on the side of the place that is, or else the one that the line is nearer to."""
    if within is None:
        return 90 if points[:, 1].mean() > 0.0 else -90
    beside = np.abs(wrap_deg(points[:, 0] - within[0])).argmin()
    return 90 if within[1] > points[beside, 1] else -90
