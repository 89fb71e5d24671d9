"""What stands below the fields of a model, for whoever describes the model to people.

pydantic can read that too (``use_attribute_docstrings``), but does so for every model at every start, which takes a tenth of it.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.config import JsonDict


def describe(schema: JsonDict, model: type[BaseModel]) -> None:
    """Let the JSON schema of a model say of each field what stands below it: for ``json_schema_extra``."""
    properties = schema.get("properties")
    descriptions = descriptions_in(model)
    for name, part in properties.items() if isinstance(properties, dict) else ():
        if isinstance(part, dict) and descriptions.get(name):
            part.setdefault("description", descriptions[name])


def descriptions_in(model: type[BaseModel]) -> Mapping[str, str]:
    """Return what stands below the fields of a model, or of those that it inherits them from; empty where nothing does."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if kind.__module__.startswith("tilemaker."):
            found |= _classes_in(kind.__module__).get(kind.__name__, {})
    return found


@cache
def _classes_in(module: str) -> Mapping[str, Mapping[str, str]]:
    """Return what stands below the fields of each class of a module."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: dict(_fields_of(node)) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _fields_of(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for statement, below in pairwise([*node.body, ast.Pass()]):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, _text(below)


def _text(statement: ast.stmt) -> str:
    """Return a statement that is nothing but text, cleaned as docstrings are; of any other, nothing."""
    value = statement.value.value if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) else None
    return inspect.cleandoc(value) if isinstance(value, str) else ""
