"""Where an image lies on the sky, by its header."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tilemaker.errors import MapError, UnsupportedGeometry
from tilemaker.sky.car import CarGeometry, car_geometry_of
from tilemaker.sky.place import Placement, place

from .celestial import celestial_wcs, plain_cards, plate_carree
from .lattice import Order
from .quiet import quietly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from astropy.wcs import WCS

    from tilemaker.sky.grid import Shape
    from tilemaker.sky.wcs import WcsGeometry

PLACEMENTS = 4096
"""How many places on the sky are remembered: files of one folder often share one, and each file is looked at more than once."""


def placed(text: bytes, shape: Shape) -> tuple[Placement, Order]:
    """Place an image on the sky.

    Parameters
    ----------
    text
        The image's header, in blocks as in the file.
    shape
        (rows, columns), as stored.

    Returns
    -------
    Placement, Order
        Where the pixels are, and how the file's order differs from the sky's.

    Raises
    ------
    UnsupportedGeometry
        The header has no celestial coordinates, or ones that cannot be understood.
    """
    cards = plain_cards(text)
    return _placed_by_wcs(celestial_wcs(text, is_plain=False), shape) if cards is None else _placed_by_cards(cards, shape)


@lru_cache(PLACEMENTS)
def _placed_by_cards(cards: bytes, shape: Shape) -> tuple[Placement, Order]:
    with _understanding():
        reference = plate_carree(cards)
        car = car_geometry_of(reference, shape) if reference is not None else None
        if car is not None:
            return _placed(car)
    return _placed_by_wcs(celestial_wcs(cards, is_plain=True), shape)


def _placed_by_wcs(wcs: WCS, shape: Shape) -> tuple[Placement, Order]:
    from .projected import geometry_of

    with _understanding():
        return _placed(geometry_of(wcs, shape))


@contextmanager
def _understanding() -> Iterator[None]:
    """Say of whatever goes wrong that the coordinates cannot be worked out."""
    with quietly():
        try:
            yield
        except MapError:
            raise
        except Exception as broken:
            raise UnsupportedGeometry("The map's coordinates cannot be worked out from its header.") from broken


def _placed(geometry: CarGeometry | WcsGeometry) -> tuple[Placement, Order]:
    """Return a map on its grid, and the order in which its file has the pixels."""
    if geometry.box.south_deg >= 90.0 or geometry.box.north_deg <= -90.0:
        raise UnsupportedGeometry("All of the map lies beyond a pole.")
    placement = place(geometry, geometry.pixel_deg)
    order = Order()
    if isinstance(geometry, CarGeometry):
        order = Order(geometry.dec.is_reversed, geometry.ra.is_reversed, is_transposed=geometry.is_transposed)
    return placement, replace(order, column_offset=placement.column_offset)
