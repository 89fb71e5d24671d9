"""What may be kept, by whom, for how long; and what is not sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.skies import waves
from tests.support.twins import atlas, atlas_of, band, full_sky, group, layer, sky_map
from tilemaker.analysis.product import Bounds

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.server.conftest import ClientMaker

TILES = [f"/layers/sky/1/0/0/tile.{ext}" for ext in ("png", "webp", "jpg", "npy", "bin")]
CUT_OUTS = [f"/layers/sky/submap/10/20/5/0/image.{ext}" for ext in ("png", "webp", "jpg", "fits")]
PAGES = [
    "/map-groups",
    "/layers/sky",
    "/maps",
    "/openapi.json",
    "/docs",
    "/histograms/viridis.png",
    "/histograms/data/sky",
    "/sources",
]


def version(sky: TestClient) -> str:
    current: str = sky.get("/layers/sky").json()["version"]
    return current


@pytest.mark.parametrize("path", [*TILES, *CUT_OUTS])
def test_an_address_with_the_current_version_is_kept_for_ever(client: ClientMaker, path: str) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))))

    assert sky.get(f"{path}?v={version(sky)}").headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("query", ["", "?v=", "?v=of-last-year"])
def test_an_address_without_the_current_version_is_asked_for_again_soon(client: ClientMaker, query: str) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))))
    for path in (*TILES, *CUT_OUTS):
        answer = sky.get(path + query)

        assert answer.headers["cache-control"] == "public, max-age=60, must-revalidate", path


@pytest.mark.parametrize("level", ["group", "map", "band", "layer"])
def test_what_needs_a_grant_is_kept_by_nobody_but_the_caller(client: ClientMaker, level: str) -> None:
    grants = {level: "members"}
    sky = client(
        atlas(
            group(
                "group",
                sky_map(
                    "map",
                    band("band", layer("sky", full_sky(waves), grant=grants.get("layer")), grant=grants.get("band")),
                    grant=grants.get("map"),
                ),
                grant=grants.get("group"),
            )
        ),
        ["members"],
    )

    for path in (*TILES, *CUT_OUTS):
        versioned, plain = sky.get(f"{path}?v={version(sky)}").headers, sky.get(path).headers

        assert versioned["cache-control"] == "private, max-age=31536000, immutable", path
        assert plain["cache-control"] == "private, max-age=60, must-revalidate", path
        assert {"Authorization", "Cookie"} <= set(plain["vary"].split(", ")), path


@pytest.mark.parametrize("path", PAGES)
def test_everything_else_is_asked_for_each_time_or_harmless(client: ClientMaker, path: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves)))).get(path)

    assert answer.headers["cache-control"] in {"private, no-cache", "public, no-cache", "public, max-age=86400, must-revalidate"}


@pytest.mark.parametrize("how", ["{tag}", '"other", {tag}', "W/{tag}", '"a",W/{tag} , "b"', "*"])
def test_what_the_caller_has_is_not_sent_again(client: ClientMaker, how: str) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))))
    for path in (*TILES, *CUT_OUTS, *PAGES):
        first = sky.get(path)

        again = sky.get(path, headers={"If-None-Match": how.format(tag=first.headers["etag"])})

        assert again.status_code == 304, path
        assert again.content == b"", path
        assert again.headers["etag"] == first.headers["etag"], path
        assert again.headers["cache-control"] == first.headers["cache-control"], path


@pytest.mark.parametrize("path", [*TILES, *CUT_OUTS])
def test_no_pixel_is_read_for_what_the_caller_has(client: ClientMaker, path: str) -> None:
    twin = full_sky(waves)
    tag = client(atlas_of(layer("sky", twin))).get(path).headers["etag"]
    twin.times_read = 0

    restarted = client(atlas_of(layer("sky", twin)))  # with nothing in its caches

    assert restarted.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert twin.times_read == 0


@pytest.mark.parametrize("held", ['"other"', "", "garbage", 'W/"other"', "%"])
def test_what_the_caller_does_not_have_is_sent(client: ClientMaker, held: str) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))))
    for path in (*TILES, *CUT_OUTS):
        assert sky.get(path, headers={"If-None-Match": held}).status_code == 200, path


def test_tags_tell_answers_apart(client: ClientMaker) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves)), layer("other", full_sky(waves))))
    queries = ["", "?cmap=planck", "?vmin=0", "?vmin=1", "?vmax=1", "?abs=true", "?flip=true", "?log_norm=true", "?stretch=asinh"]
    paths = [*(f"{path}{query}" for query in queries for path in (TILES[0], CUT_OUTS[0])), *TILES[1:], *CUT_OUTS[1:]]
    paths += [
        "/layers/sky/1/0/1/tile.png",
        "/layers/sky/1/1/0/tile.png",
        "/layers/sky/0/0/0/tile.png",
        "/layers/other/1/0/0/tile.png",
    ]

    tags = [sky.get(path).headers["etag"] for path in paths]

    assert len(set(tags)) == len(tags)
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_a_replaced_map_has_another_version_and_other_tags(client: ClientMaker) -> None:
    twin = full_sky(waves)
    sky = client(atlas_of(layer("sky", twin)))
    before, tile = version(sky), sky.get(TILES[3])

    twin.fingerprint, twin.pixels = "another", np.zeros_like(twin.pixels)

    after = sky.get(TILES[3], headers={"If-None-Match": tile.headers["etag"]})
    assert version(sky) != before
    assert after.status_code == 200
    assert after.content != tile.content
    assert "immutable" not in sky.get(f"{TILES[3]}?v={before}").headers["cache-control"]


def test_a_configuration_with_other_colours_has_another_version(client: ClientMaker) -> None:
    """Otherwise pictures that are kept for ever would be of the old colours."""
    twin = full_sky(waves)

    versions = {
        version(client(atlas_of(layer("sky", twin, **look)))) for look in ({}, {"cmap": "planck"}, {"vmin": 0.0}, {"vmax": 1.0})
    }

    assert len(versions) == 4


@pytest.mark.parametrize("path", [*TILES, *CUT_OUTS, *PAGES])
def test_head_is_get_without_the_body(client: ClientMaker, path: str) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))))

    got, asked = sky.get(path), sky.head(path)

    assert asked.status_code == 200
    assert {**asked.headers} == {**got.headers}


@pytest.mark.parametrize("path", [*TILES, *CUT_OUTS, *PAGES])
def test_answers_come_in_one_piece(client: ClientMaker, path: str) -> None:
    with client(atlas_of(layer("sky", full_sky(waves)))).stream("GET", path) as answer:
        body = b"".join(answer.iter_raw())

    assert int(answer.headers["content-length"]) == len(body)
    assert "transfer-encoding" not in answer.headers


@pytest.mark.parametrize("path", [*TILES[:-1], *CUT_OUTS])
def test_nothing_is_compressed_twice(client: ClientMaker, path: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves)))).get(path, headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in answer.headers


def test_long_json_is_compressed_for_whoever_takes_it(client: ClientMaker) -> None:
    many = client(atlas_of(*(layer(f"sky-{number}", full_sky(waves)) for number in range(30))))

    plain = many.get("/bands/band/layers", headers={"Accept-Encoding": "identity"})
    packed = many.get("/bands/band/layers", headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert packed.json() == plain.json()
    assert packed.headers["etag"] != plain.headers["etag"]


def test_another_choice_of_limits_is_another_version(client: ClientMaker) -> None:
    """A picture with limits of its own making would otherwise be kept for ever by whoever saw it before the choice."""
    twin = full_sky(waves)

    versions = {version(client(atlas_of(layer("sky", twin)), bounds=Bounds(tail_percent=percent))) for percent in (1.0, 0.5)}

    assert len(versions) == 2
