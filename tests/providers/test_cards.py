"""Cards that are read without astropy mean what they mean with it, and all others are left to it."""

from __future__ import annotations

import sys
import warnings

import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from tilemaker.providers.cards import Cards

VALUES = [
    "T", "F", "0", "7", "+7", "-7", "-0", "007", "1.5", "-1.5", "+.5", "1.", "1E5", "1.5E-3", "1.5D3", "1e5", "1 E5", "- 5",
    "1E999", "123456789012345678901234567890", "0.0083333333333333", "(1, 2)", "''", "' '", "'a'", "'a  '", "'  a'", "'it''s'",
    "'a / b'", "'it's'", "'AXIS.1: 2'", "'AXIS.1: two'", "'12:30: x'", "'a", "a'", "'a'b", "", "NaN", "TRUE", "T F", "1 2",
    "'a' 'b'", "'\xe9'", "'a\tb'",
]  # fmt: skip
"""Right, odd, and wrong."""
COMMENTS = ["", " / a comment", "/a comment", " / it's: 'so'", " no comment", " /", " / \xe9"]


def header_of(*cards: str) -> bytes:
    text = "".join(card.ljust(80)[:80] for card in ("SIMPLE  =                    T", *cards, "END"))
    return text.ljust(-(-len(text) // 2880) * 2880).encode("latin-1")


def by_astropy(text: bytes, keyword: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = fits.Header.fromstring(text)[keyword]
        except KeyError:
            return KeyError
        except fits.VerifyError:
            return ValueError
    return type(value), value if value == value else None


def by_cards(text: bytes, keyword: str) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = Cards(text)[keyword]
        except KeyError:
            return KeyError
        except ValueError:
            return ValueError
    return type(value), value if value == value else None


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_what_astropy_makes_of_it(value: str) -> None:
    for comment in COMMENTS:
        for card in (f"THING   = {value}{comment}", f"THING   = {value:>20}{comment}"):
            text = header_of(card)
            assert by_cards(text, "THING") == by_astropy(text, "THING"), card


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=70))
def test_whatever_stands_in_a_card_is_what_astropy_makes_of_it(written: str) -> None:
    text = header_of(f"THING   = {written}")

    assert by_cards(text, "THING") == by_astropy(text, "THING")


ODD = {
    "a long text": ["THING   = 'one&'", "CONTINUE  ' and two'"],
    "a long name": ["HIERARCH THING = 3"],
    "a name in small letters": ["thing   = 3"],
    "a value in the wrong place": ["THING = 3"],
    "no value": ["THING     3"],
    "an end that is none": ["END     = 1", "THING   = 3"],
    "a record": ["THING   = 'AXIS.1: 2'"],
}


@pytest.mark.parametrize("cards", ODD.values(), ids=ODD)
def test_a_header_with_odd_cards_is_left_to_astropy(cards: list[str]) -> None:
    text = header_of("THAT    = 1", *cards)
    for keyword in ("THAT", "THING", "OTHER"):
        assert by_cards(text, keyword) == by_astropy(text, keyword)
        assert (keyword in Cards(text)) == (by_astropy(text, keyword) is not KeyError)


def test_of_a_keyword_that_is_repeated_the_first_card_counts() -> None:
    text = header_of("THING   = 1", "THING   = 2")

    assert by_cards(text, "THING") == by_astropy(text, "THING") == (int, 1)


def test_what_is_commented_is_no_value() -> None:
    text = header_of("COMMENT = 1", "HISTORY THING   = 2", "          THAT = 3", "THAT    = 4")

    assert list(Cards(text)) == ["SIMPLE", "COMMENT", "THAT"]
    assert Cards(text).get("THING", "nothing") == "nothing"


def test_whatever_is_asked_for_and_not_there_is_what_was_given_for_it() -> None:
    assert Cards(header_of()).get("THING") is None
    with pytest.raises(KeyError):
        Cards(header_of())["THING"]
    assert "astropy" in sys.modules  # by this test, not by what it tests: see tests/cli/test_commands.py
