"""The program itself, run as people run it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TILEMAKER = Path(sys.executable).with_name("tilemaker")
START_SECONDS = 60.0
"""How long a loaded machine may take to start the program; on an idle one it is under two."""


@dataclass
class Program:
    """A running server."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    """The lines it has written so far."""

    def __post_init__(self) -> None:
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    @property
    def url(self) -> str:
        """Where it is, once it has said so."""
        return self.wait_for(r"tilemaker is at (http://\S+)")

    def wait_for(self, pattern: str) -> str:
        """Return the first group of the first line that matches, as soon as there is one."""
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at:
            for line in list(self.said):
                if match := re.search(pattern, line):
                    return match[1] if match.groups() else line
            if self.process.poll() is not None and not self._listening.is_alive():
                break
            time.sleep(0.02)
        raise AssertionError(f"never said {pattern!r}, but: {self.said}")

    def get(self, path: str) -> object:
        """Return what the server answers as JSON."""
        with urllib.request.urlopen(self.url + path.lstrip("/"), timeout=START_SECONDS) as answer:  # noqa: S310  our own server
            return json.load(answer)

    def end(self, with_signal: signal.Signals = signal.SIGINT) -> int:
        """End it, and return its exit code."""
        self.process.send_signal(with_signal)
        code = self.process.wait(timeout=30)
        self._listening.join(timeout=5)
        return code

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line.rstrip("\n"))


def environment(**settings: str) -> dict[str, str]:
    """Return this process's environment with these settings and no others, without a screen and not over SSH.

    Loops are not compiled unless a setting says so: where they are not what is tested, they are half of the work of a server.
    """
    elsewhere = ("TILEMAKER_", "SSH_", "DISPLAY", "WAYLAND_DISPLAY")
    own = {name: value for name, value in os.environ.items() if not name.startswith(elsewhere)}
    return own | {"TILEMAKER_COMPILE": "false"} | settings


def untraced(variables: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which no lines are traced for the coverage: a server takes twice the time with it."""
    return {name: value for name, value in variables.items() if not name.startswith("COVERAGE_")}


@contextmanager
def running(
    *arguments: str | Path, cwd: Path, settings: Mapping[str, str] | None = None, traced: bool = False
) -> Iterator[Program]:
    """Run a command that serves, in a folder, on a free port unless the arguments name one; end it afterwards."""
    port = [] if "--port" in arguments else ["--port", "0"]
    command = [str(TILEMAKER), *map(str, arguments), *port]
    variables = environment(**settings or {})
    env = variables if traced else untraced(variables)
    process = subprocess.Popen(command, cwd=cwd, env=env, stderr=subprocess.PIPE, text=True)
    program = Program(process)
    try:
        yield program
    finally:
        if process.poll() is None:
            program.end(signal.SIGTERM)
        assert process.stderr is not None
        process.stderr.close()


def run(
    arguments: Sequence[str | Path], *, cwd: Path, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    command, env = [str(TILEMAKER), *map(str, arguments)], untraced(environment(**settings or {}))
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=START_SECONDS, check=False)
