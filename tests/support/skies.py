"""Skies whose every pixel is known by formula, written with the headers that exist in the wild."""

from __future__ import annotations

import bz2
import gzip
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from astropy.io import fits
from astropy.wcs import WCS, FITSFixedWarning

if TYPE_CHECKING:
    from pathlib import Path

Floats = npt.NDArray[np.float64]
Value = Callable[[Floats, Floats], Floats]
"""A sky: the value at RA and Dec, degrees."""


def waves(ra_deg: Floats, dec_deg: Floats) -> Floats:
    """Return a sky that is continuous at RA 180 and of which the mean over a block is known, see `mean_waves`."""
    return dec_deg + 20.0 * np.sin(np.radians(ra_deg)) + 10.0 * np.cos(np.radians(ra_deg))


def mean_waves(ra_deg: Floats, dec_deg: Floats, pixel_deg: float, pixels: int) -> Floats:
    """Return the mean of `waves` over blocks of ``pixels`` by ``pixels`` around these centres.

    The sum of n sines at equal steps p around a centre is sin(centre) sin(n p / 2) / sin(p / 2).
    """
    half = np.radians(pixel_deg) / 2
    shrink = np.sin(pixels * half) / (pixels * np.sin(half))
    return np.asarray(dec_deg + shrink * (waves(ra_deg, dec_deg) - dec_deg))


@dataclass(frozen=True)
class Header:
    """A header and the shape of its image, (rows, columns)."""

    shape: tuple[int, int]
    cards: dict[str, object] = field(default_factory=dict)

    def fits(self) -> fits.Header:
        """Return it as astropy has it."""
        header = fits.Header()
        header.update({key: value for key, value in self.cards.items() if value is not None})
        return header


def car(rows: int, columns: int, step_deg: float, **cards: object) -> Header:
    """Return a plate carrée header with RA decreasing, centred on RA 0 Dec 0 unless cards say otherwise; None leaves a card out."""
    standard: dict[str, object] = {
        "CTYPE1": "RA---CAR",
        "CTYPE2": "DEC--CAR",
        "CUNIT1": "deg",
        "CUNIT2": "deg",
        "CRVAL1": 0.0,
        "CRVAL2": 0.0,
        "CDELT1": -step_deg,
        "CDELT2": step_deg,
        "CRPIX1": columns / 2 + 0.5,
        "CRPIX2": rows / 2 + 0.5,
    }
    return Header((rows, columns), standard | cards)


def positions(header: Header) -> tuple[Floats, Floats]:
    """Return RA in [-180, 180) and Dec of every pixel's centre, as astropy has them, (rows, columns), not to be written to."""
    return _positions(header.shape, tuple(header.cards.items()))


@lru_cache(maxsize=8)
def _positions(shape: tuple[int, int], cards: tuple[tuple[str, object], ...]) -> tuple[Floats, Floats]:
    header = Header(shape, dict(cards))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FITSFixedWarning)
        wcs = WCS(header.fits(), naxis=2)
    wcs.wcs.bounds_check(False, False)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    world = np.asarray(wcs.all_pix2world(np.column_stack([columns.ravel(), rows.ravel()]), 0))
    ra_deg = (world[:, wcs.wcs.lng] + 180.0) % 360.0 - 180.0
    found = ra_deg.reshape(shape), world[:, wcs.wcs.lat].reshape(shape)
    for each in found:
        each.setflags(write=False)
    return found


def sky_pixels(header: Header, value: Value) -> Floats:
    """Return the image of a sky, NaN off it."""
    return np.asarray(value(*positions(header)), np.float64)


def write_image(path: Path, pixels: npt.NDArray[np.generic], header: Header, **cards: object) -> Path:
    """Write an image, packed as the name says."""
    full = header.fits()
    full.update({key: value for key, value in cards.items() if value is not None})
    with np.errstate(all="ignore"):
        hdu = fits.PrimaryHDU(pixels, full)
    if path.suffix not in (".gz", ".bz2"):
        hdu.writeto(path, overwrite=True)
        return path
    plain = path.with_suffix("")
    hdu.writeto(plain, overwrite=True)
    pack = gzip.compress if path.suffix == ".gz" else bz2.compress
    path.write_bytes(pack(plain.read_bytes()))
    plain.unlink()
    return path


def write_sky(path: Path, header: Header, value: Value = waves, dtype: str = "f4", **cards: object) -> Path:
    """Write the image of a sky."""
    return write_image(path, sky_pixels(header, value).astype(dtype), header, **cards)


HALF = 0.5
BENT = {"A_ORDER": 2, "A_2_0": 2e-4, "A_0_2": -1e-4, "B_ORDER": 2, "B_1_1": 1e-4, "B_0_2": 2e-4}
"""Moves pixels by up to two of them."""
FULL = (360, 720)

CONVENTIONS: dict[str, Header] = {
    "cell-centred": car(*FULL, HALF),
    "node-centred": car(361, 720, HALF),
    "node-centred in RA too": car(361, 720, HALF, CRPIX1=361.0),
    "RA increasing": car(*FULL, HALF, CDELT1=HALF),
    "Dec decreasing": car(*FULL, HALF, CDELT2=-HALF),
    "both": car(*FULL, HALF, CDELT1=HALF, CDELT2=-HALF),
    "CRVAL1 just short of a turn": car(*FULL, HALF, CRVAL1=359.99983),
    "CRVAL1 half a pixel": car(*FULL, HALF, CRVAL1=0.25),
    "CRVAL1 45": car(*FULL, HALF, CRVAL1=45.0),
    "CRVAL1 180": car(*FULL, HALF, CRVAL1=180.0),
    "CRPIX1 far off": car(*FULL, HALF, CRPIX1=2000.25),
    "CRPIX1 far off the other way": car(*FULL, HALF, CRPIX1=-3000.0),
    "wider than the sky": car(360, 727, HALF),
    "wider than the sky, RA increasing": car(360, 726, HALF, CDELT1=HALF),
    "three columns short of the sky": car(360, 717, HALF, CRVAL1=100.0),
    "patch across RA 180": car(100, 200, HALF, CRVAL1=180.3, CRPIX2=20.0),
    "patch across RA 0": car(100, 200, HALF, CRVAL1=359.9),
    "patch at the south pole": car(40, 100, HALF, CRVAL1=250.0, CRPIX2=180.5),
    "one row": car(1, 300, HALF, CRVAL1=33.3, CRPIX2=-39.0),
    "one column": car(200, 1, HALF, CRVAL1=33.3),
    "one pixel": car(1, 1, HALF, CRVAL1=180.0, CRPIX2=-39.5),
    "LONPOLE 180": car(*FULL, HALF, LONPOLE=180.0),
    "LATPOLE -90": car(*FULL, HALF, LATPOLE=-90.0),
    "LATPOLE 0": car(*FULL, HALF, LATPOLE=0.0),
    "LONPOLE 180, LATPOLE -90": car(*FULL, HALF, LONPOLE=180.0, LATPOLE=-90.0),
    "CD matrix": car(*FULL, HALF, CDELT1=None, CDELT2=None, CD1_1=-HALF, CD1_2=0.0, CD2_1=0.0, CD2_2=HALF),
    "PC matrix": car(*FULL, 1.0, PC1_1=HALF, PC2_2=HALF),
    "arcminutes": car(*FULL, HALF, CUNIT1="arcmin", CUNIT2="arcmin", CDELT1=-60 * HALF, CDELT2=60 * HALF),
    "no units": car(*FULL, HALF, CUNIT1=None, CUNIT2=None),
    "PV2_1": car(*FULL, HALF, PV2_1=0.0),
    "FK5": car(*FULL, HALF, RADESYS="FK5", EQUINOX=2000.0),
    "WCSAXES 2": car(*FULL, HALF, WCSAXES=2),
    "CROTA2 180": car(*FULL, HALF, CROTA2=180.0),
    "turned by a quarter": car(720, 360, HALF, PC1_1=0.0, PC1_2=1.0, PC2_1=1.0, PC2_2=0.0),
    "turned by a quarter the other way": car(300, 200, HALF, PC1_1=0.0, PC1_2=-1.0, PC2_1=1.0, PC2_2=0.0, CRVAL1=190.0),
    "Dec first": car(720, 360, HALF, CTYPE1="DEC--CAR", CTYPE2="RA---CAR", CDELT1=HALF, CDELT2=-HALF),
    "CRVAL1 negative": car(*FULL, HALF, CRVAL1=-90.0),
    "CRVAL1 beyond a turn": car(*FULL, HALF, CRVAL1=540.0),
    "begins at RA 0": car(*FULL, HALF, CDELT1=HALF, CRPIX1=0.5),
    "noise in the matrix": car(*FULL, 1.0, PC1_1=HALF, PC1_2=1e-17, PC2_1=-1e-17, PC2_2=HALF),
    "RADECSYS": car(*FULL, HALF, RADECSYS="FK5"),
    "native longitude moved": car(*FULL, HALF, PV1_1=30.0, PV1_2=0.0, LONPOLE=30.0),
    "third axis described": car(*FULL, HALF, CTYPE3="STOKES", CRVAL3=1.0, CRPIX3=1.0, CDELT3=1.0),
}
"""Plate carrée headers that mean plain rows of Dec and columns of RA, at 0.5 degrees."""

RESAMPLED: dict[str, Header] = {
    "wide pixels": car(360, 360, HALF, CDELT1=-1.0),
    "no whole number of pixels": car(201, 400, 0.7),
    "galactic": car(181, 360, 1.0, CTYPE1="GLON-CAR", CTYPE2="GLAT-CAR"),
    "galactic patch across its seam, three turns on": car(90, 90, 1.0, CTYPE1="GLON-CAR", CTYPE2="GLAT-CAR", CRPIX1=-1214.5),
    "oblique": car(150, 200, 1.0, CRVAL1=30.0, CRVAL2=20.0),
    "turned": car(150, 200, 1.0, PC1_1=0.8, PC1_2=-0.6, PC2_1=0.6, PC2_2=0.8),
    "CEA": car(114, 360, 1.0, CTYPE1="RA---CEA", CTYPE2="DEC--CEA", PV2_1=1.0),
    "TAN": car(300, 300, 0.05, CTYPE1="RA---TAN", CTYPE2="DEC--TAN", CRVAL1=200.0, CRVAL2=40.0),
    "TAN on the pole": car(200, 200, 0.1, CTYPE1="RA---TAN", CTYPE2="DEC--TAN", CRVAL1=10.0, CRVAL2=89.0),
    "SIN": car(300, 300, 0.05, CTYPE1="RA---SIN", CTYPE2="DEC--SIN", CRVAL1=0.0, CRVAL2=-30.0),
    "AZP": car(150, 150, 0.2, CTYPE1="RA---AZP", CTYPE2="DEC--AZP", CRVAL1=100.0, CRVAL2=30.0, PV2_1=2.0),
    "ZPN": car(150, 150, 0.2, CTYPE1="RA---ZPN", CTYPE2="DEC--ZPN", CRVAL1=100.0, CRVAL2=30.0, PV2_1=1.0, PV2_3=0.05),
    "ZEA, all one hemisphere": car(200, 200, 1.0, CTYPE1="RA---ZEA", CTYPE2="DEC--ZEA", CRVAL2=-90.0),
    "SFL": car(180, 360, 1.0, CTYPE1="RA---SFL", CTYPE2="DEC--SFL"),
    "AIT": car(180, 360, 1.0, CTYPE1="RA---AIT", CTYPE2="DEC--AIT"),
    "distorted (SIP)": car(150, 200, 0.05, CTYPE1="RA---TAN-SIP", CTYPE2="DEC--TAN-SIP", CRVAL1=200.0, CRVAL2=40.0, **BENT),
    "Dec first": car(200, 300, 0.1, CTYPE1="DEC--TAN", CTYPE2="RA---TAN", CRVAL1=40.0, CRVAL2=200.0),
    "B1950": car(200, 300, 0.1, RADESYS="FK4", EQUINOX=1950.0),
    "FK5 of another equinox": car(200, 300, 0.1, RADESYS="FK5", EQUINOX=1975.0),
    "ecliptic": car(181, 360, 1.0, CTYPE1="ELON-CAR", CTYPE2="ELAT-CAR"),
    "ecliptic of another equinox": car(60, 90, 1.0, CTYPE1="ELON-CAR", CTYPE2="ELAT-CAR", RADESYS="FK5", EQUINOX=1950.0),
    "bent like a saddle": car(44, 103, 1.0, CTYPE1="RA---COP", CTYPE2="DEC--COP", CRVAL2=45.0, PV2_1=45.0, PV2_2=15.0),
}
"""Headers that are honoured through their WCS."""

PIXELS_ARCMIN = (0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 1, 1.2, 2, 2.5, 3, 4, 5, 6, 10, 6.0, 5.2734375, 15, 30, 60)
"""Pixel scales seen in maps; 5.27 is 4096 pixels round the sky."""
