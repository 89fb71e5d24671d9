"""From a FITS file to an answer, nothing left out: the numbers in the answer are the sky's."""

from __future__ import annotations

import io
import time
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from tests.support.skies import CONVENTIONS, RESAMPLED, Header, waves, write_sky
from tests.support.twins import atlas_of, full_sky, layer
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.layer import GLANCE_SECONDS
from tilemaker.atlas.models import Config
from tilemaker.errors import MapReplaced
from tilemaker.providers.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from tests.server.conftest import ClientMaker
    from tilemaker.providers.base import PixelValue, Sample
    from tilemaker.sky.boxes import SkyBox
    from tilemaker.sky.grid import Shape

SOME = [*list(CONVENTIONS)[:9], "patch across RA 180", "patch across RA 0"]


def served(client: ClientMaker, path: Path) -> TestClient:
    provider = {"provider_type": "fits", "filename": str(path)}
    band = {"name": "band", "layers": [{"layer_id": "sky", "name": "Sky", "provider": provider}]}
    config = {"map_groups": [{"name": "group", "maps": [{"map_id": "map", "name": "map", "bands": [band]}]}]}
    return client(Atlas(Config.model_validate(config), Workshop()))


@pytest.mark.parametrize("header", [CONVENTIONS[name] for name in SOME], ids=SOME)
def test_every_number_in_every_tile_is_the_sky_at_its_own_centre(client: ClientMaker, tmp_path: Path, header: Header) -> None:
    sky = served(client, write_sky(tmp_path / "map.fits", header))
    grid = sky.get("/layers/sky").json()["grid"]
    finest = grid["levels"] - 1
    seen = 0

    for y in range(2**finest):
        for x in range(2 ** (finest + 1)):
            answer = sky.get(f"/layers/sky/{finest}/{y}/{x}/tile.npy")
            if answer.status_code == 200:
                tile = np.load(io.BytesIO(answer.content))
                offsets = (np.arange(grid["tile_size"]) + 0.5) * grid["pixel_deg"]
                side_deg = grid["tile_size"] * grid["pixel_deg"]
                ra_deg, dec_deg = np.meshgrid(grid["west_deg"] + x * side_deg + offsets, grid["south_deg"] + y * side_deg + offsets)
                difference = tile - waves(ra_deg, dec_deg)
                assert np.nanmax(np.abs(difference)) < 0.01 * grid["pixel_deg"]
                seen += int(np.count_nonzero(~np.isnan(tile)))

    assert seen >= 0.99 * min(header.shape[0], 360) * min(header.shape[1], 720)


@pytest.mark.parametrize("name", [*SOME, "TAN", "SIN"])
def test_a_cut_out_opens_in_astropy_with_every_pixel_where_it_was(client: ClientMaker, tmp_path: Path, name: str) -> None:
    header = CONVENTIONS.get(name) or RESAMPLED[name]
    sky = served(client, write_sky(tmp_path / "map.fits", header, BUNIT="uK", POLCCONV="COSMO"))
    described = sky.get("/layers/sky").json()
    west, south = described["bounding_left"], described["bounding_bottom"]

    answer = sky.get(f"/layers/sky/submap/{west + 3}/{west + 8}/{south + 9}/{south + 5}/image.fits")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image = fits.open(io.BytesIO(answer.content))[0]
    rows, columns = image.data.shape
    ra_deg, dec_deg = WCS(image.header).all_pix2world(*np.meshgrid(np.arange(columns), np.arange(rows)), 0)
    # A resampled map shows its nearest pixel: off by half of one at most, along either axis.
    allowed = 1e-4 if name in CONVENTIONS else 1.2 * abs(float(header.cards["CDELT2"]))  # type: ignore[arg-type]
    assert np.nanmax(np.abs(image.data - waves(ra_deg, dec_deg))) < allowed
    assert (image.header["BUNIT"], image.header["POLCCONV"]) == ("uK", "COSMO")


@pytest.mark.parametrize("turn", [-360, 0, 360])
@pytest.mark.parametrize("name", SOME[:3])
def test_a_value_and_an_aperture_are_the_same_on_every_turn(client: ClientMaker, tmp_path: Path, name: str, turn: int) -> None:
    sky = served(client, write_sky(tmp_path / "map.fits", CONVENTIONS[name]))

    value = sky.get(f"/layers/sky/value?ra={179.8 + turn}&dec=40.2").json()
    aperture = sky.get(f"/analysis/aperture/sky?ra={179.8 + turn}&dec=40.2&radius=120").json()

    assert value["value"] == pytest.approx(float(waves(np.array(value["ra"]), np.array(value["dec"]))), abs=1e-4)
    assert aperture["mean"] == pytest.approx(float(waves(np.array(179.8), np.array(40.2))), abs=0.1)


def test_a_file_that_vanishes_is_unavailable_and_its_name_stays_here(client: ClientMaker, tmp_path: Path) -> None:
    path = write_sky(tmp_path / "hush.fits", CONVENTIONS["cell-centred"])
    sky = served(client, path)
    path.unlink()

    for address in (
        "/layers/sky/0/0/0/tile.png",
        "/layers/sky/value?ra=0&dec=0",
        "/histograms/data/sky",
        "/layers/sky/submap/0/1/1/0/image.fits",
    ):
        answer = sky.get(address)
        assert answer.status_code == 503
        assert "hush" not in answer.text
        assert str(tmp_path) not in answer.text
    assert "hush" not in sky.get("/layers/sky").text


def test_a_map_replaced_between_two_requests_shows_the_new_one_and_under_no_tag_of_the_old(
    client: ClientMaker, tmp_path: Path
) -> None:
    header = CONVENTIONS[SOME[0]]
    path = write_sky(tmp_path / "map.fits", header)
    sky = served(client, path)
    address = "/layers/sky/value?ra=10&dec=5"
    before, tile = sky.get(address).json()["value"], sky.get("/layers/sky/0/0/0/tile.npy")
    write_sky(tmp_path / "other.fits", header, lambda ra, dec: waves(ra, dec) + 1000.0).replace(path)

    assert sky.get(address).json()["value"] == pytest.approx(before + 1000.0, abs=1e-3)
    again = sky.get("/layers/sky/0/0/0/tile.npy", headers={"If-None-Match": tile.headers["etag"]})
    assert again.status_code == 200
    assert again.content != tile.content


def test_a_map_replaced_during_a_request_is_read_again_from_the_new_file(client: ClientMaker) -> None:
    """What the old file no longer says is not an answer, and the new one is there: nobody needs to ask twice."""
    twin = full_sky(waves)
    value, replaced = twin.value, [MapReplaced("The map's file has just been changed.")]

    def value_later(ra_deg: float, dec_deg: float) -> PixelValue | None:
        if replaced:
            raise replaced.pop()
        return value(ra_deg, dec_deg)

    twin.value = value_later  # type: ignore[method-assign]
    sky = client(atlas_of(layer("sky", twin)))

    assert sky.get("/layers/sky/value?ra=10&dec=5").status_code == 200
    replaced += [MapReplaced("Again."), MapReplaced("And again.")]
    assert sky.get("/layers/sky/value?ra=11&dec=5").status_code == 503


def test_a_map_replaced_while_a_tile_is_made_is_sent_under_the_new_ones_tag(client: ClientMaker) -> None:
    twin = full_sky(waves)
    read, boxes = twin.read, []

    def read_and_replace(box: SkyBox, shape: Shape) -> Sample | None:
        boxes.append(box)
        sample = read(box, shape)
        twin.fingerprint, twin.is_current = "new", len(boxes) > 1
        return sample

    twin.read = read_and_replace  # type: ignore[method-assign]
    sky = client(atlas_of(layer("sky", twin)))

    first = sky.get("/layers/sky/0/0/0/tile.png")

    assert len(boxes) == 2
    assert sky.get("/layers/sky/0/0/0/tile.png", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_a_map_that_vanishes_or_is_cut_short_takes_its_own_layer_away_and_comes_back(client: ClientMaker, tmp_path: Path) -> None:
    path = write_sky(tmp_path / "map.fits", CONVENTIONS[SOME[0]])
    whole = path.read_bytes()
    for damage in (path.unlink, lambda: path.write_bytes(whole[:6000])):
        path.write_bytes(whole)
        sky = served(client, path)
        assert sky.get("/layers/sky/0/0/0/tile.png").status_code == 200
        damage()
        time.sleep(GLANCE_SECONDS)

        answer = sky.get("/layers/sky/0/0/0/tile.png")
        assert answer.status_code == 503
        assert "retry-after" in answer.headers
        assert sky.get("/layers/default").json()["default_layer_menu"][0]["maps"]
