from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest

from tilemaker.atlas.layer import Layer
from tilemaker.cache import Cache, MemoryCache, NoCache
from tilemaker.errors import MapUnreadable, TileOutsideGrid
from tilemaker.providers.base import Counts, MapExtent, Pixels, PixelValue, Sample, Summary
from tilemaker.sky.boxes import SkyBox
from tilemaker.sky.grid import Shape, TileAddress, TileGrid
from tilemaker.tiles import Tiles

GRID = TileGrid(pixel_deg=180 / 64, tile_size=16, levels=3, west_deg=-180.0, south_deg=-90.0)
HERE = TileAddress(level=2, y=1, x=5)


@dataclass
class Sky:
    """A provider whose pixels are the Dec of their centres, south of the equator only; it counts what is read from it."""

    fingerprint: str = "one"
    is_current: bool = True
    is_final: bool = True
    is_quick: bool = False
    failure: Exception | None = None
    progress: float = 1.0
    is_too_far: bool = False
    extent: MapExtent = field(default_factory=lambda: MapExtent(SkyBox(-180.0, 180.0, -90.0, 0.0), GRID, None))
    reads: list[SkyBox] = field(default_factory=list)
    may_read: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may_read.set()

    def read(self, box: SkyBox, shape: Shape) -> Sample | None:
        self.reads.append(box)
        assert self.may_read.wait(5.0)
        if self.failure is not None:
            raise self.failure
        return None if box.south_deg >= 0.0 else Sample(decs_of(box, shape), self.is_final, self.is_quick)

    def prepare(self) -> None:
        raise NotImplementedError

    def value(self, ra_deg: float, dec_deg: float) -> PixelValue | None:
        raise NotImplementedError

    def summary(self) -> Summary:
        raise NotImplementedError

    def counts(self, edges: npt.NDArray[np.float64]) -> Counts:
        raise NotImplementedError

    def bands(self, box: SkyBox) -> Iterator[tuple[SkyBox, Pixels]]:
        raise NotImplementedError


@dataclass
class StubLayer:
    provider: Sky
    layer_id: str = "layer"


def decs_of(box: SkyBox, shape: Shape) -> Pixels:
    rows, columns = shape
    decs = box.south_deg + (np.arange(rows) + 0.5) * box.height_deg / rows
    return np.repeat(decs.astype(np.float32)[:, None], columns, axis=1)


def layer_of(sky: Sky, layer_id: str = "layer") -> Layer:
    return cast(Layer, StubLayer(sky, layer_id))


def memory() -> MemoryCache:
    return MemoryCache(1_000_000)


@pytest.mark.parametrize("cache", [memory(), NoCache()], ids=["memory", "none"])
def test_a_tile_is_the_sky_of_its_box(cache: Cache) -> None:
    tiles, layer = Tiles(cache), layer_of(Sky())

    for _ in range(2):  # from the provider, then, with a cache, from there
        sample = tiles.get(layer, HERE)

        assert sample is not None
        assert sample.is_final
        assert sample.pixels.dtype == np.float32
        np.testing.assert_array_equal(sample.pixels, decs_of(GRID.box(HERE), GRID.tile_shape))


def test_a_tile_asked_for_twice_is_read_once() -> None:
    sky = Sky()
    tiles = Tiles(memory())
    for _ in range(2):
        tiles.get(layer_of(sky), HERE)

    assert sky.reads == [GRID.box(HERE)]


def test_pixels_without_data_come_back_from_the_cache_as_such() -> None:
    sky, tiles = Sky(), Tiles(memory())
    sky.read = lambda box, shape: Sample(np.full(shape, np.nan, dtype=np.float32), is_final=True)  # type: ignore[method-assign]

    for _ in range(2):
        sample = tiles.get(layer_of(sky), HERE)
        assert sample is not None
        assert np.isnan(sample.pixels).all()


def test_a_tile_off_the_map_is_none_and_remembered_as_such() -> None:
    sky, tiles = Sky(), Tiles(memory())

    assert [tiles.get(layer_of(sky), TileAddress(2, 2, 0)) for _ in range(3)] == [None] * 3
    assert len(sky.reads) == 1


def test_of_many_callers_at_once_one_reads_and_all_get_the_tile() -> None:
    sky, tiles = Sky(), Tiles(memory())
    sky.may_read.clear()
    with ThreadPoolExecutor(8) as threads:
        waiting = [threads.submit(tiles.get, layer_of(sky), HERE) for _ in range(32)]
        sky.may_read.set()
        samples = [future.result() for future in waiting]

    assert len(sky.reads) == 1
    for sample in samples:
        assert sample is not None
        np.testing.assert_array_equal(sample.pixels, decs_of(GRID.box(HERE), GRID.tile_shape))


class LateCache(MemoryCache):
    """A cache in which a tile appears just after it was missed, when another thread has put it there."""

    is_late = False

    def get(self, key: str) -> bytes | None:
        was_late, self.is_late = self.is_late, False
        return None if was_late else super().get(key)


def test_a_tile_that_came_between_looking_and_reading_is_not_read_again() -> None:
    sky, cache = Sky(), LateCache(1_000_000)
    tiles = Tiles(cache)
    tiles.get(layer_of(sky), HERE)
    cache.is_late = True

    assert tiles.get(layer_of(sky), HERE) is not None
    assert len(sky.reads) == 1


@pytest.mark.parametrize("cache", [memory(), NoCache()], ids=["memory", "none"])
def test_nobody_can_change_a_tile_that_others_may_hold(cache: Cache) -> None:
    tiles, layer = Tiles(cache), layer_of(Sky())
    for _ in range(2):
        sample = tiles.get(layer, HERE)
        assert sample is not None
        with pytest.raises(ValueError, match="read-only"):
            sample.pixels[0, 0] = 0.0


def test_previews_are_handed_out_and_not_kept() -> None:
    sky, tiles = Sky(is_final=False), Tiles(memory())
    preview = tiles.get(layer_of(sky), HERE)
    sky.is_final = True
    final = tiles.get(layer_of(sky), HERE)

    assert preview is not None
    assert not preview.is_final
    assert final is not None
    assert final.is_final


def test_a_failed_read_is_not_remembered() -> None:
    sky, tiles = Sky(failure=MapUnreadable("the file is being written")), Tiles(memory())
    with pytest.raises(MapUnreadable):
        tiles.get(layer_of(sky), HERE)
    sky.failure = None

    assert tiles.get(layer_of(sky), HERE) is not None


def test_a_replaced_file_is_read_anew() -> None:
    old, new, tiles = Sky(fingerprint="old"), Sky(fingerprint="new"), Tiles(memory())
    for sky in (old, new):
        tiles.get(layer_of(sky), HERE)

    assert (len(old.reads), len(new.reads)) == (1, 1)


def test_what_was_read_from_a_file_replaced_meanwhile_is_not_kept() -> None:
    sky, tiles = Sky(is_current=False), Tiles(memory())
    for _ in range(2):
        assert tiles.get(layer_of(sky), HERE) is not None

    assert len(sky.reads) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("a", "v", GRID), ("b", "v", GRID)),
        (("a", "v", GRID), ("a", "w", GRID)),
        (("a", "v", GRID), ("a", "v", replace(GRID, west_deg=-179.0))),
    ],
    ids=["layers", "versions", "grids"],
)
def test_tiles_of_different_things_never_meet_in_the_cache(
    first: tuple[str, str, TileGrid], second: tuple[str, str, TileGrid]
) -> None:
    tiles = Tiles(memory())
    skies = []
    for layer_id, version, grid in (first, second):
        sky = Sky(fingerprint=version, extent=MapExtent(SkyBox(-180.0, 180.0, -90.0, 0.0), grid, None))
        tiles.get(layer_of(sky, layer_id), HERE)
        skies.append(sky)

    assert [len(sky.reads) for sky in skies] == [1, 1]


class Recorder(MemoryCache):
    """A cache that tells which keys it was given."""

    def __init__(self) -> None:
        super().__init__(1_000_000)
        self.keys: set[str] = set()

    def put(self, key: str, value: bytes, seconds: float | None = None) -> None:
        self.keys.add(key)
        super().put(key, value, seconds)


def test_keys_are_short_plain_text_whatever_ids_and_fingerprints_hold() -> None:
    cache = Recorder()
    tiles = Tiles(cache)
    tiles.get(layer_of(Sky(fingerprint="/data/secret map.fits\n" * 50), layer_id="láyer " * 100), HERE)

    (key,) = cache.keys
    assert len(key) <= 100
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key
    assert "/" not in key


@pytest.mark.parametrize("strange", [b"\x00", bytes(16 * 16 * 4 - 1), bytes(16 * 16 * 4 + 4)])
def test_bytes_in_the_cache_that_are_not_a_tile_are_a_miss(strange: bytes) -> None:
    cache, sky = Recorder(), Sky()
    tiles = Tiles(cache)
    tiles.get(layer_of(sky), HERE)
    (key,) = cache.keys
    cache.put(key, strange)

    sample = tiles.get(layer_of(sky), HERE)

    assert sample is not None
    np.testing.assert_array_equal(sample.pixels, decs_of(GRID.box(HERE), GRID.tile_shape))


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (TileAddress(3, 0, 0), "There is no level 3: this layer has levels 0 to 2."),
        (TileAddress(-1, 0, 0), "There is no level -1: this layer has levels 0 to 2."),
        (TileAddress(10**9, 0, 0), "There is no level 1000000000: this layer has levels 0 to 2."),
        (TileAddress(1, 2, 0), "There is no tile y = 2, x = 0 at level 1: y is 0 to 1 and x is 0 to 3 there."),
        (TileAddress(1, 0, 4), "There is no tile y = 0, x = 4 at level 1: y is 0 to 1 and x is 0 to 3 there."),
        (TileAddress(0, 0, -1), "There is no tile y = 0, x = -1 at level 0: y is 0 to 0 and x is 0 to 1 there."),
    ],
)
def test_an_address_outside_the_grid_is_refused_with_what_there_is(at: TileAddress, sentence: str) -> None:
    sky = Sky()

    with pytest.raises(TileOutsideGrid) as refusal:
        Tiles(memory()).get(layer_of(sky), at)

    assert str(refusal.value) == sentence
    assert sky.reads == []


def test_pixels_that_are_read_again_as_quickly_are_not_kept() -> None:
    sky, cache = Sky(is_quick=True), memory()
    tiles = Tiles(cache)

    first, second = tiles.get(layer_of(sky), HERE), tiles.get(layer_of(sky), HERE)

    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first.pixels, second.pixels)
    assert (len(sky.reads), cache.used_bytes) == (2, 0)


def test_what_was_sent_is_there_again_and_counts_as_coming_from_the_cache() -> None:
    seen: list[str] = []
    tiles = Tiles(memory(), seen.append)

    tiles.keep_sent('"tag"', b"picture")

    assert (tiles.sent('"tag"'), tiles.sent('"other"')) == (b"picture", None)
    assert seen == ["cache"]
