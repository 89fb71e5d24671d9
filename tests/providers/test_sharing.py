"""Processes that share a shelf build each overview once between them. Here, workshops stand for processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.memcached import memcached, needs_memcached
from tests.support.skies import car, write_sky
from tilemaker.cache import MemcachedCache, MemoryCache, NoCache
from tilemaker.errors import MapUnreadable
from tilemaker.providers import FitsSpec
from tilemaker.providers.overview import Overview
from tilemaker.providers.sharing import CLAIM_SECONDS, Exchange, Shelf, packed, unpacked
from tilemaker.providers.workshop import Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from tilemaker.providers.overview import Report

EDGES = np.linspace(-100.0, 100.0, 129)
SOME = Overview(
    3,
    (np.arange(12, dtype=np.float32).reshape(3, 4), np.full((2, 2), np.nan, np.float32)),
    {EDGES.tobytes(): np.arange(128, dtype=np.int64), b"other": np.zeros(3, np.int64)},
)


class HastyShelf(MemoryCache):
    """A shelf on which claims end twenty times sooner."""

    def __init__(self) -> None:
        super().__init__(100_000_000)

    def add(self, key: str, value: bytes, seconds: float) -> bool:
        return super().add(key, value, seconds / 20)


class Builder:
    """Builds an overview when it may, and counts."""

    def __init__(self) -> None:
        self.times = 0
        self.may_end = threading.Event()
        self.has_begun = threading.Event()

    def __call__(self, report: Report) -> Overview:
        self.times += 1
        report(0.25)
        self.has_begun.set()
        while not self.may_end.wait(0.02):
            report(0.5)
        return SOME


@contextmanager
def workshops(shelf: Shelf, count: int) -> Iterator[list[Workshop]]:
    made = [Workshop(shelf=shelf, at_once_pixels=0) for _ in range(count)]
    try:
        yield made
    finally:
        for workshop in made:
            workshop.close()


def wait(until: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


def has_all(workshop: Workshop) -> bool:
    return workshop.overview("key") is not None


def test_of_several_processes_one_builds_and_the_others_pick_it_up() -> None:
    builder = Builder()
    with workshops(HastyShelf(), 3) as processes:
        for process in processes:
            process.request("key", builder, is_looked_at=False)
        assert builder.has_begun.wait(5)
        time.sleep(CLAIM_SECONDS / 20 / 2)
        builder.may_end.set()
        wait(lambda: all(map(has_all, processes)))

    assert builder.times == 1


def test_a_process_that_comes_later_builds_nothing() -> None:
    builder, shelf = Builder(), HastyShelf()
    builder.may_end.set()
    with workshops(shelf, 2) as (first, second):
        first.request("key", builder, is_looked_at=True)
        wait(lambda: has_all(first))
        second.request("key", builder, is_looked_at=True)
        wait(lambda: has_all(second))

    assert builder.times == 1


def test_another_takes_over_from_one_that_died() -> None:
    builder, shelf = Builder(), HastyShelf()
    builder.may_end.set()
    # The claim of a process that will never be heard of again, on the terms of those that follow.
    with workshops(shelf, 1) as (process,):
        assert Exchange(shelf, 0, process.kept_pixels).claim("key") is not None
        process.request("key", builder, is_looked_at=True)
        time.sleep(CLAIM_SECONDS / 20 / 2)
        assert not has_all(process)
        wait(lambda: has_all(process))

    assert builder.times == 1


def test_one_that_fails_or_is_closed_leaves_it_to_the_others_at_once() -> None:
    def fails(_report: Report) -> Overview:
        raise MapUnreadable("gone")

    builder, other = Builder(), Builder()
    other.may_end.set()
    shelf = MemoryCache(100_000_000)  # where claims last
    with workshops(shelf, 3) as (first, second, third):
        first.request("key", fails, is_looked_at=True)
        second.request("key", builder, is_looked_at=True)
        assert builder.has_begun.wait(CLAIM_SECONDS / 2)
        third.request("key", other, is_looked_at=True)
        second.close()
        wait(lambda: has_all(third), CLAIM_SECONDS / 2)

    assert other.times == 1


def test_while_one_is_at_an_overview_another_builds_the_next() -> None:
    first_builder, second_builder = Builder(), Builder()
    second_builder.may_end.set()
    with workshops(MemoryCache(100_000_000), 2) as (first, second):
        first.request("key", first_builder, is_looked_at=False)
        assert first_builder.has_begun.wait(5)
        second.request("key", second_builder, is_looked_at=False)
        second.request("next", second_builder, is_looked_at=False)
        wait(lambda: second.overview("next") is not None)
        assert 0.0 < second.progress("key") < 1.0
        first_builder.may_end.set()
        wait(lambda: has_all(second))

    assert (first_builder.times, second_builder.times) == (1, 1)


def test_a_shelf_that_keeps_nothing_makes_each_build_its_own() -> None:
    builder = Builder()
    builder.may_end.set()
    with workshops(NoCache(), 2) as processes:
        for process in processes:
            process.request("key", builder, is_looked_at=True)
        wait(lambda: all(map(has_all, processes)))

    assert builder.times == 2


def test_processes_on_other_terms_do_not_share() -> None:
    shelf = HastyShelf()
    Exchange(shelf, "some").offer("key", SOME)

    assert Exchange(shelf, "some").overview("key") is not None
    assert Exchange(shelf, "others").overview("key") is None
    assert Exchange(shelf, "some").overview(("key", b"other")) is None


def test_a_packed_overview_is_the_same_unpacked() -> None:
    found = unpacked(packed(SOME))

    assert found is not None
    assert found.first_level == SOME.first_level
    assert found.nbytes == SOME.nbytes
    assert found.counts.keys() == SOME.counts.keys()
    for mine, theirs in zip(SOME.levels, found.levels, strict=True):
        np.testing.assert_array_equal(mine, theirs)
        assert mine.dtype == theirs.dtype
    for edges, counts in SOME.counts.items():
        np.testing.assert_array_equal(counts, found.counts[edges])


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"\n",
        b"{}\n",
        b"[]\n",
        b"null",
        b"\xff\xfe\n",
        b'{"first_level": 1, "levels": [[1, -1]], "counts": []}\n',
        packed(SOME) + b"x",
    ]
    + [packed(SOME)[:length] for length in (10, 100, 500, -1)],
)
def test_rubbish_is_no_overview(rubbish: bytes) -> None:
    assert unpacked(rubbish) is None


@needs_memcached
def test_what_is_picked_up_from_memcached_is_what_was_built(tmp_path: Path) -> None:
    """With the overview in pieces, and the histogram that was counted in the same pass."""
    path = write_sky(tmp_path / "map.fits", car(720, 2880, 0.125))
    with memcached() as server:
        shelves = [MemcachedCache([server.host], timeout_seconds=5.0) for _ in range(2)]
        made = [Workshop(shelf=shelf, at_once_pixels=0) for shelf in shelves]
        builder, finder = (FitsSpec(filename=path).open(workshop) for workshop in made)
        for provider in (builder, finder):
            provider.prepare(EDGES)
            wait(lambda provider=provider: provider.progress >= 1.0)  # type: ignore[misc]
        grid = builder.extent.grid
        first, second = (made[index].overview(builder.fingerprint) for index in range(2))

        assert first is not None
        assert second is not None
        assert first.levels[0].flags.owndata
        assert not second.levels[0].flags.owndata, "it was built again"
        assert grid.levels > 1
        for mine, theirs in zip(first.levels, second.levels, strict=True):
            np.testing.assert_array_equal(mine, theirs)
        np.testing.assert_array_equal(builder.counts(EDGES).counts, finder.counts(EDGES).counts)
        for workshop in made:
            workshop.close()
