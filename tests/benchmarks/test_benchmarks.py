"""The measuring itself: that it reads what it says, asks nothing twice, and forgets what is to be cold."""

from __future__ import annotations

import itertools
import re
import socket
from pathlib import Path

import numpy as np
import pytest

from benchmarks import document, maps, pagecache, skies
from benchmarks.deck import Deck
from benchmarks.maps import Maps
from benchmarks.samples import Samples, Spread
from benchmarks.skies import Survey
from benchmarks.targets import TARGETS, Figure, Target
from tilemaker.sky.grid import TileAddress

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sky(tmp_path_factory: pytest.TempPathFactory) -> Maps:
    """A sky of two planes that is small enough to be made at once."""
    folder = tmp_path_factory.mktemp("maps")
    for name in maps.OTHERS:
        skies.write(folder / name, Survey(360, first_row=-90, rows=181, planes=1))
    skies.write(folder / "main.fits", Survey(2048, first_row=-512, rows=1025, planes=2))
    return Maps(folder, folder / "main.fits")


@pytest.mark.parametrize("x", [0, 3], ids=["across RA 180", "elsewhere"])
def test_the_bare_loop_reads_the_pixels_of_the_tile(sky: Maps, x: int) -> None:
    from benchmarks.limit import BarePlane, Place  # they compile: not in every process that looks for tests
    from benchmarks.workbench import Workbench

    layer = sky.layer("main-1")
    at = TileAddress(layer.grid.levels - 1, 1, x)
    plane = BarePlane(sky.plane("main-1"))
    place = plane.place(layer.grid.box(at))
    workbench = Workbench(place.rows, place.columns)

    plane.read(place, workbench.window)

    sample = layer.provider.read(layer.grid.box(at), layer.grid.tile_shape)
    assert sample is not None
    assert place == Place(place.first_row, layer.grid.tile_size, place.first_column, layer.grid.tile_size)
    np.testing.assert_array_equal(workbench.values(), sample.pixels)


def test_no_tile_is_asked_for_twice_whatever_its_format(sky: Maps) -> None:
    deck = Deck(sky)

    some = list(itertools.islice(deck.tiles(sky.main_ids, "png"), 7))
    asked = [*some, *deck.seam(sky.main_ids, "png"), *deck.tiles(sky.main_ids, "bin")]

    places = [(each.layer_id, each.y, each.x) for each in asked]
    assert len(set(places)) == len(places) == len(sky.tiles("main-0", asked[0].level)) * 2


def test_a_file_that_was_dropped_is_not_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(1 << 22))
    pagecache.read(path)
    before = pagecache.resident(path)

    pagecache.drop(path)

    assert before == 1.0
    if pagecache.resident(path) == 1.0:
        pytest.skip("this file system keeps its files in memory")
    assert pagecache.resident(path) == 0.0


def test_ratios_are_taken_round_by_round() -> None:
    samples = Samples()
    for busy in (1.0, 10.0, 2.0):
        samples.add("http", cpu_ms=3.0 * busy)
        samples.add("limit", cpu_ms=2.0 * busy)

    assert samples.ratio("http", "limit", "cpu_ms") == Spread(1.5, 1.5, 1.5, 3)
    assert samples.ratio("http", "peer", "cpu_ms") is None


@pytest.mark.parametrize(("sense", "is_met"), [("at most", True), ("at least", False)])
def test_a_target_is_met_on_its_own_side(sense: str, is_met: bool) -> None:
    target = Target("this", Figure("case", "cpu_ms"), sense, 2.0, "ms")  # type: ignore[arg-type]

    assert target.is_met(Spread(1.0, 0.5, 3.0, 3)) is is_met


def test_the_page_about_speed_says_what_was_found() -> None:
    from benchmarks import plots  # it loads what draws them

    page = (ROOT / "docs" / "speed.md").read_text("utf-8")

    assert plots.with_tables(page, document.newest()) == page, "make bench-plots"


def test_what_is_kept_of_a_run_names_neither_the_machine_nor_its_folders() -> None:
    for path in document.RESULTS.glob("*.json"):
        text = path.read_text("utf-8")
        assert socket.gethostname() not in text.split('"')
        assert not re.search(r'"[^"]*(/[a-z]+){2}', text)


def test_every_target_is_about_a_case_that_there_is(sky: Maps) -> None:
    from benchmarks.cases import kinds
    from benchmarks.requests import Sitting

    names = {case.name for kind in kinds(sky) if isinstance(kind, Sitting) for case in kind.cases}
    names |= {kind.name for kind in kinds(sky) if not isinstance(kind, Sitting)}

    assert {target.figure.case for target in TARGETS} <= names
