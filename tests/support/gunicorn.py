"""The service as an observatory runs it: real gunicorn, several workers, and a crowd that keeps asking."""

from __future__ import annotations

import http.client
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.ports import free_port
from tests.support.programs import environment, untraced

GUNICORN = Path(sys.executable).with_name("gunicorn")
START_SECONDS = 60.0
LOOPS_MB = 70.0
"""What the compiled loops take of each worker that has them, from when they are ready, which may be at any time."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass
class Service:
    """A gunicorn that runs."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def get(self, path: str, *, timeout_seconds: float = 30.0) -> Answer:
        """Ask, over a connection of its own. Raises `OSError` and `http.client.HTTPException` when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_seconds)
        try:
            connection.request("GET", path, headers={"Connection": "close"})
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, response.read(), headers)
        finally:
            connection.close()

    @property
    def workers(self) -> list[int]:
        """The processes of its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in children.read_text("ascii").split()]

    def wait(self, until: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Wait until something is so, which may raise what asking raises as long as it is not."""
        give_up_at = time.monotonic() + seconds
        while time.monotonic() < give_up_at:
            with suppress(OSError, http.client.HTTPException):
                if until():
                    return
            assert self.process.poll() is None, self.log.read_text("utf-8")[-3000:]
            time.sleep(0.05)
        raise AssertionError(self.log.read_text("utf-8")[-3000:])

    def said(self, words: str) -> int:
        """Return how often something is in its log."""
        return self.log.read_text("utf-8").count(words)

    @property
    def footprints(self) -> dict[int, Footprint]:
        """What each worker takes now."""
        return {worker: Footprint.of(worker) for worker in self.workers}

    def wait_until_settled(self, before: Mapping[int, Footprint], *, files: int = 0, megabytes: float = 40.0 + LOOPS_MB) -> None:
        """Wait until every worker that was there before, and is there still, takes what it took then, or not much more."""
        self.wait(
            lambda: all(
                now.files <= before[worker].files + files and now.megabytes <= before[worker].megabytes + megabytes
                for worker, now in self.footprints.items()
                if worker in before
            ),
            30.0,
        )


@dataclass(frozen=True)
class Footprint:
    """What a process takes of the machine."""

    files: int
    """Open files and connections."""
    megabytes: float
    """Resident memory."""

    @classmethod
    def of(cls, process: int) -> Footprint:
        """Return that of a process."""
        pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
        return cls(file_count(process), pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


@contextmanager
def gunicorn(
    config: Path, *, workers: int = 2, settings: Mapping[str, str] | None = None, inside: Sequence[str] = ()
) -> Iterator[Service]:
    """Run the service with some workers as long as the block does.

    Parameters
    ----------
    config
        The configuration; the log is written beside it.
    workers
        How many.
    settings
        The environment.
    inside
        A command that runs the command that follows it, in its own place.
    """
    port, log = free_port(), config.with_name("gunicorn.log")
    command = [*inside, str(GUNICORN), "tilemaker.server:app", "-k", "tilemaker.server.worker.Worker", "-w", str(workers)]
    command += ["-b", f"127.0.0.1:{port}", "--graceful-timeout", "20", "--no-control-socket"]
    chosen = {"TILEMAKER_CONFIG_PATH": str(config), "TILEMAKER_SERVE_FRONTEND": "false", **(settings or {})}
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=config.parent, env=untraced(environment(**chosen)), stdout=file, stderr=file)
    service = Service(process, port, log)
    try:
        service.wait(lambda: len(service.workers) == workers and service.get("/healthz").status == 200)
        service.wait(lambda: service.said("Application startup complete") >= workers)
        yield service
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass
class Crowd:
    """What became of the requests of a crowd."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    """Requests that nobody answered."""
    seconds: list[float] = field(default_factory=list)
    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    """The different answers to each address, of those that say 200 and are no previews."""

    @property
    def slowest_seconds(self) -> float:
        """How long the one that waited longest waited."""
        return max(self.seconds)

    @property
    def report(self) -> str:
        """What was lost, in a line."""
        return f"{sum(self.statuses.values())} answered {dict(self.statuses)}, {len(self.failures)} lost"

    def keep_on(self, requests: int = 60) -> None:
        """Wait until so many more requests have been answered."""
        goal, give_up_at = len(self.seconds) + requests, time.monotonic() + START_SECONDS
        while len(self.seconds) < goal:
            assert time.monotonic() < give_up_at, self.report
            time.sleep(0.02)


@contextmanager
def crowd(service: Service, paths: Sequence[str], *, size: int = 4) -> Iterator[Crowd]:
    """Keep asking for some addresses, from several sides at once, as long as the block lasts."""
    result, stop, lock = Crowd(), threading.Event(), threading.Lock()

    def keep_asking(first: int) -> None:
        for path in itertools.islice(itertools.cycle(paths), first, None):
            if stop.wait(0.02):  # those who ask should leave the processors to those who are asked
                return
            began = time.monotonic()
            try:
                answer = service.get(path)
            except (OSError, http.client.HTTPException) as failed:
                with lock:
                    result.failures.append(f"{path}: {failed!r}")
                continue
            with lock:
                result.statuses[answer.status] += 1
                result.seconds.append(time.monotonic() - began)
                if answer.status == 200 and not _is_preview(answer):
                    result.bodies.setdefault(path, set()).add(answer.body)

    threads = [threading.Thread(target=keep_asking, args=(number * 7,)) for number in range(size)]
    for thread in threads:
        thread.start()
    try:
        yield result
    finally:
        stop.set()
        for thread in threads:
            thread.join(40)
        print(result.report)  # noqa: T201  for whoever asks pytest for it


def _is_preview(answer: Answer) -> bool:
    """Whether it comes from a sample: tiles say so in a header, a histogram among its numbers."""
    return "tile-quality" in answer.headers or b'"is_final":false' in answer.body


def file_count(process: int) -> int:
    """Return how many files and connections a process has open."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))
