"""Finding the files to show among what was named on a command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tilemaker.providers.base import from_folder

from .filenames import is_catalogue_name, is_map_name

FILES_GIVEN = "Maps"
"""What the group of files named one by one is called."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not shown, and why."""

    path: Path
    reason: str
    """A sentence, without the file's name."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to look at, and the group it would be shown in."""

    path: Path
    """Absolute."""
    group: str


def candidates(files: Sequence[Path]) -> Iterator[Candidate | Skipped]:
    """Yield each file to look at, once, and what is neither a file nor a folder of files.

    Of a folder, the maps and catalogues in it and in the folders right inside it are taken, in natural order; hidden ones are not.
    """
    seen: set[Path] = set()
    for found in _expanded(files):
        real = found.path.resolve()
        if real not in seen:
            seen.add(real)
            yield found


def _expanded(files: Iterable[Path]) -> Iterator[Candidate | Skipped]:
    here = Path.cwd()
    for path in (from_folder(here, path) for path in files):
        if path.is_dir():
            yield from _in_folder(path)
        elif path.is_file():
            yield Candidate(path, FILES_GIVEN)
        elif path.exists():  # a pipe, which would be waited for
            yield Skipped(path, "It is neither a file nor a folder.")
        else:
            yield Skipped(path, "There is no such file or folder.")


def _in_folder(folder: Path) -> Iterator[Candidate | Skipped]:
    name = folder.resolve().name or FILES_GIVEN
    try:
        inside: list[Candidate] = [Candidate(path, name) for path in _listed(folder) if path.is_file()]
        for below in (path for path in _listed(folder) if path.is_dir()):
            inside += [Candidate(path, f"{name} / {below.name}") for path in _listed(below) if path.is_file()]
    except OSError:
        yield Skipped(folder, "The folder cannot be read.")
        return
    known = [each for each in inside if is_map_name(each.path.name) or is_catalogue_name(each.path.name)]
    yield from known
    if not known:
        yield Skipped(folder, "The folder holds no FITS file and no catalogue.")


def _listed(folder: Path) -> list[Path]:
    """Return what is in a folder, hidden things left out, ``f90`` before ``f150``."""
    return sorted((path for path in folder.iterdir() if not path.name.startswith(".")), key=lambda path: _natural(path.name))


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part.lower()) for part in re.split(r"(\d+)", name)]
