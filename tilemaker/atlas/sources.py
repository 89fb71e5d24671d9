"""Lists of astronomical sources: read when first asked for, and again when the file has changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from tilemaker.errors import MapUnreadable
from tilemaker.providers.blobs import Identity

from .catalogues import read_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from .catalogues import Catalogue
    from .models import SourceGroupConfig

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read, and from which file."""

    catalogue: Catalogue
    identity: Identity


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
    def catalogue(self) -> Catalogue:
        """The sources, in the order of the file; the same object as long as the file is. Raises `MapUnreadable`."""
        with self._reading:
            identity = _identity_of(self._file.filename)
            if self._read is None or self._read.identity != identity:
                self._read = _Read(self._load(), identity)
            return self._read.catalogue

    def _load(self) -> Catalogue:
        catalogue = read_catalogue(self._file.filename, self._file.file_type, self._file.hdu)
        if catalogue.left_out:
            more = "; …" if catalogue.left_out > len(catalogue.problems) else ""
            logger.warning(
                "%d rows of catalogue %s are left out: %s%s",
                catalogue.left_out,
                self.source_group_id,
                "; ".join(catalogue.problems),
                more,
                extra={"source_group_id": self.source_group_id},
            )
        return catalogue


def _identity_of(path: Path) -> Identity:
    try:
        return Identity.of(path.stat())
    except (OSError, ValueError) as missing:  # not there, or a name that no file could have
        raise MapUnreadable("The catalogue's file cannot be found.") from missing
