"""HEALPix maps, from a header to a provider."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field as Described

from tilemaker.errors import MapUnreadable, UnsupportedGeometry
from tilemaker.sky.boxes import SkyBox, shortest_arc, wrap_deg
from tilemaker.sky.healpix import ORDERINGS, PIXEL_DEG, WHOLE_SKY, HealpixGeometry, rotation_to
from tilemaker.sky.place import place

from .base import MapExtent, Provider
from .blobs import Distance
from .columns import Column, Field, fields_of
from .far import FarMap, OutOfReach
from .fits import digest
from .hdus import MISREAD, walk
from .healpix_cells import InARow, Listed, runs_of
from .healpix_pyramid import FINE, UNSEEN, HealpixPyramid
from .one_file import FileSpec
from .placed import PlacedMap
from .units import microkelvin_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tilemaker.sky.healpix import Ordering

    from .cards import Cards
    from .columns import Places
    from .files import File
    from .hdus import Hdu
    from .healpix_cells import Cells
    from .workshop import Workshop

MOST_NSIDE = 8192

COARSEST_DEG = 0.1
"""The finest tiles of maps with large pixels are this fine nevertheless, so that their edges are straight."""

FRAME_OF_COORDSYS = {"G": "galactic", "C": "icrs", "Q": "icrs", "E": "ecliptic"}
"""By the first letter of COORDSYS: galactic, celestial or equatorial (both of J2000), ecliptic."""

ASSUMED_FRAME = "galactic"
"""Where COORDSYS is missing: so are nearly all maps of the microwave background that leave it out."""

PIXEL_COLUMNS = frozenset({"PIXEL", "PIX", "IPIX", "HPIX", "HEALPIX", "PIXEL_INDEX", "INDEX"})

STOKES_OF_COLUMN = {
    form: parameter
    for parameter in "IQUV"
    for form in (parameter, f"{parameter} STOKES", f"STOKES {parameter}", f"{parameter} POLARISATION", f"{parameter} POLARIZATION")
} | {"T": "I", "TEMPERATURE": "I", "INTENSITY": "I"}
"""The Stokes parameter that a column is, by its name in capitals with spaces between words."""

PLACED: dict[Distance, type[PlacedMap]] = {
    Distance.HERE: PlacedMap,
    Distance.AFAR: FarMap,
    Distance.TOO_FAR: OutOfReach,
}
"""What a map is, by where its file is."""

Frame = Literal["galactic", "icrs", "ecliptic"]


@dataclass(frozen=True, slots=True)
class HealpixTable:
    """A table that holds HEALPix maps, as far as its header tells."""

    hdu: Hdu
    nside: int
    ordering: str
    """RING or NESTED."""
    frame: str | None
    """Which coordinates, None where the header does not say."""
    pixels: Field | None
    """The column that says which pixels the rows are, None where they are in the order of their numbers."""
    columns: tuple[Field, ...]
    """The maps."""

    @property
    def header(self) -> Cards:
        """Its header."""
        return self.hdu.header

    @property
    def stokes(self) -> tuple[str | None, ...]:
        """The Stokes parameter of each map; a single one is often called T, or TEMPERATURE, whatever it is."""
        found = tuple(stokes_of_column(column) for column in self.columns)
        return (None,) if len(found) == 1 and microkelvin_in(self.columns[0].units) is None else found

    def column(self, index: int) -> Field:
        """Return a map. Raises `MapUnreadable` when there is no such."""
        if index >= len(self.columns):
            raise MapUnreadable(f"There is no map {index}: the table has {len(self.columns)}, counted from 0.")
        return self.columns[index]


class HealpixSpec(FileSpec):
    """One column of a HEALPix map: of the whole sphere or of a part, in ring or in nested order."""

    provider_type: Literal["healpix"] = "healpix"
    hdu: Annotated[
        int | None, Described(ge=0, description="Which HDU, counted from 0; by default the first that holds a HEALPix map.")
    ] = None
    index: Annotated[int | None, Described(ge=0, description="Which map, counted from 0; a column of pixel numbers is none.")] = (
        None
    )
    frame: Annotated[
        Frame | None,
        Described(description="Which coordinates the map is in, whatever COORDSYS says; without either, galactic ones."),
    ] = None

    def _opened(self, workshop: Workshop) -> Provider:
        file = workshop.files.open(self.filename)
        table = self._table(file)
        field = table.column(self.index or 0)
        column = _column(file, table, field)
        cells = _cells(file, table, workshop)
        frame = self.frame or table.frame or ASSUMED_FRAME
        geometry = HealpixGeometry(table.nside, rotation_to(frame))
        if isinstance(cells, Listed):
            geometry = replace(geometry, box=_box(geometry, ORDERINGS[table.ordering], cells))
        placement = place(geometry, min(FINE * PIXEL_DEG / table.nside, COARSEST_DEG))
        distance = file.raw.distance(file.raw.size)
        pyramid = HealpixPyramid(
            column,
            cells,
            nside=table.nside,
            ordering=ORDERINGS[table.ordering],
            pixel_deg=placement.grid.pixel_deg,
            bad_data=_bad_data(table.header),
            kept_pixels=workshop.kept_pixels,
            is_far=distance is not Distance.HERE,
        )
        stokes = table.stokes[self.index or 0]
        return PLACED[distance](
            pyramid,
            placement,
            MapExtent(geometry.box, placement.grid, field.units, convention_of(table.header, stokes), stokes),
            fingerprint=digest(file.raw.name, file.raw.identity, table.hdu.number, field.offset, frame),
            is_current=lambda: file.raw.is_current,
            workshop=workshop,
        )

    def _table(self, file: File) -> HealpixTable:
        for hdu in walk(file):
            if hdu.number == self.hdu or (self.hdu is None and is_healpix(hdu)):
                return table_of(hdu)
        raise MapUnreadable("The file holds no HEALPix map." if self.hdu is None else f"The file has no HDU {self.hdu}.")


def tables_among(parts: Iterable[Hdu]) -> list[Hdu]:
    """List the parts of a FITS file that say that they are HEALPix maps. Raises `MapUnreadable` when one makes no sense."""
    try:
        return [hdu for hdu in parts if is_healpix(hdu)]
    except MISREAD as broken:
        raise MapUnreadable("A header of the file is not valid FITS.") from broken


def convention_of(header: Cards, stokes: str | None) -> str | None:
    """Return the convention of polarisation as written; of Q and U that do not say it is HEALPix's own, which is COSMO."""
    return str(header.get("POLCCONV", "")).strip() or ("COSMO" if stokes in ("Q", "U") else None)


def stokes_of_column(field: Field) -> str | None:
    """Return the Stokes parameter that a column is by its name, None when that says something else."""
    return STOKES_OF_COLUMN.get(" ".join(field.name.upper().replace("-", "_").split("_")))


def is_healpix(hdu: Hdu) -> bool:
    """Tell whether a table says that it is a HEALPix map."""
    if hdu.extension != "BINTABLE":
        return False
    says_so = str(hdu.header.get("PIXTYPE", "")).strip().upper() == "HEALPIX"
    return says_so or ("NSIDE" in hdu.header and "ORDERING" in hdu.header)


def table_of(hdu: Hdu) -> HealpixTable:
    """Read the header of a HEALPix map.

    Raises
    ------
    MapUnreadable
        The header does not hang together.
    UnsupportedGeometry
        It leaves out what is needed, or says what cannot be.
    """
    if hdu.extension != "BINTABLE":
        raise MapUnreadable(f"HDU {hdu.number} does not hold a table, as HEALPix maps do.")
    try:
        return _table_of(hdu)
    except MISREAD as broken:
        raise MapUnreadable("A header of the file is not valid FITS.") from broken


def _table_of(hdu: Hdu) -> HealpixTable:
    if hdu.header.get("ZTABLE"):
        raise MapUnreadable("The table is compressed, which is not read here: unpack it with funpack.")
    ordering, nside = _ordering(hdu.header), _nside(hdu.header)
    fields = fields_of(hdu)
    pixels = _pixel_column(hdu.header, fields)
    columns = tuple(field for field in fields if field.is_number and field is not pixels)
    if not columns:
        raise MapUnreadable("The HEALPix table has no column of numbers.")
    return HealpixTable(hdu, nside, ordering, _frame(hdu.header), pixels, columns)


def _nside(header: Cards) -> int:
    nside = header.get("NSIDE")
    if nside is None:
        raise UnsupportedGeometry("The HEALPix map does not say its resolution (NSIDE).")
    if isinstance(nside, bool) or not isinstance(nside, int) or nside < 1 or nside & (nside - 1):
        raise UnsupportedGeometry(f"NSIDE of the HEALPix map is {nside}; it should be a power of two.")
    if nside > MOST_NSIDE:
        raise UnsupportedGeometry(f"NSIDE of the HEALPix map is {nside:,}, and {MOST_NSIDE:,} is the most that is shown.")
    return nside


def _ordering(header: Cards) -> str:
    written = str(header.get("ORDERING", "")).strip().upper()
    if written in {"NUNIQ", "UNIQ", "RANGE"}:
        raise UnsupportedGeometry(
            "The HEALPix map is of several resolutions (NUNIQ), which cannot be shown: bring it to one NSIDE."
        )
    if not written:
        raise UnsupportedGeometry("The HEALPix map does not say the order of its pixels (ORDERING).")
    if written not in ORDERINGS:
        raise UnsupportedGeometry(f"ORDERING of the HEALPix map is {written}; it should be RING or NESTED.")
    return written


def _frame(header: Cards) -> str | None:
    written = str(header.get("COORDSYS", "")).strip().upper()
    if not written:
        return None
    # Spelled out as well: galactic, celestial, ecliptic. Only equatorial has the first letter of another.
    known = "icrs" if written.startswith(("EQ", "ICRS", "J2000", "FK5")) else FRAME_OF_COORDSYS.get(written[0])
    if known is None:
        raise UnsupportedGeometry(f"COORDSYS of the HEALPix map is {written}; it should be G, C or E.")
    return known


def _pixel_column(header: Cards, fields: list[Field]) -> Field | None:
    """Return the column that says which pixels the rows are, None where they are in the order of their numbers."""
    is_explicit = str(header.get("INDXSCHM", "")).strip().upper() == "EXPLICIT"
    called_so = next((field for field in fields if field.name.upper() in PIXEL_COLUMNS and field.letter in "IJK"), None)
    if called_so is not None and (is_explicit or "INDXSCHM" not in header):
        return called_so
    if is_explicit:
        raise MapUnreadable("The HEALPix map says that it names its pixels (INDXSCHM), and has no column of their numbers.")
    return None


def _cells(file: File, table: HealpixTable, workshop: Workshop) -> Cells:
    """Return which pixels the table has, having read their numbers if need be. Raises `MapUnreadable`."""
    total = 12 * table.nside**2
    if table.pixels is None:
        first = int(table.header.get("FIRSTPIX", 0))
        return InARow(first, _count_in_a_row(table, first, total), total)
    if {field.repeat for field in table.columns} != {table.pixels.repeat}:
        raise MapUnreadable("A row of the table does not have as many values as pixel numbers.")
    column, kept = _column(file, table, table.pixels), workshop.files.kept
    key = (file.raw.name, file.raw.identity, table.hdu.number, "runs of pixels")

    def runs() -> Places:
        return kept.get(key, lambda: runs_of(column, total, kept.max_bytes // 4))

    runs()  # what is wrong with them is found now
    return Listed(column, runs)


def _count_in_a_row(table: HealpixTable, first: int, total: int) -> int:
    count = min(field.repeat for field in table.columns) * int(table.header["NAXIS2"])
    last = int(table.header.get("LASTPIX", total - 1))
    is_part = 0 <= first <= last < total and count == last - first + 1
    if count != total and not is_part:
        raise MapUnreadable(f"The table has {count:,} values, and a map of NSIDE {table.nside} has {total:,}.")
    return count


def _column(file: File, table: HealpixTable, field: Field) -> Column:
    pitch, rows, offset = int(table.header["NAXIS1"]), int(table.header["NAXIS2"]), table.hdu.data_offset
    if rows < 1:
        raise MapUnreadable("The HEALPix table has no rows.")
    return Column(file.part(offset, table.hdu.table_bytes), field, offset, pitch, rows)


def _bad_data(header: Cards) -> tuple[float, ...]:
    written = header.get("BAD_DATA")
    is_number = isinstance(written, int | float) and not isinstance(written, bool)
    return (UNSEEN, float(written)) if is_number and float(written) != UNSEEN else (UNSEEN,)


def _box(geometry: HealpixGeometry, ordering: Ordering, cells: Listed) -> SkyBox:
    """Return a box around a part of the sphere, larger than need be by a pixel or, where there are many, a few."""
    ra_deg, dec_deg = geometry.centres(*ordering.raster(geometry.nside, cells.shown()))
    margin_deg = PIXEL_DEG / geometry.nside
    south_deg, north_deg = float(dec_deg.min()) - margin_deg, float(dec_deg.max()) + margin_deg
    west_deg, east_deg = shortest_arc(ra_deg)
    widest = margin_deg / max(np.cos(np.radians(min(max(abs(south_deg), abs(north_deg)), 90.0))), 1e-9)
    if east_deg - west_deg + 2 * widest >= 360.0:
        west_deg, east_deg, widest = WHOLE_SKY.west_deg, WHOLE_SKY.east_deg, 0.0
    west_deg, width_deg = float(wrap_deg(west_deg - widest)), east_deg - west_deg + 2 * widest
    return SkyBox(west_deg, west_deg + width_deg, max(south_deg, -90.0), min(north_deg, 90.0))
