"""Where things stand in a JSON file: `json` tells what is there, this tells on which line."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

Place = tuple[str | int, ...]
"""The way to a value: keys of objects and positions in lists, from the top of the file."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def lines_of(text: str) -> dict[Place, int]:
    """Return the line, from 1, on which each key, or else each value, of a valid JSON text begins."""
    scan = _Scan({}, [])
    line, seen = 1, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", seen, token.start())
        seen = token.start()
        scan.take(token.group(), line)
    return scan.lines


def written(place: Place) -> str:
    """Return a place as a person would write it: ``map_groups[0].maps[1].name``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return "".join(steps).removeprefix(".")


@dataclass
class _Scan:
    """How far the text has been read. A step of the place is None between a key's object opening, or a comma, and the key."""

    lines: dict[Place, int]
    place: list[str | int | None]

    def take(self, word: str, line: int) -> None:
        """Follow one token: a bracket, a comma, a colon, or a key or value."""
        match word:
            case "}" | "]":
                self.place.pop()
            case ",":
                last = self.place[-1]
                self.place[-1] = last + 1 if isinstance(last, int) else None
            case ":":
                pass
            case _:
                self._begin(word, line)

    def _begin(self, word: str, line: int) -> None:
        if self.place and self.place[-1] is None:
            self.place[-1] = json.loads(word)
        self.lines.setdefault(tuple(step for step in self.place if step is not None), line)
        if word in {"{", "["}:
            self.place.append(None if word == "{" else 0)
