"""The interface's description, for fuzzers that should get past the door."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tilemaker.server.openapi import document

SMALL = {"level": (-1, 3), "y": (-1, 4), "x": (-1, 8)}
"""Addresses among which tiles are found."""


def described_with(known: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the description with the ids that exist, and one that does not, among the parameters of these names."""
    described: dict[str, Any] = json.loads(document())
    for entry in described["paths"].values():
        for parameter in entry["get"]["parameters"]:
            name = parameter["name"]
            if name in known:
                parameter["schema"] = {"type": "string", "enum": [*known[name], "nosuch"]}
            elif name in SMALL:
                low, high = SMALL[name]
                parameter["schema"] |= {"minimum": low, "maximum": high}
    return described
