"""A real memcached, to be stopped, filled and ended."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import unquote

import pytest

from .ports import free_port

MEMCACHED = shutil.which("memcached", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")

needs_memcached = pytest.mark.skipif(MEMCACHED is None, reason="memcached is not installed: make test installs it where it may")


class Memcached:
    """A memcached on this machine, with a port of its own for life.

    Parameters
    ----------
    options
        As on its command line.
    """

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        """Where it is, as the settings want it."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        assert MEMCACHED is not None
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        command = [MEMCACHED, "-l", "127.0.0.1", "-p", str(self.port), "-U", "0", *user, *self._options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        give_up_at = time.monotonic() + 20.0
        while time.monotonic() < give_up_at:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1.0):
                return
            time.sleep(0.02)
        raise AssertionError("memcached did not start")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, such as SIGSTOP."""
        assert self._process is not None
        self._process.send_signal(number)

    def end(self) -> None:
        """Kill it, if it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)
            self._process = None

    def fill_with(self, rubbish: bytes) -> None:
        """Put other bytes in place of every value that is kept."""
        for name in self.names():
            self.say(b"set %s 0 0 %d\r\n%s\r\n" % (name.encode(), len(rubbish), rubbish))

    def names(self) -> list[str]:
        """Return the names of everything that is kept."""
        listed = self.say(b"lru_crawler metadump all\r\n", b"END\r\n").decode()
        return [unquote(line.split()[0].removeprefix("key=")) for line in listed.splitlines() if line.startswith("key=")]

    def say(self, command: bytes, end: bytes = b"\r\n") -> bytes:
        """Send a command as it is, and return the answer up to what ends it."""
        with socket.create_connection(("127.0.0.1", self.port), 10.0) as connection:
            connection.sendall(command)
            answer = b""
            while not answer.endswith(end):
                answer += connection.recv(1 << 16)
        return answer


@contextmanager
def memcached(*options: str) -> Iterator[Memcached]:
    """Run a memcached as long as the block does."""
    server = Memcached(*options)
    server.start()
    try:
        yield server
    finally:
        server.end()
