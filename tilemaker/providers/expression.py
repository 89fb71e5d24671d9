"""Expressions such as ``(a - b) * (w > 0.2)``: from text to a tree of operations.

The language has numbers, names of maps, operators and a fixed list of functions, and nothing else: no attribute, no index, no loop,
no way to call anything that is not in `tilemaker.providers.functions`. From loosest to tightest:

=======================  ==============================================================
``|`` or ``or``          either is true
``&`` or ``and``         both are true
``not``                  is not true
``< <= > >= == !=``      comparisons; ``0 < a < 1`` is ``(0 < a) & (a < 1)``
``+ -``                  from left to right
``* /``                  from left to right
``-a``, ``+a``, ``~a``   signs; ``~`` is a ``not`` that binds tightly
``a ** 2``               a power, of which the exponent is a number; from right to left
=======================  ==============================================================

Unlike in Python, ``&`` and ``|`` bind looser than comparisons, so that ``a > 1 & b > 2`` means what it says; with parentheses
around the comparisons it means the same in both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from typing import TypeVar

import numpy as np

from .functions import CONSTANTS, FUNCTIONS, KNOWN, OPERATORS

LONGEST = 1000
"""Most characters of an expression."""

DEEPEST = 24
"""Most parentheses, functions, signs and powers inside each other."""

MOST_OPERATIONS = 100
"""Most operators and functions of an expression."""

LARGEST_EXPONENT = 16.0

_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>\*\*|<=|>=|==|!=|[-+*/()<>&|~,])", re.ASCII
)
_SIGNS = [sign for sign in OPERATORS if not sign.isalpha()]
_COMPARISONS = [sign for sign in OPERATORS if OPERATORS[sign].rule == "comparison"]
_WORDS = {"or": "|", "and": "&"}
_NOT = "not"
_INSTEAD = {"^": "**", "=": "==", "!": "~", "×": "*", "÷": "/", "−": "-", "[": "(", "]": ")", "{": "(", "}": ")"}
"""What is meant by what is not known."""


class ExpressionMistake(ValueError):
    """An expression that cannot be understood. Its text is the rest of a sentence: where, what is wrong, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, as it is written."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """The pixels of a map."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or a function, and what it is done to."""

    function: str
    """A key of `tilemaker.providers.functions.KNOWN`."""
    arguments: tuple[Node, ...]


Node = Number | Name | Operation
Read = TypeVar("Read")


def parsed(text: str, names: Sequence[str]) -> Node:
    """Return the tree of an expression.

    Parameters
    ----------
    text
        The expression.
    names
        What its maps are called.

    Raises
    ------
    ExpressionMistake
        It cannot be understood, uses no map, or is larger than allowed.
    """
    if len(text) > LONGEST:
        raise ExpressionMistake(f"should have at most {LONGEST} characters; it has {len(text)}")
    tree = _Reader(text, names).read()
    if not names_in(tree):
        raise ExpressionMistake(f"should use a map. Allowed: {', '.join(names)}")
    return tree


def names_in(node: Node) -> frozenset[str]:
    """Return the names of the maps that an expression uses."""
    return frozenset(part.name for part in parts_of(node) if isinstance(part, Name))


def parts_of(node: Node) -> Iterator[Node]:
    """Yield a node and everything in it."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += part.arguments if isinstance(part, Operation) else ()


@dataclass(frozen=True, slots=True)
class _Token:
    """A number, a name or a sign; the last of all is empty."""

    text: str
    place: int
    """How many characters stand before it."""
    kind: str = "end"

    @property
    def as_operator(self) -> str:
        return _WORDS.get(self.text, self.text)


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = _TOKEN.match(text, place)
        if match is None:
            raise ExpressionMistake(f"at character {place + 1}: {_stranger(text[place])}")
        yield _Token(match[0], place, str(match.lastgroup))
        place = match.end()
    yield _Token("", len(text))


def _stranger(character: str) -> str:
    meant = _INSTEAD.get(character)
    guess = f'; did you mean "{meant}"?' if meant else "."
    return f'"{character}" is not known here{guess} Allowed: numbers, names, {" ".join(_SIGNS)} ( ) and ,'


class _Reader:
    """Reads an expression from its beginning to its end, one method for each line of the module's table."""

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self._tokens = list(_tokens(text))
        self._names = names
        self._at = 0
        self._depth = 0
        self._operations = 0

    def read(self) -> Node:
        """Return the tree of all of it."""
        tree = self._either()
        if self._next.kind != "end":
            raise self._mistake(f'"{self._next.text}" should not stand here; an operator or the end is expected', _SIGNS)
        return tree

    def _either(self) -> Node:
        return self._from_left(("|",), self._both)

    def _both(self) -> Node:
        return self._from_left(("&",), self._inverted)

    def _inverted(self) -> Node:
        if self._takes(_NOT):
            return self._operation("~", self._inside(self._inverted))
        return self._compared()

    def _compared(self) -> Node:
        terms, comparisons = [self._sum()], list[Node]()
        while (token := self._next).text in _COMPARISONS:
            self._at += 1
            terms.append(self._sum())
            comparisons.append(self._operation(token.text, *terms[-2:]))
        return reduce(lambda one, other: self._operation("&", one, other), comparisons) if comparisons else terms[0]

    def _sum(self) -> Node:
        return self._from_left(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._from_left(("*", "/"), self._signed)

    def _signed(self) -> Node:
        if self._takes("+"):
            return self._inside(self._signed)
        if self._takes("-"):
            return self._operation("negative", self._inside(self._signed))
        if self._takes("~"):
            return self._operation("~", self._inside(self._signed))
        return self._power()

    def _power(self) -> Node:
        base = self._atom()
        if not self._takes("**"):
            return base
        place = self._next
        exponent = self._inside(self._signed)
        if not isinstance(exponent, Number) or not abs(exponent.value) <= LARGEST_EXPONENT:
            limits = f"from -{LARGEST_EXPONENT:g} to {LARGEST_EXPONENT:g}"
            raise self._mistake(f"the exponent should be a number {limits}", at=place)
        return self._operation("**", base, exponent)

    def _atom(self) -> Node:
        token = self._next
        self._at += 1
        if token.kind == "number":
            return self._number(token)
        if token.kind == "name" and token.text not in (*_WORDS, _NOT):
            return self._named(token)
        if token.text == "(":
            node = self._inside(self._either)
            self._expect(")")
            return node
        self._at -= 1
        found = f'"{token.text}" stands' if token.text else "the expression ends"
        raise self._mistake(f"{found} where a number, a map, a function or ( is expected", self._known)

    def _number(self, token: _Token) -> Number:
        value = float(token.text)
        if not math.isfinite(value):
            raise self._mistake(f"{token.text} is larger than numbers can be", at=token)
        return Number(value)

    def _named(self, token: _Token) -> Node:
        if token.text in self._names:
            return Name(token.text)
        if token.text in CONSTANTS:
            return Number(CONSTANTS[token.text])
        if token.text not in FUNCTIONS:
            near = get_close_matches(token.text, self._known, n=1)
            guess = f'; did you mean "{near[0]}"?' if near else ""
            raise self._mistake(f'"{token.text}" is no map and no function{guess}', self._known, at=token)
        self._expect("(", f"{token.text} is a function: ")
        arguments = self._inside(self._arguments)
        self._expect(")")
        function = FUNCTIONS[token.text]
        if not function.least <= len(arguments) <= function.most:
            raise self._mistake(f"{token.text} takes {function.arity}, not {len(arguments)}", at=token)
        return self._operation(token.text, *arguments)

    def _arguments(self) -> list[Node]:
        arguments = [self._either()]
        while self._takes(","):
            arguments.append(self._either())
        return arguments

    def _from_left(self, operators: tuple[str, ...], tighter: Callable[[], Node]) -> Node:
        node = tighter()
        while (sign := self._next.as_operator) in operators:
            self._at += 1
            node = self._operation(sign, node, tighter())
        return node

    def _inside(self, read: Callable[[], Read]) -> Read:
        """Read something that is inside something else, which cannot go on for ever."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._mistake(f"more than {DEEPEST} parentheses, functions, signs or powers inside each other")
        result = read()
        self._depth -= 1
        return result

    def _operation(self, function: str, *arguments: Node) -> Node:
        self._operations += 1
        if self._operations > MOST_OPERATIONS:
            raise self._mistake(f"more than {MOST_OPERATIONS} operators and functions")
        numbers = [argument.value for argument in arguments if isinstance(argument, Number)]
        if len(numbers) < len(arguments):
            return Operation(function, arguments)
        with np.errstate(all="ignore"):
            return Number(float(KNOWN[function].apply(*numbers)))

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    @property
    def _known(self) -> list[str]:
        return [*self._names, *FUNCTIONS, *CONSTANTS]

    def _takes(self, operator: str) -> bool:
        """Tell whether an operator comes next, and go past it."""
        is_next = self._next.as_operator == operator
        self._at += is_next
        return is_next

    def _expect(self, sign: str, reason: str = "") -> None:
        if not self._takes(sign):
            found = f'not "{self._next.text}"' if self._next.text else "but the expression ends"
            raise self._mistake(f'{reason}"{sign}" is expected, {found}')

    def _mistake(self, problem: str, allowed: Sequence[str] = (), *, at: _Token | None = None) -> ExpressionMistake:
        stop = "" if problem.endswith("?") else "."
        listed = f"{stop} Allowed: {', '.join(allowed)}" if allowed else ""
        return ExpressionMistake(f"at character {(at or self._next).place + 1}: {problem}{listed}")
