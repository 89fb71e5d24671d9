"""What the name of a file says about the map in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tilemaker.providers.location import Url

MAP_SUFFIXES = (".fits", ".fit", ".fts")
PACKED_SUFFIXES = ("", ".gz", ".bz2", ".xz", ".fz", ".z")
CATALOGUE_SUFFIXES = (".json", ".csv", ".tsv", ".ecsv", ".vot", ".votable", ".parquet", ".reg")

_MAP_ENDINGS = tuple(first + second for first in MAP_SUFFIXES for second in PACKED_SUFFIXES)
_ENDINGS = tuple(first + second for first in (*MAP_SUFFIXES, *CATALOGUE_SUFFIXES) for second in reversed(PACKED_SUFFIXES))

PRODUCT_WORDS = frozenset(
    {"map", "maps", "ivar", "ivars", "invvar", "div", "weight", "weights", "wts", "weighted", "wmap"}
    | {"hit", "hits", "nhits", "hitmap", "mask", "masks", "noise", "rms", "kappa"}
)
"""Words that tell apart the products made of one set of observations: files that differ only in these are one map."""

VARIANT_WORDS = {"srcfree": "source free", "nosrc": "source free", "srcs": "sources only", "model": "model"}
"""Words that tell apart versions of one product, and how a person says them."""

STOKES_WORDS = frozenset("IQUTEB")

_BAND = re.compile(r"(pa\d|ar\d|f\d{2,3}|\d{2,4}ghz)", re.IGNORECASE)
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where a capital follows a small letter: ``surveyMask``."""

_HALVES = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class FileName:
    """The words of a file's name, sorted by what they say."""

    words: frozenset[str]
    """All of them, in lower case, with the parts of words like ``surveyMask``."""
    title: str
    """The words that name the observation: the name of the map."""
    band: str | None
    """Frequency and detector array, as in ``pa5 f150``; None when the name has none."""
    stokes: str | None
    """The Stokes parameter that stands alone in the name, as in ``map_Q``."""
    variant: str | None
    """Which version of the product this is, such as ``source free``."""


def read_name(path: Path | Url) -> FileName:
    """Sort the words of a file's name."""
    written = [word for word in re.split(r"[_\-\s]+", stem_of(path)) if word]
    bands = [word for word in written if _BAND.fullmatch(word)]
    stokes = [word for word in written if word in STOKES_WORDS]
    variants = [VARIANT_WORDS[word.lower()] for word in written if word.lower() in VARIANT_WORDS]
    aside = {*bands, *stokes, *(word for word in written if word.lower() in PRODUCT_WORDS or word.lower() in VARIANT_WORDS)}
    title = [word for number, word in enumerate(written) if word not in aside or (number == 0 and word == "wmap")]
    words = words_of(*written[1:]) if written[:1] == ["wmap"] else words_of(*written)  # the satellite, not a weighted map
    return FileName(
        words=words,
        title=" ".join(title),
        band=" ".join(bands) or None,
        stokes=stokes[0] if len(stokes) == 1 else None,
        variant=", ".join(variants) or None,
    )


def words_of(*texts: str) -> frozenset[str]:
    """Return the words of some texts in lower case, words like ``surveyMask`` whole and in parts."""
    whole = [word for text in texts for word in re.split(r"[_\-\s.]+", text) if word]
    return frozenset(part.lower() for word in whole for part in (word, *_HUMPS.split(word)))


def stem_of(path: Path | Url) -> str:
    """Return a file's name without what says how it is written: ``a_map.fits.gz`` is ``a_map``."""
    name = path.name
    lower = name.lower()
    for suffix in _ENDINGS:
        if lower.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return path.stem


def whole_characters(text: str) -> str:
    """Return text that can be written in UTF-8: what stands for a stray byte of a file's name becomes a replacement character."""
    return text if text.isascii() else _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def is_map_name(name: str) -> bool:
    """Tell whether a file is called as FITS files are."""
    return name.lower().endswith(_MAP_ENDINGS)


def is_catalogue_name(name: str) -> bool:
    """Tell whether a file is called as catalogues are."""
    return name.lower().removesuffix(".gz").removesuffix(".bz2").endswith(CATALOGUE_SUFFIXES)
