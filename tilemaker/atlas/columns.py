"""Which columns of a catalogue hold positions and names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

RA_KEYS = ("ra", "radeg", "raj2000", "raicrs", "raj2000deg", "alphaj2000", "rightascension", "alpha")
DEC_KEYS = ("dec", "decdeg", "decj2000", "dej2000", "deicrs", "dej2000deg", "deltaj2000", "declination", "delta", "de", "dedeg")
LONGITUDE_KEYS = ("l", "glon", "lii", "gallon")
LATITUDE_KEYS = ("b", "glat", "bii", "gallat")
NAME_KEYS = ("name", "sourcename", "objectname", "designation", "object", "id", "sourceid", "identifier", "name1", "hip")
"""Names of columns, best first, in lower case and without punctuation."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that every source is made of."""

    first: str
    """Right ascension, or galactic longitude."""
    second: str
    """Declination, or galactic latitude."""
    is_galactic: bool
    name: str | None


@lru_cache(maxsize=64)
def columns_of(keys: tuple[str, ...]) -> Columns | None:
    """Find the columns by their names, equatorial positions before galactic ones; None when there is no position among them."""
    plain = {re.sub(r"[^a-z0-9]", "", key.lower()): key for key in reversed(keys)}
    name = _best(NAME_KEYS, plain)
    for wanted_first, wanted_second, is_galactic in ((RA_KEYS, DEC_KEYS, False), (LONGITUDE_KEYS, LATITUDE_KEYS, True)):
        first, second = _best(wanted_first, plain), _best(wanted_second, plain)
        if first and second:
            return Columns(first, second, is_galactic, name)
    return None


def _best(wanted: Iterable[str], plain: dict[str, str]) -> str | None:
    return next((plain[word] for word in wanted if word in plain), None)
