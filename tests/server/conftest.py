"""A server in this process, of maps in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.support.twins import GrantsInHeader
from tilemaker.atlas.atlas import Atlas
from tilemaker.cache import MemoryCache
from tilemaker.server.application import create_app
from tilemaker.server.services import Services
from tilemaker.tiles import Tiles

ClientMaker = Callable[..., TestClient]


def services_of(atlas: Atlas, **services: Any) -> Services:  # noqa: ANN401  whatever Services has
    """Return the services of a server of maps in memory."""
    cache = MemoryCache(50_000_000)
    return Services(**{"atlas": atlas, "tiles": Tiles(cache), "cache": cache, "auth": GrantsInHeader(), **services})


@pytest.fixture
def client() -> Iterator[ClientMaker]:
    """Return a function that gives a client of an atlas, for a caller with grants."""
    with ExitStack() as running:

        def make(atlas: Atlas, grants: Iterable[str] = (), *, raises: bool = True, **services: Any) -> TestClient:  # noqa: ANN401
            app = create_app(services_of(atlas, **services))
            headers = {"Grants": ",".join(grants)}
            return running.enter_context(TestClient(app, headers=headers, raise_server_exceptions=raises, follow_redirects=False))

        yield make
