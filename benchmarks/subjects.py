"""Who can be asked: a server over HTTP, and the same steps in this process without it. The bare loop is in `limit`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from tilemaker.analysis.drawing import encoding_of, style_for
from tilemaker.analysis.product import Bounds
from tilemaker.cache import NoCache
from tilemaker.render.encode import encode
from tilemaker.render.paint import paint
from tilemaker.render.quantise import gzipped, npy, quantise
from tilemaker.render.style import Style
from tilemaker.sky.grid import TileAddress
from tilemaker.tiles.tiles import Tiles

from .client import Connection
from .maps import Maps
from .questions import COLOUR_MAP, HIGH, LOW, Question, Tile
from .servers import Server


class Subject(Protocol):
    """Somebody who answers."""

    def ask(self, question: Question) -> int:
        """Ask, wait for the whole answer, and return its size in bytes."""
        ...

    def cpu_seconds(self) -> float:
        """Return the processor time that answering has taken so far."""
        ...

    def settle(self) -> None:
        """Wait until there is nothing to be done but what is asked."""
        ...


@dataclass(frozen=True, slots=True)
class OverHttp:
    """A server, over one connection. Its processor time is its own: that of the client is not in it."""

    connection: Connection
    server: Server

    @classmethod
    def to(cls, server: Server) -> OverHttp:
        """Return one that is connected to a server that answers."""
        return cls(Connection(server.port), server)

    def ask(self, question: Question) -> int:
        """Ask over HTTP."""
        return self.connection.get(question.path).length

    def cpu_seconds(self) -> float:
        """Return the processor time of the server."""
        return self.server.processes.cpu_seconds()

    def settle(self) -> None:
        """Wait until the server is idle."""
        self.server.settle()


class Pipeline:
    """What an endpoint does for a tile, in this process: reading, drawing, encoding; nothing is kept."""

    def __init__(self, maps: Maps) -> None:
        self._maps = maps
        self._tiles = Tiles(NoCache())
        self._style = Style(cmap=COLOUR_MAP, vmin=LOW, vmax=HIGH)
        self._cpu_seconds = 0.0

    def ask(self, question: Question) -> int:
        """Make the tile."""
        assert isinstance(question, Tile)
        began = time.process_time()
        size = self._make(question)
        self._cpu_seconds += time.process_time() - began
        return size

    def cpu_seconds(self) -> float:
        """Return the processor time of this process while it was asked."""
        return self._cpu_seconds

    def settle(self) -> None:
        """Return at once: the loops over pixels were compiled before the first question."""

    def _make(self, question: Tile) -> int:
        layer = self._maps.layer(question.layer_id)
        sample = self._tiles.get(layer, TileAddress(question.level, question.y, question.x))
        assert sample is not None
        if question.ext == "npy":
            return len(npy(sample.pixels))
        if question.ext == "bin":
            return len(gzipped(quantise(sample.pixels, encoding_of(layer))))
        assert question.ext != "fits"
        return len(encode(paint(sample.pixels, style_for(layer, self._style, Bounds())), question.ext))
