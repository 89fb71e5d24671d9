"""Make the small maps that `sample.json` and the other examples show: a made-up patch of microwave sky.

    python examples/make_maps.py FOLDER

Writes into FOLDER, which is made if need be, the same pixels every time:

* ``patch_f150_map.fits``: I, Q and U at 150 GHz in µK, 60 x 30 degrees across RA 0 in pixels of 0.25 degrees, 16-bit integers
* ``patch_f090_map.fits``: I at 90 GHz, the same sky with brighter sources
* ``patch_f150_ivar.fits.gz``, ``patch_f090_ivar.fits.gz``: inverse variances
* ``patch_mask.fits.gz``: 1 where the noise is low and no bright source is near
* ``sources.json`` and ``sources.csv``: the sources in these maps, as a catalogue in either form
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from astropy.io import fits

Map = npt.NDArray[np.float64]

ROWS, COLUMNS, PIXEL_DEG = 120, 240, 0.25
BEAM_DEG = 0.5
STEP_UK = 0.1
"""What one step of the integers is worth: far below the noise."""
NOISE_UK = {"f150": 4.0, "f090": 6.0}
SOURCE_SCALE = {"f150": 1.0, "f090": 2.5}
SEED = 1965


@dataclass(frozen=True)
class Source:
    """A point source of the made-up sky."""

    name: str
    ra_deg: float
    dec_deg: float
    peak_uk: float
    """Temperature at its centre at 150 GHz."""


def main(folder: Path) -> None:
    """Write everything."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    sources = made_up_sources(random)
    background = microwave_background(random)
    points = point_sources(sources)
    for band, planes in (("f150", 3), ("f090", 1)):
        ivar = inverse_variance(NOISE_UK[band])
        noise_uk = random.standard_normal((3, ROWS, COLUMNS)) / np.sqrt(ivar)
        observed = background + noise_uk
        observed[0] += SOURCE_SCALE[band] * points
        write(folder / f"patch_{band}_map.fits", observed[:planes].squeeze(), units="uK")
        write(folder / f"patch_{band}_ivar.fits.gz", ivar.astype(np.float32), units="uK^-2")
    quiet = (inverse_variance(1.0) > 0.5) & (points < 50.0)
    write(folder / "patch_mask.fits.gz", quiet.astype(np.uint8), units=None)
    write_catalogues(folder, sources)


def made_up_sources(random: np.random.Generator) -> list[Source]:
    """Return two dozen sources, few of them bright."""
    places = zip(random.uniform(-28, 28, 24), random.uniform(-13, 13, 24), 120.0 * (1.0 + random.pareto(1.5, 24)), strict=True)
    return [
        Source(f"EX {number:02d}", round(ra % 360, 3), round(dec, 3), round(min(peak, 1200.0), 1))
        for number, (ra, dec, peak) in enumerate(places, 1)
    ]


def microwave_background(random: np.random.Generator) -> Map:
    """Return I, Q and U in µK: a Gaussian random sky with the power of the microwave background, near enough."""
    rows, columns = 2 * ROWS, 2 * COLUMNS  # the sky goes on beyond the patch; what is cut away would repeat it
    up = np.fft.fftfreq(rows, PIXEL_DEG / 360.0)[:, None]
    right = np.fft.rfftfreq(columns, PIXEL_DEG / 360.0)[None, :]
    multipole, angle = np.hypot(up, right), np.arctan2(up, right)
    smoothing = np.exp(-0.5 * (multipole * np.radians(BEAM_DEG) / 2.355) ** 2)
    temperature, polarisation = (
        np.fft.rfft2(random.standard_normal((rows, columns))) * np.sqrt(spectrum(multipole)) * smoothing / np.radians(PIXEL_DEG)
        for spectrum in (temperature_power, polarisation_power)
    )
    planes = [temperature, polarisation * np.cos(2 * angle), polarisation * np.sin(2 * angle)]
    return np.stack([np.fft.irfft2(plane, (rows, columns))[:ROWS, :COLUMNS] for plane in planes])


def temperature_power(multipole: Map) -> Map:
    """Return C_l in µK² sr: a plateau and the first two acoustic peaks."""
    peaks = 1.0 + 4.6 * np.exp(-(((multipole - 220.0) / 90.0) ** 2)) + 1.6 * np.exp(-(((multipole - 540.0) / 90.0) ** 2))
    return np.where(multipole > 10.0, 2.0 * np.pi * 1000.0 * peaks / np.maximum(multipole, 10.0) ** 2, 0.0)


def polarisation_power(multipole: Map) -> Map:
    """Return C_l in µK² sr: rising, with peaks out of step with those of temperature."""
    band_power = 20.0 * (multipole / 1000.0) ** 1.5 * (1.0 + 0.8 * np.cos(2.0 * np.pi * multipole / 300.0)) + 0.2
    return np.where(multipole > 10.0, 2.0 * np.pi * band_power / np.maximum(multipole, 10.0) ** 2, 0.0)


def point_sources(sources: list[Source]) -> Map:
    """Return the sources as the beam shows them, µK at 150 GHz."""
    dec_deg, ra_deg = coordinates()
    drawn = np.zeros((ROWS, COLUMNS))
    for source in sources:
        east_deg = ((ra_deg - source.ra_deg + 180.0) % 360.0 - 180.0) * np.cos(np.radians(source.dec_deg))
        distance = np.hypot(east_deg, dec_deg - source.dec_deg) / (BEAM_DEG / 2.355)
        drawn += source.peak_uk * np.exp(-0.5 * distance**2)
    return drawn


def inverse_variance(noise_uk: float) -> Map:
    """Return µK⁻² of a survey that looks longest at the middle of the patch."""
    dec_deg, ra_deg = coordinates()
    east_deg = (ra_deg + 180.0) % 360.0 - 180.0
    depth = np.exp(-0.5 * ((east_deg / 24.0) ** 4 + (dec_deg / 12.0) ** 4)) * (1.0 + 0.2 * np.sin(np.radians(east_deg * 18.0)))
    return np.maximum(depth, 0.02) / noise_uk**2


def coordinates() -> tuple[Map, Map]:
    """Return Dec (rows, 1) and RA (1, columns) of the pixels' centres, in degrees, in the order of the file."""
    dec_deg = np.array([(row - (ROWS - 1) / 2) * PIXEL_DEG for row in range(ROWS)])
    ra_deg = np.array([((COLUMNS - 1) / 2 - column) * PIXEL_DEG for column in range(COLUMNS)])
    return dec_deg[:, None], ra_deg[None, :]


def write(path: Path, pixels: npt.NDArray[np.generic], *, units: str | None) -> None:
    """Write a map in plate carrée; double precision is stored as 16-bit integers."""
    hdu = fits.PrimaryHDU(pixels)
    if pixels.dtype == np.float64:
        hdu.scale("int16", bscale=STEP_UK)
    axes = {"CTYPE1": "RA---CAR", "CTYPE2": "DEC--CAR", "CUNIT1": "deg", "CUNIT2": "deg", "CRVAL1": 0.0, "CRVAL2": 0.0}
    scale = {"CDELT1": -PIXEL_DEG, "CDELT2": PIXEL_DEG, "CRPIX1": (COLUMNS + 1) / 2, "CRPIX2": (ROWS + 1) / 2, "RADESYS": "ICRS"}
    hdu.header.update(axes | scale | ({"BUNIT": units} if units else {}))
    if pixels.ndim == 3:
        hdu.header.update({"CTYPE3": "STOKES", "CRVAL3": 1.0, "CRPIX3": 1.0, "CDELT3": 1.0, "POLCCONV": "IAU"})
    hdu.writeto(path, overwrite=True)


def write_catalogues(folder: Path, sources: list[Source]) -> None:
    """Write the sources in either form."""
    listed = [{"name": each.name, "ra": each.ra_deg, "dec": each.dec_deg, "extra": {"peak_uk": each.peak_uk}} for each in sources]
    (folder / "sources.json").write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    with (folder / "sources.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["name", "RADeg", "decDeg", "peak_uk"])
        table.writerows([each.name, each.ra_deg, each.dec_deg, each.peak_uk] for each in sources)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
