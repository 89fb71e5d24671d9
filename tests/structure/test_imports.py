"""Rooms import downwards only: the table of docs/architecture.md, enforced."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "tilemaker"
RANKS = {
    "errors": 0, "described": 0, "wanted": 0, "wording": 0, "kernels": 0,
    "settings": 1, "sky": 1, "cache": 1, "auth": 1, "monitor": 1,
    "providers": 2,
    "atlas": 3,
    "tiles": 4, "render": 4,
    "analysis": 5,
    "jobs": 6, "submissions": 6,
    "server": 8,
    "cli": 9,
}  # fmt: skip
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rooms_imported(path: Path) -> Iterator[str]:
    """Yield the rooms a module imports from, type-only imports too: to know another room's types is to depend on it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and path.parent == PACKAGE:
            names = [f"tilemaker.{node.module}"]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("tilemaker.") and name != "tilemaker.__version__")


def test_a_room_imports_only_from_rooms_of_lower_rank() -> None:
    upward = [
        f"{path.relative_to(PACKAGE)} (rank {RANKS[room]}) imports {other} (rank {RANKS[other]})"
        for path in MODULES
        for room in (room_of(path),)
        for other in set(rooms_imported(path)) - {room}
        if RANKS[other] >= RANKS[room]
    ]

    assert upward == []


def test_every_room_has_a_rank() -> None:
    assert {room_of(path) for path in MODULES} <= RANKS.keys()
