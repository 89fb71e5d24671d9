"""What pydantic says about a configuration, as sentences for the person who wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel, ValidationError

from .models import Config

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from .places import Place

Models = tuple[type[BaseModel], ...]
Mistake = tuple["Place", str]
"""Where, and the rest of the sentence."""

_LONGEST_ENUMERATION = 24


def mistakes_of(invalid: ValidationError) -> list[Mistake]:
    """Return every mistake, with its place in the file and what would be allowed there."""
    return [_mistake(error) for error in invalid.errors(include_url=False)]


def _mistake(error: ErrorDetails) -> Mistake:
    place, models = _follow(error["loc"])
    if error["type"] == "extra_forbidden":
        return place, _unknown_key(str(place[-1]), models)
    if error["type"] == "missing":
        return place, "is missing"
    if error["type"].startswith("union_tag"):
        return (*place, error["ctx"]["discriminator"].strip("'")), _unknown_kind(error, place)
    if error["type"] == "colour_map":
        return place, _not_among(str(error["input"]), error.get("ctx", {})["allowed"], error["msg"])
    return place, _sentence(error)


def _follow(location: Place) -> tuple[Place, Models]:
    """Walk the models along a pydantic location, leaving out the steps that only name a member of a union.

    Returns the place in the file, and the models that the object holding the last step may have.
    """
    place: list[str | int] = []
    holders: Models = ()
    models: Models = (Config,)
    for step in location:
        fields = [model.model_fields[step] for model in models if step in model.model_fields] if isinstance(step, str) else []
        members = tuple(model for model in models if _is_named(model, step))
        if len(models) > 1 and members and not fields:
            models = members
            continue
        place.append(step)
        if isinstance(step, str):
            holders, models = models, tuple(model for field in fields for model in _models_in(field.annotation))
    return tuple(place), holders


def _is_named(model: type[BaseModel], step: str | int) -> bool:
    """Tell whether a step of a location is the word by which a union knows the model."""
    return any(step in get_args(field.annotation) for field in model.model_fields.values())


def _models_in(annotation: object) -> Models:
    """Return the models an annotation may hold, however deep: ``tuple[A | B, ...]`` gives A and B."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(model for inner in get_args(annotation) for model in _models_in(inner))


def _unknown_kind(error: ErrorDetails, place: Place) -> str:
    """Say which words choose a member of a union, such as the kinds of provider."""
    if error["type"] == "union_tag_not_found":
        return f"is missing: it says of what kind {place[-1]} is"
    allowed = [word.strip("' ") for word in error["ctx"]["expected_tags"].split(",")]
    return _not_among(str(error["ctx"]["tag"]), allowed, "is not a known kind")


def _unknown_key(key: str, models: Models) -> str:
    allowed = sorted({name for model in models for name in model.model_fields})
    return _not_among(key, allowed, "is not a known key here")


def _not_among(word: str, allowed: Iterable[str], problem: str) -> str:
    """Say what is wrong, guess what was meant, and list what is allowed while the list is short enough to read."""
    names = list(allowed)
    near = get_close_matches(word, names, n=1) or get_close_matches(word.lower(), names, n=1)
    guess = f'; did you mean "{near[0]}"?' if near else "."
    more = ", …" if len(names) > _LONGEST_ENUMERATION else ""
    return f"{problem}{guess} Allowed: {', '.join(islice(names, _LONGEST_ENUMERATION))}{more}"


def _sentence(error: ErrorDetails) -> str:
    """Turn ``Input should be a valid string`` into ``should be a valid string, not 3``."""
    text = error["msg"].removeprefix("Value error, ")
    text = text.replace("Input should", "should", 1) if text.startswith("Input should") else text[:1].lower() + text[1:]
    given = error["input"]
    return text if isinstance(given, Mapping | list | tuple) else f"{text}, not {given!r}"
