"""What was found, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from .document import CaseFound, Verdict
from .samples import Spread


def lines_of_case(name: str, found: CaseFound) -> Iterator[str]:
    """Yield what a case gave, one line for each who was asked."""
    for subject, quantities in found.subjects.items():
        shown = "  ".join(f"{quantity} {spread_text(spread)}" for quantity, spread in quantities.items())
        ratio = found.ratios.get(f"cpu_ms, {subject} / limit")
        yield f"{name:32} {subject:9} {shown}" + (f"   CPU {short(ratio.median)} x the limit" if ratio else "")


def table_of_targets(verdicts: list[Verdict]) -> Iterator[str]:
    """Yield the lines of the table of targets."""
    yield f"{'':44} {'measured':>24}   {'target':<30}"
    for verdict in verdicts:
        found = "not measured" if verdict.measured is None else spread_text(verdict.measured)
        yield f"{verdict.what:44} {found:>24}   {verdict.target:<30} {verdict_text(verdict)}"


def verdict_text(verdict: Verdict) -> str:
    """Return what became of a target, nothing when it was not measured."""
    return "" if verdict.is_met is None else "met" if verdict.is_met else "NOT MET"


def spread_text(spread: Spread) -> str:
    """Return a median and the middle half of the rounds."""
    return f"{short(spread.median)} ({short(spread.low)} to {short(spread.high)})"


def short(number: float) -> str:
    """Return a number to three digits."""
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"
