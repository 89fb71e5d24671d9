from __future__ import annotations

import asyncio

import pytest
from starlette.requests import HTTPConnection

from tilemaker.auth import BACKENDS, AuthOptions, Grants, Nobody
from tilemaker.auth.base import visitor


def grants_given_by(backend: object) -> Grants:
    assert isinstance(backend, Nobody)
    credentials, _ = asyncio.run(backend.authenticate(HTTPConnection({"type": "http", "headers": []})))
    return frozenset(credentials.scopes)


def test_nobody_holds_no_grant() -> None:
    assert grants_given_by(Nobody()) == frozenset()


def test_nobody_can_be_given_grants_for_trying_out() -> None:
    assert grants_given_by(Nobody(frozenset({"collaboration"}))) == {"collaboration"}


def test_the_word_mock_makes_a_nobody_with_the_grants_of_the_options() -> None:
    assert grants_given_by(BACKENDS["mock"](AuthOptions())) == frozenset()
    assert grants_given_by(BACKENDS["mock"](AuthOptions(mock_grants=frozenset({"a b"})))) == {"a b"}


def test_a_grant_is_never_taken_apart_into_letters() -> None:
    with pytest.raises(TypeError, match="letters"):
        visitor("somebody", "collaboration")  # type: ignore[arg-type]


def test_a_visitor_who_has_not_logged_in_is_not_authenticated() -> None:
    assert not visitor(None, frozenset())[1].is_authenticated
    assert visitor("Ada", frozenset())[1].display_name == "Ada"
