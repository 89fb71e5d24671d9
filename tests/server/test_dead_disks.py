"""A disk that died takes the layers along that are on it, and no others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.support.skies import waves
from tests.support.twins import Twin, TwinSpec, atlas_of, full_sky, layer
from tilemaker.atlas.layer import Layer, LayerPlace
from tilemaker.errors import MapStalled
from tilemaker.providers.overview import Overview
from tilemaker.providers.workshop import Workshop
from tilemaker.server import crew
from tilemaker.server.attention import Attention
from tilemaker.server.crew import Crew

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tests.server.conftest import ClientMaker
    from tilemaker.atlas.layer import Grants
    from tilemaker.providers.base import MapExtent, Sample
    from tilemaker.providers.overview import Report
    from tilemaker.sky.boxes import SkyBox
    from tilemaker.sky.grid import Shape

TILE = "/layers/{}/1/0/{}/tile.png?vmin=-1&vmax=1"
THREADS = 4


@dataclass
class Dead(Twin):
    """A map whose disk does not answer before it is mended: reads of pixels never end, or not even those of the header."""

    mended: threading.Event = field(default_factory=threading.Event)
    has_lost_its_header: bool = False

    @property
    def extent(self) -> MapExtent:
        """What the map covers, if that can be known."""
        if self.has_lost_its_header:
            self.mended.wait(60.0)
        return super().extent

    def prepare(self, edges: npt.NDArray[np.float64]) -> None:
        """Read the map, or try."""
        self.mended.wait(60.0)

    def read(self, box: SkyBox, shape: Shape) -> Sample | None:
        """Read pixels, or try."""
        self.mended.wait(60.0)
        return super().read(box, shape)


class DeadSpec(TwinSpec):
    """A map that cannot even be opened."""

    def open(self, workshop: Workshop) -> Twin:
        """Open it, or try."""
        assert isinstance(self.twin, Dead)
        self.twin.mended.wait(60.0)
        return super().open(workshop)


@pytest.fixture
def dead() -> Iterator[Dead]:
    """A map on such a disk."""
    twin = Dead(full_sky(waves).pixels)
    yield twin
    twin.mended.set()


def hands() -> int:
    return sum(thread.name in {"crew", "attention"} for thread in threading.enumerate())


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_disk_that_does_not_answer_keeps_nobody_else_waiting(client: ClientMaker, dead: Dead) -> None:
    """However many ask for it; and when it is back, so is its layer."""
    tiles = Crew(THREADS, queue_limit=16, seconds=3.0, patience_seconds=0.6, slow_seconds=0.2)
    crews = {"tiles": tiles, "regions": Crew(2)}
    server, before = client(atlas_of(layer("dead", dead), layer("well", full_sky(waves))), crews=crews), hands()
    with ThreadPoolExecutor(24) as others:
        lost = [others.submit(server.get, TILE.format("dead", number % 4)) for number in range(24)]
        for number in range(40):
            assert server.get(TILE.format("well", number % 4)).status_code == 200
            assert server.get("/healthz").status_code == 200
            time.sleep(0.02)
        refused = server.get(TILE.format("dead", 0))

        assert (refused.status_code, refused.json()["type"]) == (503, "MapStalled")
        assert int(refused.headers["retry-after"]) >= 10
        assert hands() - before <= crew.PLACES_TAKEN * THREADS
        assert {answer.result(30.0).status_code for answer in lost} == {503}
    dead.mended.set()

    assert within(10.0, lambda: server.get(TILE.format("dead", 0)).status_code == 200)
    assert within(10.0, lambda: hands() - before <= THREADS)


class Moment:
    """An atlas of one layer for which no time passes."""

    def __init__(self, twin: Twin) -> None:
        place = LayerPlace("group", "map", "band", frozenset())
        self._layer = Layer(layer("sky", twin), place, Workshop(), clock=lambda: 0.0)

    def visible_to(self, _grants: Grants) -> Moment:
        return self

    def layer(self, _layer_id: str) -> Layer:
        return self._layer

    def all_layers(self) -> tuple[Layer, ...]:
        return ()


def test_a_tile_in_memory_needs_none_of_the_threads_that_wait_for_a_disk(client: ClientMaker, dead: Dead) -> None:
    dead.mended.set()
    tiles = Crew(1)
    server = client(Moment(dead), crews={"tiles": tiles, "regions": Crew(1)})
    first = server.get(TILE.format("sky", 0))
    dead.mended.clear()
    with ThreadPoolExecutor(1) as other:
        lost = other.submit(server.get, TILE.format("sky", 1))
        assert within(10.0, lambda: tiles.is_at_work)

        again = server.get(TILE.format("sky", 0))
        known = server.get(TILE.format("sky", 0), headers={"If-None-Match": first.headers["etag"]})

        assert not lost.done()
        dead.mended.set()
    assert (again.status_code, again.content, again.headers["etag"]) == (200, first.content, first.headers["etag"])
    assert known.status_code == 304


def test_what_lists_all_layers_waits_once_for_one_that_does_not_answer(client: ClientMaker, dead: Dead) -> None:
    dead.has_lost_its_header = True
    here = atlas_of(layer("dead", dead), layer("well", full_sky(waves)))
    server, before = client(here, attention=Attention(patience_seconds=0.3)), hands()

    for _ in range(10):
        states = {one["layer_id"]: one["available"] for one in server.get("/maps").json()[0]["maps"][0]["bands"][0]["layers"]}
        assert states == {"dead": False, "well": True}
        assert server.get("/layers/default").json()["layer"]["available"] is False
        assert server.get("/layers/dead").json()["reason"] == "The map does not answer."
        assert server.get("/readyz").status_code == 200
    # One each for the three ways of describing it, alone or with all others, and those of the crew that everything takes.
    assert hands() - before <= 3 + 8

    dead.mended.set()
    assert within(10.0, lambda: server.get("/layers/dead").json()["available"])


def test_the_service_is_known_to_be_alive_however_many_wait_to_hear_how_its_maps_are(client: ClientMaker, dead: Dead) -> None:
    server = client(atlas_of(layer("dead", dead, provider=DeadSpec(twin=dead))), attention=Attention(patience_seconds=60.0))
    with ThreadPoolExecutor(62) as others:
        waiting = [others.submit(server.get, "/readyz") for _ in range(60)]
        alive = [others.submit(server.get, address) for address in ("/healthz", "/login-state")]
        try:
            assert [answer.result(10.0).status_code for answer in alive] == [200, 200]
            assert not any(answer.done() for answer in waiting)
        finally:
            dead.mended.set()


def test_the_other_maps_are_prepared_at_the_start(client: ClientMaker, dead: Dead) -> None:
    well = full_sky(waves)
    client(atlas_of(layer("dead", dead), layer("well", well)), precaches=True, preparing_seconds=0.2)

    assert within(10.0, lambda: well.times_prepared == 1)


def test_what_nobody_may_see_is_not_even_known_to_be_slow(client: ClientMaker, dead: Dead) -> None:
    crews = {"tiles": Crew(THREADS, seconds=1.0, patience_seconds=0.1), "regions": Crew(2)}
    server = client(atlas_of(layer("dead", dead, grant="members")), crews=crews)
    with ThreadPoolExecutor(1) as member:
        stuck = member.submit(server.get, TILE.format("dead", 0), headers={"Grants": "members"})
        assert within(5.0, lambda: server.get(TILE.format("dead", 1), headers={"Grants": "members"}).json()["type"] == "MapStalled")

        hidden, absent = (server.get(TILE.format(name, 0)) for name in ("dead", "nosuch"))
        assert (hidden.status_code, hidden.content, hidden.headers) == (404, absent.content, absent.headers)
        assert stuck.result(10.0).status_code == 503


def test_a_question_is_asked_once_however_many_wait() -> None:
    times, go = [], threading.Event()

    def question() -> str:
        times.append(1)
        go.wait(10.0)
        return "answer"

    asking = Attention()
    with ThreadPoolExecutor(4) as others:
        answers = [others.submit(asking.to, "subject", question, 10.0) for _ in range(4)]
        assert within(5.0, lambda: times == [1])
        with pytest.raises(MapStalled):
            asking.to("subject", question, 0.05)
        assert asking.to("another", lambda: "at once") == "at once"
        go.set()
        assert {answer.result(10.0) for answer in answers} <= {"answer"}
    assert asking.to("subject", lambda: "anew") == "anew"


def test_what_an_answer_raises_is_raised() -> None:
    def question() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Attention().to("subject", question)


def test_an_overview_that_stands_still_leaves_its_place_to_the_next() -> None:
    mended, shop = threading.Event(), Workshop(threads=1, stalled_seconds=0.2)
    some = Overview(0, (), {})

    def stands_still(_report: Report) -> Overview:
        mended.wait(60.0)
        return some

    shop.request("dead", stands_still, is_looked_at=True)
    assert within(5.0, lambda: shop.progress("dead") > 0.0)

    def is_there() -> bool:
        shop.request("well", lambda _report: some, is_looked_at=True)
        return shop.progress("well") == 1.0

    assert within(10.0, is_there)
    mended.set()
    assert within(10.0, lambda: shop.progress("dead") == 1.0)
    shop.close()
