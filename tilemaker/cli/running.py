"""Running the server until somebody ends it: what every command that serves ends in."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from rich.console import Console
from rich.logging import RichHandler

from tilemaker.server.app import create_app

from . import address
from .watch import watching

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from tilemaker.server.services import Services

GRACE_SECONDS = 1
"""How long requests under way may take to finish once the end was asked for."""
_ENDINGS = (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()))


def run(services: Services, listening: socket.socket, console: Console, *, opens_browser: bool) -> None:
    """Serve until interrupted or terminated, then return.

    Parameters
    ----------
    services
        What to serve.
    listening
        Where, as `address.listen` gave it.
    console
        Where people are told about it; shared with the log, so that neither writes into the other.
    opens_browser
        Whether to open the viewer in a browser as soon as it can be served.
    """
    url = address.url_of(listening)

    def announce() -> None:
        _announce(console, url, address.tunnel(listening))
        if opens_browser:
            # Some browsers return only when they are closed.
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    with watching(services, console):
        _Server(create_app(services), announce).run(sockets=[listening])


@contextmanager
def ending_well() -> Iterator[None]:
    """Turn the signals that end a program into an exception, so that everything opened is closed and removed.

    The server has its own way while it runs; this is for before and after.
    """

    def leave(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    before = {ending: signal.signal(ending, leave) for ending in _ENDINGS}
    try:
        yield
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)


def log_to(console: Console, level: str) -> None:
    """Send the log to where people are told things: in colour on a terminal, in plain lines elsewhere."""
    handler: logging.Handler
    if console.is_terminal:
        handler = RichHandler(console=console, show_path=False, log_time_format="[%X]")
    else:
        handler = logging.StreamHandler(console.file)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=level.upper(), format="%(message)s", force=True)
    # What this server says about its own starting and ending is said better by the announcement.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


class _Server(uvicorn.Server):
    """A server that says when it answers, and whose end is not an accident."""

    def __init__(self, app: Starlette, announce: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals while serving, and forget them afterwards.

        The original raises them again at the end, which would kill the program before its folders are removed.
        """
        before = {ending: signal.signal(ending, self.handle_exit) for ending in _ENDINGS}
        try:
            yield
        finally:
            for ending, handler in before.items():
                signal.signal(ending, handler)


def _announce(console: Console, url: str, tunnel: str | None) -> None:
    # Not wrapped and not marked up: addresses and commands are there to be copied.
    console.print(f"tilemaker is at {url}  (Ctrl-C ends it)", soft_wrap=True, highlight=False, markup=False)
    if tunnel is not None:
        console.print(f"On your own computer, type:  {tunnel}", soft_wrap=True, highlight=False, markup=False)
        console.print("and open the same address there.", soft_wrap=True, highlight=False, markup=False)
