from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tilemaker.kernels import ready


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
    times: list[None] = []
    monkeypatch.setattr(ready, "_started", threading.Lock())
    monkeypatch.setattr(ready, "prepare_now", lambda: times.append(None))

    for _ in range(3):
        ready.prepare()
    for thread in threading.enumerate():
        if thread.name == "kernels":
            thread.join()

    assert len(times) == 1


def test_where_there_is_no_place_for_machine_code_it_goes_through_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []

    def compile_elsewhere(environment: Mapping[str, str]) -> int:
        folder = environment.get("NUMBA_CACHE_DIR")
        seen.append(folder)
        assert folder is None or Path(folder).stat().st_mode & 0o077 == 0
        return ready.NO_PLACE if folder is None else 0

    compiler = ModuleType("compiler_of_this_test")
    compiler.config = SimpleNamespace(CACHE_DIR="")  # type: ignore[attr-defined]
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setitem(sys.modules, compiler.__name__, compiler)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: True)
    monkeypatch.setattr(ready, "COMPILER", compiler.__name__)
    monkeypatch.setattr(ready, "LOOPS", "math")
    monkeypatch.setattr(ready, "_compile_elsewhere", compile_elsewhere)

    assert prepared(monkeypatch) is importlib.import_module("math")
    assert seen[0] is None
    assert seen[1] is not None
    assert not Path(seen[1]).exists()


def test_a_place_that_cannot_be_written_to_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba", reason="the loops cannot be compiled here: numba is not installed")
    caching = importlib.import_module("numba.core.caching")
    keeping = importlib.import_module("tilemaker.kernels.keeping")
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])

    assert not keeping.can_be_kept()


def test_long_work_waits_for_loops_that_are_on_their_way_and_for_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    monkeypatch.setattr(ready, "_started", threading.Lock())
    monkeypatch.setattr(ready, "_settled", threading.Event())
    monkeypatch.setattr(ready, "_prepare", lambda: gate.wait(10))

    ready.settle(60.0)  # nobody has asked for any: this returns at once
    ready.prepare()
    waiting = threading.Thread(target=ready.settle, args=(60.0,))
    waiting.start()
    assert waiting.is_alive()
    gate.set()
    waiting.join(10)

    assert not waiting.is_alive()
