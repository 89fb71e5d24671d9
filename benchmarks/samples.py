"""Numbers measured again and again, and what is said of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Spread:
    """What several rounds say of one quantity."""

    median: float
    low: float
    """A quarter of the rounds lie below."""
    high: float
    """A quarter of the rounds lie above."""
    rounds: int

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Return the median and the quartiles of at least one value."""
        low, median, high = (_rounded(float(each)) for each in np.percentile(values, [25, 50, 75]))
        return cls(median, low, high, len(values))


@dataclass(frozen=True, slots=True)
class Samples:
    """What the rounds of one case gave: by who was measured, by quantity, a number for each round."""

    rounds: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def add(self, subject: str, **quantities: float) -> None:
        """Add what one round gave. The names of quantities end in their units."""
        for name, value in quantities.items():
            self.rounds[subject][name].append(value)

    def spread(self, subject: str, quantity: str) -> Spread | None:
        """Return what the rounds say of a quantity, or None when it was not measured."""
        values = self.rounds.get(subject, {}).get(quantity)
        return Spread.of(values) if values else None

    def ratio(self, subject: str, other: str, quantity: str) -> Spread | None:
        """Return how many times the other's a quantity is, round by round, or None when either was not measured.

        Each round measures everybody within a second or two, so that whatever else the machine is doing is in both.
        """
        pairs = zip(*(self.rounds.get(each, {}).get(quantity, []) for each in (subject, other)), strict=False)
        ratios = [mine / theirs for mine, theirs in pairs if theirs > 0]
        return Spread.of(ratios) if ratios else None


def _rounded(number: float) -> float:
    return float(f"{number:.4g}")
