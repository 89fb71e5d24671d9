"""What is shown while overviews are built."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass, field

import pytest
from rich.console import Console

from tilemaker.cli.watch import Watch, Watched
from tilemaker.errors import MapUnreadable


@dataclass
class ScriptedProvider:
    """One whose overview comes along as written."""

    script: list[float]

    @property
    def progress(self) -> float:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


@dataclass(eq=False)
class ScriptedLayer:
    """As much of a layer as is watched."""

    layer_id: str
    script: list[float]
    name: str = "I"
    provider: ScriptedProvider = field(init=False)

    def __post_init__(self) -> None:
        self.provider = ScriptedProvider(self.script)


class BrokenLayer:
    """One whose file is not there."""

    layer_id = name = "broken"

    @property
    def provider(self) -> ScriptedProvider:
        raise MapUnreadable("It is not there.")


def watch_of(*layers: Watched, is_terminal: bool = False) -> tuple[Watch, io.StringIO]:
    """Return an impatient watch, and where it writes."""
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=is_terminal, width=100)
    return Watch(layers, console, interval_seconds=0.001, patience_seconds=0.2), shown


def followed(*layers: Watched, is_terminal: bool = False) -> str:
    """Return what is shown from the beginning to the end."""
    watch, shown = watch_of(*layers, is_terminal=is_terminal)
    watch.follow(threading.Event())
    return shown.getvalue()


def test_each_overview_that_gets_ready_has_its_line() -> None:
    shown = followed(ScriptedLayer("a", [0.0, 0.5, 1.0]), ScriptedLayer("b", [0.0, 0.0, 0.5, 1.0]))

    assert shown.splitlines() == ["overview of a is ready (1 of 2)", "overview of b is ready (2 of 2)"]


def test_maps_that_need_no_overview_are_not_mentioned() -> None:
    assert followed(ScriptedLayer("small", [1.0])) == ""


def test_a_layer_that_cannot_be_read_is_not_waited_for() -> None:
    assert followed(BrokenLayer(), ScriptedLayer("a", [0.0, 1.0])) == "overview of a is ready (1 of 1)\n"


def test_an_overview_that_never_comes_is_given_up() -> None:
    assert followed(ScriptedLayer("stuck", [0.0])) == ""


def test_an_overview_that_was_ready_once_counts_as_done() -> None:
    """It may be dropped for want of memory before the others are built."""
    shown = followed(ScriptedLayer("a", [0.0, 1.0, 0.0]), ScriptedLayer("b", [0.0, 0.0, 0.0, 1.0]))

    assert shown.count("ready") == 2


def test_on_a_terminal_there_is_a_bar_that_goes_away() -> None:
    shown = followed(ScriptedLayer("a", [0.0, 0.3, 0.6, 1.0]), is_terminal=True)

    assert "Preparing overviews" in shown
    assert "ready" not in shown


def test_the_watch_ends_when_it_is_told_to() -> None:
    stop = threading.Event()

    class Ending(ScriptedProvider):
        @property
        def progress(self) -> float:
            stop.set()
            return 0.0

    watch, _ = watch_of(layer := ScriptedLayer("a", [0.0, 0.5, 1.0]), ending := ScriptedLayer("b", [0.0]))
    ending.provider = Ending([])

    watch.follow(stop)
    assert len(layer.script) == 2  # looked at once

    watch.follow(stop)
    assert len(layer.script) == 2


@pytest.mark.parametrize(("scripts", "completed"), [([[0.5], [0.25]], 0.75), ([[1.0], [0.5]], 0.5)])
def test_parts_of_overviews_count(scripts: list[list[float]], completed: float) -> None:
    watch, _ = watch_of(*(ScriptedLayer(str(number), script) for number, script in enumerate(scripts)))

    watch.follow(threading.Event())

    assert watch.completed == pytest.approx(completed)
