"""Single questions, one after the other: what each costs, and how long it takes."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from .bench import Bench, turned
from .deck import Deck
from .limit import BareLoop
from .maps import Maps
from .questions import Question
from .samples import Samples
from .servers import Server, running
from .subjects import OverHttp, Pipeline, Subject

WARM_UP = 2
"""Questions asked first, and not counted: a program imports some of its parts only when they are needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCase:
    """Questions of one sort."""

    name: str
    questions: Callable[[Deck], Iterator[Question]]
    subjects: tuple[str, ...] = ("http", "limit", "pipeline", "peer")
    """Who is asked."""
    count: int = 6
    """Questions of a round."""
    is_repeated: bool = False
    """Whether each question was asked before, so that a cache has the answer."""

    def measure(self, rounds: int, deck: Deck, subjects: Mapping[str, Subject], before: Callable[[Question], None]) -> Samples:
        """Ask, round by round, everybody the same; and do something before each question, which is not measured."""
        samples = Samples()
        asked = {name: subject for name, subject in subjects.items() if name in self.subjects}
        questions = self.questions(deck)
        for subject, question in itertools.product(asked.values(), list(itertools.islice(questions, WARM_UP))):
            subject.ask(question)
        for subject in asked.values():
            subject.settle()
        for number in range(rounds):
            batch = list(itertools.islice(questions, self.count))
            if len(batch) < self.count:
                break
            for name in turned(list(asked), number):
                self._round(name, asked[name], batch, samples, before)
        return samples

    def _round(
        self, name: str, subject: Subject, batch: list[Question], samples: Samples, before: Callable[[Question], None]
    ) -> None:
        if self.is_repeated:
            for question in batch:
                subject.ask(question)
        seconds, size, cpu_before = [], 0, subject.cpu_seconds()
        for question in batch:
            before(question)
            began = time.perf_counter()
            size += subject.ask(question)
            seconds.append(time.perf_counter() - began)
        samples.add(
            name,
            cpu_ms=1e3 * (subject.cpu_seconds() - cpu_before) / len(batch),
            wall_ms=1e3 * sum(seconds) / len(batch),
            slowest_ms=1e3 * max(seconds),
            body_kb=size / len(batch) / 1e3,
        )


@dataclass(frozen=True, slots=True)
class Sitting:
    """Cases that share servers, which are started for them."""

    name: str
    cases: tuple[RequestCase, ...]
    needs_overview: bool = False
    """Whether the overviews of all maps are built before the first question."""
    is_cold: bool = False
    """Whether the system is made to forget the file before each question; else it has all files in memory from the beginning."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What our server is told besides."""

    def run(self, bench: Bench) -> dict[str, Samples]:
        """Measure all cases, and the memory taken on the way."""
        deck, results = Deck(bench.maps), {}
        if not self.is_cold:
            bench.maps.warm()
        with self._servers(bench) as servers:
            subjects: dict[str, Subject] = {"limit": BareLoop(bench.maps), "pipeline": Pipeline(bench.maps)}
            subjects["mapped"] = BareLoop(bench.maps, is_mapped=True)
            subjects |= {name: OverHttp.to(server) for name, server in servers.items()}
            for case in self.cases:
                for server in servers.values():
                    server.processes.forget_peak()
                results[case.name] = samples = case.measure(bench.rounds, deck, subjects, self._forgetter(bench.maps))
                for name, server in servers.items():
                    if name in case.subjects:
                        samples.add(name, peak_mb=server.processes.peak_mb())
        return results

    def _forgetter(self, maps: Maps) -> Callable[[Question], None]:
        def forget(question: Question) -> None:
            maps.cool(question.layer_id)

        return forget if self.is_cold else lambda _: None

    @contextmanager
    def _servers(self, bench: Bench) -> Iterator[dict[str, Server]]:
        with ExitStack() as stack:
            servers = {
                name: stack.enter_context(running(launch, bench.maps.folder))
                for name, launch in bench.launches(self.settings, precaches=self.needs_overview).items()
                if any(name in case.subjects for case in self.cases)
            }
            for server in servers.values():
                server.wait_for("/map-groups")
                server.settle()
            yield servers
