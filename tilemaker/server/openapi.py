"""The OpenAPI document, made from the operations. ``python -m tilemaker.server.openapi FILE`` writes it."""

from __future__ import annotations

import json
import sys
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import tilemaker
from tilemaker.render.colour import names
from tilemaker.render.style import UNSET_WORDS

from . import answers
from .errors import status_of
from .operations import parts_of
from .parameters import COLOUR_MAP_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .operations import AnyOperation

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_REF = "#/components/schemas/{model}"
_ABOUT = """Maps of the sky: what there is, tiles of it, and numbers about it.

Angles are degrees, RA and Dec (ICRS); RA may be given in -180..180 or 0..360. What the caller may not see does not exist."""


def openapi_of(operations: Sequence[AnyOperation]) -> dict[str, Json]:
    """Describe the operations as an OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "tilemaker", "version": tilemaker.__version__, "description": _ABOUT},
        # Relative to this document, so that it is right under any path.
        "servers": [{"url": "./"}],
        "paths": {path: {"get": _entry(operation, path)} for operation in operations for path in operation.paths},
        "components": {"schemas": _schemas(operations)},
    }


def _schemas(operations: Iterable[AnyOperation]) -> Json:
    models = {answers.Error} | {operation.answers for operation in operations if operation.answers}
    in_order = sorted(models, key=lambda model: model.__name__)
    _, document = models_json_schema([(model, "serialization") for model in in_order], ref_template=_REF)
    colour_maps: Json = {"type": "string", "enum": [*names(), *UNSET_WORDS], "description": "A colour map."}
    return {COLOUR_MAP_SCHEMA: colour_maps, **document["$defs"]}


def _entry(operation: AnyOperation, path: str) -> dict[str, Json]:
    is_old = path != operation.path
    summary, _, details = operation.description.partition("\n")
    entry: dict[str, Json] = {
        "operationId": operation.operation_id + ("_as_before" if is_old else ""),
        "summary": summary,
        "description": details.strip() or summary,
        "tags": [operation.tag],
        "parameters": [*_parameters(operation.asks, parts_of(path))],
        "responses": _responses(operation),
    }
    return entry | {"deprecated": True} if is_old else entry


def _parameters(asks: type[BaseModel], parts: frozenset[str]) -> Iterable[Json]:
    """Yield the fields of a model as parameters: those in ``parts`` of the path, the others of the query."""
    schema = asks.model_json_schema(mode="validation")
    for name, field in schema.get("properties", {}).items():
        described, description = _without_null(field), field.get("description", "")
        where = "path" if name in parts else "query"
        required = name in parts or name in schema.get("required", [])
        yield {"name": name, "in": where, "required": required, "description": description, "schema": described}


def _without_null(field: Mapping[str, Json]) -> dict[str, Json]:
    """Drop what means "not given": an address cannot say null. A field may refer to a schema of its own by ``x-schema``."""
    if "x-schema" in field:
        return {"$ref": _REF.format(model=field["x-schema"])}
    bare = {key: value for key, value in field.items() if key not in {"title", "description"} and (key, value) != ("default", None)}
    alternatives = bare.pop("anyOf", None)
    if not isinstance(alternatives, list):
        return bare
    left = [one for one in alternatives if one != {"type": "null"}]
    only = left[0] if len(left) == 1 else {"anyOf": left}
    return {**bare, **only} if isinstance(only, dict) else bare


def _responses(operation: AnyOperation) -> dict[str, Json]:
    responses: dict[str, Json] = {"200": {"description": "The answer.", "content": _content(operation)}}
    responses |= {str(status): {"description": meaning} for status, meaning in operation.other_statuses.items()}
    refused = {status_of(kind) for kind in operation.raises}
    if operation.asks.model_fields:
        refused.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    responses |= {str(int(status)): _refusal(status) for status in refused}
    return dict(sorted(responses.items()))


def _content(operation: AnyOperation) -> dict[str, Json]:
    binary: Json = {"schema": {"type": "string", "format": "binary"}}
    if operation.answers is None:
        return dict.fromkeys(operation.media_types, binary)
    described: Json = {"schema": {"$ref": _REF.format(model=operation.answers.__name__)}}
    others = (media_type for media_type in operation.media_types if media_type != "application/json")
    return {"application/json": described, **dict.fromkeys(others, binary)}


def _refusal(status: HTTPStatus) -> dict[str, Json]:
    error: Json = {"schema": {"$ref": _REF.format(model=answers.Error.__name__)}}
    return {"description": f"{status.phrase}: the body says why.", "content": {"application/json": error}}


def document() -> str:
    """Return the document as it is kept in the repository."""
    from .routes import OPERATIONS

    return json.dumps(openapi_of(OPERATIONS), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "openapi.json").write_text(document(), encoding="utf-8")
