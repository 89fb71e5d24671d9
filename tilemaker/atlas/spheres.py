"""HEALPix files as entries of a configuration: a layer for every column that is a map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tilemaker.errors import MapError
from tilemaker.providers.healpix import (
    ASSUMED_FRAME,
    HealpixSpec,
    HealpixTable,
    convention_of,
    table_of,
    tables_among,
)
from tilemaker.providers.units import microkelvin_in

from .filenames import FileName, words_of
from .kinds import ANYTHING, Clues, Recognised, recognise
from .models import LayerConfig

if TYPE_CHECKING:
    from tilemaker.providers.hdus import Hdu
    from tilemaker.providers.location import Url

ASSUMED = f"The file does not say which coordinates it is in (COORDSYS): taken to be {ASSUMED_FRAME}."


def healpix_layers(path: Path | Url, parts: Sequence[Hdu], name: FileName) -> tuple[list[LayerConfig], list[str]]:
    """Return a layer for every map in the HEALPix tables of a file, and why other tables cannot be shown. Raises `MapError`."""
    layers: list[LayerConfig] = []
    problems: list[str] = []
    hdus = tables_among(parts)
    for hdu in hdus:
        try:
            layers += _layers(path, name, table_of(hdu), is_alone=len(hdus) == 1)
        except MapError as refused:
            problems.append(str(refused))
    return layers, problems


def convention_in_tables(parts: Sequence[Hdu]) -> str | None:
    """Return the convention of polarisation of the first HEALPix table of a file. Raises `MapError`."""
    return next((convention_of(hdu.header, "U") for hdu in tables_among(parts)), None)


def _layers(path: Path | Url, name: FileName, table: HealpixTable, *, is_alone: bool) -> Iterator[LayerConfig]:
    for index, (column, parameter) in enumerate(zip(table.columns, table.stokes, strict=True)):
        words = words_of(column.name) | {"".join(part for part in column.name.lower() if part.isalnum())}
        # The file's name is about the sky in it, and about its only map; what stands beside the sky speaks for itself.
        is_named = parameter is not None or len(table.columns) == 1
        units = column.units if is_named or microkelvin_in(column.units) is None else None
        clues = Clues(words | name.words if is_named else words, 1, units, (parameter,) if parameter else ())
        found = recognise(clues, extname=words, stokes_word=name.stokes if is_named else None)
        (look,) = found.looks
        vmin, vmax = look.limits_in(column.units)
        yield LayerConfig(
            name=_name(found, column.name, len(table.columns), table.hdu.name if not is_alone else None),
            description=ASSUMED if table.frame is None else None,
            provider=HealpixSpec(filename=path, hdu=table.hdu.number, index=index if len(table.columns) > 1 else None),
            quantity=look.quantity,
            units=column.units,
            vmin=vmin,
            vmax=vmax,
            cmap=look.cmap,
            comment=f"Recognised as: {found.kind.name}." if found.kind is not ANYTHING else None,
        )


def _name(found: Recognised, column: str, columns: int, extname: str | None) -> str:
    """Return what the menu shows: the look says enough of the sky; of anything else a table may have several."""
    look = found.looks[0].name
    spoken = look if found.kind.is_sky or columns == 1 else f"{look} {column}"
    name = column if found.kind is ANYTHING else spoken
    return f"{name} ({extname})" if extname else name
