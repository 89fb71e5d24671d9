"""Cut-outs as FITS files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import tilemaker
from tilemaker.sky.boxes import wrap_deg

if TYPE_CHECKING:
    from tilemaker.atlas.layer import Layer

    from .submap import Submap


def fits_image(layer: Layer, submap: Submap) -> bytes:
    """Return a cut-out as a FITS file of one float32 image, columns in the sky's usual order: RA decreases.

    Its plate carrée WCS gives every pixel the centre that it has in the map, and it says the units and, where the map does, the
    polarisation convention. NaN is where there is no data. Raises `MapError`.
    """
    from astropy.io import fits

    image = fits.PrimaryHDU(submap.pixels[:, ::-1].astype(">f4"))
    image.header.update(_wcs(submap))
    image.header.update(_about(layer))
    for line in _history(layer, submap):
        image.header.add_history(_ascii(line))
    file = io.BytesIO()
    image.writeto(file)
    return file.getvalue()


def _wcs(submap: Submap) -> dict[str, tuple[str | float, str]]:
    """Return the WCS cards. The reference lies on the equator, as plate carrée demands, however far outside the image that is."""
    box, pixel_deg = submap.box, submap.pixel_deg
    # In the middle, so that no pixel is further than half a turn from it.
    reference = submap.pixels.shape[1] // 2
    reference_ra_deg = wrap_deg(box.east_deg - (reference + 0.5) * pixel_deg)
    return {
        "CTYPE1": ("RA---CAR", "right ascension, plate carree"),
        "CTYPE2": ("DEC--CAR", "declination, plate carree"),
        "CUNIT1": ("deg", ""),
        "CUNIT2": ("deg", ""),
        "CDELT1": (-pixel_deg, "RA decreases with the column"),
        "CDELT2": (pixel_deg, "Dec increases with the row"),
        "CRPIX1": (reference + 1.0, ""),
        "CRPIX2": (0.5 - box.south_deg / pixel_deg, "where the equator is"),
        "CRVAL1": (reference_ra_deg, ""),
        "CRVAL2": (0.0, "on the equator, so that rows are parallels"),
        "RADESYS": ("ICRS", ""),
    }


def _about(layer: Layer) -> dict[str, str]:
    """Return what the map says of its values. Without comments: units may be as long as a line."""
    known = {"BUNIT": layer.units, "POLCCONV": layer.provider.extent.polarisation}
    return {key: _ascii(text) for key, text in known.items() if text}


def _history(layer: Layer, submap: Submap) -> tuple[str, ...]:
    box = submap.box
    return (
        f"Cut out by tilemaker {tilemaker.__version__}",
        f"from layer {layer.layer_id} ({layer.name}),",
        f"RA {box.west_deg:.10g} to {box.east_deg:.10g} deg, Dec {box.south_deg:.10g} to {box.north_deg:.10g} deg.",
    )


def _ascii(text: str) -> str:
    """Return text that FITS can hold: the micro sign as u, everything else that is not printable ASCII as a question mark."""
    plain = text.replace("\N{MICRO SIGN}", "u").replace("\N{GREEK SMALL LETTER MU}", "u")
    return "".join(letter if " " <= letter <= "~" else "?" for letter in plain)
