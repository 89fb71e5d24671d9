"""The cards of a header, each understood when it is asked for.

astropy understands whatever is written in headers, and takes a third of a second to be imported and a millisecond for each of them,
which is long when a folder holds a thousand maps. Most cards are written as the standard has them, and mean one thing: those are
read here, to the same values. One that is not is left to astropy, and so is all of a header in which anything stands that may be
about other cards.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from .quiet import quietly

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from astropy.io.fits import Header

CARD = 80
"""Bytes of a card."""

CARDS_KEPT = 4096
"""How many different cards are remembered as they were understood: files of one folder have most of theirs in common."""

_COMMENTARY = (b"COMMENT ", b"HISTORY ", b"        ")
_KEYWORD = re.compile(rb"([A-Z0-9_-]+) *= ")
_VALUE = re.compile(
    rb" *(?:'(?P<text>[ -&(-~]+|(?=' *(?:/[^']*)?$))'"
    rb"|(?P<truth>[TF])"
    rb"|(?P<whole>[+-]?(?:0|[1-9]\d*))"
    rb"|(?P<real>[+-]?(?:\d+\.\d*|\.\d+|\d+(?=E))(?:E[+-]?\d+)?)"
    rb") *(?:/[ -~]*)?"
)
"""The values that can be read in one way only. astropy takes no text, followed by a quote in the comment, for a longer one."""
_NAMES_PARTS = re.compile(rb" *'[^']*: ")
"""A text that may hold a name and a value of its own, as in ``DP1 = 'AXIS.1: 1'``."""


class Cards:
    """What a header says, by keyword. Where a keyword is repeated, its first card counts.

    Parameters
    ----------
    text
        The header, in blocks as in the file.

    Raises
    ------
    ValueError
        Not even astropy can make sense of it.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._plain = _plain_fields(text)
        if self._plain is None:
            self._header  # noqa: B018  what is wrong with it is said at once

    def __contains__(self, keyword: str) -> bool:
        """Tell whether there is a card."""
        return keyword in (self._header if self._plain is None else self._plain)

    def __iter__(self) -> Iterator[str]:
        """Yield the keywords that have values, each once, in the order of the header; of unusual headers all."""
        return iter(self._header if self._plain is None else self._plain)

    def __getitem__(self, keyword: str) -> Any:  # noqa: ANN401  a truth, a number, a text, or what else astropy finds
        """Return the value of a card. Raises `KeyError` without one, `ValueError` when it makes no sense."""
        value = None if self._plain is None else _value(self._plain[keyword])
        return self._by_astropy(keyword) if value is None else value

    def get(self, keyword: str, default: object = None) -> Any:  # noqa: ANN401  the same
        """Return the value of a card, something else without one. Raises `ValueError` when it makes no sense."""
        if keyword not in self:
            return default
        try:
            return self[keyword]
        except (KeyError, IndexError):
            return default

    def _by_astropy(self, keyword: str) -> object:
        from astropy.io.fits import VerifyError

        try:
            return self._header[keyword]
        except VerifyError as broken:
            raise ValueError(str(broken)) from broken

    @cached_property
    def _header(self) -> Header:
        from astropy.io.fits import Header, VerifyError

        with quietly():
            try:
                return Header.fromstring(self._text)
            except VerifyError as broken:
                raise ValueError(str(broken)) from broken


def _plain_fields(text: bytes) -> Mapping[str, bytes] | None:
    """Return what stands behind each keyword, or None when there are cards that are written in another way than most."""
    fields: dict[str, bytes] = {}
    for start in range(0, len(text), CARD):
        parts = _parts(text[start : start + CARD])
        if parts is None:
            return None
        if parts == _END:
            break
        if parts != _REMARK:
            fields.setdefault(*parts)
    return fields


_END, _REMARK = ("END", b""), ("", b"")


@lru_cache(CARDS_KEPT)
def _parts(card: bytes) -> tuple[str, bytes] | None:
    """Return the keyword of a card and what stands behind it, or None when it is written in another way than most."""
    keyword = _KEYWORD.match(card)
    if keyword is not None and keyword.end() == 10 and not _NAMES_PARTS.match(card, 10):
        return keyword[1].decode("ascii"), card[10:]
    if card.rstrip() == b"END":
        return _END
    return _REMARK if card.startswith(_COMMENTARY) else None


@lru_cache(CARDS_KEPT)
def _value(field: bytes) -> bool | int | float | str | None:
    """Return the value that is written in a card, or None when it is written in another way than most."""
    found = _VALUE.fullmatch(field)
    if found is None:
        return None
    kind, written = found.lastgroup, (found["text"] or found["truth"] or found["whole"] or found["real"] or b"").decode("ascii")
    if kind == "text":
        return written.rstrip()
    if kind == "truth":
        return written == "T"
    return int(written) if kind == "whole" else float(written)
