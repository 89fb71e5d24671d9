"""What all tests have in common."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# The machine may be busy with other things, so how long an example takes says nothing. Where changes are judged, the examples are
# the same each time, so that a failure is the change's own; elsewhere each run looks for new ones.
settings.register_profile("tilemaker", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tilemaker")


def pytest_configure() -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in list(os.environ):
        if name.startswith("TILEMAKER_"):
            del os.environ[name]


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    """Put the root logger back after tests of what sends the log of the whole process somewhere."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
