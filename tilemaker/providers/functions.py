"""What can be done with the pixels of maps: every operator and function of expressions, and what it does to units.

No data is NaN. What is worked out from no data is no data, and so is what has no finite value: a division by zero, the logarithm of
zero, an overflow. A truth is 1 or 0, or NaN where it cannot be told; any number but 0 counts as true.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float32] | npt.NDArray[np.float64] | npt.NDArray[np.bool_] | np.generic | float
Rule = Literal["same", "truth", "comparison", "multiply", "divide", "power", "root", "number", "angle", "degrees", "choice"]
"""What a function asks of the units of its arguments, and the unit that it answers in: see `tilemaker.providers.dimensions`."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of pixels."""

    apply: Callable[..., Values]
    """Takes and returns arrays of one shape, or numbers."""
    rule: Rule
    least: int = 1
    """The fewest arguments it takes."""
    most: int = 1
    """The most."""
    is_exact: bool = False
    """Whether a result from single precision is rounded only once, so that it is the same worked out in single or in double."""

    @property
    def arity(self) -> str:
        """How many arguments it takes, in words."""
        if self.most > self.least:
            return f"{self.least} or more arguments"
        return f"{self.least} argument{'s' if self.least > 1 else ''}"


MOST_ARGUMENTS = 16


def _finite(function: Callable[..., Values]) -> Callable[..., Values]:
    """Return a function that answers NaN where it would answer infinity, so that nothing further on can make a number of it."""

    def apply(*arguments: Values) -> Values:
        result = function(*arguments)
        infinite = np.isinf(result)
        return np.where(infinite, np.nan, result) if infinite.any() else result

    return apply


def _compared(comparison: np.ufunc) -> Callable[..., Values]:
    """Return a comparison that says neither yes nor no where there is no data."""

    def apply(one: Values, other: Values) -> Values:
        return np.where(np.isnan(one) | np.isnan(other), np.nan, comparison(one, other))

    return apply


def _both(one: Values, other: Values) -> Values:
    """Return where both are true: false where one is false, whatever the other is."""
    is_false = (np.asarray(one) == 0) | (np.asarray(other) == 0)
    return np.where(is_false, 0.0, np.where(np.isnan(one) | np.isnan(other), np.nan, 1.0))


def _either(one: Values, other: Values) -> Values:
    """Return where one or the other is true: true where one is, whatever the other is."""
    return _inverted(_both(_inverted(one), _inverted(other)))


def _inverted(truth: Values) -> Values:
    return np.where(np.isnan(truth), np.nan, np.asarray(truth) == 0)


def _chosen(truth: Values, one: Values, other: Values) -> Values:
    return np.where(np.isnan(truth), np.nan, np.where(np.asarray(truth) != 0, one, other))


def _folded(fold: np.ufunc) -> Callable[..., Values]:
    return lambda *arguments: reduce(fold, arguments)


def _mean(*arguments: Values) -> Values:
    # Not folded by twos: the mean of three maps is not the mean of the third and the mean of the others.
    return np.divide(reduce(np.add, arguments), len(arguments))


def _comparison(ufunc: np.ufunc) -> Function:
    return Function(_compared(ufunc), "comparison", 2, 2)


def _several(apply: Callable[..., Values], *, is_exact: bool) -> Function:
    return Function(apply, "same", 1, MOST_ARGUMENTS, is_exact)


OPERATORS: dict[str, Function] = {
    "|": Function(_either, "truth", 2, 2),
    "&": Function(_both, "truth", 2, 2),
    "~": Function(_inverted, "truth"),
    "<": _comparison(np.less),
    "<=": _comparison(np.less_equal),
    ">": _comparison(np.greater),
    ">=": _comparison(np.greater_equal),
    "==": _comparison(np.equal),
    "!=": _comparison(np.not_equal),
    "+": Function(_finite(np.add), "same", 2, 2, is_exact=True),
    "-": Function(_finite(np.subtract), "same", 2, 2, is_exact=True),
    "*": Function(_finite(np.multiply), "multiply", 2, 2, is_exact=True),
    "/": Function(_finite(np.divide), "divide", 2, 2, is_exact=True),
    "**": Function(_finite(np.power), "power", 2, 2),
    "negative": Function(np.negative, "same", is_exact=True),
}
"""What is written between or before what it is done to."""

FUNCTIONS: dict[str, Function] = {
    "sqrt": Function(np.sqrt, "root", is_exact=True),
    "abs": Function(np.abs, "same", is_exact=True),
    "log": Function(_finite(np.log), "number"),
    "log10": Function(_finite(np.log10), "number"),
    "exp": Function(_finite(np.exp), "number"),
    "min": _several(_folded(np.minimum), is_exact=True),
    "max": _several(_folded(np.maximum), is_exact=True),
    "mean": _several(_mean, is_exact=False),
    "hypot": Function(_finite(np.hypot), "same", 2, 2),
    "atan2": Function(np.arctan2, "angle", 2, 2),
    "degrees": Function(np.degrees, "degrees"),
    "where": Function(_chosen, "choice", 3, 3),
    "isnan": Function(lambda values: np.where(np.isnan(values), 1.0, 0.0), "truth"),
}
"""What is written by its name."""

CONSTANTS: dict[str, float] = {"pi": float(np.pi), "nan": float("nan")}
"""Numbers that have a name; ``nan`` is no data."""

KNOWN: dict[str, Function] = {**OPERATORS, **FUNCTIONS}
