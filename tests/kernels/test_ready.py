from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tilemaker.kernels import ready

ROOT = Path(__file__).parents[2]


def prepared(monkeypatch: pytest.MonkeyPatch) -> ready.Loops | None:
    monkeypatch.setattr(ready, "_loops", None)
    ready.prepare_now()
    return ready.loops()


def test_without_the_compiler_numpy_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "COMPILER", "no_such_compiler")

    assert prepared(monkeypatch) is None


def test_a_compiler_that_fails_is_no_failure(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(ready, "COMPILER", "math")
    monkeypatch.setattr(ready, "LOOPS", "tilemaker.kernels.nowhere")

    assert prepared(monkeypatch) is None
    assert "NumPy does their work" in caplog.text


def test_a_compiler_that_cannot_be_started_elsewhere_is_used_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "COMPILER", "math")
    monkeypatch.setattr(ready, "LOOPS", "math")
    monkeypatch.setattr(sys, "executable", "/no/such/python")

    assert prepared(monkeypatch) is importlib.import_module("math")


def test_only_the_first_to_ask_starts_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    times: list[None] = []
    monkeypatch.setattr(ready, "_started", threading.Lock())
    monkeypatch.setattr(ready, "prepare_now", lambda: times.append(None))

    for _ in range(3):
        ready.prepare()
    for thread in threading.enumerate():
        if thread.name == "kernels":
            thread.join()

    assert len(times) == 1


def test_where_nothing_can_be_written_the_loops_are_compiled_all_the_same() -> None:
    pytest.importorskip("numba", reason="the loops cannot be compiled here: numba is not installed")
    # No folder of the package's, none of the user's, none that is named: as on a read-only file system. What is said to be compiled
    # is only looked at, since compiling all of it takes seconds.
    program = (
        "import os, numba.core.caching as caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "import numba\n"
        "compiled = numba.njit\n"
        "numba.njit = lambda *a, **k: compiled(*a, **k) if k.get('cache') is True else (lambda f: f) if not k['cache'] else None\n"
        "import tilemaker.kernels.compiled as loops\n"
        "print(loops._options['cache'])\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )

    assert ended.stdout.strip() == "False", ended.stderr
