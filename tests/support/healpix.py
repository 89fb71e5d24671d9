"""HEALPix files written as they exist in the wild, and where the reference library puts their pixels."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from astropy import units
from astropy.coordinates import BarycentricMeanEcliptic, SkyCoord
from astropy.io import fits
from astropy_healpix import HEALPix

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.skies import Floats

FRAMES = {"G": "galactic", "C": "icrs", "E": BarycentricMeanEcliptic()}
"""What COORDSYS means, to astropy."""

LETTERS = {"f4": "E", "f8": "D", "i2": "I", "i4": "J", "i8": "K", "u1": "B", "b1": "L"}

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sphere:
    """How the pixels of a map are cut and numbered."""

    nside: int
    ordering: str = "RING"
    coordsys: str = "C"

    @property
    def pixels(self) -> int:
        """How many there are."""
        return 12 * self.nside**2

    @property
    def cards(self) -> dict[str, object]:
        """What a header says of it."""
        return {"PIXTYPE": "HEALPIX", "ORDERING": self.ordering, "NSIDE": self.nside, "COORDSYS": self.coordsys}

    def numbers(self, ra_deg: Floats, dec_deg: Floats) -> Numbers:
        """Return the pixels that positions in ICRS lie in, as the reference library has it."""
        sky = SkyCoord(ra_deg, dec_deg, unit=units.deg).transform_to(FRAMES[self.coordsys])
        return np.asarray(self.library.lonlat_to_healpix(sky.spherical.lon, sky.spherical.lat))

    def centres(self, numbers: Numbers) -> tuple[Floats, Floats]:
        """Return RA in [-180, 180) and Dec of the centres of pixels, as the reference library has them."""
        sky = SkyCoord(*self.library.healpix_to_lonlat(numbers), frame=FRAMES[self.coordsys]).icrs
        return (sky.ra.deg + 180.0) % 360.0 - 180.0, sky.dec.deg

    @property
    def library(self) -> HEALPix:
        """The reference library's own."""
        return HEALPix(self.nside, "nested" if self.ordering == "NESTED" else "ring")

    def degraded(self, values: Floats, nside: int) -> Floats:
        """Return the means of the pixels under each of a coarser map, in nested order, NaN left out."""
        order = np.arange(self.pixels)
        nested = values if self.ordering == "NESTED" else values[self.library.nested_to_ring(order)]
        under = nested.reshape(12 * nside**2, -1)
        present = np.isfinite(under)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(present, under, 0.0).sum(axis=1) / present.sum(axis=1))


@dataclass(frozen=True)
class Columns:
    """What a table holds, and how."""

    values: dict[str, npt.NDArray[np.generic]]
    """By name, in order."""
    repeat: int = 1
    """Values in a row of the table."""
    units: str | None = None
    cards: dict[str, object | None] = field(default_factory=dict)
    """What the header says beside the sphere; None takes a card away."""

    def hdu(self, sphere: Sphere) -> fits.BinTableHDU:
        """Return the table."""
        hdu = fits.BinTableHDU.from_columns([self._column(name, each) for name, each in self.values.items()])
        for key, value in (sphere.cards | self.cards).items():
            if value is None:
                hdu.header.remove(key, ignore_missing=True)
            else:
                hdu.header[key] = value
        return hdu

    def _column(self, name: str, values: npt.NDArray[np.generic]) -> fits.Column:
        form = f"{self.repeat}{LETTERS[values.dtype.str[1:]]}"
        return fits.Column(name, form, array=values.reshape(-1, self.repeat) if self.repeat > 1 else values, unit=self.units)


def write_healpix(path: Path, sphere: Sphere, *columns: Columns) -> Path:
    """Write tables, packed as the name says."""
    file = fits.HDUList([fits.PrimaryHDU(), *(each.hdu(sphere) for each in columns)])
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    file.writeto(plain, overwrite=True)
    if plain != path:
        path.write_bytes(gzip.compress(plain.read_bytes(), 1))
        plain.unlink()
    return path


def numbered(sphere: Sphere, dtype: str = "f8", repeat: int = 1) -> Columns:
    """Return a map of which every pixel holds its own number."""
    return Columns({"T": np.arange(sphere.pixels).astype(dtype)}, repeat)
