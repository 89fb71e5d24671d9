"""Where the server listens, and how a person gets there."""

from __future__ import annotations

import errno
import getpass
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress

from tilemaker.errors import ConfigurationError

DEFAULT_PORT = 8000
PORTS_TRIED = 100
"""How many ports, from the default one up, are tried before any free one is taken."""
BACKLOG = 2048
_EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104  compared with, not listened on


def listen(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens.

    Parameters
    ----------
    host
        Name or address of the interface.
    port
        The port wanted; None for 8000 or, when that is taken, the next one that is free.

    Raises
    ------
    ConfigurationError
        The port asked for is taken, or the host is not this machine's.
    """
    if port is not None:
        return _listen_on(host, port)
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        with suppress(PortTaken):
            return _listen_on(host, candidate)
    return _listen_on(host, 0)


class PortTaken(ConfigurationError):
    """Something else listens there, or it is reserved for the system."""


def _listen_on(host: str, port: int) -> socket.socket:
    listening = _bound(host, port)
    listening.listen(BACKLOG)
    return listening


def _bound(host: str, port: int) -> socket.socket:
    family, where = _resolved(host, port)
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(where)
    except OSError as refused:
        bound.close()
        raise _refusal(host, port, refused) from refused
    return bound


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    try:
        family, _, _, _, where = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (socket.gaierror, UnicodeError) as unknown:
        raise ConfigurationError(f"--host {host}: there is no such host.") from unknown
    return family, where


def _refusal(host: str, port: int, refused: OSError) -> ConfigurationError:
    if refused.errno == errno.EADDRNOTAVAIL:
        return ConfigurationError(f"--host {host}: is not an address of this machine.")
    reason = "is reserved for the system" if refused.errno == errno.EACCES else "is taken by another program"
    return PortTaken(f"--port {port}: {reason}. Choose another, or leave --port out to get the next one that is free.")


def url_of(listening: socket.socket) -> str:
    """Return the address to type into a browser on this machine."""
    host, port = listening.getsockname()[:2]
    if host in _EVERYWHERE:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def tunnel(listening: socket.socket, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the command that brings the server to the computer somebody sits at, None when that is this one.

    ``SSH_CONNECTION`` holds the address and port of both ends, as this machine sees them.
    """
    ends = environment.get("SSH_CONNECTION", "").split()
    if len(ends) != 4:
        return None
    _, _, here, ssh_port = ends
    host, port = listening.getsockname()[:2]
    inside = "127.0.0.1" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
    other_port = "" if ssh_port == "22" else f"-p {ssh_port} "
    return f"ssh {other_port}-L {port}:{inside}:{port} {getpass.getuser()}@{here}"


def has_screen(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Tell whether a browser opened here would be seen by whoever started the program."""
    if "SSH_CONNECTION" in environment or "SSH_TTY" in environment:
        return False
    return platform in {"darwin", "win32"} or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
