"""Catalogues and regions as entries of a configuration: what of a file can be drawn over maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilemaker.errors import MapUnreadable

from .binary_tables import position_tables
from .catalogues import read_catalogue
from .filenames import stem_of
from .models import FileType, RegionFile, RegionGroupConfig, SourceFile, SourceGroupConfig
from .region_files import read_regions
from .text_tables import json_in
from .unpacking import unpacked

if TYPE_CHECKING:
    from pathlib import Path

ECSV_MARK = b"# %ECSV"


def catalogues_in(path: Path, file_type: FileType) -> list[SourceGroupConfig]:
    """Return the catalogues of a file that can be read: one, or as many as there are tables with positions in a FITS file.

    Raises
    ------
    MapUnreadable
        There is none.
    """
    if file_type == "fits":
        return _tables_in(path)
    if file_type == "csv" and unpacked(path).startswith(ECSV_MARK):
        file_type = "ecsv"
    return [_catalogue(path, file_type, stem_of(path))]


def regions_and_points_in(path: Path) -> tuple[list[RegionGroupConfig], list[SourceGroupConfig]]:
    """Return what is in a file of regions: shapes, points, or both. Raises `MapUnreadable`."""
    name = stem_of(path).replace("_", " ")
    try:
        read_regions(path)
    except MapUnreadable as no_shapes:
        try:
            return [], [_catalogue(path, "ds9", name)]
        except MapUnreadable:
            raise no_shapes from None
    regions = [RegionGroupConfig(name=name, provider=RegionFile(file_type="ds9", filename=path))]
    try:
        return regions, [_catalogue(path, "ds9", f"{name} points")]
    except MapUnreadable:
        return regions, []


def holds_positions(path: Path) -> bool:
    """Tell whether a FITS file has a table with columns of positions, from its headers alone."""
    try:
        return bool(position_tables(path))
    except MapUnreadable:
        return False


def _tables_in(path: Path) -> list[SourceGroupConfig]:
    first, *others = position_tables(path)
    groups = [_catalogue(path, "fits", stem_of(path))]
    for table in others:
        try:
            groups.append(_catalogue(path, "fits", f"{stem_of(path)} {table.name or f'HDU {table.number}'}", table.number))
        except MapUnreadable:
            continue  # what comes after the catalogue need not be one
    return groups


def _catalogue(path: Path, file_type: FileType, name: str, hdu: int | None = None) -> SourceGroupConfig:
    """Return the entry of a catalogue that can be read. Raises `MapUnreadable`."""
    try:
        catalogue = read_catalogue(path, file_type, hdu)
    except MapUnreadable:
        if file_type == "json" and _is_configuration(path):
            raise MapUnreadable("The file is a configuration, not a catalogue: use it with `tilemaker serve`.") from None
        raise
    if not len(catalogue):
        raise MapUnreadable("The catalogue holds no source.")
    file = SourceFile(file_type=file_type, filename=path, hdu=hdu)
    return SourceGroupConfig(name=name.replace("_", " "), provider=file)


def _is_configuration(path: Path) -> bool:
    try:
        top = json_in(path)
    except MapUnreadable:
        return False
    first = top[0] if isinstance(top, list) and top else top
    return isinstance(first, dict) and bool({"map_groups", "maps"} & first.keys())
