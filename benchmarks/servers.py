"""Servers as people run them, on a free port, with nothing of the caller's settings, and with what they say thrown away."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from .client import Connection, Refused
from .processes import ProcessTree

START_SECONDS = 300.0
LOOK_AGAIN_SECONDS = 0.002
NOT_INHERITED = ("TILEMAKER_", "DISPLAY", "SSH_", "PYTHONDONTWRITEBYTECODE")
"""Settings of whoever measures: people's Python keeps what it has compiled."""
IDLE_SECONDS = 0.4
IDLE_SHARE = 0.05
"""A server is idle that has used less than this share of a processor for so long."""


@dataclass(frozen=True, slots=True)
class Program:
    """An installed tilemaker."""

    bin: Path
    """The folder of its commands."""
    first_path: str
    """An address that is answered as soon as anything is."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What its environment has besides."""

    def serve(self, config: Path, **settings: str) -> Launch:
        """Return how to serve a configuration from one process."""
        return self._launch("tilemaker", "serve", "--port", "{port}", TILEMAKER_CONFIG_PATH=str(config), **settings)

    def serve_together(self, config: Path, workers: int, **settings: str) -> Launch:
        """Return how to serve a configuration from several processes, as the README has it."""
        words = ["gunicorn", "tilemaker.server:app", "-k", "tilemaker.server.worker.Worker", "-b", "127.0.0.1:{port}", "-w"]
        return self._launch(*words, str(workers), TILEMAKER_CONFIG_PATH=str(config), **settings)

    def open(self, *files: Path, **settings: str) -> Launch:
        """Return how to show files."""
        return self._launch("tilemaker", "open", "--port", "{port}", *map(str, files), **settings)

    def _launch(self, name: str, *words: str, **settings: str) -> Launch:
        return Launch((str(self.bin / name), *words), {**self.settings, **settings})


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a server."""

    command: tuple[str, ...]
    """``{port}`` stands for the port."""
    settings: Mapping[str, str]


OURS = Program(Path(sys.executable).parent, "/healthz")


def peer_at(environment: Path) -> Program:
    """Return tilemaker 3.1.0, installed in an environment of its own, which is not to see this project."""
    return Program(environment / "bin", "/map-groups", {"PYTHONPATH": ""})


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    port: int
    process: subprocess.Popen[bytes]
    started_at: float
    """When it was started, as `time.perf_counter` has it."""

    @property
    def processes(self) -> ProcessTree:
        """All that belongs to it."""
        return ProcessTree(self.process.pid)

    def wait_for(self, path: str) -> float:
        """Return how long after its start the server first answered this, seconds."""
        while time.perf_counter() - self.started_at < START_SECONDS and self.process.poll() is None:
            with suppress(OSError, Refused), Connection(self.port) as connection:
                connection.get(path)
                return time.perf_counter() - self.started_at
            time.sleep(LOOK_AGAIN_SECONDS)
        ending = "has ended" if self.process.poll() is not None else f"has not answered for {START_SECONDS:.0f} s"
        raise Refused(f"the server that was asked for {path} {ending}")

    def settle(self) -> None:
        """Wait until the server has nothing more to do by itself: overviews, and whatever it prepares beside its first answers."""
        give_up_at = time.perf_counter() + START_SECONDS
        while time.perf_counter() < give_up_at:
            before = self.processes.cpu_seconds()
            time.sleep(IDLE_SECONDS)
            # Less than before is no rest either: a process that worked for the server has just ended.
            if abs(self.processes.cpu_seconds() - before) < IDLE_SHARE * IDLE_SECONDS:
                return
        raise TimeoutError(f"the server is still busy after {START_SECONDS:.0f} s with nobody asking anything")


@contextmanager
def running(launch: Launch, folder: Path) -> Iterator[Server]:
    """Run a server as long as the block does."""
    port = _free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)}
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  the programs that are measured
        [word.replace("{port}", str(port)) for word in launch.command],
        cwd=folder, env={**inherited, **launch.settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Server(port, process, began)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
