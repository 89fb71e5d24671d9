"""The server as a whole: start, end, health, other origins, other paths."""

from __future__ import annotations

import importlib
import json
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

import tilemaker.server
from tests.server.conftest import services_of
from tests.support.skies import car, waves, write_sky
from tests.support.twins import TwinSpec, atlas_of, full_sky, layer
from tilemaker import wanted
from tilemaker.errors import ConfigurationError, MapUnreadable
from tilemaker.providers.workshop import Workshop
from tilemaker.server.crew import Crew
from tilemaker.server.origins import Origins
from tilemaker.server.safety import THIS_MACHINE
from tilemaker.server.services import BUILT_VIEWER, for_this_machine
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


class WorkedOut(TwinSpec):
    """A twin that stands for a combination of maps."""

    @property
    def is_worked_out(self) -> bool:
        return True


def test_what_is_made_of_other_maps_is_not_prepared_before_somebody_looks(client: ClientMaker) -> None:
    twins = [full_sky(waves), full_sky(waves)]
    made = layer("made", twins[0], provider=WorkedOut(twin=twins[0]))
    server = client(atlas_of(made, layer("sky", twins[1])), precaches=True)

    for _ in range(200):
        if twins[1].times_prepared:
            break
        server.get("/healthz")

    assert [twin.times_prepared for twin in twins] == [0, 1]
    assert twins[0].times_read == 0


def test_no_map_is_opened_before_it_is_asked_for(client: ClientMaker) -> None:
    twin = full_sky(waves)

    client(atlas_of(layer("sky", twin))).get("/map-groups")

    assert twin.times_prepared == twin.times_read == 0


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://maps.example.org"])
def test_pages_of_other_origins_may_read_when_the_operator_says_so(client: ClientMaker, origin: str) -> None:
    settings = Settings(origins=("http://localhost:*", "https://maps.example.org"))
    server = client(atlas_of(layer("sky", full_sky(waves))), origins=Origins(settings.origins, settings.origin_pattern))

    answer = server.get("/layers/sky/0/0/0/tile.npy", headers={"Origin": origin})
    asked_first = server.options(
        "/layers/sky",
        headers={"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"},
    )

    assert answer.headers["access-control-allow-origin"] == origin
    assert "etag" in answer.headers["access-control-expose-headers"].lower()
    assert "Origin" in answer.headers["vary"]
    assert asked_first.status_code == 200


@pytest.mark.parametrize("origins", [Origins(), Origins(("https://maps.example.org",), "https://maps\\.example\\.org")])
@pytest.mark.parametrize("origin", ["https://evil.example", "https://maps.example.org.evil.example", "null"])
def test_pages_of_any_other_origin_may_not(client: ClientMaker, origins: Origins, origin: str) -> None:
    answer = client(atlas_of(layer("sky", full_sky(waves))), origins=origins).get("/layers/sky", headers={"Origin": origin})

    assert "access-control-allow-origin" not in answer.headers


def test_every_page_may_read_as_nobody_in_particular(client: ClientMaker) -> None:
    """And one copy of the answer serves all of them, whoever asked for it first."""
    server = client(atlas_of(layer("sky", full_sky(waves))), origins=Origins(("*",)))

    for headers in ({}, {"Origin": "https://maps.example.org"}, {"Origin": "https://maps.example.org", "Cookie": "a=b"}):
        answer = server.get("/layers/sky/0/0/0/tile.npy", headers=headers)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        assert "vary" not in answer.headers


def test_a_page_of_a_named_origin_may_use_the_login_of_its_visitor(client: ClientMaker) -> None:
    settings = Settings(origins=("https://maps.example.org",))
    origins = Origins(settings.origins, settings.origin_pattern, with_credentials=settings.lets_cookies_travel)
    server = client(atlas_of(), origins=origins)

    named = server.get("/map-groups", headers={"Origin": "https://maps.example.org"})
    other = server.get("/map-groups", headers={"Origin": "https://evil.example"})

    assert named.headers["access-control-allow-credentials"] == "true"
    assert named.headers["access-control-allow-origin"] == "https://maps.example.org"
    assert "access-control-allow-origin" not in other.headers
    assert all("Origin" in answer.headers["vary"] for answer in (named, other))


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200), ("127.0.0.1:8000", 200), ("[::1]:8000", 200), ("192.168.1.7", 200), ("LOCALHOST", 200),
        ("sky.localhost:8000", 200), (socket.gethostname(), 200), ("hub.example.org", 200),
        ("evil.example", 421), ("localhost.evil.example", 421), ("127.0.0.1.evil.example:8000", 421), ("", 421), ("[", 421),
    ],
)  # fmt: skip
def test_what_is_shown_on_this_machine_is_shown_under_its_own_names(client: ClientMaker, host: str, status: int) -> None:
    """A page elsewhere whose name is made to lead here cannot read it."""
    here = for_this_machine(services_of(atlas_of(), origins=Origins(("*",))), Settings(hosts=("hub.example.org",)))
    answer = client(atlas_of(), hosts=here.hosts, origins=here.origins).get("/map-groups", headers={"Host": host, "Origin": "null"})

    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers


def test_browsers_are_told_what_pages_may_do(client: ClientMaker) -> None:
    server = client(atlas_of(layer("sky", full_sky(waves))), viewer=BUILT_VIEWER)

    for path in ("/", "/docs"):
        answer = server.get(path)
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "'unsafe-eval'" not in answer.headers["content-security-policy"]
        assert "<script>" not in answer.text
    for path in ("/", "/docs/start.js", "/layers/sky/0/0/0/tile.png", "/nosuch", "/layers/sky?v=" + "x" * 9000):
        assert server.get(path).headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("embedders", "ancestors", "resources"),
    [
        ((), "frame-ancestors 'self'", "same-origin"),
        (("*",), "frame-ancestors *", "cross-origin"),
        (("https://a.example",), "frame-ancestors 'self' https://a.example", "cross-origin"),
        (THIS_MACHINE, "frame-ancestors 'self' http://localhost:* http://127.0.0.1:*", "same-origin"),
    ],
)
def test_pages_may_be_embedded_where_they_may_be_read(
    client: ClientMaker, embedders: tuple[str, ...], ancestors: str, resources: str
) -> None:
    page = client(atlas_of(), viewer=BUILT_VIEWER, embedders=embedders).get("/")

    assert page.headers["content-security-policy"].endswith(ancestors)
    assert page.headers["cross-origin-resource-policy"] == resources


def test_a_viewer_may_ask_an_api_elsewhere(client: ClientMaker) -> None:
    page = client(atlas_of(), viewer=BUILT_VIEWER, api_endpoint="https://api.example.org/sky/").get("/")

    assert "connect-src 'self' https://api.example.org " in page.headers["content-security-policy"]


def test_the_server_works_below_a_path(client: ClientMaker) -> None:
    """A proxy that keeps its prefix, as ``uvicorn --root-path`` has it."""
    app = client(atlas_of(layer("sky", full_sky(waves)))).app

    with TestClient(app, root_path="/maps/here") as below:
        assert below.get("/maps/here/layers/sky/0/0/0/tile.png").status_code == 200
        assert below.get("/maps/here/openapi.json").json()["servers"] == [{"url": "./"}]


@pytest.mark.parametrize("prefix", ["/sky", ""])
def test_the_server_works_below_a_path_that_it_was_told_of(client: ClientMaker, prefix: str) -> None:
    """Whether or not the proxy takes it off."""
    server = client(atlas_of(layer("sky", full_sky(waves))), viewer=BUILT_VIEWER, root_path="/sky")

    assert server.get(f"{prefix}/layers/sky/0/0/0/tile.png").status_code == 200
    assert server.get(f"{prefix}/").headers["content-type"].startswith("text/html")
    assert server.get("/sky").headers["location"] == "/sky/"
    assert server.get("/skyline/").status_code == 404


@pytest.mark.parametrize("path", ["/sky", "/sky/"])
def test_the_path_is_given_when_starting(path: str) -> None:
    assert Settings.from_environment(root_path=path).root_path == "/sky"


@pytest.mark.parametrize("path", ["sky", "https://maps.example.org/sky", "/sky?x", "//"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError, match="TILEMAKER_ROOT_PATH"):
        Settings.from_environment(root_path=path)


class NoticingWorkshop(Workshop):
    """Knows whether it was closed."""

    is_closed = False

    def close(self) -> None:
        self.is_closed = True


def test_the_workshop_is_closed_at_the_end(client: ClientMaker) -> None:
    workshop = NoticingWorkshop()
    app = client(atlas_of(), workshop=workshop).app

    with TestClient(app):
        assert not workshop.is_closed

    assert workshop.is_closed


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
