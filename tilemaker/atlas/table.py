"""A table in memory: what every reader makes of a file, and every catalogue is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .cells import Column


@dataclass(frozen=True, slots=True)
class Field:
    """One column, and what the file says of it."""

    cells: Column
    unit: str | None = None
    ucd: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of one length."""

    fields: Mapping[str, Field]
    """By name, in the order of the file."""
    remarks: Mapping[str, Field] = field(default_factory=dict)
    """What else is said of each source, and never where it is or what it is called."""
    rows: int = 0
    """How many rows there are."""
