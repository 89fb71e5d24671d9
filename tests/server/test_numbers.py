"""Histograms, apertures, values and cut-outs through HTTP; what they compute is tested in their own room."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from tests.support.skies import waves
from tests.support.twins import atlas_of, full_sky, layer, patch
from tilemaker.analysis.product import Bounds
from tilemaker.errors import MapUnreadable
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from tests.server.conftest import ClientMaker


def test_a_histogram_has_the_fields_that_front_ends_know(client: ClientMaker) -> None:
    found = client(atlas_of(layer("sky", full_sky(waves), vmin=-50.0))).get("/histograms/data/sky").json()

    assert found.keys() >= {"edges", "histogram", "vmin", "vmax", "layer_id"}
    assert (len(found["edges"]), len(found["histogram"]), found["vmin"], found["layer_id"]) == (129, 128, -50.0, "sky")
    assert isinstance(found["vmax"], float)


def test_a_histogram_is_worked_out_once_it_is_final(client: ClientMaker) -> None:
    twin = full_sky(waves)
    sky = client(atlas_of(layer("sky", twin)))
    twin.progress = 0.5
    assert sky.get("/histograms/data/sky").json()["is_final"] is False
    twin.progress = 1.0
    final = sky.get("/histograms/data/sky").json()
    before = twin.times_read

    again = sky.get("/histograms/data/sky").json()

    assert final["is_final"]
    assert again == final
    assert twin.times_read == before


def test_a_replaced_map_has_another_histogram(client: ClientMaker) -> None:
    twin = full_sky(waves)
    sky = client(atlas_of(layer("sky", twin)))
    before = sky.get("/histograms/data/sky").json()

    twin.fingerprint, twin.pixels = "replaced", twin.pixels * 3.0

    assert sky.get("/histograms/data/sky").json()["vmax"] == pytest.approx(3.0 * before["vmax"])


def test_a_colour_map_is_a_bar_of_8_by_256(client: ClientMaker) -> None:
    answer = client(atlas_of()).get("/histograms/cmb_hotcold.png")

    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (256, 8)


def test_an_aperture_has_the_fields_that_front_ends_know(client: ClientMaker) -> None:
    found = client(atlas_of(layer("sky", full_sky(waves)))).get("/analysis/aperture/sky?ra=350&dec=10&radius=120").json()

    known = {"layer_id", "ra", "dec", "radius", "mean", "std", "max", "min"}
    assert found.keys() >= known | {"median", "n_pixels", "n_valid", "solid_angle_sr", "units"}
    assert (found["ra"], found["dec"], found["radius"], found["units"]) == (350.0, 10.0, 120.0, "uK")


def test_apertures_are_kept_apart_by_everything_they_are_asked(client: ClientMaker) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves)), layer("twice", full_sky(lambda ra, dec: 2 * waves(ra, dec)))))

    queries = [("sky", 0, 0, 120), ("sky", 0, 0, 240), ("sky", 0, 5, 120), ("sky", 5, 0, 120), ("twice", 0, 0, 120)]
    addresses = [f"/analysis/aperture/{name}?ra={ra}&dec={dec}&radius={radius}" for name, ra, dec, radius in queries]
    once, again = ([sky.get(address).json() for address in addresses] for _ in range(2))

    assert once == again
    assert len({(found["mean"], found["n_pixels"]) for found in once}) == len(queries)


def test_where_there_is_no_data_an_aperture_is_null(client: ClientMaker) -> None:
    found = client(atlas_of(layer("sky", patch(waves, SkyBox(0.0, 10.0, 0.0, 10.0))))).get(
        "/analysis/aperture/sky?ra=100&dec=0&radius=60"
    )

    assert found.status_code == 200
    assert (found.json()["mean"], found.json()["n_pixels"]) == (None, 0)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("dec=0&radius=1", "ra"),
        ("ra=0&radius=1", "dec"),
        ("ra=0&dec=0", "radius"),
        ("ra=0&dec=0&radius=0", "radius"),
        ("ra=0&dec=0&radius=-1", "radius"),
        ("ra=0&dec=0&radius=inf", "radius"),
        ("ra=nan&dec=0&radius=1", "ra"),
        ("ra=0&dec=91&radius=1", "dec"),
        ("ra=0&dec=-90.5&radius=1", "dec"),
        ("ra=721&dec=0&radius=1", "ra"),
        ("ra=0&dec=0&radius=20000", "radius"),
        ("ra=0&dec=0&radius=ten", "radius"),
        ("ra=&dec=0&radius=1", "ra"),
    ],
)
def test_a_wrong_aperture_is_refused_by_name(client: ClientMaker, query: str, field: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves)))).get(f"/analysis/aperture/sky?{query}")

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{field}: ")


def test_too_large_a_region_is_refused_and_the_limit_named(client: ClientMaker) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))), bounds=Bounds(max_pixels=1000))

    for path in ("/analysis/aperture/sky?ra=0&dec=0&radius=3000", "/layers/sky/submap/0/50/50/0/image.png"):
        answer = sky.get(path)
        assert answer.status_code == 422
        assert answer.json()["type"] == "RegionTooLarge"
        assert "1,000" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("ra", "centre"), [(0.2, 0.5), (359.7, -0.5), (180.0, -179.5), (-180.0, -179.5), (540.2, -179.5), (-0.9, -0.5)]
)
def test_a_value_is_the_pixels_own_with_its_centre(client: ClientMaker, ra: float, centre: float) -> None:
    found = client(atlas_of(layer("sky", full_sky(waves)))).get(f"/layers/sky/value?ra={ra}&dec=10.9").json()

    assert (found["ra"], found["dec"], found["units"]) == (centre, 10.5, "uK")
    assert found["value"] == float(np.float32(waves(np.array(centre), np.array(10.5))))


def test_off_the_map_and_in_its_holes_a_value_is_null(client: ClientMaker) -> None:
    holes = patch(lambda ra_deg, _dec_deg: np.where(ra_deg < 5.0, np.nan, 1.0), SkyBox(0.0, 10.0, 0.0, 10.0))
    sky = client(atlas_of(layer("sky", holes)))

    values = [sky.get(f"/layers/sky/value?ra={ra}&dec=5.2").json()["value"] for ra in (3, 7, 100)]

    assert values == [None, 1.0, None]


@pytest.mark.parametrize(("ext", "kind"), [("png", "PNG"), ("webp", "WEBP"), ("jpg", "JPEG")])
@pytest.mark.parametrize("first", ["layers", "maps"])
def test_a_cut_out_is_of_the_type_and_size_it_says(client: ClientMaker, ext: str, kind: str, first: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves)))).get(f"/{first}/sky/submap/350/10/-3/4/image.{ext}?cmap=planck")

    assert answer.headers["content-type"] == f"image/{kind.lower()}"
    image = Image.open(io.BytesIO(answer.content))
    assert (image.format, image.size) == (kind, (20, 7))


def test_a_cut_out_is_drawn_as_the_tiles_are(client: ClientMaker) -> None:
    """The box of a tile, cut out, is the tile."""
    sky = client(atlas_of(layer("sky", full_sky(waves))))

    for query in ("", "?flip=true", "?vmin=-10&vmax=20&stretch=asinh&cmap=magma"):
        x = 1 if "flip" in query else 2
        tile = sky.get(f"/layers/sky/2/1/{x}/tile.png{query}").content
        assert sky.get(f"/layers/sky/submap/-90/-45/-45/0/image.png{query}").content == tile


def test_a_cut_out_in_fits_opens(client: ClientMaker) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves)))).get("/layers/sky/submap/350/10/-3/4/image.fits")

    assert answer.headers["content-type"] == "application/fits"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fits.open(io.BytesIO(answer.content))[0].data.shape == (7, 20)


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("a/1/1/0", "left"),
        ("0/b/1/0", "right"),
        ("0/1/c/0", "top"),
        ("0/1/1/nan", "bottom"),
        ("inf/1/1/0", "left"),
        ("1000/1/1/0", "left"),
    ],
)
def test_a_cut_out_of_no_box_is_refused_by_part(client: ClientMaker, path: str, part: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves)))).get(f"/layers/sky/submap/{path}/image.png")

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{part}: ")


@pytest.mark.parametrize("box", ["100/120/10/0", "10/20/-20/-30", "10/20/99/91"])
def test_a_cut_out_off_the_map_is_not_found(client: ClientMaker, box: str) -> None:
    answer = client(atlas_of(layer("sky", patch(waves, SkyBox(0.0, 60.0, 0.0, 40.0))))).get(f"/layers/sky/submap/{box}/image.fits")

    assert (answer.status_code, answer.json()["type"]) == (404, "NoDataThere")


@pytest.mark.parametrize(
    "path",
    [
        "/histograms/data/sky",
        "/analysis/aperture/sky?ra=0&dec=0&radius=200",
        "/layers/sky/value?ra=0&dec=0",
        "/layers/sky/submap/0/5/5/0/image.fits",
    ],
)
@pytest.mark.parametrize("when", ["opened", "read"])
def test_numbers_of_a_map_that_cannot_be_read_are_unavailable(client: ClientMaker, path: str, when: str) -> None:
    broken = MapUnreadable("The map cannot be read now.")
    twin = full_sky(waves)
    twin.failure = broken
    sky = client(atlas_of(layer("sky", broken if when == "opened" else twin)))

    answer = sky.get(path)

    assert answer.status_code == 503
    assert answer.json() == {"detail": "The map cannot be read now.", "type": "MapUnreadable"}
    assert "retry-after" in answer.headers
