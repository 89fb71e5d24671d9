"""The worker that gunicorn runs us in: ``gunicorn tilemaker.server:app -k tilemaker.server.worker.Worker``.

It is uvicorn's, and hangs up on connections that only hold a place: those that never finish asking, and those that ask at a length
that no question of ours has.

gunicorn itself imports this module, before there are workers. What is imported here they all share.
"""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from gunicorn.workers import base  # type: ignore[import-untyped]
from gunicorn.workers.workertmp import WorkerTmp  # type: ignore[import-untyped]
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn_worker import UvicornWorker  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from gunicorn.config import Config  # type: ignore[import-untyped]

logger = logging.getLogger(__name__)

LIBRARIES = (
    "astropy.coordinates", "astropy.io.fits", "astropy.wcs.utils", "cachetools", "httptools", "isal.igzip", "numba", "numpy",
    "PIL.Image", "pydantic_settings", "pymemcache.client.base", "starlette.applications", "starlette.middleware.cors", "uvloop",
)  # fmt: skip
"""What takes longest to import, and is the same for every worker: imported once, so that workers begin in a third of the time and
share its memory. Nothing of the program itself: after an upgrade, workers that a reload starts are of one version throughout."""

for library in LIBRARIES:
    with suppress(ImportError):  # not all of them are there on every system
        import_module(library)

HANGS_UP = "tilemaker.hang_up"
"""The name in `sending` of what ends a connection at once; imported from there it would be the master's too."""

HEADER_SECONDS = 10.0
"""How long a client may take to send the head of a request."""

READING_SECONDS = 60.0
"""How long a client may take to read the end of an answer, which the system holds for it: a megabyte at most."""

LAST_SECONDS = 0.5
"""How long a worker that ends waits for what may be on its way over a connection that it has taken on."""

HEADER_BYTES = 64 << 10
"""How long the head of a request may be."""

OTHER_FILES = 128
"""How many open files are left to everything that is no connection of a client's."""

_REFUSALS = {
    408: b"HTTP/1.1 408 Request Timeout",
    431: b"HTTP/1.1 431 Request Header Fields Too Large",
    503: b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 2",
}


class ImpatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 for clients that know what they want."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request; with too many connections already, refuse it."""
        super().connection_made(transport)
        self._head_bytes = 0
        self._patience: asyncio.TimerHandle | None = None
        self._reader: asyncio.TimerHandle | None = None
        self._is_ending = False
        if len(self.connections) > _most_connections():
            self._hang_up(503)
        else:
            self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take what the client sends, as long as that is not too much to be a question."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._patience is not None and self._head_bytes > HEADER_BYTES:
            self._hang_up(431)

    def on_message_begin(self) -> None:
        """Begin to count: the head of a request has begun, the first of this connection or another."""
        super().on_message_begin()
        self.scope["extensions"] = {HANGS_UP: self.transport.abort}  # type: ignore[dict-item]  # ours, and a function
        if self._patience is None:
            self._wait_for_head()

    def on_headers_complete(self) -> None:
        """Stop counting, and have the request answered."""
        self._stop_waiting()
        super().on_headers_complete()
        if self._is_ending:
            self.cycle.keep_alive = False

    def on_response_complete(self) -> None:
        """Wait for the next request, and for what is left of this answer to be read."""
        super().on_response_complete()
        self._stop_waiting_for_reader()
        if self.transport.get_write_buffer_size():
            self._reader = self.loop.call_later(READING_SECONDS, self._abandon)

    def shutdown(self) -> None:
        """Answer what has been asked, or is about to be, and then hang up: the worker ends.

        The original hangs up at once on whoever it has not heard of, even when their request has arrived and is yet to be read.
        """
        self._is_ending = True
        if self.cycle is not None and not self.cycle.response_complete:
            super().shutdown()
        else:
            self._stop_waiting()
            self._patience = self.loop.call_later(LAST_SECONDS, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the client."""
        self._stop_waiting()
        self._stop_waiting_for_reader()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self._head_bytes = 0
        self._patience = self.loop.call_later(HEADER_SECONDS, self._hang_up, 408)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _stop_waiting_for_reader(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None

    def _abandon(self) -> None:
        """Hang up on one who has not even read the end of an answer: closing would wait for that, for ever."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _hang_up(self, status: int) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self.transport.write(_REFUSALS[status] + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()


class Heartbeat(WorkerTmp):  # type: ignore[misc]  # which has no types
    """The file by which gunicorn sees that a worker lives: in memory, so that no folder is written to, and no disk can stall it.

    Parameters
    ----------
    cfg
        gunicorn's settings. A folder that they name is used.
    """

    def __init__(self, cfg: Config) -> None:
        if cfg.worker_tmp_dir:
            super().__init__(cfg)
            return
        handle = os.memfd_create("heartbeat")
        if (cfg.uid, cfg.gid) != (os.geteuid(), os.getegid()):
            os.fchown(handle, cfg.uid, cfg.gid)
        self._tmp = os.fdopen(handle, "w+b", 0)


if sys.platform == "linux":
    base.WorkerTmp = Heartbeat  # a worker makes its own before anything of ours is asked


class Worker(UvicornWorker):  # type: ignore[misc]  # which has no types
    """A process of the service."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {"loop": "auto", "http": ImpatientProtocol, "server_header": False, "ws": "none"}

    def init_process(self) -> None:
        """Begin, with as many open files as the system lets us have."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        except (ValueError, OSError) as refused:
            logger.debug("the number of open files stays as it is: %s", refused)
        super().init_process()


def _most_connections() -> int:
    return max(resource.getrlimit(resource.RLIMIT_NOFILE)[0] - OTHER_FILES, OTHER_FILES)
