"""The lightest of clients: it shares the machine with the server that is measured, and must not be what is measured."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

_BUFFER_BYTES = 1 << 20
PATIENCE_SECONDS = 300.0
KEPT_SECONDS = 2.0
"""A connection that was not used for so long is opened anew: servers hang up after five."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, of which the body is read and thrown away."""

    status: int
    head: bytes
    """Status line and headers, in lower case."""
    length: int
    """Bytes of the body."""


class Refused(Exception):
    """The server answered with something else than what was asked for."""


class Connection:
    """One connection that is kept while it is used."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = _connected(port)
        self._used_at = time.monotonic()
        self._buffer = memoryview(bytearray(_BUFFER_BYTES))

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def get(self, path: str) -> Answer:
        """Ask and read the whole answer. Raises `Refused` when it is not a 200, `OSError` when there is none."""
        return self._exchange(path, None)

    def read(self, path: str) -> bytes:
        """Return the body of an answer, not packed, for the few that matter. Raises as `get` does."""
        kept = bytearray()
        self._exchange(path, kept)
        return bytes(kept)

    def _exchange(self, path: str, kept: bytearray | None) -> Answer:
        """Ask; add the body to what is kept, if it is, else let each part of it take the place of the one before."""
        if time.monotonic() - self._used_at > KEPT_SECONDS:
            self._socket.close()
            self._socket = _connected(self._port)
        accepts = "gzip" if kept is None else "identity"
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {accepts}\r\n\r\n".encode("ascii"))
        head, part = self._head()
        missing = length = _length_of(head)
        while True:
            missing -= len(part)
            if kept is not None:
                kept += part
            if not missing:
                break
            part = self._receive(missing)
        self._used_at = time.monotonic()
        answer = Answer(int(head[9:12]), head, length)
        if answer.status != 200:
            raise Refused(f"{path}: {answer.status}")
        return answer

    def _head(self) -> tuple[bytes, memoryview]:
        """Return the head, in lower case, and what of the body came with it."""
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive(_BUFFER_BYTES)
        head, _, begun = received.partition(b"\r\n\r\n")
        return head.lower(), memoryview(begun)

    def _receive(self, most: int) -> memoryview:
        count = self._socket.recv_into(self._buffer[:most])
        if not count:
            raise ConnectionError("the server hung up")
        return self._buffer[:count]


def _connected(port: int) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


def _length_of(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    raise Refused("an answer that does not say how long it is")


@dataclass(frozen=True, slots=True)
class CrowdResult:
    """How a crowd was served."""

    seconds: float
    """From the first question to the last answer."""
    latencies_seconds: list[float]


def crowd(port: int, clients: int, paths: Sequence[str]) -> CrowdResult:
    """Have some clients ask for all the paths between them, each the next one as soon as it has its answer."""
    latencies: list[float] = []
    left, lock = iter(paths), threading.Lock()
    with ExitStack() as stack:
        connections = [stack.enter_context(Connection(port)) for _ in range(clients)]
        threads = [threading.Thread(target=_keep_asking, args=(each, left, lock, latencies)) for each in connections]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
    if len(latencies) != len(paths):
        raise Refused(f"{len(paths) - len(latencies)} of {len(paths)} questions were not answered")
    return CrowdResult(seconds, latencies)


def _keep_asking(connection: Connection, left: Iterator[str], lock: threading.Lock, latencies: list[float]) -> None:
    while True:
        with lock:
            path = next(left, None)
        if path is None:
            return
        began = time.perf_counter()
        connection.get(path)
        latencies.append(time.perf_counter() - began)
