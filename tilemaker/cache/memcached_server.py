"""One memcached server: connections to it, and what to do while it does not answer.

While a server is away nobody waits for it. It is taken out of use at its first failure, and looked for in a thread of its own,
every few seconds for as long as anybody asks for it.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheServerError, MemcacheUnexpectedCloseError

from tilemaker.errors import ConfigurationError

if TYPE_CHECKING:
    from types import TracebackType

logger = logging.getLogger(__name__)

T = TypeVar("T")

REST_SECONDS = 2.0
"""How long a server that failed is left alone before it is looked for again."""

PROBE_SECONDS = 2.0
"""How long a server that is looked for may take to answer: longer than a request would wait, since none does."""

RECEIVED_BYTES = 1 << 18
"""How much is taken from a socket at once."""

ITEM_BYTES = 1 << 20
"""The largest item of a memcached that was not told otherwise."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server listens: a host and port, or the path of a Unix socket as the host and no port."""

    host: str
    port: int | None

    @classmethod
    def of(cls, text: str, port: int) -> ServerAddress:
        """Read ``host``, ``host:port``, ``[IPv6]:port`` or the path of a socket. Raises `ConfigurationError` for anything else."""
        if text.startswith("/"):
            return cls(text, None)
        host, own_port = text, ""
        if text.startswith("["):
            host, _, own_port = text[1:].partition("]")
        elif text.count(":") == 1:
            host, _, own_port = text.partition(":")
        if own_port and not own_port.removeprefix(":").isdecimal():
            raise ConfigurationError(
                f"TILEMAKER_MEMCACHED_HOST: {text} is no memcached server: write host, host:port, [IPv6]:port or /path/of/a.sock."
            )
        return cls(host, int(own_port.removeprefix(":")) if own_port else port)

    def __str__(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


class MemcachedServer:
    """A server, used from many threads at once through a few connections.

    Parameters
    ----------
    address
        Where it is. Nothing is connected before it is first used, so that a process may fork before that.
    pool_size
        The most connections at once.
    timeout_seconds
        How long anything may take, from connecting to the last byte of the answer; also how long to wait for a free connection.
    on_failure
        Called each time that it stops answering.
    """

    def __init__(
        self, address: ServerAddress, *, pool_size: int, timeout_seconds: float, on_failure: Callable[[], None] = lambda: None
    ) -> None:
        self.address = address
        self.item_bytes = ITEM_BYTES
        self._timeout_seconds = timeout_seconds
        self._on_failure = on_failure
        self._slots = threading.BoundedSemaphore(pool_size)
        self._idle: list[_Connection] = []
        self._lock = threading.Lock()
        self._is_up = False
        self._look_again_at = 0.0
        self._first_look = threading.Event()
        self._was_missed = False

    def use(self, ask: Callable[[Client], T]) -> T | None:
        """Return what a connection answers, or None: while the server is away, when it fails, and when it refuses."""
        if not self.is_there() or not self._slots.acquire(timeout=self._timeout_seconds):
            return None
        try:
            # While this waited for a connection, another may have found that nobody answers.
            return self._asked(ask) if self._is_up else None
        except MemcacheServerError as refused:
            if isinstance(refused, MemcacheUnexpectedCloseError):
                self._take_out(refused)
            else:  # no memory left, or too large after all: the server is well
                logger.debug("memcached at %s refused: %s", self.address, refused)
            return None
        except Exception as failed:  # noqa: BLE001  a server that is none can make the client trip over anything
            self._take_out(failed)
            return None
        finally:
            self._slots.release()

    def _asked(self, ask: Callable[[Client], T]) -> T:
        with self._lock:
            connection = self._idle.pop() if self._idle else _Connection(self.address, self._timeout_seconds)
        with connection:  # which closes it when anything goes wrong
            answer = ask(connection)
        with self._lock:
            is_kept = self._is_up
            if is_kept:
                self._idle.append(connection)
        if not is_kept:
            connection.close()
        return answer

    @property
    def is_up(self) -> bool:
        """Whether it answered when it was last asked."""
        return self._is_up

    def is_there(self) -> bool:
        """Return whether the server answers, as far as is known; only then is `item_bytes` the server's own."""
        if self._is_up:
            return True
        with self._lock:
            if time.monotonic() >= self._look_again_at:
                self._look_again_at = time.monotonic() + PROBE_SECONDS + REST_SECONDS
                threading.Thread(target=self._look, name="memcached", daemon=True).start()
        # Only the very first look is waited for, and once: a process begins with its cache, if there is one.
        if not self._first_look.wait(self._timeout_seconds):
            self._first_look.set()
        return self._is_up

    def _look(self) -> None:
        """Find out whether the server answers, and how large its items may be."""
        try:
            with _Connection(self.address, PROBE_SECONDS) as connection:
                item_bytes = int(connection.stats("settings")[b"item_size_max"])
            connection.close()
        except Exception as failed:  # noqa: BLE001  as above
            self._take_out(failed)
        else:
            self._take_in(item_bytes)
        finally:
            self._first_look.set()

    def _take_in(self, item_bytes: int) -> None:
        with self._lock:
            self.item_bytes, self._is_up = item_bytes, True
            was_missed, self._was_missed = self._was_missed, False
        if was_missed:
            logger.info("memcached at %s answers again.", self.address)

    def _take_out(self, failed: Exception) -> None:
        with self._lock:
            self._is_up = False
            self._look_again_at = time.monotonic() + REST_SECONDS
            idle, self._idle = self._idle, []
            was_missed, self._was_missed = self._was_missed, True
        for connection in idle:
            connection.close()
        if not was_missed:
            self._on_failure()
            reason = str(failed) or type(failed).__name__
            logger.warning("memcached at %s does not answer (%s): going on without it until it does.", self.address, reason)


class _Connection(Client):  # type: ignore[misc]  # pymemcache has no types
    """A connection that keeps its time as a whole, and tries every address that a name has.

    The original counts its timeout anew for each piece of an answer, so that a server that drips would hold it for hours.
    """

    def __init__(self, address: ServerAddress, timeout_seconds: float) -> None:
        server = address.host if address.port is None else (address.host, address.port)
        super().__init__(server, timeout=timeout_seconds, connect_timeout=timeout_seconds, default_noreply=False)
        self._deadline = 0.0

    def __del__(self) -> None:
        self.close()

    def __enter__(self) -> _Connection:
        """Begin to count the time of what is asked next."""
        self._deadline = time.monotonic() + self.timeout
        if self.sock is not None:
            self.sock.deadline = self._deadline
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        if error is not None:
            self.close()

    def _connect(self) -> None:
        self.close()
        self.sock = _connected(self.server, self._deadline)


class _PunctualSocket(socket.socket):
    """A socket whose reads and writes must all be done by a moment."""

    deadline: float = 0.0
    """On the monotonic clock, seconds."""

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Receive what there is: more than asked for, since the client asks for little and takes what it gets."""
        self.hurry()
        return super().recv(max(size, RECEIVED_BYTES), flags)

    def sendall(self, data: bytes, flags: int = 0, /) -> None:  # type: ignore[override]  # bytes are all that is sent
        """Send everything."""
        self.hurry()
        super().sendall(data, flags)

    def hurry(self) -> None:
        """Allow what is left of the time. Raises `TimeoutError` when nothing is."""
        left_seconds = self.deadline - time.monotonic()
        if left_seconds <= 0.0:
            raise TimeoutError("timed out")
        self.settimeout(left_seconds)


def _connected(server: str | tuple[str, int], deadline: float) -> _PunctualSocket:
    """Connect to the first address that accepts. Raises `OSError` when none does."""
    if isinstance(server, str):
        return _connected_to(socket.AF_UNIX, server, deadline)
    failure: OSError = OSError("it has no address")
    for family, _, _, _, address in socket.getaddrinfo(*server, type=socket.SOCK_STREAM):
        try:
            return _connected_to(family, address, deadline)
        except OSError as failed:
            failure = failed
    raise failure


def _connected_to(family: int, address: object, deadline: float) -> _PunctualSocket:
    connection = _PunctualSocket(family, socket.SOCK_STREAM)
    connection.deadline = deadline
    try:
        connection.hurry()
        connection.connect(address)  # type: ignore[arg-type]  # whatever the family's addresses are
        if family != socket.AF_UNIX:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        connection.close()
        raise
    return connection
