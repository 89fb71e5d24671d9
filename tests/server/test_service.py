"""The server as a whole: start, end, health, other origins, other paths."""

from __future__ import annotations

import importlib
import json
import threading
import time
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

import tilemaker.server
from tests.support.skies import car, waves, write_sky
from tests.support.twins import atlas_of, full_sky, layer
from tilemaker import wanted
from tilemaker.errors import MapUnreadable
from tilemaker.providers.workshop import Workshop
from tilemaker.server.crew import Crew
from tilemaker.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server.conftest import ClientMaker
    from tilemaker.sky.boxes import SkyBox
    from tilemaker.sky.grid import Shape


def test_the_server_is_healthy_as_soon_as_it_answers(client: ClientMaker) -> None:
    answer = client(atlas_of(layer("broken", MapUnreadable("Gone.")))).get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": tilemaker.__version__}
    assert answer.headers["cache-control"] == "no-store"


def test_every_layer_says_how_it_is(client: ClientMaker) -> None:
    building = full_sky(waves)
    building.progress = 0.5
    server = client(
        atlas_of(
            layer("well", full_sky(waves)),
            layer("building", building),
            layer("broken", MapUnreadable("The file is not there.")),
            layer("hidden", MapUnreadable("Hidden."), grant="members"),
        )
    )

    answer = server.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "layers": [
            {"layer_id": "well", "state": "ready", "progress": 1.0, "reason": None},
            {"layer_id": "building", "state": "building", "progress": 0.5, "reason": None},
            {"layer_id": "broken", "state": "unavailable", "progress": 0.0, "reason": "The file is not there."},
        ],
    }


def test_a_server_none_of_whose_layers_can_be_read_is_not_ready(client: ClientMaker) -> None:
    answer = client(atlas_of(layer("broken", MapUnreadable("Gone.")))).get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["ready"] is False


def test_every_overview_is_asked_for_at_the_start_whatever_else_is_broken(client: ClientMaker) -> None:
    twins = [full_sky(waves), full_sky(waves)]
    layers = layer("one", twins[0]), layer("broken", MapUnreadable("Gone.")), layer("two", twins[1], grant="members")
    server = client(atlas_of(*layers), precaches=True)

    for _ in range(200):
        if all(twin.times_prepared for twin in twins):
            break
        server.get("/healthz")

    assert [twin.times_prepared for twin in twins] == [1, 1]


def test_no_map_is_opened_before_it_is_asked_for(client: ClientMaker) -> None:
    twin = full_sky(waves)

    client(atlas_of(layer("sky", twin))).get("/map-groups")

    assert twin.times_prepared == twin.times_read == 0


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://maps.example.org"])
def test_pages_of_other_origins_may_read_when_the_operator_says_so(client: ClientMaker, origin: str) -> None:
    pattern = Settings(origins=("http://localhost:*", "https://maps.example.org")).origin_pattern
    server = client(atlas_of(layer("sky", full_sky(waves))), origins=pattern)

    answer = server.get("/layers/sky/0/0/0/tile.npy", headers={"Origin": origin})
    asked_first = server.options(
        "/layers/sky",
        headers={"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"},
    )

    assert answer.headers["access-control-allow-origin"] == origin
    assert "etag" in answer.headers["access-control-expose-headers"].lower()
    assert "Origin" in answer.headers["vary"]
    assert asked_first.status_code == 200


@pytest.mark.parametrize("origins", [None, "https://maps\\.example\\.org"])
@pytest.mark.parametrize("origin", ["https://evil.example", "https://maps.example.org.evil.example", "null"])
def test_pages_of_any_other_origin_may_not(client: ClientMaker, origins: str | None, origin: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves))), origins=origins).get("/layers/sky", headers={"Origin": origin})

    assert "access-control-allow-origin" not in answer.headers


def test_no_page_of_another_origin_may_use_what_its_visitor_may_see(client: ClientMaker) -> None:
    answer = client(atlas_of(), origins=".*").get("/map-groups", headers={"Origin": "https://maps.example.org"})

    assert "access-control-allow-credentials" not in answer.headers


def test_the_server_works_below_a_path(client: ClientMaker) -> None:
    """A proxy that keeps its prefix, as ``uvicorn --root-path`` has it."""
    app = client(atlas_of(layer("sky", full_sky(waves)))).app

    with TestClient(app, root_path="/maps/here") as below:
        assert below.get("/maps/here/layers/sky/0/0/0/tile.png").status_code == 200
        assert below.get("/maps/here/openapi.json").json()["servers"] == [{"url": "./"}]


def test_the_workshop_is_closed_at_the_end(client: ClientMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    workshop = Workshop()
    monkeypatch.setattr(workshop, "close", lambda: closed.append(True))
    app = client(atlas_of(), workshop=workshop).app

    with TestClient(app):
        assert not closed

    assert closed == [True]


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """Return a configuration of one real map."""
    write_sky(tmp_path / "map.fits", car(180, 360, 1.0), BUNIT="uK")
    provider = {"provider_type": "fits", "filename": "map.fits"}
    bands = [{"band_id": "b", "name": "B", "layers": [{"layer_id": "sky", "name": "Sky", "provider": provider}]}]
    groups = [{"name": "G", "maps": [{"map_id": "m", "name": "M", "bands": bands}]}]
    path = tmp_path / "sky.json"
    path.write_text(json.dumps({"map_groups": groups}), "utf-8")
    return path


@pytest.fixture
def fresh_server_module(monkeypatch: pytest.MonkeyPatch, configuration: Path) -> Iterator[None]:
    """Have the environment name a configuration, and the application made anew from it."""
    monkeypatch.setenv("TILEMAKER_CONFIG_PATH", str(configuration))
    tilemaker.server._app_of_environment.cache_clear()
    yield
    tilemaker.server._app_of_environment.cache_clear()


@pytest.mark.usefixtures("fresh_server_module")
def test_the_application_is_made_from_the_environment_when_it_is_asked_for() -> None:
    app = tilemaker.server.app

    assert app is tilemaker.server.app
    with TestClient(app) as server:
        assert server.get("/layers/sky").json()["units"] == "uK"
        assert server.get("/layers/sky/0/0/0/tile.webp").status_code == 200


def test_importing_the_package_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILEMAKER_CONFIG_PATH", "/nosuch/configuration.json")

    importlib.reload(tilemaker.server)

    with pytest.raises(AttributeError):
        _ = tilemaker.server.nosuch


def test_an_address_longer_than_any_of_ours_is_refused(client: ClientMaker) -> None:
    sky = client(atlas_of(layer("sky", full_sky(waves))), url_limit=1000)

    assert sky.get("/search", params={"q": "x" * 900}).status_code == 200
    assert sky.get("/search", params={"q": "x" * 1000}).status_code == 414
    answer = sky.get("/" + "x" * 1000)
    assert answer.status_code == 414
    assert answer.json().keys() == {"detail", "type"}


def test_a_server_with_too_much_to_do_says_when_to_come_back(client: ClientMaker) -> None:
    """All of what reads maps is refused here; what says how the service is goes on."""
    crew = Crew(1, queue_limit=0)
    sky = client(atlas_of(layer("sky", full_sky(waves))), crews={"tiles": crew, "regions": crew})

    for path in (
        "/layers/sky/0/0/0/tile.png",
        "/layers/sky/submap/10/20/5/0/image.png",
        "/analysis/aperture/sky?ra=1&dec=1&radius=9",
    ):
        answer = sky.get(path)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "2"
        assert answer.json()["type"] == "TooBusy"
    assert [sky.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


def test_a_request_that_takes_too_long_is_ended_and_its_work_too(client: ClientMaker) -> None:
    twin = full_sky(waves)
    has_stopped = threading.Event()

    def slow(_box: SkyBox, _shape: Shape) -> None:
        try:
            while True:
                time.sleep(0.01)
                wanted.check()
        finally:
            has_stopped.set()

    twin.read = slow  # type: ignore[method-assign, assignment]
    sky = client(atlas_of(layer("sky", twin)), crews={"tiles": Crew(1, seconds=0.2)})

    answer = sky.get("/layers/sky/0/0/0/tile.png")

    assert answer.status_code == 503
    assert answer.json() == {"detail": "This took longer than the 0.2 seconds that a request may take here.", "type": "TookTooLong"}
    assert "retry-after" in answer.headers
    assert has_stopped.wait(5)
