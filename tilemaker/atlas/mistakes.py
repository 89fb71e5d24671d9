"""What pydantic says about a configuration, as sentences for the person who wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice, pairwise
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel, ValidationError

from tilemaker.providers.combination import LIST, NAMED
from tilemaker.wording import problem_of

from .models import Config

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from .places import Place

Models = tuple[type[BaseModel], ...]
Mistake = tuple["Place", str]
"""Where, and the rest of the sentence."""

_LONGEST_ENUMERATION = 24
_LONGEST_VALUE = 60


def mistakes_of(invalid: ValidationError) -> list[Mistake]:
    """Return every mistake, with its place in the file and what would be allowed there."""
    errors = invalid.errors(include_url=False)
    return [_mistake(error) for error in errors if not _is_consequence(error, errors)]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a pydantic location leads to."""

    place: Place
    """Keys and positions only, without the steps that name a member of a union."""
    holders: Models
    """The models that the object with the last key may have."""
    models: Models
    """The models that the last value itself may have."""


def _is_consequence(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Tell whether a list is called too short only because of mistakes inside it."""
    here = error["loc"]
    return error["type"] == "too_short" and any(other["loc"][: len(here)] == here for other in errors if other is not error)


def _mistake(error: ErrorDetails) -> Mistake:
    found = _follow(error["loc"])
    match error["type"]:
        case "extra_forbidden":
            return found.place, _not_among(str(found.place[-1]), _keys(found.holders), "is not a known key here")
        case "union_tag_not_found" | "union_tag_invalid":
            key = error["ctx"]["discriminator"].strip("'")
            return (*found.place, key), _unknown_kind(error["ctx"].get("tag"), _kinds(found.models, key))
        case "expression":
            return found.place, error["msg"]
        case "colour_map":
            return found.place, _not_among(str(error["input"]), error["ctx"]["allowed"], error["msg"])
        case _:
            return found.place, _sentence(error)


def _follow(location: Place) -> _Found:
    """Walk the models along a pydantic location."""
    place: list[str | int] = []
    holders: Models = ()
    models: Models = (Config,)
    for before, step in pairwise(("", *location)):
        if step in (LIST, NAMED, "[key]"):
            continue
        if before == NAMED:  # a name that somebody chose
            place.append(step)
            continue
        fields = [model.model_fields[step] for model in models if step in model.model_fields] if isinstance(step, str) else []
        members = tuple(model for model in models if _is_named(model, step))
        if len(models) > 1 and members and not fields:
            models = members
            continue
        place.append(step)
        if isinstance(step, str):
            holders, models = models, tuple(model for field in fields for model in _models_in(field.annotation))
    return _Found(tuple(place), holders, models)


def _is_named(model: type[BaseModel], step: str | int) -> bool:
    """Tell whether a step of a location is the word by which a union knows the model."""
    return any(step in get_args(field.annotation) for field in model.model_fields.values())


def _models_in(annotation: object) -> Models:
    """Return the models an annotation may hold, however deep: ``tuple[A | B, ...]`` gives A and B."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(model for inner in get_args(annotation) for model in _models_in(inner))


def _keys(models: Models) -> list[str]:
    return sorted({name for model in models for name in model.model_fields})


def _kinds(models: Models, key: str) -> list[str]:
    """Return the words that choose between models, such as the kinds of provider."""
    return [str(word) for model in models if key in model.model_fields for word in get_args(model.model_fields[key].annotation)]


def _unknown_kind(word: object, allowed: list[str]) -> str:
    return f"is missing. Allowed: {', '.join(allowed)}" if word is None else _not_among(str(word), allowed, "is not a known kind")


def _not_among(word: str, allowed: Iterable[str], problem: str) -> str:
    """Say what is wrong, guess what was meant, and list what is allowed while the list is short enough to read."""
    names = list(allowed)
    near = get_close_matches(word, names, n=1) or get_close_matches(word.lower(), names, n=1)
    guess = f'; did you mean "{near[0]}"?' if near else "."
    more = ", …" if len(names) > _LONGEST_ENUMERATION else ""
    return f"{problem}{guess} Allowed: {', '.join(islice(names, _LONGEST_ENUMERATION))}{more}"


def _sentence(error: ErrorDetails) -> str:
    """Say what is wrong, and what stands there where that is short enough to repeat."""
    given = error["input"]
    # An address that is none may still hold a password.
    is_short = error["type"] not in ("missing", "address") and not isinstance(given, Mapping | list | tuple)
    return f"{problem_of(error)}, not {_as_written(given)}" if is_short else problem_of(error)


def _as_written(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    shown = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
    return shown.encode("utf-8", "backslashreplace").decode()
