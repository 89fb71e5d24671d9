"""The interface's description in the repository is the one that the program makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from tilemaker.server.openapi import document
from tilemaker.server.operations import AnyOperation, parts_of
from tilemaker.server.routes import OPERATIONS

ROOT = Path(__file__).parents[2]
HOW = "write it anew with: python -m tilemaker.server.openapi openapi.json"


def test_the_description_is_current() -> None:
    assert (ROOT / "openapi.json").read_text(encoding="utf-8") == document(), HOW


def test_the_description_is_valid() -> None:
    validate(json.loads(document()))


def test_every_operation_has_a_name_of_its_own() -> None:
    described = [entry["get"] for entry in json.loads(document())["paths"].values()]

    assert len({entry["operationId"] for entry in described}) == len(described) == sum(len(each.paths) for each in OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.operation_id)
def test_every_part_of_an_address_is_a_parameter_that_is_documented(operation: AnyOperation) -> None:
    fields = operation.asks.model_json_schema()["properties"]

    assert all(parts_of(path) <= fields.keys() for path in operation.paths)
    assert all(field.get("description") for field in fields.values())
