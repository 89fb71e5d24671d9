"""Configurations as text: the file that `tilemaker genconfig` writes, and the JSON schema of such files."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import JsonValue, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from tilemaker.providers.location import Url, location_of

from .models import Config, MapGroup

SCHEMA_TITLE = "tilemaker configuration"


def to_json(config: Config, folder: Path | None = None) -> str:
    """Write a configuration.

    Parameters
    ----------
    config
        What to write. Keys without a value are not written.
    folder
        Where the file will be. File names are written relative to it where they share more of the way than the root.
    """
    document: JsonValue = config.model_dump(mode="json", exclude_none=True)
    if folder is not None:
        document = _relative(document, folder.resolve())
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # The name of a file may hold bytes that are no UTF-8; JSON has the same way of writing them as Python.
    return text.encode("utf-8", "backslashreplace").decode()


def schema_text() -> str:
    """Return the JSON schema of configuration files: the whole form, and the shorter ones that hold only groups of maps."""
    schema = TypeAdapter(Config | tuple[MapGroup, ...] | MapGroup).json_schema()
    for part in schema["$defs"].values():
        if "provider_type" in part["properties"]:  # it has a default in Python, but a file has to say it
            part["required"] = ["provider_type", *part["required"]]
    document = {"$schema": GenerateJsonSchema.schema_dialect, "title": SCHEMA_TITLE, **schema}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _relative(value: JsonValue, folder: Path) -> JsonValue:
    match value:
        case dict():
            moved = {"filename": _relative_name(value["filename"], folder)} if "filename" in value else {}
            return {key: _relative(part, folder) for key, part in value.items()} | moved
        case list():
            return [_relative(part, folder) for part in value]
        case _:
            return value


def _relative_name(name: JsonValue, folder: Path) -> JsonValue:
    path = location_of(str(name))
    if isinstance(path, Url):
        return name
    path = path.parent.resolve() / path.name  # a link to a file stays a link: it may lead to another file tomorrow
    shares_a_way = len(Path(os.path.commonpath([path, folder])).parts) > 1
    return Path(os.path.relpath(path, folder)).as_posix() if shares_a_way else str(path)
