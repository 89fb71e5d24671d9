"""Results: as a file, and as tables for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from . import surroundings
from .samples import Samples, Spread
from .targets import TARGETS, Results, Target

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | int | bool | None"

QUANTITIES = ("cpu_ms", "wall_ms")
"""What ratios are given for."""


def document(results: Results, options: dict[str, object], machine: dict[str, object]) -> dict[str, object]:
    """Return everything that is worth keeping, as JSON has it."""
    return {
        "made": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "commit": surroundings.commit(),
        "machine": machine,
        "versions": surroundings.versions(),
        "options": options,
        "targets": [_judged(target, target.figure.of(results)) for target in TARGETS],
        "cases": {name: _case(samples) for name, samples in results.items()},
    }


def save(made: dict[str, object], folder: Path, *, is_full: bool) -> Path:
    """Write a file named after the day and the commit, and return where it is."""
    name = f"{str(made['made'])[:10]}-{made['commit']}{'' if is_full else '-small'}.json"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return path


def lines_of_case(name: str, samples: Samples) -> Iterator[str]:
    """Yield what was found, one line for each who was asked."""
    for subject, quantities in samples.rounds.items():
        spreads = {quantity: Spread.of(values) for quantity, values in quantities.items()}
        shown = ", ".join(f"{quantity} {_with_spread(spread)}" for quantity, spread in spreads.items())
        ratio = samples.ratio(subject, "limit", "cpu_ms") if subject not in ("limit", "peer") else None
        yield f"{name:32} {subject:9} {shown}" + (f"   {ratio.median:.2f} x the limit" if ratio else "")


def table_of_targets(made: dict[str, object]) -> Iterator[str]:
    """Yield the lines of the table of targets."""
    targets = made["targets"]
    assert isinstance(targets, list)
    yield f"{'':44} {'measured':>22}   {'target':<28}"
    for target in targets:
        measured = target["measured"]
        found = "not measured" if measured is None else _with_spread(Spread(**measured))
        verdict = "" if measured is None else ("met" if target["is_met"] else "NOT MET")
        yield f"{target['what']:44} {found:>22}   {target['target']:<28} {verdict}"


def _judged(target: Target, measured: Spread | None) -> dict[str, object]:
    return {
        "what": target.what,
        "target": f"{target.sense} {target.bound:g} {target.unit}",
        "measured": None if measured is None else asdict(measured),
        "is_met": None if measured is None else target.is_met(measured),
    }


def _case(samples: Samples) -> dict[str, object]:
    found: dict[str, object] = {
        subject: {quantity: asdict(Spread.of(values)) for quantity, values in quantities.items()}
        for subject, quantities in samples.rounds.items()
    }
    pairs = [(subject, "limit") for subject in ("http", "pipeline")] + [("peer", "http")]
    ratios = {
        f"{quantity}, {subject} / {other}": samples.ratio(subject, other, quantity)
        for quantity in QUANTITIES
        for subject, other in pairs
    }
    found["ratios"] = {name: asdict(ratio) for name, ratio in ratios.items() if ratio}
    return found


def _with_spread(spread: Spread) -> str:
    return f"{_short(spread.median)} ({_short(spread.low)} to {_short(spread.high)})"


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"
