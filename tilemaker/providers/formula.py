"""An expression that is ready to be worked out, for one band of pixels after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np

from .expression import Name, Node, Number, Operation, names_in, parts_of
from .functions import KNOWN, Values
from .pixels import Pixels


@dataclass(frozen=True)
class Formula:
    """An expression that can be worked out.

    Notes
    -----
    It is worked out in double precision and the result is rounded to single, which is what maps are shown in. A single operation
    that is rounded once either way (``a - b``, ``max(a, b)``, ``sqrt(a)``) gives the same in single precision, and is done in it.
    """

    tree: Node

    @cached_property
    def names(self) -> frozenset[str]:
        """The maps that it uses."""
        return names_in(self.tree)

    @cached_property
    def can_do_without(self) -> bool:
        """Whether there may be a result where a map has no data: only ``isnan`` and ``where`` ask, and what they say counts."""
        asking = {"isnan", "where", "|", "&"}
        return any(isinstance(part, Operation) and part.function in asking for part in self._steps)

    def of(self, pixels: Mapping[str, Pixels]) -> Pixels:
        """Return the result for pixels of all maps that it uses, of one shape; NaN where it has no finite value."""
        values = {name: pixels[name] if self._is_single else pixels[name].astype(np.float64) for name in self.names}
        stack: list[Values] = []
        for step in self._steps:
            if isinstance(step, Name):
                stack.append(values[step.name])
            elif isinstance(step, Number):
                stack.append(step.value)
            else:
                arguments = [stack.pop() for _ in step.arguments][::-1]
                with np.errstate(all="ignore"):
                    stack.append(KNOWN[step.function].apply(*arguments))
        return _as_pixels(stack[0])

    def of_present(self, pixels: Mapping[str, Pixels | None]) -> Pixels | None:
        """Return the result where some maps may not reach, or None where there is none."""
        used = {name: pixels[name] for name in self.names}
        present = {name: each for name, each in used.items() if each is not None}
        if not present or (len(present) < len(used) and not self.can_do_without):
            return None
        nothing = np.full(next(iter(present.values())).shape, np.nan, np.float32)
        return self.of({name: present.get(name, nothing) for name in used})

    @cached_property
    def _steps(self) -> list[Node]:
        """What to do in which order: arguments before what is done to them."""
        return list(parts_of(self.tree))[::-1]

    @cached_property
    def _is_single(self) -> bool:
        return _is_rounded_once(self.tree)


def folded(function: str, names: list[str]) -> Node:
    """Return the tree of an operation on several maps: operators from left to right, functions of all at once."""
    maps: list[Node] = [Name(name) for name in names]
    if function in "+-*/":
        return reduce(lambda one, other: Operation(function, (one, other)), maps)
    return Operation(function, tuple(maps))


def _is_rounded_once(tree: Node) -> bool:
    if isinstance(tree, Operation):
        return KNOWN[tree.function].is_exact and all(isinstance(argument, Name) for argument in tree.arguments)
    return isinstance(tree, Name)


def _as_pixels(values: Values) -> Pixels:
    with np.errstate(over="ignore"):
        pixels: Pixels = np.array(values, np.float32)
    pixels[np.isinf(pixels)] = np.nan
    return pixels
