"""A made-up microwave sky: Gaussian fluctuations with the spectrum of the CMB, noise, and point sources at known places.

All maps here are plate carrée, (rows, columns) with row 0 the southernmost and column 0 the lowest RA, float32, in microkelvin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tilemaker.sky.boxes import SkyBox

Singles = npt.NDArray[np.float32]
Modes = npt.NDArray[np.complex64]
Values = npt.NDArray[np.float64]

_BAND_DEG = 10.0
"""Height of the bands of declination within which the sky is taken as flat."""
_OUTERMOST_DEG = 90.0 - _BAND_DEG / 2
_FINEST_MULTIPOLE = 20_000
_SIGMAS_PER_FWHM = 1.0 / np.sqrt(8.0 * np.log(2.0))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plate carrée grid of square pixels, cell-centred."""

    box: SkyBox
    pixel_deg: float

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return round(self.box.height_deg / self.pixel_deg), round(self.box.width_deg / self.pixel_deg)

    @property
    def dec_deg(self) -> Values:
        """Dec of the centre of each row, increasing."""
        return self.box.south_deg + (np.arange(self.shape[0], dtype=np.float64) + 0.5) * self.pixel_deg

    @property
    def ra_deg(self) -> Values:
        """RA of the centre of each column, increasing."""
        return self.box.west_deg + (np.arange(self.shape[1], dtype=np.float64) + 0.5) * self.pixel_deg


@dataclass(frozen=True, slots=True)
class PointSource:
    """A source smaller than the beam."""

    name: str
    ra_deg: float
    dec_deg: float
    peak_uk: float
    """Its height above the sky at 150 GHz, whatever the beam."""


def temperature_spectrum(beam_fwhm_deg: float) -> Values:
    """Return C_l from l = 0, microkelvin squared: a plateau, three acoustic peaks and damping, seen through a Gaussian beam."""
    ell = np.arange(_FINEST_MULTIPOLE, dtype=float)
    peaks = 1.0 + 4.4 * _bump(ell, 220, 95) + 1.5 * _bump(ell, 535, 95) + 1.4 * _bump(ell, 810, 115)
    return _per_mode(1000.0 * peaks * np.exp(-((ell / 1350.0) ** 1.5))) * _beam(ell, beam_fwhm_deg)


def polarisation_spectrum(beam_fwhm_deg: float) -> Values:
    """Return C_l of the curl-free polarisation from l = 0, microkelvin squared, with peaks where temperature has troughs."""
    ell = np.arange(_FINEST_MULTIPOLE, dtype=float)
    peaks = 0.05 + 1.1 * _bump(ell, 140, 45) + 21 * _bump(ell, 395, 85) + 38 * _bump(ell, 690, 95) + 42 * _bump(ell, 995, 110)
    return _per_mode(peaks * np.exp(-((ell / 2000.0) ** 2))) * _beam(ell, beam_fwhm_deg)


def flat_sky(sheet: Sheet, spectrum: Values, random: np.random.Generator) -> Singles:
    """Return one field of that spectrum on a sheet small enough to be flat; opposite edges match."""
    dec_deg = (sheet.box.south_deg + sheet.box.north_deg) / 2
    modes = _noise(sheet, random) * _filter(sheet, spectrum, dec_deg)
    return np.fft.irfft2(modes, sheet.shape).astype(np.float32)


def whole_sky(sheet: Sheet, temperature: Values, polarisation: Values, random: np.random.Generator) -> Singles:
    """Return I, Q and U of those spectra on a sheet that covers the sky, shape (3, rows, columns), angles in the IAU convention.

    The same noise is filtered once for each band of declination, as the flat sky of that band would have it, and neighbouring
    bands are blended: fluctuations keep their true shape up to the poles at the price of a few Fourier transforms.
    """
    noise = _noise(sheet, random), _noise(sheet, random)
    # The two outermost bands reach to the poles, where there is no neighbour to blend with.
    dec_deg = np.clip(sheet.dec_deg, -_OUTERMOST_DEG, _OUTERMOST_DEG)
    sky = np.zeros((3, *sheet.shape), np.float32)
    for band_deg in np.arange(-_OUTERMOST_DEG, 90.0, _BAND_DEG):
        weight = np.maximum(0.0, 1.0 - np.abs(dec_deg - band_deg) / _BAND_DEG).astype(np.float32)
        rows = np.flatnonzero(weight)
        for plane, modes in enumerate(_band_modes(sheet, noise, (temperature, polarisation), band_deg)):
            band = np.fft.irfft(np.fft.ifft(modes, axis=0)[rows], sheet.shape[1], axis=1)
            sky[plane, rows] += weight[rows, None] * band
    return sky


def point_sources(sheet: Sheet, sources: Sequence[PointSource], fwhm_deg: float) -> Singles:
    """Return Gaussian peaks exactly at the places of the sources, wherever in a pixel that is."""
    image = np.zeros(sheet.shape, np.float32)
    sigma_deg = fwhm_deg * _SIGMAS_PER_FWHM
    for source in sources:
        rows = np.flatnonzero(np.abs(sheet.dec_deg - source.dec_deg) < 6 * sigma_deg)
        east_deg = (sheet.ra_deg - source.ra_deg + 180.0) % 360.0 - 180.0
        columns = np.flatnonzero(np.abs(east_deg) * np.cos(np.radians(source.dec_deg)) < 6 * sigma_deg)
        north_deg = sheet.dec_deg[rows] - source.dec_deg
        squared_deg = north_deg[:, None] ** 2 + (east_deg[columns] * np.cos(np.radians(sheet.dec_deg[rows]))[:, None]) ** 2
        image[np.ix_(rows, columns)] += source.peak_uk * np.exp(-squared_deg / (2 * sigma_deg**2))
    return image


def resampled(coarse: Singles, sheet: Sheet, onto: Sheet) -> Singles:
    """Return the part of a map that lies under a finer sheet, drawn smoothly (cubic convolution) between its pixels."""
    drawn: Singles = np.linalg.multi_dot([_cubic(sheet.dec_deg, onto.dec_deg), coarse, _cubic(sheet.ra_deg, onto.ra_deg).T])
    return drawn


def _bump(ell: Values, centre: float, width: float) -> Values:
    return np.asarray(np.exp(-(((ell - centre) / width) ** 2)))


def _beam(ell: Values, fwhm_deg: float) -> Values:
    return np.asarray(np.exp(-((ell * np.radians(fwhm_deg) * _SIGMAS_PER_FWHM) ** 2)))


def _per_mode(power: Values) -> Values:
    """Turn l (l + 1) C_l / 2 pi into C_l; there is no mean and no dipole."""
    ell = np.arange(power.size)
    return np.where(ell > 1, 2 * np.pi * power / np.maximum(ell * (ell + 1), 1), 0.0)


def _noise(sheet: Sheet, random: np.random.Generator) -> Modes:
    """Return the Fourier modes of white noise, one unit of variance in each pixel."""
    return np.fft.rfft2(random.standard_normal(sheet.shape, dtype=np.float32)).astype(np.complex64)


def _wavenumbers(sheet: Sheet, dec_deg: float) -> tuple[Singles, Singles]:
    """Return the wavenumbers to the north (rows, 1) and to the east (1, columns / 2 + 1), radians per radian on the sky."""
    rows, columns = sheet.shape
    pixel_rad = np.radians(sheet.pixel_deg)
    north = 2 * np.pi * np.fft.fftfreq(rows, pixel_rad)
    east = 2 * np.pi * np.fft.rfftfreq(columns, pixel_rad * np.cos(np.radians(dec_deg)))
    return north.astype(np.float32)[:, None], east.astype(np.float32)[None, :]


def _filter(sheet: Sheet, spectrum: Values, dec_deg: float) -> Singles:
    """Return what turns white noise of one unit of variance per pixel into a field of that spectrum at that declination."""
    pixel_sr = np.radians(sheet.pixel_deg) ** 2 * np.cos(np.radians(dec_deg))
    amplitude = np.sqrt(spectrum / pixel_sr).astype(np.float32)
    ell = np.hypot(*_wavenumbers(sheet, dec_deg))
    filtering: Singles = amplitude[np.minimum(ell, spectrum.size - 1).astype(np.int32)]
    return filtering


def _band_modes(sheet: Sheet, noise: tuple[Modes, Modes], spectra: tuple[Values, Values], dec_deg: float) -> tuple[Modes, ...]:
    """Return the Fourier modes of I, Q and U as they are at one declination."""
    temperature, curl_free = (modes * _filter(sheet, spectrum, dec_deg) for modes, spectrum in zip(noise, spectra, strict=True))
    north, east = _wavenumbers(sheet, dec_deg)
    squared = np.maximum(north**2 + east**2, np.float32(1e-6))
    # Cosine and sine of twice the wave's angle, from north through east as the IAU counts.
    return temperature, curl_free * ((north**2 - east**2) / squared), curl_free * (2 * north * east / squared)


def _cubic(centres: Values, wanted: Values) -> Singles:
    """Return the weights (wanted, centres) of Keys's cubic convolution on evenly spaced centres."""
    distance = np.abs(wanted[:, None] - centres[None, :]) / (centres[1] - centres[0])
    near = (1.5 * distance - 2.5) * distance**2 + 1.0
    far = ((-0.5 * distance + 2.5) * distance - 4.0) * distance + 2.0
    return np.where(distance < 1, near, np.where(distance < 2, far, 0.0)).astype(np.float32)
