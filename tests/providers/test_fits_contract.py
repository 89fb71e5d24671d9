"""Every kind of FITS image keeps the contract of a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from astropy.io import fits

from tests.contracts.provider_contract import ProviderContract
from tests.support.skies import Header, Value, sky_pixels, write_image, write_sky
from tilemaker.providers import CombinationSpec, FitsSpec

if TYPE_CHECKING:
    from pathlib import Path

    from tilemaker.providers.base import Provider
    from tilemaker.providers.workshop import Workshop


class TestFloat32(ProviderContract):
    """As maps are."""

    def provider(self, folder: Path, header: Header, value: Value, workshop: Workshop) -> Provider:
        return FitsSpec(filename=write_sky(folder / "map.fits", header, value)).open(workshop)


class TestFloat64(ProviderContract):
    """In double precision."""

    def provider(self, folder: Path, header: Header, value: Value, workshop: Workshop) -> Provider:
        return FitsSpec(filename=write_sky(folder / "map.fits", header, value, "f8")).open(workshop)


class TestScaledIntegers(ProviderContract):
    """Integers with BSCALE, BZERO and BLANK."""

    tolerance = 0.0021

    def provider(self, folder: Path, header: Header, value: Value, workshop: Workshop) -> Provider:
        pixels = sky_pixels(header, value)
        stored = np.where(np.isnan(pixels), -32768, np.rint((np.nan_to_num(pixels) - 3.0) / 0.004)).astype("i4")
        path = write_image(folder / "map.fits", stored, header)
        with fits.open(path, mode="update", do_not_scale_image_data=True) as file:
            file[0].header.update({"BSCALE": 0.004, "BZERO": 3.0, "BLANK": -32768})
        return FitsSpec(filename=path).open(workshop)


class TestGzip(ProviderContract):
    """Compressed as a whole."""

    def provider(self, folder: Path, header: Header, value: Value, workshop: Workshop) -> Provider:
        return FitsSpec(filename=write_sky(folder / "map.fits.gz", header, value)).open(workshop)


class TestBzip2(ProviderContract):
    """Compressed as a whole, more slowly."""

    def provider(self, folder: Path, header: Header, value: Value, workshop: Workshop) -> Provider:
        return FitsSpec(filename=write_sky(folder / "map.fits.bz2", header, value)).open(workshop)


class TestTileCompressed(ProviderContract):
    """Compressed tile by tile, without loss."""

    compression = "GZIP_2"

    def provider(self, folder: Path, header: Header, value: Value, workshop: Workshop) -> Provider:
        pixels = sky_pixels(header, value).astype("f4")
        hdu = fits.CompImageHDU(pixels, header.fits(), compression_type=self.compression, quantize_level=0.0, tile_shape=(32, 100))
        hdu.writeto(folder / "map.fits.fz", overwrite=True)
        return FitsSpec(filename=folder / "map.fits.fz").open(workshop)


class TestPlaneOfACube(ProviderContract):
    """The second of three planes, in an extension."""

    def provider(self, folder: Path, header: Header, value: Value, workshop: Workshop) -> Provider:
        pixels = sky_pixels(header, value).astype("f4")
        cube = fits.ImageHDU(np.stack([pixels - 7.0, pixels, pixels * 2.0]), header.fits(), name="MAPS")
        fits.HDUList([fits.PrimaryHDU(), cube]).writeto(folder / "cube.fits", overwrite=True)
        return FitsSpec(filename=folder / "cube.fits", index=1).open(workshop)


class TestCombination(ProviderContract):
    """The difference of two maps."""

    averaged: Literal["after", "before"] = "after"

    def provider(self, folder: Path, header: Header, value: Value, workshop: Workshop) -> Provider:
        parts = (
            FitsSpec(filename=write_sky(folder / "a.fits", header, lambda ra, dec: value(ra, dec) + 100.0 * np.cos(ra), "f8")),
            # Holes are where those of the other are: averages of maps with different holes are of different pixels.
            FitsSpec(
                filename=write_sky(folder / "b.fits", header, lambda ra, dec: 100.0 * np.cos(ra) + 0.0 * value(ra, dec), "f8")
            ),
        )
        return CombinationSpec(providers=parts, function="-", averaged=self.averaged).open(workshop)


class TestCombinationOfAverages(TestCombination):
    """The same, its coarse pixels made of those of the maps."""

    averaged = "before"
