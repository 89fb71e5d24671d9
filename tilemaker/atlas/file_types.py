"""What the name of a file says about its being a catalogue or a list of regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tilemaker.providers.location import Url

    from .models import FileType

FILE_TYPES: dict[str, FileType] = {
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".ecsv": "ecsv",
    ".vot": "votable",
    ".votable": "votable",
    ".xml": "votable",
    ".parquet": "parquet",
    ".reg": "ds9",
}
"""How the name of a catalogue ends, but for what says that it is packed; FITS tables are found by looking inside."""


def file_type_of(path: Path | Url) -> FileType | None:
    """Return what a file is by its name; None where only a look inside can tell."""
    name = path.name.lower().removesuffix(".gz").removesuffix(".bz2")
    return next((file_type for ending, file_type in FILE_TYPES.items() if name.endswith(ending)), None)
