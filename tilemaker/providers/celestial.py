"""What a header says of the sky.

astropy takes two milliseconds to understand a header, which is long when a folder holds a thousand maps. Most headers have a dozen
cards about the sky, all written in the same way: those are handed to wcslib, to which astropy would hand them as well. Whatever is
unusual about a header, in a card that may matter, leaves all of it to astropy. Most of all are plate carrée about a reference on
the equator, which needs neither: see `plate_carree`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tilemaker.errors import UnsupportedGeometry
from tilemaker.sky.car import Reference

from .cards import CARD, CARDS_KEPT, Cards
from .quiet import quietly

if TYPE_CHECKING:
    from astropy.io.fits import Header
    from astropy.wcs import WCS

MAP_AXES = ("CTYPE", "CUNIT", "CRVAL", "CRPIX", "CDELT", "CROTA", "CNAME")

_NUMBER = re.compile(rb"= +[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)? *(/.*)?")
_TEXT = re.compile(rb"= +'[A-Za-z0-9 ./+-]*' *(/.*)?")
_AXIS = re.compile(rb"= +'(RA--|DEC-|GLON|GLAT)-[A-Z]{3}' *(/.*)?")
_FRAME = re.compile(rb"= +'(ICRS|FK5) *' *(/.*)?")

_USED = (
    (re.compile(rb"(CRVAL|CRPIX|CDELT|CROTA)[12]|(CD|PC)[12]_[12]|LONPOLE|LATPOLE|EQUINOX"), _NUMBER),
    (re.compile(rb"CTYPE[12]"), _AXIS),
    (re.compile(rb"CUNIT[12]|CNAME[12]|WCSNAME"), _TEXT),
    (re.compile(rb"RADESYS"), _FRAME),
)
"""The keywords that say where the pixels of an image without distortions are, and how their values are written for there to be no
question what they mean: in what frame, at what time, by what projection."""

_IDLE = re.compile(
    rb"[^ABCDELPRW].*|BITPIX|BUNIT|BSCALE|BZERO|BLANK|BTYPE|EXTEND|EXTNAME|EXTVER|PCOUNT|POLCCONV|POLAR|PIXTYPE|DATE|DATE-OBS|DATASUM"
    rb"|AUTHOR|REFERENC|CHECKSUM|COMMENT|CONTINUE|WCSAXES|(CTYPE|CUNIT|CRVAL|CRPIX|CDELT|CROTA|CNAME)[3-9]|(CD|PC)([3-9]_\d|\d_[3-9])|"
)
"""Keywords that say nothing of it: those of which no name begins as that of one that does, and what is known besides."""


_ANYTHING = re.compile(rb".*", re.DOTALL)


@lru_cache(CARDS_KEPT)
def _keyword_of(card: bytes) -> bytes | None:
    """Return the keyword of a card about the sky, nothing of one about something else, None of one that is not understood here."""
    keyword = card[:8].rstrip()
    expected = _ANYTHING if keyword == b"END" else _expected_of(keyword)
    if expected is None or not expected.fullmatch(card[8:].rstrip()):
        return None
    return keyword if expected is not _ANYTHING or keyword == b"END" else b""


def _expected_of(keyword: bytes) -> re.Pattern[bytes] | None:
    """Return how the value of a keyword is written; None for one that may say something of the sky that is not understood here."""
    expected = next((expected for used, expected in _USED if used.fullmatch(keyword)), None)
    if expected is not None:
        return expected
    return _ANYTHING if keyword.upper() == keyword and _IDLE.fullmatch(keyword) else None


def plain_cards(text: bytes) -> bytes | None:
    """Return the cards that say where an image's pixels are, when they are all that does, and each is of the usual kind.

    Parameters
    ----------
    text
        The header, in blocks as in the file.
    """
    cards: dict[bytes, bytes] = {}
    for start in range(0, len(text), CARD):
        card = text[start : start + CARD]
        keyword = _keyword_of(card)
        if keyword == b"END":
            break
        if keyword is None or keyword in cards:
            return None
        if keyword:
            cards[keyword] = card
    return b"".join(cards.values()) if {b"CTYPE1", b"CTYPE2"} <= cards.keys() else None


_STRAIGHT = {
    "CTYPE1": "RA---CAR", "CTYPE2": "DEC--CAR", "CUNIT1": "deg", "CUNIT2": "deg", "CRVAL2": 0.0, "LONPOLE": 0.0, "LATPOLE": 90.0,
    "PC1_1": 1.0, "PC1_2": 0.0, "PC2_1": 0.0, "PC2_2": 1.0,
}  # fmt: skip
"""What plate carrée about a reference on the equator says, or means by saying nothing."""

_FREE = {"CRVAL1", "CRPIX1", "CRPIX2", "CDELT1", "CDELT2", "RADESYS", "EQUINOX", "CNAME1", "CNAME2", "WCSNAME"}
"""What it may say beside."""

FK5_PIXEL_DEG = 6.4e-4
"""FK5 of J2000 and ICRS differ by 23 mas, which is under a hundredth of any pixel larger than this."""


def plate_carree(cards: bytes) -> Reference | None:
    """Return what places a plate carrée map in ICRS or FK5 J2000 about a reference on the equator; None for any other.

    Parameters
    ----------
    cards
        What `plain_cards` left of a header.
    """
    said = Cards(cards)
    if not set(said) <= _STRAIGHT.keys() | _FREE or any(said.get(name, usual) != usual for name, usual in _STRAIGHT.items()):
        return None
    reference = Reference(
        float(said.get("CRVAL1", 0.0)),
        (float(said.get("CRPIX1", 0.0)), float(said.get("CRPIX2", 0.0))),
        (float(said.get("CDELT1", 1.0)), float(said.get("CDELT2", 1.0))),
    )
    smallest_deg = min(abs(step_deg) for step_deg in reference.step_deg)
    is_known = abs(reference.ra_deg) <= 360.0 and smallest_deg > 0.0
    return reference if is_known and _is_of_today(said, smallest_deg) else None


def _is_of_today(said: Cards, pixel_deg: float) -> bool:
    """Tell whether the frame of a header is ICRS, or cannot be told from it in pixels of this size."""
    is_icrs = said.get("RADESYS") == "ICRS" or not ("RADESYS" in said or "EQUINOX" in said)
    return is_icrs or (said.get("EQUINOX", 2000.0) == 2000.0 and pixel_deg > 1.01 * FK5_PIXEL_DEG)


def celestial_wcs(text: bytes, *, is_plain: bool) -> WCS:
    """Return the WCS of an image's first two axes.

    Parameters
    ----------
    text
        A header, in blocks as in the file, or what `plain_cards` left of one.
    is_plain
        Which of them.

    Raises
    ------
    UnsupportedGeometry
        They are not celestial coordinates.
    """
    with quietly():
        try:
            wcs = _by_wcslib(text) if is_plain else _by_astropy(text)
            wcs.wcs.fix()
            wcs.wcs.set()
        except Exception as broken:
            raise UnsupportedGeometry(f"The map's coordinates cannot be understood: {_reason(broken)}") from broken
    if wcs.wcs.lng < 0 or wcs.wcs.lat < 0:
        axes = ", ".join(each.strip() or "unknown" for each in wcs.wcs.ctype)
        known = (
            f"its axes are {axes}" if any(each.strip() for each in wcs.wcs.ctype) else "its header does not say what its axes are"
        )
        raise UnsupportedGeometry(f"The image has no celestial coordinates: {known}.")
    return wcs


def _by_wcslib(cards: bytes) -> WCS:
    from astropy.wcs import WCS, Wcsprm

    wcs = WCS(naxis=2)
    wcs.wcs = Wcsprm(header=cards, relax=True)
    return wcs


def _by_astropy(text: bytes) -> WCS:
    from astropy.io.fits import Header
    from astropy.wcs import WCS

    return WCS(_two_axes(Header.fromstring(text)), fix=False)


def _two_axes(header: Header) -> Header:
    """Return a header without what it says of the third axis and beyond, which is not about the sky and often wrong."""
    flat = header.copy(strip=False)
    beyond = range(3, 10)
    names = [f"{name}{axis}" for name in MAP_AXES for axis in beyond]
    names += [f"{matrix}{i}_{j}" for matrix in ("CD", "PC") for i in range(1, 10) for j in range(1, 10) if i > 2 or j > 2]
    names += [f"{kind}{axis}_{number}" for kind in ("PV", "PS") for axis in beyond for number in range(21)]
    for name in (*names, *(f"NAXIS{axis}" for axis in beyond)):
        flat.remove(name, ignore_missing=True, remove_all=True)
    flat["NAXIS"] = 2
    if "WCSAXES" in flat:
        flat["WCSAXES"] = 2
    return flat


def _reason(error: Exception) -> str:
    """Return the last line of an error's text: wcslib gives the place in its own source first. What Python says is for nobody."""
    if not isinstance(error, ValueError) or isinstance(error, UnicodeError):
        return "a card of the header holds what it should not."
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__).rstrip(".") + "."
