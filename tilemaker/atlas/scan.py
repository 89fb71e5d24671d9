"""Finding the files to show among what was named on a command line."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tilemaker.providers.location import Url, from_folder, real_name

from .filenames import is_catalogue_name, is_map_name

FILES_GIVEN = "Maps"
"""What the group of files named one by one is called."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not shown, and why."""

    path: Path | Url
    reason: str
    """A sentence, without the file's name."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to look at, and the group it would be shown in."""

    path: Path | Url
    """Absolute."""
    group: str


def candidates(files: Sequence[Path | Url]) -> Iterator[Candidate | Skipped]:
    """Yield each file to look at, once, and what is neither a file nor a folder of files.

    Of a folder, the maps and catalogues in it and in the folders right inside it are taken, in natural order; hidden ones are not.
    """
    seen: set[str | Url] = set()
    for found in (each for location in files for each in _expanded(location)):
        if isinstance(found, Skipped):
            yield found
        elif (real := _really(found.path)) not in seen:
            seen.add(real)
            yield found


def _expanded(location: Path | Url) -> Iterator[Candidate | Skipped]:
    if isinstance(location, Url):
        yield Candidate(location, FILES_GIVEN)
        return
    path = from_folder(Path.cwd(), location)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        yield Skipped(path, "There is no such file or folder.")
    except OSError as refused:
        yield Skipped(path, f"It cannot be looked at: {refused.strerror}.")
    else:
        yield from _of_mode(path, mode)


def _really(location: Path | Url) -> str | Url:
    """Return what tells a place from others: where links lead."""
    return location if isinstance(location, Url) else real_name(location)


def _of_mode(path: Path, mode: int) -> Iterator[Candidate | Skipped]:
    if stat.S_ISDIR(mode):
        yield from _in_folder(path)
    elif stat.S_ISREG(mode):
        yield Candidate(path, FILES_GIVEN)
    else:  # a pipe, which would be waited for
        yield Skipped(path, "It is neither a file nor a folder.")


def _in_folder(folder: Path) -> Iterator[Candidate | Skipped]:
    name = folder.resolve().name or FILES_GIVEN
    try:
        inside = _listed(folder)
    except OSError:
        yield Skipped(folder, "The folder cannot be read.")
        return
    found = list(_known(inside, name))
    for below in (entry for entry in inside if _answers(entry.is_dir)):
        try:
            found += _known(_listed(below.path), f"{name} / {below.name}")
        except OSError:
            yield Skipped(Path(below.path), "The folder cannot be read.")
    yield from found
    if not found:
        yield Skipped(folder, "The folder holds no FITS file, no catalogue and no regions.")


def _known(entries: Iterable[os.DirEntry[str]], group: str) -> Iterator[Candidate]:
    """Yield the files that are called as maps and catalogues are."""
    files = (entry for entry in entries if _answers(entry.is_file))
    named = (entry for entry in files if is_map_name(entry.name) or is_catalogue_name(entry.name) or _is_votable(entry))
    return (Candidate(Path(entry.path), group) for entry in named)


def _is_votable(entry: os.DirEntry[str]) -> bool:
    """Tell whether an XML file begins as catalogues do: most are something else, and not worth a word."""
    if not entry.name.lower().endswith(".xml"):
        return False
    try:
        with Path(entry.path).open("rb") as file:
            return b"<VOTABLE" in file.read(4096)
    except OSError:
        return False


def _answers(question: Callable[[], bool]) -> bool:
    """Return what something in a folder is asked about what it leads to; False when nobody can tell."""
    try:
        return question()
    except OSError:
        return False


def _listed(folder: str | Path) -> list[os.DirEntry[str]]:
    """Return what is in a folder, hidden things left out, ``f90`` before ``f150``. Raises `OSError`."""
    with os.scandir(folder) as entries:
        return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: _natural(entry.name))


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part.lower()) for part in re.split(r"(\d+)", name)]
