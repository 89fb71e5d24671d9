"""Large answers go out a piece at a time, as fast as they are read, and not for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from starlette.responses import Response

from tilemaker.server.sending import HANGS_UP, LARGE_BYTES, PIECE_BYTES, Outbox, Paced

if TYPE_CHECKING:
    from starlette.types import Message

BODY = bytes(range(256)) * (LARGE_BYTES // 64)


class Reader:
    """A client that reads some pieces and then no more."""

    def __init__(self, pieces: int = 1_000_000) -> None:
        self.pieces, self.got = pieces, bytearray()
        self.ended = asyncio.Event()
        self.was_hung_up_on = False

    async def ask(self, outbox: Outbox, body: bytes = BODY, method: str = "GET") -> Reader:
        """Ask for an answer, and read what comes."""
        extensions = {HANGS_UP: self._hang_up}
        scope = {"type": "http", "method": method, "headers": [], "extensions": extensions}
        await Paced(Response(body), outbox)(scope, self._receive, self._send)
        self.ended.set()
        return self

    def _hang_up(self) -> None:
        self.was_hung_up_on = True

    async def _receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def _send(self, message: Message) -> None:
        if self.pieces == 0:
            await asyncio.Event().wait()
        if message["type"] == "http.response.body":
            assert len(message["body"]) <= max(PIECE_BYTES, LARGE_BYTES)
            self.got += message["body"]
            self.pieces -= 1


@pytest.mark.parametrize("length", [0, 10, LARGE_BYTES, LARGE_BYTES + 1, len(BODY)])
def test_an_answer_arrives_whole_whatever_its_length(length: int) -> None:
    outbox = Outbox()

    reader = asyncio.run(Reader().ask(outbox, BODY[:length]))

    assert (bytes(reader.got), reader.was_hung_up_on, outbox.held_bytes) == (BODY[:length], False, 0)


def test_who_stops_reading_is_hung_up_on() -> None:
    outbox = Outbox(grace_seconds=0.1, slowest_bytes_per_second=1 << 40)

    reader = asyncio.run(Reader(pieces=3).ask(outbox))

    assert (len(reader.got), reader.was_hung_up_on, outbox.held_bytes) == (3 * PIECE_BYTES, True, 0)


def test_when_more_is_wanted_than_may_be_held_the_slowest_goes() -> None:
    async def crowd() -> tuple[Reader, Reader, Reader, int]:
        outbox = Outbox(2 * len(BODY) + 100)
        slow, slower, last = Reader(pieces=4), Reader(pieces=1), Reader()
        waiting = [asyncio.ensure_future(reader.ask(outbox)) for reader in (slow, slower)]
        await asyncio.sleep(0.05)
        await last.ask(outbox)
        await asyncio.wait_for(slower.ended.wait(), 5.0)
        held = outbox.held_bytes
        for task in waiting:
            task.cancel()
        return slow, slower, last, held

    slow, slower, last, held = asyncio.run(crowd())

    assert [reader.was_hung_up_on for reader in (slow, slower, last)] == [False, True, False]
    assert bytes(last.got) == BODY
    assert held == len(BODY)


def test_an_answer_larger_than_all_that_may_be_held_is_sent() -> None:
    assert bytes(asyncio.run(Reader().ask(Outbox(10))).got) == BODY
