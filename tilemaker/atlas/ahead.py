"""Opening files before they are looked at one by one: side by side, where each has to be waited for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from tilemaker.errors import MapError
from tilemaker.providers.together import together

from .file_types import file_type_of
from .scan import Candidate, Skipped

if TYPE_CHECKING:
    from tilemaker.providers.files import Files

AT_ONCE = 256
"""How many files are opened before the first of them is looked at: until then, what was read of them is kept."""

SAMPLES = 3
"""How many of them are opened one after the other, to see whether the others had better be opened side by side."""

WORTH_SECONDS = 3e-4
"""How long each of those has to be waited for. Where files are at hand, threads would only wait for each other."""

READERS = 8
"""How many are opened side by side."""


def opened_ahead(found: Iterable[Candidate | Skipped], finder: Files) -> Iterator[Candidate | Skipped]:
    """Yield what was found, after the FITS files among it were opened that are on a disk, which may be one on a network.

    What is wrong with a file is said to whoever opens it next.
    """
    found = iter(found)
    while some := list(islice(found, AT_ONCE)):
        paths = (each.path for each in some if isinstance(each, Candidate))
        _open([path for path in paths if isinstance(path, Path) and file_type_of(path) is None], finder)
        yield from some


def _open(paths: list[Path], finder: Files) -> None:
    """Open files side by side, if the first of them had to be waited for."""

    def work() -> None:
        with suppress(IndexError):  # others have taken the last
            while True:
                _waited_seconds(paths.pop(), finder)

    if len(paths) > SAMPLES and all(_waited_seconds(paths.pop(), finder) > WORTH_SECONDS for _ in range(SAMPLES)):
        together([work] * min(READERS, len(paths)))


def _waited_seconds(path: Path, finder: Files) -> float:
    """Open a file, and return how long it had to be waited for, beside what there was to do."""
    began, worked = perf_counter(), thread_time()
    with suppress(MapError):
        finder.open(path)
    return perf_counter() - began - (thread_time() - worked)
