"""The line of the log that each request has."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.testclient import TestClient

from tilemaker.monitor.metrics import Metrics
from tilemaker.monitor.requests import Watched

if TYPE_CHECKING:
    import pytest


def test_an_address_cannot_write_lines_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "tilemaker.monitor.requests")
    watched = TestClient(Watched(Starlette(), Metrics(), lambda _scope: "none"))

    watched.get("/layers/a%0A2026-01-01%20CRITICAL%20tilemaker:%20broken%C3%A9")

    (record,) = [each for each in caplog.records if each.name == "tilemaker.monitor.requests"]
    assert record.getMessage() == "GET /layers/a%0A2026-01-01%20CRITICAL%20tilemaker:%20broken%C3%A9 404"
