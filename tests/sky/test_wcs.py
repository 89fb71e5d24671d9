"""The box around a map holds all of it, also where the sky ends within the image."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io.fits import Header
from astropy.wcs import WCS

from tilemaker.sky.wcs import WcsGeometry

SHAPE = 75, 110


def of_projection(name: str, step_deg: float, crval_deg: tuple[float, float], crpix: tuple[float, float], **cards: float) -> WCS:
    header = Header({"CTYPE1": f"RA---{name}"[:8], "CTYPE2": f"DEC--{name}"[:8], "CUNIT1": "deg", "CUNIT2": "deg"})
    header.update({"CRVAL1": crval_deg[0], "CRVAL2": crval_deg[1], "CRPIX1": crpix[0], "CRPIX2": crpix[1]})
    header.update({"CDELT1": -step_deg, "CDELT2": step_deg, "RADESYS": "ICRS", **cards})
    return WCS(header)


@pytest.mark.parametrize(
    "wcs",
    [
        of_projection("SIN", 1.0, (120.0, 35.0), (50.2, 20.7)),
        of_projection("SIN", 2.4, (359.0, -70.0), (55.0, 38.0)),
        of_projection("AIT", 4.1, (0.0, 0.0), (55.5, 38.0)),
        of_projection("MOL", 3.0, (40.0, 0.0), (10.5, 8.0)),
        of_projection("ZEA", 3.3, (10.0, 60.0), (30.0, 38.0)),
        of_projection("CEA", 0.25, (359.9, 0.0), (7.3, 300.0), LATPOLE=-90.0),
        of_projection("SFL", 2.0, (200.0, 0.0), (88.0, 40.0)),
    ],
    ids=lambda wcs: f"{wcs.wcs.ctype[0][-3:]} {wcs.wcs.cdelt[1]:g}",
)
def test_every_pixel_that_is_on_the_sky_is_in_the_box(wcs: WCS) -> None:
    rows, columns = (each.ravel().astype(float) for each in np.mgrid[: SHAPE[0], : SHAPE[1]])
    ra_deg, dec_deg = wcs.all_pix2world(np.column_stack([columns, rows]), 0).T
    is_on_sky = np.isfinite(dec_deg)
    ra_deg, dec_deg = ra_deg[is_on_sky], dec_deg[is_on_sky]
    assert ra_deg.size > 100

    box = WcsGeometry(wcs, SHAPE).box

    assert box.south_deg <= dec_deg.min()
    assert box.north_deg >= dec_deg.max()
    assert np.all((ra_deg - box.west_deg) % 360.0 <= box.width_deg + 1e-9)
