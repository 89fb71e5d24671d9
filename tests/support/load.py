"""Many clients at once, and those that mean ill: what they send, and what comes back."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

ANSWER_SECONDS = 60.0
"""How long a client waits for an answer before it counts as lost."""

MALFORMED = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),  # what a browser says that takes it for HTTPS
    b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"\x00" * 1000, b"\r\n" * 5000,
    b"GET /layers/small\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"GET /layers/../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET http://elsewhere.example:99999999/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
)  # fmt: skip
"""What is no request, or no good one."""

OVERSIZED = (
    b"GET /" + b"x" * 30_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /healthz?q=" + b"x" * 30_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 300_000 + b"\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n" + b"".join(b"X-%d: x\r\n" % number for number in range(20_000)) + b"\r\n",
    b"POST /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n" + bytes(3_000_000),
    b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 500,
)
"""What is too long, in one way or another."""


@dataclass
class Load:
    """What became of it all."""

    statuses: Counter[int] = field(default_factory=Counter)
    """Of the answers to those who asked as they should."""
    lost: list[str] = field(default_factory=list)
    """Their requests that had no answer."""
    slowest_seconds: float = 0.0
    refusals: Counter[bytes] = field(default_factory=Counter)
    """What those were told who did not: the status, or nothing."""
    hung: int = 0
    """How many of those were neither answered nor hung up on."""

    @property
    def report(self) -> str:
        """What was lost, in a line."""
        asked = f"{sum(self.statuses.values())} answered {dict(self.statuses)}, {len(self.lost)} lost"
        refused = {status.decode("latin-1"): count for status, count in self.refusals.items()}
        return f"{asked}, slowest {self.slowest_seconds:.1f} s; of the others {refused}, {self.hung} left hanging"


async def clients(port: int, paths: Sequence[str], count: int, seconds: float, load: Load) -> None:
    """Have so many clients ask one thing after the other, each over a connection that it keeps."""
    until = time.monotonic() + seconds
    await asyncio.gather(
        *(_client(port, itertools.islice(itertools.cycle(paths), first, None), until, load) for first in range(count))
    )


async def _client(port: int, paths: Iterable[str], until: float, load: Load) -> None:
    reader = writer = None
    for path in paths:
        if time.monotonic() > until:
            break
        began = time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if reader is None or writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                load.statuses[await _status(reader)] += 1
            load.slowest_seconds = max(load.slowest_seconds, time.monotonic() - began)
        except (OSError, EOFError, TimeoutError) as failed:
            load.lost.append(f"{path}: {failed!r}")
            reader = writer = None
    if writer is not None:
        writer.close()


async def _status(reader: asyncio.StreamReader) -> int:
    """Return the status of an answer, once all of it is there."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length: ")[1].split()[0]) if b"content-length: " in head else 0
    await reader.readexactly(length)
    return int(head.split(maxsplit=2)[1])


async def ill_wishers(port: int, sent: Sequence[bytes], count: int, seconds: float, load: Load) -> None:
    """Have so many clients send what they should not, over and over."""
    until = time.monotonic() + seconds

    async def keep_sending(first: int) -> None:
        for what in itertools.islice(itertools.cycle(sent), first, None):
            if time.monotonic() > until:
                return
            await _send(port, [what], 0.0, load)

    await asyncio.gather(*(keep_sending(number) for number in range(count)))


async def dawdlers(port: int, count: int, load: Load) -> None:
    """Have so many clients send a good request, a byte now and then, until they are hung up on."""
    question = [bytes([byte]) for byte in b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Patience: " + b"x" * 1000]
    await asyncio.gather(*(_send(port, question, 1.0, load) for _ in range(count)))


async def _send(port: int, pieces: Sequence[bytes], pause_seconds: float, load: Load) -> None:
    """Send something in pieces, and note what is said to it before the connection ends."""
    said = b""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            ending = asyncio.ensure_future(reader.read(1000))
            with suppress(OSError):
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    if ending.done():
                        break
                    await asyncio.sleep(pause_seconds)
            with suppress(OSError):
                said = await ending
            writer.close()
    except TimeoutError:
        load.hung += 1
    except OSError:
        pass  # hung up on before it was done
    load.refusals[said.split(maxsplit=2)[1] if said.startswith(b"HTTP/1.1 ") else b""] += 1
