"""Large answers on their way: a piece at a time, as fast as they are read, and not for ever.

A cut-out takes tens of megabytes, and is in memory until the last of it has been read. Who reads a kilobyte in a second would keep
it there for a day, and a few dozen of them all the memory there is.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

LARGE_BYTES = 1 << 20
"""Answers up to this length are sent at once: tiles are shorter."""
PIECE_BYTES = 1 << 18
GRACE_SECONDS = 30.0
"""How long any answer may take to be read."""
SLOWEST_BYTES_PER_SECOND = 1 << 15
"""How fast it has to be read after that."""
HANGS_UP = "tilemaker.hang_up"
"""By this name among the extensions of a request, a server of ours offers to end its connection at once."""


@dataclass(eq=False)
class Sending:
    """An answer on its way."""

    length: int
    limit: asyncio.Timeout
    began_at: float = field(default_factory=time.monotonic)
    sent_bytes: int = 0

    @property
    def bytes_per_second(self) -> float:
        """How fast it is read; the first second says nothing yet."""
        return self.sent_bytes / max(time.monotonic() - self.began_at, 1.0)

    def give_up(self) -> None:
        """End it, as if its time were over."""
        self.limit.reschedule(asyncio.get_running_loop().time())


class Outbox:
    """Answers that are being read, as many as memory may be held for.

    Parameters
    ----------
    max_bytes
        How much that is. When another answer needs more, those that are read slowest are given up; it is always sent itself.
    grace_seconds
        How long any answer may take to be read.
    slowest_bytes_per_second
        How fast it has to be read after that.
    """

    def __init__(
        self,
        max_bytes: int = 256 << 20,
        *,
        grace_seconds: float = GRACE_SECONDS,
        slowest_bytes_per_second: float = SLOWEST_BYTES_PER_SECOND,
    ) -> None:
        self._max_bytes, self._grace_seconds, self._slowest = max_bytes, grace_seconds, slowest_bytes_per_second
        self._under_way: set[Sending] = set()
        self.held_bytes = 0
        """How much is being read."""

    def seconds_for(self, length: int) -> float:
        """Return how long an answer may take to be read."""
        return self._grace_seconds + length / self._slowest

    @contextmanager
    def holding(self, length: int, limit: asyncio.Timeout) -> Iterator[Sending]:
        """Make room for an answer as long as the block lasts."""
        self._make_room(length)
        sending = Sending(length, limit)
        self._under_way.add(sending)
        self.held_bytes += length
        try:
            yield sending
        finally:
            self._let_go(sending)

    def _make_room(self, length: int) -> None:
        while self._under_way and self.held_bytes + length > self._max_bytes:
            slowest = min(self._under_way, key=lambda sending: sending.bytes_per_second)
            self._let_go(slowest)
            slowest.give_up()

    def _let_go(self, sending: Sending) -> None:
        if sending in self._under_way:
            self._under_way.discard(sending)
            self.held_bytes -= sending.length


class Paced:
    """Middleware that sends large answers a piece at a time, and hangs up on whoever reads too slowly.

    Parameters
    ----------
    app
        What answers.
    outbox
        What is on its way.
    """

    def __init__(self, app: ASGIApp, outbox: Outbox) -> None:
        self._app, self._outbox = app, outbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""

        async def send_in_pieces(message: Message) -> None:
            if message["type"] != "http.response.body" or len(message.get("body", b"")) <= LARGE_BYTES:
                await send(message)
                return
            try:
                await self._send(message["body"], send)
            except TimeoutError:
                logger.info("an answer of %.0f MB was read too slowly, and has been given up", len(message["body"]) / 1e6)
                await _hang_up(scope)

        await self._app(scope, receive, send_in_pieces if scope["type"] == "http" and scope["method"] != "HEAD" else send)

    async def _send(self, body: bytes, send: Send) -> None:
        """Send all of an answer. Raises `TimeoutError`."""
        async with asyncio.timeout(self._outbox.seconds_for(len(body))) as limit:
            with self._outbox.holding(len(body), limit) as sending:
                for start in range(0, len(body), PIECE_BYTES):
                    piece = body[start : start + PIECE_BYTES]
                    # Returns when what was sent before is nearly read.
                    await send({"type": "http.response.body", "body": piece, "more_body": start + PIECE_BYTES < len(body)})
                    sending.sent_bytes += len(piece)


async def _hang_up(scope: Scope) -> None:
    """End the connection. A server without a way to do so ends it itself, since the answer is not complete."""
    hang_up: Callable[[], None] | None = scope.get("extensions", {}).get(HANGS_UP)
    if hang_up is not None:
        hang_up()
        await asyncio.sleep(0)  # in which the server hears of it
