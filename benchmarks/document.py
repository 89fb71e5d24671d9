"""The file that is kept of a run."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from . import surroundings
from .samples import Samples, Spread
from .targets import TARGETS, Results, Target

RESULTS = Path(__file__).with_name("results")
PAIRS = (("http", "limit"), ("pipeline", "limit"), ("peer", "http"))
"""Whose numbers are given as so many times whose."""
QUANTITIES = ("cpu_ms", "wall_ms", "tiles_per_s")
"""Which numbers."""


class Part(BaseModel):
    """Any part of the file."""

    model_config = ConfigDict(frozen=True)


class Verdict(Part):
    """A target, and what became of it."""

    what: str
    target: str
    measured: Spread | None
    is_met: bool | None

    @classmethod
    def on(cls, target: Target, results: Results) -> Verdict:
        """Return whether a target was reached; neither, when it was not measured."""
        measured = target.figure.of(results)
        words = f"{target.sense} {target.bound:g} {target.unit}"
        return cls(what=target.what, target=words, measured=measured, is_met=None if measured is None else target.is_met(measured))


class CaseFound(Part):
    """What a case gave."""

    subjects: dict[str, dict[str, Spread]]
    """By who was asked, by quantity."""
    ratios: dict[str, Spread]
    """By words such as ``cpu_ms, http / limit``."""

    @classmethod
    def of(cls, samples: Samples) -> CaseFound:
        """Return what the rounds of a case say."""
        ratios = {
            f"{quantity}, {subject} / {other}": samples.ratio(subject, other, quantity)
            for quantity in QUANTITIES
            for subject, other in PAIRS
        }
        return cls(
            subjects={
                subject: {quantity: Spread.of(values) for quantity, values in quantities.items()}
                for subject, quantities in samples.rounds.items()
            },
            ratios={name: ratio for name, ratio in ratios.items() if ratio},
        )


class Options(Part):
    """What was chosen."""

    map: list[int]
    """Planes, rows and columns of the large map."""
    rounds: int
    peer: str | None
    """Which other tilemaker was measured beside ours."""


class Document(Part):
    """One run, with nothing in it that names the machine or a file."""

    made: str
    commit: str
    machine: dict[str, str | int | float]
    versions: dict[str, str]
    options: Options
    targets: list[Verdict]
    cases: dict[str, CaseFound]

    @classmethod
    def of(cls, results: Results, options: Options, machine: dict[str, str | int | float]) -> Document:
        """Return what is worth keeping of a run that ends now."""
        return cls(
            made=datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
            commit=surroundings.commit(),
            machine=machine,
            versions=surroundings.versions(),
            options=options,
            targets=[Verdict.on(target, results) for target in TARGETS],
            cases={name: CaseFound.of(samples) for name, samples in results.items()},
        )

    def save(self, *, is_full: bool) -> Path:
        """Write a file named after the day and the commit, and return where it is."""
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{self.made[:10]}-{self.commit}{'' if is_full else '-small'}.json"
        path.write_text(_with_spreads_on_a_line(self.model_dump_json(indent=1)) + "\n", encoding="utf-8")
        return path


def newest() -> Document:
    """Return the newest result on a large map. Raises `FileNotFoundError` when there is none."""
    found = [Document.model_validate_json(path.read_text("utf-8")) for path in RESULTS.glob("*.json") if "-small" not in path.name]
    if not found:
        raise FileNotFoundError("there is no result on a large map: make bench-peers BENCH=--full")
    return max(found, key=lambda document: document.made)


def _with_spreads_on_a_line(text: str) -> str:
    return re.sub(r'\{\s+"median"[^}]*\}', lambda match: re.sub(r"\s+", " ", match[0]), text)
