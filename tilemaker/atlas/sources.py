"""Lists of astronomical sources: read when first asked for, and again when the file has changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from tilemaker.errors import MapUnreadable

from .catalogues import read_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from .catalogues import Catalogue, Source
    from .models import SourceGroupConfig

logger = logging.getLogger(__name__)

FileState = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A catalogue, and the state its file was in."""

    catalogue: Catalogue
    state: FileState


class SourceGroup:
    """A list of sources. Made once per atlas and shared by every view that may see it.

    Parameters
    ----------
    config
        The list's entry in the configuration, with its id.
    """

    def __init__(self, config: SourceGroupConfig) -> None:
        self.source_group_id: str = config.source_group_id or ""
        self.name: str = config.name
        self.description: str | None = config.description
        self.grant: str | None = config.grant
        self._file = config.provider
        self._reading = Lock()
        self._read: _Read | None = None

    def __repr__(self) -> str:
        return f"SourceGroup({self.source_group_id!r})"

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources, in the order of the file. Raises `MapUnreadable`."""
        return self._current().sources

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each row that had to be left out. Raises `MapUnreadable`."""
        return self._current().problems

    def _current(self) -> Catalogue:
        with self._reading:
            state = _state_of(self._file.filename)
            if self._read is None or self._read.state != state:
                self._read = _Read(self._load(), state)
            return self._read.catalogue

    def _load(self) -> Catalogue:
        catalogue = read_catalogue(self._file.filename, self._file.file_type)
        for problem in catalogue.problems[:5]:
            logger.warning("A row of a catalogue is left out: %s", problem, extra={"source_group_id": self.source_group_id})
        return catalogue


def _state_of(path: Path) -> FileState:
    try:
        status = path.stat()
    except (OSError, ValueError) as missing:  # not there, or a name that no file could have
        raise MapUnreadable("The catalogue's file cannot be found.") from missing
    return status.st_size, status.st_mtime_ns
