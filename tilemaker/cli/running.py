"""Running the server until somebody ends it: what every command that serves ends in."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from tilemaker.monitor.logs import handler_of
from tilemaker.server.allocation import keep_memory_at_hand

from . import address
from .opening import Opening
from .watch import watching

if TYPE_CHECKING:
    from rich.console import Console
    from starlette.applications import Starlette

    from tilemaker.server.services import Services

GRACE_SECONDS = 1
"""How long requests under way may take to finish once the end was asked for."""
_ENDINGS = (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()))


def run(make: Callable[[], Services], listening: socket.socket, console: Console, *, opens_browser: bool) -> None:
    """Serve until interrupted or terminated, then return.

    Parameters
    ----------
    make
        Finds out what to serve. Called in a thread while the server is answering already; what it raises ends the server, and is
        raised here.
    listening
        Where, as `address.listen` gave it.
    console
        Where people are told about it; shared with the log, so that neither writes into the other.
    opens_browser
        Whether to open the viewer in a browser as soon as there is something to see.
    """
    keep_memory_at_hand()
    failures: list[Exception] = []

    def make_app() -> Starlette:
        with _growing():
            from tilemaker.server.application import create_app

            services = make()
            stack.enter_context(watching(services, console))
            server.reread = _rereading(services)
            return create_app(services)

    def on_end(failed: Exception | None) -> None:
        if failed is None:
            _announce(console, listening, opens_browser=opens_browser)
        else:
            failures.append(failed)
            server.should_exit = True

    server = _Server(Opening(make_app, on_end))
    with ExitStack() as stack:
        server.run(sockets=[listening])
    if failures:
        raise failures[0]


@contextmanager
def ending_well() -> Iterator[None]:
    """Turn the signals that end a program into an exception, so that everything opened is closed and removed.

    The server has its own way while it runs; this is for before and after.
    """

    def leave(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(0)

    with _handling(leave):
        yield


@contextmanager
def _growing() -> Iterator[None]:
    """Look for no garbage within the block, nor ever among what is there at its end: nearly all of that is there to stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def log_to(console: Console, level: str, log_format: str = "console") -> None:
    """Send the log to where people are told things: in colour on a terminal, in plain lines elsewhere, as JSON where asked for."""
    handler: logging.Handler
    if console.is_terminal and log_format == "console":
        from rich.logging import RichHandler

        handler = RichHandler(console=console, show_path=False, log_time_format="[%X]")
    else:
        handler = handler_of(log_format, console.file)
    logging.basicConfig(handlers=[handler], level=level.upper(), format="%(message)s", force=True)
    # What the server says about its own starting and ending is said better by the announcement.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)


def _rereading(services: Services) -> Callable[[], None] | None:
    """Return what has a configuration read again, None where there is none to read."""
    from tilemaker.server.living import LivingAtlas

    return services.atlas.ask if isinstance(services.atlas, LivingAtlas) else None


class _Server(uvicorn.Server):
    """A server whose end is not an accident.

    A terminal that goes away ends it, by SIGHUP. Where there is a configuration and no such terminal, SIGHUP means what it means to
    other servers: to read it again.
    """

    reread: Callable[[], None] | None = None
    """Has the configuration read again, where there is one."""

    def __init__(self, app: Opening) -> None:
        self._had_terminal = _has_terminal()
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

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Do what a signal asks for."""
        is_abandoned = self._had_terminal and not _has_terminal()
        if sig == getattr(signal, "SIGHUP", None) and self.reread is not None and not is_abandoned:
            self.reread()
        else:
            super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals while serving, and forget them afterwards.

        The original raises them again at the end, which would kill the program before its folders are removed.
        """
        with _handling(self.handle_exit):
            yield


@contextmanager
def _handling(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Let a function handle the signals that end a program."""
    # What nohup had ignored stays so.
    heard = [ending for ending in _ENDINGS if signal.getsignal(ending) is not signal.SIG_IGN or ending == signal.SIGINT]
    before = {ending: signal.signal(ending, handler) for ending in heard}
    try:
        yield
    finally:
        for ending, original in before.items():
            signal.signal(ending, original)


def _has_terminal() -> bool:
    """Whether this process belongs to a terminal that is there."""
    with suppress(OSError):
        os.close(os.open("/dev/tty", os.O_RDONLY | getattr(os, "O_NOCTTY", 0)))
        return True
    return False


def _announce(console: Console, listening: socket.socket, *, opens_browser: bool) -> None:
    url = address.url_of(listening)
    _say(console, f"tilemaker is at {url}  (Ctrl-C ends it)")
    tunnel = address.tunnel(listening)
    if tunnel is not None:
        _say(console, f"On your own computer, type:  {tunnel}")
        _say(console, "and open the same address there.")
    if opens_browser:
        # Some browsers return only when they are closed.
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _say(console: Console, line: str) -> None:
    # Neither wrapped nor marked up: addresses and commands are there to be copied.
    console.print(line, soft_wrap=True, highlight=False, markup=False)
