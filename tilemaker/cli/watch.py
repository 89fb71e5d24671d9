"""Showing how the overviews come along: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from tilemaker.errors import MapError

LAST_LOOK_SECONDS = 1.0
"""How long the end waits for the watch to put the terminal in order."""

if TYPE_CHECKING:
    from rich.console import Console

    from tilemaker.server.services import Services


class HasProgress(Protocol):
    """What an overview is built for."""

    @property
    def progress(self) -> float:
        """How much of it is built, 0 to 1."""
        ...


class Watched(Protocol):
    """As much of a layer as is needed to watch it."""

    @property
    def layer_id(self) -> str:
        """How a line names it."""
        ...

    @property
    def name(self) -> str:
        """How a bar names it."""
        ...

    @property
    def provider(self) -> HasProgress:
        """Where its pixels come from. Raises `MapError`."""
        ...


@contextmanager
def watching(services: Services, console: Console) -> Iterator[None]:
    """Show in a thread, as long as the block runs, how the overviews that are built from the start come along."""
    stop = threading.Event()
    prepared = (layer for layer in services.atlas.all_layers() if not layer.is_prepared_late)
    watch = Watch(list(prepared) if services.precaches else [], console)
    thread = threading.Thread(target=watch.follow, args=(stop,), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        # A bar hides the cursor and shows it again when it goes. Should a disk keep the thread, the end does not wait for it.
        thread.join(timeout=LAST_LOOK_SECONDS)


class Watch:
    """The layers whose overviews are on their way.

    Parameters
    ----------
    layers
        Those to watch.
    console
        Where to show it.
    interval_seconds
        How long to wait between looks.
    patience_seconds
        How long nothing may move before the watch is given up: a layer whose file broke never arrives.
    """

    def __init__(
        self, layers: Sequence[Watched], console: Console, *, interval_seconds: float = 0.25, patience_seconds: float = 120.0
    ) -> None:
        self._waiting = dict.fromkeys(layers, 0.0)
        self._console = console
        self._interval_seconds = interval_seconds
        self._patience_seconds = patience_seconds
        self._count = len(layers)

    def follow(self, stop: threading.Event) -> None:
        """Show the progress until every overview is there, nothing moves any more, or the event is set."""
        if stop.wait(self._interval_seconds):  # to look is to open every map, beside the first who asks for them
            return
        self.look()  # layers that need no overview are left out
        self._count = len(self._waiting)
        if not self._waiting:
            return
        if self._console.is_terminal:
            self._follow_with_bar(stop)
        else:
            self._follow_in_lines(stop)

    def look(self) -> list[Watched]:
        """Ask every layer how far it is, and return those that are done since the last time."""
        self._waiting = {layer: _progress(layer) for layer in self._waiting}
        done = [layer for layer, progress in self._waiting.items() if progress >= 1.0]
        for layer in done:
            del self._waiting[layer]
        return done

    @property
    def completed(self) -> float:
        """Overviews built, counting parts of them."""
        return self._count - len(self._waiting) + sum(self._waiting.values())

    def _follow_with_bar(self, stop: threading.Event) -> None:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("[dim]{task.fields[name]}"))
        with Progress(*columns, console=self._console, transient=True) as bar:
            task = bar.add_task("Preparing overviews", total=self._count, name="")
            for _ in self._looks(stop):
                bar.update(task, completed=self.completed, name=self._under_way())

    def _follow_in_lines(self, stop: threading.Event) -> None:
        for done in self._looks(stop):
            for layer in done:
                number = self._count - len(self._waiting)
                line = f"overview of {layer.layer_id} is ready ({number} of {self._count})"
                self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _looks(self, stop: threading.Event) -> Iterator[list[Watched]]:
        """Look every now and then; end when there is nothing left to wait for."""
        moved_at, before = time.monotonic(), self.completed
        while self._waiting and time.monotonic() - moved_at < self._patience_seconds and not stop.wait(self._interval_seconds):
            yield self.look()
            if self.completed != before:
                moved_at, before = time.monotonic(), self.completed

    def _under_way(self) -> str:
        return next((layer.name for layer, progress in self._waiting.items() if progress > 0.0), "")


def _progress(layer: Watched) -> float:
    """Return how far a layer is; one that is unavailable needs no waiting for."""
    try:
        return layer.provider.progress
    except MapError:
        return 1.0
