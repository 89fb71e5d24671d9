"""The statements of a file of regions of DS9: each shape with what is said for it elsewhere in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SKY_FRAMES = frozenset({"icrs", "fk5", "j2000", "fk4", "b1950", "galactic", "ecliptic"})
"""Coordinates that are a place on the sky whatever image they were drawn over."""
FRAME = re.compile(r"icrs|fk5|j2000|fk4|b1950|galactic|ecliptic|image|physical|linear|amplifier|detector|tile|wcs[a-z0-9]?")
PART = re.compile(r"""(?:\{[^}]*\}|text\s*=\s*(?:"[^"]*"|'[^']*')|[^;])+""", re.IGNORECASE)
"""What stands between semicolons, but for those in a text."""
SHAPE = re.compile(r"#?\s*[-+]?\s*([a-z]+)\s*[(\s]\s*[-+.\d]", re.IGNORECASE)
IN_COMMENT = re.compile(r"#\s*[-+]?\s*(text|composite|vector|ruler|compass|projection|segment)\s*\(", re.IGNORECASE)
"""Shapes that DS9 writes where others see a comment."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One shape."""

    shape: str
    """Its name, in lower case; empty where the line is none of a shape."""
    frame: str
    """The coordinates it is in, in lower case; empty where none are named."""
    text: str
    """A file of itself and what is said for it: properties of all that follow, coordinates, what it is a part of."""


def statements(text: str) -> Iterator[Statement]:
    """Yield everything in a file of regions that says what is to be drawn, whether it can be or not."""
    reader = _Reader()
    for line in text.splitlines():
        if line.lstrip().startswith("#") and not IN_COMMENT.match(line.lstrip()):
            continue
        yield from (one for part in PART.findall(line) if (one := reader.read(part.strip())) is not None)


class _Reader:
    """What has been said so far that holds for what follows."""

    def __init__(self) -> None:
        self._properties: list[str] = []
        self._frame = ""
        self._whole = ""

    def read(self, said: str) -> Statement | None:
        """Return the shape of a statement; None where it is about those that follow."""
        word = said.lower()
        if not word or word.startswith("global"):
            self._properties += [said] if word else []
            return None
        if FRAME.fullmatch(word):
            self._frame = word
            return None
        shape = match[1].lower() if (match := SHAPE.match(said)) else ""
        if shape == "composite":
            self._whole = said
            return None
        return self._statement(shape, said)

    def _statement(self, shape: str, said: str) -> Statement:
        text = "\n".join([*self._properties, self._frame, self._whole, said])
        if "||" not in said:  # the last part, or part of nothing
            self._whole = ""
        return Statement(shape, self._frame, text)
