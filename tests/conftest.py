"""What all tests have in common."""

from __future__ import annotations

import logging
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings

# The machine may be busy with other things, so how long an example takes says nothing. Where changes are judged, the examples are
# the same each time, so that a failure is the change's own; elsewhere each run looks for new ones.
settings.register_profile("tilemaker", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tilemaker")

FIRST_WORKER = "gw0"
TRACED_CASES = 3
"""Cases of each test in which lines are traced for the coverage: tracing takes as long again, and the rest runs the same lines."""
UNTRACED = ("production", "auth/test_soauth.py", "server/test_fuzz.py", "server/test_visibility.py")
"""Tests that ask other processes, or again what others ask. Servers that stand for a crowd of them are `untraced` themselves."""

LONGEST = ("production/test_workers.py", "production/test_shared_cache.py", "server/test_fuzz.py", "server/test_visibility.py")
"""Files that take longest: begun first, so that nobody waits for one of them in the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest. Trace what shows the lines that run, and not all that shows that they are right."""
    here, cases = Path(__file__).parent, Counter[str]()
    untraced, longest = ([here / name for name in names] for names in (UNTRACED, LONGEST))
    items.sort(key=lambda item: item.path not in longest)
    for item in items:
        test = item.nodeid.partition("[")[0]
        cases[test] += 1
        if cases[test] > TRACED_CASES or any(item.path.is_relative_to(path) for path in untraced):
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Trace the lines that importing runs in one process: each of those that share the tests imports them all."""
    tracer = Coverage.current()
    if tracer is None or os.environ.get("PYTEST_XDIST_WORKER", FIRST_WORKER) == FIRST_WORKER:
        return (yield)
    tracer.stop()
    try:
        return (yield)
    finally:
        tracer.start()


def pytest_configure() -> None:
    """Keep the settings of whoever runs the tests out of them, also the one by which hang-ups are ignored (``nohup make test``)."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
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
