"""From a file to an atlas, or to a list of everything that is wrong with the file."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue, ValidationError

from tilemaker.errors import ConfigurationError
from tilemaker.providers.workshop import Workshop

from .atlas import Atlas
from .mistakes import Mistake, mistakes_of
from .models import Config
from .places import Place, lines_of, written

FITS_MARK = b"SIMPLE  ="
"""What FITS files begin with."""


def load_atlas(path: Path, workshop: Workshop, *, colour_maps: Collection[str] = ()) -> Atlas:
    """Read a configuration file and make its atlas. No map is opened.

    Parameters
    ----------
    path
        The configuration file. Relative file names in it are relative to its folder.
    workshop
        What the providers of the atlas share.
    colour_maps
        The names that ``cmap`` may have; when empty, names are not checked here.

    Raises
    ------
    ConfigurationError
        With every mistake of the file, each with its place and what is allowed.
    """
    return Atlas(load_config(path, colour_maps=colour_maps), workshop)


def load_config(path: Path, *, colour_maps: Collection[str] = ()) -> Config:
    """Read a configuration file; its relative file names become absolute. Raises as `load_atlas`."""
    return config_of(text_of(path), colour_maps=colour_maps).relative_to(path.absolute().parent)


def config_of(text: str, *, colour_maps: Collection[str] = ()) -> Config:
    """Return the configuration a text describes, file names as they are written. Raises as `load_atlas`."""
    document = _document(text)
    mistakes = _repeated_layers(text, document.top)
    try:
        config = Config.model_validate(document.as_object, context={"colour_maps": tuple(colour_maps)})
    except ValidationError as invalid:
        mistakes += [(document.in_file(place), problem) for place, problem in mistakes_of(invalid)]
    if mistakes:
        raise ConfigurationError(*_sentences(mistakes, lines_of(text)))
    return config


@dataclass(frozen=True, slots=True)
class _Document:
    """What the file holds: the whole object, or the shorter forms that hold only groups of maps."""

    top: JsonValue
    as_object: JsonValue
    wrapped_in: Place
    """The steps that the full form has in front of the shorter one."""

    def in_file(self, place: Place) -> Place:
        """Return a place of the full form as a place of the file."""
        return place[len(self.wrapped_in) :]


def _document(text: str) -> _Document:
    top = _parsed(text)
    if isinstance(top, list):
        return _Document(top, {"map_groups": top}, ("map_groups",))
    if isinstance(top, dict) and "maps" in top and "map_groups" not in top:
        return _Document(top, {"map_groups": [top]}, ("map_groups", 0))
    return _Document(top, top, ())


def text_of(path: Path) -> str:
    """Return what is written in a configuration file. Raises `ConfigurationError` when it cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(len(FITS_MARK))
            if start == FITS_MARK:  # of which there may be gigabytes to read
                raise ConfigurationError(f"{path}: is a map, not a configuration: use it with `tilemaker open`")
            return (start + file.read()).decode("utf-8-sig")
    except FileNotFoundError as missing:
        raise ConfigurationError(f"{path}: there is no such file") from missing
    except OSError as refused:
        raise ConfigurationError(f"{path}: cannot be read: {refused.strerror}") from refused
    except UnicodeDecodeError as other:
        raise ConfigurationError(f"{path}: is not a text file in UTF-8") from other


def _parsed(text: str) -> JsonValue:
    try:
        top: JsonValue = json.loads(text)
    except json.JSONDecodeError as broken:
        raise ConfigurationError(f"line {broken.lineno}, column {broken.colno}: not valid JSON: {broken.msg}") from broken
    except RecursionError as deep:
        raise ConfigurationError("not valid as a configuration: nested too deeply") from deep
    return top


def _repeated_layers(text: str, top: JsonValue) -> list[Mistake]:
    """Find the layers that share an id, also in a file that has other mistakes."""
    owners: defaultdict[str, list[Place]] = defaultdict(list)
    for layer_id, place in _layer_ids(top):
        owners[layer_id].append(place)
    repeated = {layer_id: places for layer_id, places in owners.items() if len(places) > 1}
    lines = lines_of(text) if repeated else {}
    return [
        (place, f'"{layer_id}" is already the id of the layer on line {lines[first]}; each layer needs its own')
        for layer_id, (first, *others) in repeated.items()
        for place in others
    ]


def _layer_ids(top: JsonValue) -> Iterator[tuple[str, Place]]:
    """Yield every layer's id and where it stands, in the order of the file."""
    waiting: list[tuple[Place, JsonValue]] = [((), top)]
    while waiting:
        place, value = waiting.pop()
        match value:
            case str() if place[-1:] == ("layer_id",):
                yield value, place
            case dict():
                waiting += [((*place, key), part) for key, part in reversed(value.items())]
            case list():
                waiting += [((*place, number), part) for number, part in reversed(list(enumerate(value)))]


def _sentences(mistakes: list[Mistake], lines: dict[Place, int]) -> list[str]:
    """Write the mistakes in the order of the file."""
    by_line = sorted((_line(place, lines), written(place) or "top level", problem) for place, problem in mistakes)
    return [f"{place} (line {line}): {problem}" for line, place, problem in by_line]


def _line(place: Place, lines: dict[Place, int]) -> int:
    """Return the line of a place, or of the nearest thing around it: what is missing stands nowhere."""
    return lines.get(place) or (_line(place[:-1], lines) if place else 1)
