"""What front ends of both generations ask, in the order they ask it, and what they rely on in the answers.

The older generation reads the whole atlas at once from ``/maps`` and takes tiles and cut-outs from below it; the newer one walks
down from ``/layers/default``. Both work out the tile grid from ``tile_size`` and ``number_of_levels`` alone.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from tests.support.skies import waves
from tests.support.twins import atlas, band, full_sky, group, layer, patch, sky_map
from tilemaker.atlas.models import Box, SourceFile, SourceGroupConfig
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from starlette.testclient import TestClient

    from tests.server.conftest import ClientMaker

PREFIXES = {"older": "/maps", "newer": "/layers"}
LAYER_FIELDS = {
    "layer_id", "name", "description", "grant", "quantity", "units", "number_of_levels", "tile_size", "vmin", "vmax", "cmap"
}  # fmt: skip
BEACON_RA_DEG, BEACON_DEC_DEG = -67.5, 2.5
"""The centre of the one bright pixel of the layer ``beacon``."""


def beacon(ra_deg: npt.NDArray[np.float64], dec_deg: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Zero, but for one pixel."""
    return np.where((abs(ra_deg - BEACON_RA_DEG) < 0.25) & (abs(dec_deg - BEACON_DEC_DEG) < 0.25), 100.0, 0.0)


@pytest.fixture
def sky(client: ClientMaker, tmp_path: Path) -> TestClient:
    """A server of an atlas with two groups, a catalogue and a box."""
    catalogue = tmp_path / "stars.json"
    catalogue.write_text(
        json.dumps([{"name": "Beacon", "ra": BEACON_RA_DEG, "dec": BEACON_DEC_DEG, "extra": {"snr": 12.5}}]), "utf-8"
    )
    stars = SourceGroupConfig(source_group_id="stars", name="Stars", provider=SourceFile(file_type="json", filename=catalogue))
    whole = sky_map(
        "whole",
        band("f150", layer("beacon", full_sky(beacon), vmin=0.0, vmax=100.0, cmap="viridis"), layer("waves", full_sky(waves))),
        band("f090", layer("more", full_sky(waves))),
    )
    deep = sky_map("deep", band("f220", layer("patch", patch(waves, SkyBox(20.0, 40.0, -10.0, 10.0)), quantity="T")))
    box = Box(name="Deep", top_left_ra=40, top_left_dec=10, bottom_right_ra=20, bottom_right_dec=-10)
    return client(atlas(group("survey", whole), group("fields", deep), boxes=[box], source_groups=[stars]))


def get(sky: TestClient, address: str) -> Any:  # noqa: ANN401  JSON
    answer = sky.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def style(*, flip: bool, vmin: float | str = 0, vmax: float | str = 100, log: bool = False) -> str:
    """Return the query that front ends send with every picture."""
    flags = {"flip": flip, "log_norm": log, "abs": False}
    return f"?cmap=viridis&vmin={vmin}&vmax={vmax}&" + "&".join(f"{name}={str(is_set).lower()}" for name, is_set in flags.items())


def picture(sky: TestClient, address: str) -> npt.NDArray[np.uint8]:
    answer = sky.get(address)
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


# ── beginning ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_newer_generation_walks_down_from_the_default_layer(sky: TestClient) -> None:
    start = get(sky, "/layers/default")
    assert start["layer"].keys() >= LAYER_FIELDS | {"map_group_id", "map_id", "band_id"}
    first, second = start["default_layer_menu"]
    assert [below["layer_id"] for below in first["maps"][0]["bands"][0]["layers"]] == ["beacon", "waves"]
    assert (first["maps"][0]["bands"][1]["layers"], second["maps"]) == ([], [])

    (found,) = get(sky, f"/map-groups/{second['map_group_id']}/maps")
    (band_found,) = get(sky, f"/maps/{found['map_id']}/bands")
    (layer_found,) = get(sky, f"/bands/{band_found['band_id']}/layers")
    in_full = get(sky, f"/layers/{layer_found['layer_id']}")

    assert in_full.keys() >= LAYER_FIELDS | {"map_group_id", "map_id", "band_id"}
    assert (in_full["map_group_id"], in_full["map_id"], in_full["band_id"]) == ("fields", "deep", "f220")


def test_the_older_generation_reads_the_whole_atlas_at_once(sky: TestClient) -> None:
    groups = get(sky, "/maps")

    layers = [below for node in groups for m in node["maps"] for b in m["bands"] for below in b["layers"]]
    assert [below["layer_id"] for below in layers] == ["beacon", "waves", "more", "patch"]
    # A key that is there tells the server's layers from those of other surveys, whatever its value.
    assert all(below.keys() >= LAYER_FIELDS and below["grant"] is None for below in layers)
    assert {"name", "description", "map_id"} <= groups[0]["maps"][0].keys()
    assert {"name", "description", "band_id"} <= groups[0]["maps"][0]["bands"][0].keys()


def test_limits_left_to_the_server_are_in_the_histogram(sky: TestClient) -> None:
    assert (get(sky, "/layers/waves")["vmin"], get(sky, "/layers/waves")["vmax"]) == ("auto", "auto")

    histogram = get(sky, "/histograms/data/waves")

    assert histogram["vmin"] < histogram["vmax"]
    assert histogram["edges"][0] < histogram["vmin"]
    assert histogram["edges"][-1] > histogram["vmax"]
    assert len(histogram["edges"]) == len(histogram["histogram"]) + 1
    assert sky.get("/histograms/viridis.png").headers["content-type"] == "image/png"


# ── tiles ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("generation", PREFIXES)
@pytest.mark.parametrize("flip", [True, False])
def test_every_tile_of_the_grid_that_front_ends_work_out_is_there(sky: TestClient, generation: str, *, flip: bool) -> None:
    described = get(sky, "/layers/patch")
    for level in range(described["number_of_levels"]):
        for y in range(2**level):
            for x in range(2 ** (level + 1)):
                answer = sky.get(f"{PREFIXES[generation]}/patch/{level}/{y}/{x}/tile.png{style(flip=flip)}")
                assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
                drawn = Image.open(io.BytesIO(answer.content)).convert("RGBA")
                # Off the map it is stretched over the tile, and nothing is seen of it.
                assert drawn.size == (described["tile_size"],) * 2 or (drawn.size, drawn.getchannel("A").getextrema()) == (
                    (1, 1),
                    (0, 0),
                )


@pytest.mark.parametrize("generation", PREFIXES)
@pytest.mark.parametrize("flip", [True, False])
def test_a_source_is_drawn_on_its_bright_pixel(sky: TestClient, generation: str, *, flip: bool) -> None:
    (source,) = get(sky, "/sources/stars")["sources"]
    described = get(sky, "/layers/beacon")
    level, side = described["number_of_levels"] - 1, described["tile_size"]
    pixel_deg = 180.0 / side / 2**level
    # The flipped sky has RA 360 at its left edge and 0 at its right one.
    from_left_deg = (-source["ra"]) % 360.0 if flip else source["ra"] + 180.0
    column, row_from_south = int(from_left_deg / pixel_deg), int((source["dec"] + 90.0) / pixel_deg)

    tile = picture(
        sky, f"{PREFIXES[generation]}/beacon/{level}/{row_from_south // side}/{column // side}/tile.png{style(flip=flip)}"
    )

    is_bright = (tile[..., :3] == tile[side - 1 - row_from_south % side, column % side, :3]).all(axis=-1)
    assert is_bright.sum() == 1


def test_limits_that_a_front_end_does_not_know_yet_are_the_layers_own(sky: TestClient) -> None:
    unknown = picture(sky, f"/maps/beacon/1/0/0/tile.png{style(flip=False, vmin='undefined', vmax='undefined')}")

    assert np.array_equal(unknown, picture(sky, f"/maps/beacon/1/0/0/tile.png{style(flip=False)}"))


def test_a_logarithm_is_taken_between_limits_in_map_units(sky: TestClient) -> None:
    linear, log = (picture(sky, f"/layers/waves/0/0/0/tile.png{style(flip=True, vmin=1, log=log)}") for log in (False, True))

    assert not np.array_equal(linear, log)


# ── regions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_boxes_and_catalogues_can_be_drawn_as_they_come(sky: TestClient) -> None:
    (box,) = get(sky, "/highlights/boxes")
    assert box.keys() >= {"name", "description"}
    assert box["top_left_ra"] < box["bottom_right_ra"]
    assert box["top_left_dec"] > box["bottom_right_dec"]

    (listed,) = get(sky, "/sources")
    assert listed.keys() >= {"source_group_id", "name", "description"}
    (source,) = get(sky, f"/sources/{listed['source_group_id']}")["sources"]
    assert source == {"name": "Beacon", "ra": BEACON_RA_DEG, "dec": BEACON_DEC_DEG, "extra": {"snr": 12.5}}


@pytest.mark.parametrize("generation", PREFIXES)
def test_a_box_drawn_by_hand_is_cut_out_in_every_format(sky: TestClient, generation: str) -> None:
    drawn = f"{PREFIXES[generation]}/beacon/submap/-69.9999988079071/-65/5.000004768371582/-5.000004768371582"
    kinds = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "fits": "application/fits"}

    answers = {ext: sky.get(f"{drawn}/image.{ext}{style(flip=True)}") for ext in kinds}

    assert {ext: (answer.status_code, answer.headers["content-type"]) for ext, answer in answers.items()} == {
        ext: (200, kind) for ext, kind in kinds.items()
    }


def test_a_flipped_cut_out_is_mirrored(sky: TestClient) -> None:
    plain, flipped = (picture(sky, f"/layers/beacon/submap/-70/-66/5/0/image.png{style(flip=flip)}") for flip in (False, True))

    assert np.array_equal(flipped, plain[:, ::-1])
    assert not np.array_equal(flipped, plain)


def test_an_aperture_says_what_front_ends_write_beside_it(sky: TestClient) -> None:
    here = get(sky, f"/analysis/aperture/beacon?ra={BEACON_RA_DEG}&dec={BEACON_DEC_DEG}&radius=30")
    nowhere = get(sky, "/analysis/aperture/patch?ra=-119.99999284744263&dec=34.99999523162842&radius=30")

    assert (here["min"], here["max"], here["mean"], here["std"]) == (100.0, 100.0, 100.0, 0.0)
    assert [nowhere[name] for name in ("mean", "std", "max", "min")] == [None] * 4


def test_a_search_gives_the_menu_that_is_left_and_what_to_mark(sky: TestClient) -> None:
    found = get(sky, "/search?q=deep")

    assert found["matched_ids"] == ["deep"]
    (left,) = found["filtered_layer_menu"]
    assert (left["map_group_id"], left["maps"][0]["map_id"]) == ("fields", "deep")
    assert [below["layer_id"] for below in left["maps"][0]["bands"][0]["layers"]] == ["patch"]
    assert get(sky, "/search?q=nothing+like+it") == {"filtered_layer_menu": [], "matched_ids": []}
