"""Where a file is: a path, or an address elsewhere."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_ADDRESS = re.compile(r"(https?|s3)://[^/]", re.IGNORECASE)
_FILE = re.compile(r"file://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, repr=False)
class Url:
    """The address of a file elsewhere, as far as needed like a `Path`. Written as text, it holds nothing secret."""

    text: str
    """All of it, with the credentials that it may hold: only for whoever fetches it, and for the configuration it came from."""

    def __str__(self) -> str:
        """Return it without user, password and query, where signatures and tokens stand."""
        parts = self.parts
        return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def __repr__(self) -> str:
        return f"Url({str(self)!r})"

    @property
    def parts(self) -> SplitResult:
        """The address in parts."""
        return urlsplit(self.text)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self._path.name or self.parts.netloc.rpartition("@")[2]

    @property
    def stem(self) -> str:
        """The same without its last suffix."""
        return self._path.stem

    @property
    def suffix(self) -> str:
        """What its name ends in, from the last dot on."""
        return self._path.suffix

    @property
    def parent(self) -> Url:
        """The folder."""
        return Url(str(self).rpartition("/")[0])

    @property
    def _path(self) -> Path:
        return Path(unquote(self.parts.path))


def location_of(text: str) -> Path | Url:
    """Return what somebody wrote as the place of a file; ``file://`` is a path. Raises `ValueError`."""
    if _ADDRESS.match(text):
        url = Url(text)
        if url.parts.hostname is None:  # brackets that do not match, a port that is no number and such raise by themselves
            raise ValueError("no host")
        return url
    return Path(unquote(urlsplit(text).path)) if _FILE.match(text) else Path(text)


def real_name(path: Path) -> str:
    """Return where a path leads, which tells a file from others by whatever way it is named."""
    return os.path.realpath(path) if path.is_symlink() else f"{_real_folder(path.parent)}/{path.name}"


_real_folder = lru_cache(256)(os.path.realpath)
"""Where a folder is; most files share theirs with others."""


def from_folder(folder: Path, name: Path) -> Path:
    """Return a file as somebody named it: a relative name is taken from ``folder``, and ``~`` is a home folder."""
    try:
        return folder / name.expanduser()
    except RuntimeError:  # nobody of that name; there may be a folder that is called so
        return folder / name


def taken_from(folder: Path, location: Location) -> Location:
    """Return the same place, a relative name taken from a folder."""
    return location if isinstance(location, Url) else from_folder(folder, location)


def _validated(value: object) -> Path | Url:
    if isinstance(value, Path | Url):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("path_type", "should be the name or the address of a file")
    try:
        return location_of(value)
    except ValueError:
        raise PydanticCustomError("address", "should be the address of a file, such as https://maps.example.org/map.fits") from None


def _written(location: Path | Url) -> str:
    return location.text if isinstance(location, Url) else str(location)


Location = Annotated[
    Path | Url,
    PlainValidator(_validated),
    PlainSerializer(_written, return_type=str),
    WithJsonSchema({"type": "string", "format": "path"}),
]
"""A file here, or elsewhere; in a configuration its name or its address."""
