"""Every kind of error has a place in the drawing at the top of the tree, and a status."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from tilemaker import errors
from tilemaker.server.errors import status_of


def tree(top: type[errors.TilemakerError]) -> Iterator[type[errors.TilemakerError]]:
    yield top
    for branch in top.__subclasses__():
        yield from tree(branch)


# Those of the tree's own module: rooms may have kinds of their own that never reach a request.
KINDS = [kind for kind in tree(errors.TilemakerError) if kind.__module__ == errors.__name__]


AT_START_ONLY = {errors.ConfigurationError}


@pytest.mark.parametrize("kind", KINDS)
def test_each_error_is_drawn_in_the_tree(kind: type[errors.TilemakerError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "").split()


@pytest.mark.parametrize("kind", [kind for kind in KINDS[1:] if kind not in AT_START_ONLY])
def test_each_error_has_a_status_of_its_own_kind(kind: type[errors.TilemakerError]) -> None:
    assert status_of(kind) is not HTTPStatus.INTERNAL_SERVER_ERROR


def test_an_error_that_should_never_reach_a_request_is_a_fault_of_the_server() -> None:
    assert status_of(errors.TilemakerError) is HTTPStatus.INTERNAL_SERVER_ERROR
