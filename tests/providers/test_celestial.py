"""Headers that are read without astropy say the same as with it, and only those are that are written as most are."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.skies import Header, car
from tilemaker.errors import UnsupportedGeometry
from tilemaker.providers.celestial import celestial_wcs, plain_cards, plate_carree
from tilemaker.providers.projected import geometry_of
from tilemaker.sky.car import car_geometry_of

STEP = 0.5

PLAIN = {
    "plate carrée": car(100, 300, STEP),
    "with what is about something else": car(
        100, 300, STEP, BUNIT="uK", OBJECT="it's", TELESCOP="ACT", MJDREF=0.0, HISTORY="A = 'b"
    ),
    "with a third axis": car(100, 300, STEP, CTYPE3="STOKES", CRVAL3=1.0, CDELT3=1.0, CRPIX3=1.0, PC3_3=1.0, WCSAXES=3),
    "with matrices": car(100, 300, STEP, CD1_1=-STEP, CD2_2=STEP, CDELT1=None, CDELT2=None),
    "turned": car(100, 300, STEP, PC1_1=0.8, PC1_2=-0.6, PC2_1=0.6, PC2_2=0.8, CTYPE1="RA---TAN", CTYPE2="DEC--TAN", CRVAL1=30.0),
    "with poles": car(100, 300, STEP, LONPOLE=0.0, LATPOLE=90.0),
    "galactic": car(100, 300, STEP, CTYPE1="GLON-CAR", CTYPE2="GLAT-CAR"),
    "of J2000": car(100, 300, STEP, RADESYS="FK5", EQUINOX=2000.0),
    "lying": car(100, 300, STEP, CTYPE1="DEC--CAR", CTYPE2="RA---CAR"),
    "small numbers": car(100, 300, 8.33333333333e-5, CRVAL1=1.5e2, CRVAL2=-3.2e1, CTYPE1="RA---SIN", CTYPE2="DEC--SIN"),
}

UNUSUAL = {
    "distorted": {"CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP", "A_ORDER": 2, "B_ORDER": 2},
    "with parameters": {"CTYPE1": "RA---CEA", "CTYPE2": "DEC--CEA", "PV2_1": 1.0},
    "of 1950": {"RADESYS": "FK4", "EQUINOX": 1950.0},
    "of a frame by its old name": {"RADECSYS": "FK5"},
    "with a card that nobody knows": {"CRAZY": 1.0},
    "without axes": {"CTYPE1": None, "CTYPE2": None},
    "of the ground": {"CTYPE1": "TLON-CAR", "CTYPE2": "TLAT-CAR"},
    "in words": {"CRVAL1": "ten"},
}


def text_of(header: Header) -> bytes:
    return str(header.fits().tostring(padding=True)).encode("ascii")


@pytest.mark.parametrize("name", PLAIN)
def test_most_headers_are_read_without_astropy_and_say_the_same(name: str) -> None:
    header = PLAIN[name]
    cards = plain_cards(text_of(header))
    assert cards is not None

    quick, whole = celestial_wcs(cards, is_plain=True), celestial_wcs(text_of(header), is_plain=False)

    points = np.random.default_rng(1).uniform(0, 300, (50, 2))
    np.testing.assert_array_equal(quick.all_pix2world(points, 0), whole.all_pix2world(points, 0))
    assert (quick.wcs.lng, quick.wcs.lat, quick.wcs.radesys) == (whole.wcs.lng, whole.wcs.lat, whole.wcs.radesys)
    assert quick.wcs.compare(whole.wcs, 1)  # but for what it says of times


@pytest.mark.parametrize("cards", UNUSUAL.values(), ids=UNUSUAL)
def test_what_is_unusual_is_left_to_astropy(cards: dict[str, object]) -> None:
    assert plain_cards(text_of(car(100, 300, STEP, **cards))) is None


@pytest.mark.parametrize(
    "card",
    [b"CRVAL1  = 1.0D2", b"CRVAL1  =1.0", b"CRVAL1  = 1.0 1.0", b"crval1  = 1.0", b"CTYPE1  = 'RA---CAR", b"CRVAL1    1.0"],
    ids=bytes.decode,
)
def test_values_are_read_without_astropy_only_if_they_are_written_as_the_standard_has_it(card: bytes) -> None:
    text = text_of(car(100, 300, STEP))
    keyword = card[:6].upper()
    lines = [text[start : start + 80] for start in range(0, len(text), 80)]
    changed = b"".join(card.ljust(80) if line.startswith(keyword) else line for line in lines)

    assert plain_cards(text) is not None
    assert plain_cards(changed) is None


def test_a_card_that_comes_twice_is_left_to_astropy() -> None:
    text = text_of(car(100, 300, STEP))
    assert plain_cards(b"CRVAL1  =                  7.0".ljust(80) + text) is None


def test_a_header_that_wcslib_refuses_is_refused_either_way() -> None:
    text = text_of(car(100, 300, STEP, CDELT1=0.0))
    for is_plain in (True, False):
        with pytest.raises(UnsupportedGeometry, match="cannot be understood"):
            celestial_wcs((plain_cards(text) or b"") if is_plain else text, is_plain=is_plain)


STRAIGHT: dict[str, dict[str, object]] = {
    "as it comes": {},
    "in ICRS": {"RADESYS": "ICRS"},
    "of J2000": {"RADESYS": "FK5", "EQUINOX": 2000.0},
    "of FK5 by its equinox": {"EQUINOX": 2000.0},
    "with poles": {"LONPOLE": 0.0, "LATPOLE": 90.0},
    "with a matrix that changes nothing": {"PC1_1": 1.0, "PC2_2": 1.0},
}
SHAPES = [(1, 1), (1, 7), (2700, 5400), (10, 1)]


@pytest.mark.parametrize(
    ("cards", "shape"), [*((cards, (180, 360)) for cards in STRAIGHT.values()), *(({}, shape) for shape in SHAPES)], ids=str
)
def test_plate_carree_is_placed_without_a_wcs_to_the_same_bits(cards: dict[str, object], shape: tuple[int, int]) -> None:
    random = np.random.default_rng(shape[1])
    for crval in (0.0, 0.25, 180.0, -180.0, 360.0, -360.0, 1 / 240, *random.uniform(-360, 360, 4)):
        any_step, any_place = random.uniform((0.01, -3000.0), (1.0, 3000.0)).tolist()
        for step, crpix in ((1 / 120, shape[1] / 2 + 0.5), (-0.1, 1.0), (any_step, any_place)):
            header = car(shape[0], shape[1], abs(step), CDELT1=step, CRVAL1=float(crval), CRPIX1=crpix, **cards)
            plain = plain_cards(text_of(header)) or b""
            reference = plate_carree(plain)
            assert reference is not None
            assert car_geometry_of(reference, shape) in (None, geometry_of(celestial_wcs(plain, is_plain=True), shape))


def test_the_maps_that_people_have_are_placed_without_a_wcs() -> None:
    reference = plate_carree(plain_cards(text_of(car(10320, 43200, 1 / 120, RADESYS="ICRS", LONPOLE=0.0, LATPOLE=90.0))) or b"")
    assert reference is not None
    assert car_geometry_of(reference, (10320, 43200)) is not None


@pytest.mark.parametrize(
    "cards",
    [
        {"CRVAL2": 10.0}, {"LONPOLE": 180.0}, {"LATPOLE": 0.0}, {"CTYPE1": "RA---CEA", "CTYPE2": "DEC--CEA"}, {"CUNIT1": "arcmin"},
        {"CTYPE1": "GLON-CAR", "CTYPE2": "GLAT-CAR"}, {"CTYPE1": "DEC--CAR", "CTYPE2": "RA---CAR"}, {"PC1_2": 0.1}, {"CROTA2": 3.0},
        {"CD1_1": 1.0, "CDELT1": None}, {"CDELT1": 0.0}, {"CRVAL1": 361.0}, {"EQUINOX": 1950.0},
        {"RADESYS": "FK5", "EQUINOX": 1975.0},        {"RADESYS": "FK5", "CDELT1": 1e-4},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_else_needs_a_wcs(cards: dict[str, object]) -> None:
    plain = plain_cards(text_of(car(100, 300, STEP, **cards)))
    assert plain is not None
    assert plate_carree(plain) is None
