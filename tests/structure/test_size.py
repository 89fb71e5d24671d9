"""Modules and functions that can be read in one go."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("tilemaker/**/*.py"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("benchmarks/**/*.py")])
LINES_PER_MODULE = 400
LINES_PER_FUNCTION = 45


def test_modules_are_short() -> None:
    assert [path for path in SOURCES if path.read_text(encoding="utf-8").count("\n") > LINES_PER_MODULE] == []


def test_functions_are_short() -> None:
    assert [f"{path}: {name}" for path in SOURCES for name in long_functions(path)] == []


def long_functions(path: Path) -> list[str]:
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return [node.name for node in functions if (node.end_lineno or 0) - node.lineno >= LINES_PER_FUNCTION]
