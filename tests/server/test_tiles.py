"""Tiles through HTTP."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tests.support.skies import waves
from tests.support.twins import CELL_CENTRED, atlas_of, full_sky, layer, patch, sampled
from tilemaker.analysis.drawing import encoding_of
from tilemaker.errors import MapUnreadable
from tilemaker.render.quantise import restore
from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.grid import TileAddress

if TYPE_CHECKING:
    from tests.server.conftest import ClientMaker
    from tilemaker.providers.base import Pixels

PICTURES = ["png", "webp", "jpg"]
NUMBERS = ["npy", "bin"]
SOUTH_EAST = SkyBox(0.0, 90.0, -90.0, 0.0)


def array(body: bytes) -> Pixels:
    pixels: Pixels = np.load(io.BytesIO(body))
    return pixels


def picture(body: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGBA"))


def test_a_tile_of_numbers_is_the_sky_at_its_own_centres(client: ClientMaker) -> None:
    tile = array(client(atlas_of(layer("sky", full_sky(waves)))).get("/layers/sky/2/1/6/tile.npy").content)

    box = CELL_CENTRED.box(TileAddress(2, 1, 6))
    truth = sampled(waves, CELL_CENTRED, (45, 45), first_row=int(box.south_deg + 90), first_column=int(box.west_deg + 180))
    np.testing.assert_array_equal(tile, truth)


def test_level_0_is_the_sky_in_two_tiles_of_means(client: ClientMaker) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))))

    tiles = [array(sky.get(f"/layers/sky/0/0/{x}/tile.npy").content) for x in (0, 1)]

    blocks = sampled(waves, CELL_CENTRED, (180, 360)).reshape(45, 4, 90, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(np.hstack(tiles), blocks, atol=1e-4)


def test_the_addresses_of_the_second_generation_show_the_same(client: ClientMaker) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))))

    answers = [sky.get(f"/{first}/sky/1/0/2/tile.png?vmin=-30&vmax=30&cmap=viridis") for first in ("layers", "maps")]

    assert answers[0].status_code == answers[1].status_code == 200
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(("ext", "kind"), [("png", "PNG"), ("webp", "WEBP"), ("jpg", "JPEG")])
def test_a_picture_is_of_the_type_it_says(client: ClientMaker, ext: str, kind: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves)))).get(f"/layers/sky/0/0/0/tile.{ext}")

    assert answer.headers["content-type"] == f"image/{kind.lower()}"
    assert Image.open(io.BytesIO(answer.content)).format == kind


def test_the_top_of_a_picture_is_north_and_its_right_is_greater_ra(client: ClientMaker) -> None:
    dec = full_sky(lambda _ra_deg, dec_deg: dec_deg)
    ra = full_sky(lambda ra_deg, _dec_deg: ra_deg)
    sky = client(
        atlas_of(layer("dec", dec, vmin=-90.0, vmax=90.0, cmap="gray"), layer("ra", ra, vmin=-180.0, vmax=180.0, cmap="gray"))
    )

    by_dec = picture(sky.get("/layers/dec/0/0/0/tile.png").content)[..., 0].astype(int)
    by_ra = picture(sky.get("/layers/ra/0/0/0/tile.png").content)[..., 0].astype(int)

    assert (np.diff(by_dec, axis=0) <= 0).all()
    assert by_dec[0, 0] > by_dec[-1, 0]
    assert (np.diff(by_ra, axis=1) >= 0).all()
    assert by_ra[0, -1] > by_ra[0, 0]


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_flipped_sky_is_the_sky_mirrored_half_by_half(client: ClientMaker, level: int) -> None:
    """Column x of the left half shows column 2^level - 1 - x mirrored, of the right half 3 * 2^level - 1 - x."""
    sky = client(atlas_of(layer("sky", full_sky(waves), vmin=-100.0, vmax=100.0)))
    half = 2**level

    for x in range(2 * half):
        source = half - 1 - x if x < half else 3 * half - 1 - x
        flipped = picture(sky.get(f"/layers/sky/{level}/0/{x}/tile.png?flip=true").content)
        plain = picture(sky.get(f"/layers/sky/{level}/0/{source}/tile.png").content)
        np.testing.assert_array_equal(flipped, plain[:, ::-1])


def test_numbers_are_never_flipped(client: ClientMaker) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))))

    assert sky.get("/layers/sky/1/0/0/tile.npy?flip=true").content == sky.get("/layers/sky/1/0/0/tile.npy").content


def test_a_number_tile_comes_back_within_the_error_that_its_layer_states(client: ClientMaker) -> None:
    twin = full_sky(lambda ra_deg, dec_deg: np.where(dec_deg > 40, np.nan, waves(ra_deg, dec_deg)))
    atlas = atlas_of(layer("sky", twin))
    sky = client(atlas)

    exact = array(sky.get("/layers/sky/1/1/3/tile.npy").content)
    encoding = encoding_of(atlas.visible_to(frozenset()).layer("sky"))
    restored = restore(sky.get("/layers/sky/1/1/3/tile.bin").content, encoding, exact.shape)

    stated = sky.get("/layers/sky").json()["encoding"]
    np.testing.assert_array_equal(np.isnan(restored), np.isnan(exact))
    allowed = stated["max_error"] + stated["max_relative_error"] * np.abs(exact - stated["offset"])
    assert np.nanmax(np.abs(restored - exact) - allowed) <= 0.0


@pytest.mark.parametrize(
    ("accepted", "is_gzip"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("identity", False),
        ("gzip;q=0", False),
        ("*;q=0", False),
        ("", False),
    ],
)
def test_a_number_tile_is_compressed_for_whoever_takes_it(client: ClientMaker, accepted: str, is_gzip: bool) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))))
    plain = sky.get("/layers/sky/1/1/3/tile.bin", headers={"Accept-Encoding": "identity"})

    with sky.stream("GET", "/layers/sky/1/1/3/tile.bin", headers={"Accept-Encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())

    assert (answer.headers.get("content-encoding") == "gzip") is is_gzip
    assert (gzip.decompress(body) if is_gzip else body) == plain.content
    assert int(answer.headers["content-length"]) == len(body)
    assert answer.headers["vary"] == "Accept-Encoding"
    assert (answer.headers["etag"] == plain.headers["etag"]) is not is_gzip


@pytest.mark.parametrize("ext", ["png", "webp"])
def test_off_the_map_a_picture_is_transparent(client: ClientMaker, ext: str) -> None:
    answer = client(atlas_of(layer("patch", patch(waves, SOUTH_EAST)))).get(f"/layers/patch/1/1/0/tile.{ext}")

    assert answer.status_code == 200
    assert (picture(answer.content)[..., 3] == 0).all()
    assert "etag" in answer.headers


def test_off_the_map_a_jpg_is_grey(client: ClientMaker) -> None:
    answer = client(atlas_of(layer("patch", patch(waves, SOUTH_EAST)))).get("/layers/patch/1/1/0/tile.jpg")

    assert np.ptp(picture(answer.content)[..., :3].astype(int), axis=-1).max() <= 2


@pytest.mark.parametrize("ext", NUMBERS)
def test_off_the_map_there_are_no_numbers(client: ClientMaker, ext: str) -> None:
    answer = client(atlas_of(layer("patch", patch(waves, SOUTH_EAST)))).get(f"/layers/patch/1/1/0/tile.{ext}")

    assert answer.status_code == 204
    assert answer.content == b""
    assert "content-length" not in answer.headers


def test_holes_in_a_map_are_transparent(client: ClientMaker) -> None:
    twin = full_sky(lambda ra_deg, dec_deg: np.where(dec_deg < -80, np.nan, ra_deg))

    shown = picture(client(atlas_of(layer("holes", twin))).get("/layers/holes/2/0/0/tile.png").content)

    assert (shown[-10:, :, 3] == 0).all()
    assert (shown[:-10, :, 3] == 255).all()


@pytest.mark.parametrize("ext", [*PICTURES, *NUMBERS])
def test_a_preview_says_so_and_is_not_kept(client: ClientMaker, ext: str) -> None:
    twin = full_sky(waves)
    twin.progress = 0.4
    answer = client(atlas_of(layer("sky", twin))).get(f"/layers/sky/0/0/0/tile.{ext}")

    assert answer.headers["tile-quality"] == "preview"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_a_preview_is_replaced_as_soon_as_the_overview_is_built(client: ClientMaker) -> None:
    twin = full_sky(waves)
    twin.progress = 0.4
    sky = client(atlas_of(layer("sky", twin)))
    sky.get("/layers/sky/0/0/0/tile.npy")

    twin.progress = 1.0

    assert "tile-quality" not in sky.get("/layers/sky/0/0/0/tile.npy").headers


def test_a_final_tile_is_read_once_however_it_is_asked_for(client: ClientMaker) -> None:
    twin = full_sky(waves)
    sky = client(atlas_of(layer("sky", twin, vmin=-1.0, vmax=1.0)))
    sky.get("/layers/sky/1/0/0/tile.npy")
    before = twin.times_read

    sky.get("/layers/sky/1/0/0/tile.npy")
    sky.get("/layers/sky/1/0/0/tile.png?cmap=inferno&stretch=asinh")

    assert twin.times_read == before


@pytest.mark.parametrize(
    "query",
    [
        "cmap=planck", "cmap=cmb_hotcold_r", "vmin=-10&vmax=10", "vmin=10&vmax=-10", "vmin=0&vmax=0", "vmin=auto&vmax=auto",
        "vmin=1e21&vmax=1e+22", "log_norm=true&vmin=-5&vmax=-1", "stretch=log&vmin=0", "abs=true", "clip=True", "flip=1",
        "vmin=-1e300&vmax=1e300", "stretch=histeq", "stretch=symlog", "stretch=sqrt", "stretch=square", "stretch=asinh",
        "render=true&mode=rgb", "vmin=&vmax=&cmap=", "vmin=undefined&vmax=undefined", "log_norm=false&abs=false&clip=false",
    ],
)  # fmt: skip
def test_every_sensible_query_is_drawn(client: ClientMaker, query: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves)))).get(f"/layers/sky/1/0/0/tile.webp?{query}")

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cmap=nosuch", "cmap"), ("vmin=nan", "vmin"), ("vmax=inf", "vmax"), ("vmin=-Infinity", "vmin"), ("vmin=ten", "vmin"),
        ("vmax=1_000", "vmax"), ("vmax=1e999", "vmax"), ("log_norm=maybe", "log_norm"), ("stretch=cube", "stretch"),
        ("flip=2", "flip"), ("vmin=0x10", "vmin"), ("cmap=../../etc/passwd", "cmap"),
    ],
)  # fmt: skip
def test_a_wrong_query_is_refused_by_name(client: ClientMaker, query: str, field: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves)))).get(f"/layers/sky/1/0/0/tile.png?{query}")

    assert answer.status_code == 422
    assert answer.json()["type"] == "BadParameter"
    assert answer.json()["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("path", "part"),
    [("a/0/0/tile.png", "level"), ("1/b/0/tile.png", "y"), ("1/0/1.5/tile.png", "x"), ("1/0/1_0/tile.png", "x"),
     ("1/0/0/tile.gif", "ext"), ("1/0/0/tile.PNG", "ext"), ("1/0/%20/tile.png", "x"), (f"{'9' * 5000}/0/0/tile.png", "level")],
)  # fmt: skip
def test_a_path_that_is_no_address_is_refused_by_part(client: ClientMaker, path: str, part: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves)))).get(f"/layers/sky/{path}")

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{part}: ")


@pytest.mark.parametrize("ext", ["png", "npy"])
@pytest.mark.parametrize("query", ["", "?flip=true"])
def test_a_tile_outside_the_grid_is_not_there(client: ClientMaker, ext: str, query: str) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))))
    for address in ("3/0/0", "-1/0/0", "0/1/0", "0/-1/0", "0/0/2", "2/0/-1", "1/0/4", f"{'9' * 18}/0/0", "0/0/99999999999"):
        answer = sky.get(f"/layers/sky/{address}/tile.{ext}{query}", headers={"If-None-Match": "*"})

        assert answer.status_code == 404, address
        assert answer.json()["type"] == "TileOutsideGrid", address


def test_a_map_that_cannot_be_read_is_unavailable_and_the_next_request_tries_again(client: ClientMaker) -> None:
    twin = full_sky(waves)
    twin.failure = MapUnreadable("The map cannot be read now.")
    sky = client(atlas_of(layer("sky", twin), layer("other", full_sky(waves))))

    broken = sky.get("/layers/sky/1/0/0/tile.png")
    assert broken.status_code == 503
    assert int(broken.headers["retry-after"]) > 0
    assert broken.json() == {"detail": "The map cannot be read now.", "type": "MapUnreadable"}
    assert sky.get("/layers/other/1/0/0/tile.png").status_code == 200

    twin.failure = None
    assert sky.get("/layers/sky/1/0/0/tile.png").status_code == 200
