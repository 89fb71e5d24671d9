"""Sentences for people who do not know that this is written in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from tilemaker.wording import problem_of


class Inner(BaseModel):
    """Something with fields of its own."""

    name: str


class Form(BaseModel):
    """A field of every kind that people fill in."""

    flag: bool = False
    count: int = 0
    size: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    words: Annotated[tuple[str, ...], Field(min_length=1)] = ("a",)
    name: Annotated[str, Field(min_length=1)] = "a"
    kind: Literal["a", "b"] = "a"
    file: Path = Path()
    inner: Inner = Inner(name="a")
    notes: dict[str, str] = {}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("flag", "maybe", "should be true or false"),
        ("flag", None, "should be true or false"),
        ("count", "two", "should be a whole number"),
        ("count", 1.5, "should be a whole number"),
        ("count", "1" * 5000, "should be a whole number of fewer digits"),
        ("size", "wide", "should be a number"),
        ("size", float("inf"), "should be a finite number"),
        ("size", 0, "should be greater than 0"),
        ("words", 3, "should be a list"),
        ("words", [], "should have a length of at least 1"),
        ("words", [3], "should be text"),
        ("name", "", "should have a length of at least 1"),
        ("name", "\ud800", "should be text without halves of characters"),
        ("kind", "c", "should be 'a' or 'b'"),
        ("file", 3, "should be the name of a file"),
        ("inner", 3, "should be an object"),
        ("inner", {}, "is missing"),
        ("notes", 3, "should be an object"),
    ],
)
def test_a_problem_is_told_without_words_of_python(field: str, value: object, says: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        Form.model_validate({field: value})

    assert problem_of(wrong.value.errors()[0]) == says
