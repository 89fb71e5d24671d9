"""What people write, and what pydantic finds wrong with it, in words for them: pydantic's own speak of Python."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "int_type": "should be a whole number",
    "int_from_float": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_parsing_size": "should be a whole number of fewer digits",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "string_type": "should be text",
    "string_unicode": "should be text without halves of characters",
    "string_too_short": "should have a length of at least {min_length}",
    "too_short": "should have a length of at least {min_length}",
    "tuple_type": "should be a list",
    "dict_type": "should be an object",
    "model_type": "should be an object",
    "model_attributes_type": "should be an object",
    "path_type": "should be the name of a file",
}
"""By pydantic's word for it. What is not here is said well enough by pydantic: ``Input should be greater than 0``."""


def problem_of(error: ErrorDetails) -> str:
    """Return what is wrong and what would be right: the rest of a sentence that begins with the name of what is wrong."""
    words = _WORDS.get(error["type"])
    if words is not None:
        return words.format_map(error.get("ctx", {}))
    if error["type"] == "value_error":  # in words of our own
        return error["msg"].removeprefix("Value error, ")
    text = error["msg"].removeprefix("Input ").removeprefix("String ")
    return f"{text[:1].lower()}{text[1:]}"


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def number_in(text: str) -> str | None:
    """Return a number of an address as Python reads it; None for what Python takes for one and people do not.

    Those are ``1_000``, ``nan`` and ``infinity``, and what is too large for a number.
    """
    # A plus sign that was not percent-encoded in a query arrives as a space: 1e+21 as "1e 21".
    written = re.sub(r"(?<=[eE]) ", "+", text).strip()
    return written if _NUMBER.fullmatch(written) and math.isfinite(float(written)) else None
