"""Remarks in a configuration: keys that are for people, or for editors, and have no effect."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic.config import JsonDict

REMARK_MARKS = ("_", "$")
"""What the key of a remark begins with: ``_why`` is a note, ``$schema`` tells an editor how to check the file."""


def is_remark(key: object) -> bool:
    """Tell whether a key is a remark's."""
    return isinstance(key, str) and key.startswith(REMARK_MARKS)


def without_remarks(data: object, retired_keys: frozenset[str] = frozenset()) -> object:
    """Return an object of the file without its remarks, its retired keys, and the keys left empty by null.

    Anything that is not an object is returned as it is: saying that it should be one is the validator's business.
    """
    if not isinstance(data, Mapping):
        return data
    return {key: value for key, value in data.items() if value is not None and not is_remark(key) and key not in retired_keys}


def allow_remarks(schema: JsonDict, model: type) -> None:
    """Let the JSON schema of a model accept what `without_remarks` takes away."""
    schema["patternProperties"] = {"^[_$]": {}}
    properties = schema.setdefault("properties", {})
    required = schema.get("required", [])
    if isinstance(properties, dict) and isinstance(required, list):
        for key, part in properties.items():
            if key not in required and isinstance(part, dict):
                _allow_null(part)
        properties.update({key: {"deprecated": True} for key in sorted(getattr(model, "retired_keys", ()))})


def _allow_null(part: JsonDict) -> None:
    kinds = part.get("anyOf")
    if isinstance(kinds, list) and {"type": "null"} not in kinds:
        kinds.append({"type": "null"})
    elif isinstance(part.get("type"), str):
        part["type"] = [part["type"], "null"]
