"""Ports for servers that tests start."""

from __future__ import annotations

import itertools
import os
import socket

_FIRST, _EACH = 20_000, 1_000
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 12
_ports = itertools.cycle(range(_FIRST + _EACH * _WORKER, _FIRST + _EACH * (_WORKER + 1)))


def free_port() -> int:
    """Return a port that nobody listens on, nor is about to: neither the system gives it away nor another worker."""
    return next(port for port in _ports if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
