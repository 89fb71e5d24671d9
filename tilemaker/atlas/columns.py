"""Which columns of a catalogue hold positions, names, and how bright each source is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .angles import name_and_unit

Frame: TypeAlias = Literal["equatorial", "fk4", "galactic", "ecliptic"]
"""What positions are given in: J2000 (ICRS), B1950, galactic, or ecliptic of J2000."""

RA_KEYS = (
    "ra",
    "radeg",
    "raj2000",
    "raicrs",
    "raj2000deg",
    "alphaj2000",
    "alphawinj2000",
    "rightascension",
    "alpha",
    "raj",
    "rahms",
)
DEC_KEYS = (
    "dec", "decdeg", "decj2000", "dej2000", "deicrs", "dej2000deg", "deltaj2000", "deltawinj2000", "declination", "delta", "de",
    "dedeg", "decj", "decicrs", "decdms",
)  # fmt: skip
KEYS: dict[Frame, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "equatorial": (RA_KEYS, DEC_KEYS),
    "galactic": (
        ("l", "glon", "lii", "gallon", "ldeg", "galacticlongitude"),
        ("b", "glat", "bii", "gallat", "bdeg", "galacticlatitude"),
    ),
    "ecliptic": (("elon", "eclon", "ecllon", "eclipticlongitude"), ("elat", "eclat", "ecllat", "eclipticlatitude")),
    "fk4": (("rab1950", "ra1950"), ("deb1950", "decb1950", "de1950", "dec1950")),
}
"""Names of columns, best first, in lower case and without punctuation; of frames the one that needs least converting first."""
UCDS: dict[Frame, tuple[str, str]] = {
    "equatorial": ("pos.eq.ra", "pos.eq.dec"),
    "galactic": ("pos.galactic.lon", "pos.galactic.lat"),
    "ecliptic": ("pos.ecliptic.lon", "pos.ecliptic.lat"),
}
NAME_KEYS = ("name", "sourcename", "objectname", "designation", "object", "id", "sourceid", "identifier", "name1", "hip")
"""Names of columns, best first, in lower case and without punctuation."""

BRIGHTNESS = (
    (re.compile(r"(fixed)?s(ignal)?n(oise)?r?|signif.*|.*significance|detsig.*|sigma|ts|test_?stat.*", re.IGNORECASE), True),
    (re.compile(r"[a-z]{0,2}_?mag(nitude)?([_\d].*)?|.*_mag", re.IGNORECASE), False),
    (re.compile(r"(.*_)?(peak_?)?flux([^a-z].*|_?density|jy|)|s_?\d{2,4}.*", re.IGNORECASE), True),
    (re.compile(r"radius|diameter|major_?axis|size", re.IGNORECASE), True),
)
"""Names of columns that say which sources matter most, best first, and whether more is more."""
UCDS_OF_NAMES = (("meta.id", True), ("id", True), ("meta.id", False))
"""UCDs of names, best first, and whether only the main one will do; ``ID_MAIN`` is of the first generation."""
UCDS_OF_BRIGHTNESS = (("stat.snr", True), ("phot.mag", False), ("phot.flux", True), ("phot.count", True))
NOT_A_VALUE = re.compile(r"(^|_)(e|err|unc|flag|ref|note|q)(_|$)|error", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that every source is made of."""

    first: str
    """Right ascension, or another longitude."""
    second: str
    """Declination, or another latitude."""
    frame: Frame
    name: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """Which sources come first where not all can be shown."""

    by: str
    """A column of numbers."""
    is_descending: bool
    """Whether the greatest come first, as by significance; by magnitude the least do."""


def columns_of(ucds: Mapping[str, str | None]) -> Columns | None:
    """Find the columns, given all their names and UCDs; None when there is no position among them.

    A pair whose UCD calls it the main one comes first, then pairs by their names, equatorial positions before others, then any
    pair by UCD.
    """
    plain = {re.sub(r"[^a-z0-9]", "", name_and_unit(key)[0].lower()): key for key in reversed(list(ucds))}
    by_ucd = (_by_ucd(ucd, ucds, is_main=is_main) for ucd, is_main in UCDS_OF_NAMES)
    name = _best(NAME_KEYS, plain) or next(filter(None, by_ucd), None)
    by_name = ((frame, _best(keys[0], plain), _best(keys[1], plain)) for frame, keys in KEYS.items())
    for frame, first, second in (*_pairs(ucds, is_main=True), *by_name, *_pairs(ucds, is_main=False)):
        if first and second:
            return Columns(first, second, "fk4" if "1950" in first else frame, name)
    return None


def order_of(ucds: Mapping[str, str | None]) -> Order | None:
    """Find which of some columns of numbers says how bright or significant a source is; None when none does."""
    values = [key for key in ucds if not NOT_A_VALUE.search(key) and "stat.error" not in (ucds[key] or "")]
    for pattern, is_descending in BRIGHTNESS[:1]:
        if found := next(filter(pattern.fullmatch, values), None):
            return Order(found, is_descending)
    for ucd, is_descending in UCDS_OF_BRIGHTNESS:
        if found := next((key for key in values if (ucds[key] or "").lower().startswith(ucd)), None):
            return Order(found, is_descending)
    for pattern, is_descending in BRIGHTNESS[1:]:
        if found := next(filter(pattern.fullmatch, values), None):
            return Order(found, is_descending)
    return None


def _best(wanted: Iterable[str], plain: Mapping[str, str]) -> str | None:
    return next((plain[word] for word in wanted if word in plain), None)


def _pairs(ucds: Mapping[str, str | None], *, is_main: bool) -> list[tuple[Frame, str | None, str | None]]:
    return [
        (frame, _by_ucd(first, ucds, is_main=is_main), _by_ucd(second, ucds, is_main=is_main))
        for frame, (first, second) in UCDS.items()
    ]


def _by_ucd(wanted: str, ucds: Mapping[str, str | None], *, is_main: bool) -> str | None:
    """Return the first column of a UCD, of the second generation or the first (``POS_EQ_RA_MAIN``), but none of its errors."""
    old = wanted.upper().replace(".", "_")
    accepted = {f"{wanted};meta.main", f"{old}_MAIN".lower()} | (set() if is_main else {wanted, old.lower()})
    return next((key for key, ucd in ucds.items() if ucd and ucd.strip().lower() in accepted), None)
