"""Maps to measure on: a smooth sky with noise upon it, and holes, so that pictures of it pack as badly as real ones."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from astropy.io import fits

Rows = npt.NDArray[np.float32]

NOISE = 30.0
"""Standard deviation of a pixel, µK."""
_KNOT_DEG = 0.5
_HOLE = 140.0
"""Where the smooth sky is brighter than this there is no data: a few percent of the map, in patches."""
_BAND_PIXELS = 16 << 20


@dataclass(frozen=True, slots=True)
class Survey:
    """A plate carrée map as microwave telescopes make them: RA decreasing along rows, a pixel centre at RA 0 and at Dec 0."""

    columns_round_the_sky: int
    first_row: int
    """Which row is the first, counted in pixels from the equator; negative for the south."""
    rows: int
    planes: int
    first_column: int = 0
    """Which of the columns round the sky, counted from RA 180 down, is the first."""
    columns: int | None = None
    """None for all round the sky."""

    @property
    def pixel_deg(self) -> float:
        """Side of a pixel."""
        return 360.0 / self.columns_round_the_sky

    @property
    def shape(self) -> tuple[int, int, int]:
        """(planes, rows, columns)."""
        return self.planes, self.rows, self.columns or self.columns_round_the_sky

    @property
    def header(self) -> fits.Header:
        """The header, without anything that differs from one map to the next."""
        planes, rows, columns = self.shape
        return fits.Header(
            [
                ("SIMPLE", True), ("BITPIX", -32), ("NAXIS", 3 if planes > 1 else 2), ("NAXIS1", columns), ("NAXIS2", rows),
                *([("NAXIS3", planes)] if planes > 1 else []),
                ("CTYPE1", "RA---CAR"), ("CTYPE2", "DEC--CAR"), ("CUNIT1", "deg"), ("CUNIT2", "deg"),
                ("CRPIX1", self.columns_round_the_sky / 2 + 1 - self.first_column), ("CRPIX2", 1 - self.first_row),
                ("CDELT1", -self.pixel_deg), ("CDELT2", self.pixel_deg), ("CRVAL1", 0.0), ("CRVAL2", 0.0),
                ("RADESYS", "ICRS"), ("BUNIT", "uK"),
            ]
        )  # fmt: skip


def write(path: Path, survey: Survey) -> None:
    """Write a map, a band of rows at a time."""
    with path.open("wb") as file:
        file.write(survey.header.tostring().encode("ascii"))
        for seed in range(survey.planes):
            for band in _bands(survey, np.random.default_rng(seed)):
                file.write(band.astype(">f4").data)
        file.write(bytes(-file.tell() % 2880))


def write_tangent(path: Path, side: int, pixel_deg: float) -> None:
    """Write a map in gnomonic projection about RA 40, Dec 20, which has to be resampled to be shown."""
    header = fits.Header(
        [
            ("CTYPE1", "RA---TAN"), ("CTYPE2", "DEC--TAN"), ("CUNIT1", "deg"), ("CUNIT2", "deg"), ("CRPIX1", side / 2),
            ("CRPIX2", side / 2), ("CDELT1", -pixel_deg), ("CDELT2", pixel_deg), ("CRVAL1", 40.0), ("CRVAL2", 20.0),
            ("RADESYS", "ICRS"), ("BUNIT", "uK"),
        ]
    )  # fmt: skip
    flat = Survey(round(360 / pixel_deg), 0, side, 1, columns=side)
    fits.PrimaryHDU(np.concatenate(list(_bands(flat, np.random.default_rng(7)))), header).writeto(path)


def pack(path: Path, packed: Path) -> None:
    """Write a map again compressed as a whole, as ``gzip`` does."""
    with path.open("rb") as source, gzip.open(packed, "wb", compresslevel=1) as target:
        shutil.copyfileobj(source, target, 1 << 20)


def compress(path: Path, packed: Path) -> None:
    """Write a map again compressed row by row, as ``fpack`` does unless it is told otherwise."""
    with fits.open(path) as file:
        image = fits.CompImageHDU(file[0].data, file[0].header, compression_type="RICE_1", quantize_level=16.0)
        image.writeto(packed)


def _bands(survey: Survey, random: np.random.Generator) -> Iterator[Rows]:
    """Yield the rows of one plane, from the first to the last."""
    _, rows, columns = survey.shape
    knot = max(1, round(_KNOT_DEG / survey.pixel_deg))
    knots = random.normal(0.0, 130.0, (rows // knot + 2, columns // knot + 1)).astype(np.float32)
    knots[:, -1] = knots[:, 0]
    noise = random.normal(0.0, NOISE, columns + (1 << 20)).astype(np.float32)
    step = max(1, _BAND_PIXELS // columns)
    for first in range(0, rows, step):
        yield _band(range(first, min(first + step, rows)), columns, (knots, knot), (noise, random))


def _band(rows: range, columns: int, smooth: tuple[Rows, int], rough: tuple[Rows, np.random.Generator]) -> npt.NDArray[np.float32]:
    knots, knot = smooth
    across = np.linspace(0, knots.shape[1] - 1, columns, endpoint=False)
    band = np.empty((len(rows), columns), np.float32)
    for index, row in enumerate(rows):
        above, part = divmod(row / knot, 1.0)
        mixed = knots[int(above)] * np.float32(1 - part) + knots[int(above) + 1] * np.float32(part)
        band[index] = np.interp(across, np.arange(mixed.size), mixed)
    is_hole = band > _HOLE
    noise, random = rough
    for index in range(len(rows)):
        start = int(random.integers(0, 1 << 20))
        band[index] += noise[start : start + columns]
    band[is_hole] = np.nan
    return band
