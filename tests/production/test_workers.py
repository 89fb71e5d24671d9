"""Several workers behind one address: lost, replaced, reloaded and stopped while a crowd keeps asking."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.production.conftest import TILES, configuration, copied
from tests.support.gunicorn import crowd, file_count, gunicorn
from tests.support.skies import car, waves, write_sky
from tilemaker.server.living import LOOK_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.gunicorn import Service


ONE_AT_A_TIME = {"TILEMAKER_REGION_THREADS": "1", "TILEMAKER_COMPILE": "true"}
"""Settings under which what is asked of large regions has to wait for what was asked before."""


def ready(service: Service) -> bool:
    return all(layer["state"] == "ready" for layer in json.loads(service.get("/readyz").body)["layers"])


@pytest.fixture(scope="module")
def pair(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Return two workers, which every test leaves as well as it found them."""
    config = copied(original, tmp_path_factory.mktemp("pair"))
    with gunicorn(config, workers=2, settings={"TILEMAKER_CACHE_SIZE_MB": "8"}) as service:
        service.wait(lambda: all(ready(service) for _ in range(8)))
        yield service


def config_of(service: Service) -> Path:
    return service.log.with_name("sky.json")


def replaced(service: Service, victims: set[int]) -> bool:
    """Whether other workers have taken the place of these, and answer."""
    return len(service.workers) == 2 and not victims & set(service.workers) and service.get("/healthz").status == 200


def test_many_workers_answer_with_one_voice(original: Path, tmp_path: Path) -> None:
    """Whichever of them has its loops compiled by then."""
    workers, compiling = 4, {"TILEMAKER_COMPILE": "true"}
    with gunicorn(copied(original, tmp_path), workers=workers, settings=compiling) as service, crowd(service, TILES) as asked:
        service.wait(lambda: all(ready(service) for _ in range(3 * workers)))
        asked.keep_on(20 * workers)

    assert asked.failures == []
    assert asked.statuses.keys() == {200}
    assert {path: len(bodies) for path, bodies in asked.bodies.items()} == dict.fromkeys(TILES, 1)
    assert service.process.returncode == 0


def test_a_worker_that_is_killed_takes_no_more_along_than_it_was_working_on(pair: Service) -> None:
    before = pair.footprints
    victim = min(before)
    with crowd(pair, TILES, size=4) as asked:
        asked.keep_on()
        os.kill(victim, signal.SIGKILL)
        pair.wait(lambda: len(pair.workers) == 2 and victim not in pair.workers)
        asked.keep_on()

    assert len(asked.failures) <= 4
    assert asked.statuses.keys() == {200}
    pair.wait_until_settled(before)


def numbers_of(service: Service) -> dict[str, float]:
    """Return what is counted, by name and labels."""
    lines = service.get("/metrics").body.decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))}


def told_of(service: Service) -> set[int]:
    """Return the workers whose memory is told."""
    found = (re.fullmatch(r'tilemaker_worker_resident_bytes\{pid="(\d+)"\}', name) for name in numbers_of(service))
    return {int(match[1]) for match in found if match}


def test_what_is_counted_never_falls_and_tells_nothing_of_the_dead(pair: Service) -> None:
    """Whichever worker is asked: in a kill and in a reload."""
    before = numbers_of(pair)
    counters = [name for name in before if re.search(r"_(total|count|sum|bucket)\b", name)]
    with crowd(pair, TILES, size=3) as asked:
        asked.keep_on()
        victim = min(pair.workers)
        os.kill(victim, signal.SIGKILL)
        pair.wait(lambda: len(pair.workers) == 2 and victim not in pair.workers)
        asked.keep_on()
        victims = set(pair.workers)
        pair.process.send_signal(signal.SIGHUP)
        pair.wait(lambda: replaced(pair, victims))
        pair.wait(lambda: set(pair.workers) <= told_of(pair))
        asked.keep_on()
    told = [before]
    for _ in range(8):
        told.append(numbers_of(pair))
        assert all(told[-1][name] >= told[-2][name] for name in counters)

    tiles = sum(count for name, count in told[-1].items() if name.startswith("tilemaker_tiles_total"))
    tiles_before = sum(count for name, count in before.items() if name.startswith("tilemaker_tiles_total"))
    # What a worker that was killed has handed out is counted in the moment that it has been.
    assert asked.statuses[200] - 3 <= tiles - tiles_before <= asked.statuses[200] + 3
    assert told_of(pair) == set(pair.workers)
    assert before['tilemaker_overview_builds_total{event="finished"}'] >= 1.0


def test_what_a_request_says_of_where_it_comes_from_is_believed_of_the_proxy_alone(original: Path, tmp_path: Path) -> None:
    settings = {"FORWARDED_ALLOW_IPS": "127.0.0.2", "TILEMAKER_LOG_LEVEL": "debug", "TILEMAKER_LOG_FORMAT": "json"}
    config = copied(original, tmp_path)
    headers = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    headers |= {"X-Forwarded-Prefix": "/evil", "X-Script-Name": "/evil", "Root-Path": "/evil", "Forwarded": "for=198.51.100.8"}
    with gunicorn(config, workers=1, settings=settings) as service:
        answers = []
        for address in ("127.0.0.1", "127.0.0.2"):
            connection = http.client.HTTPConnection("127.0.0.1", service.port, source_address=(address, 0))
            connection.request("GET", "/layers/small", headers={**headers, "X-Request-ID": f"from-{address}"})
            answers.append(connection.getresponse().read())
            connection.close()
        service.wait(lambda: service.said('"route": "/layers/{layer_id}"') == 2)
    logged = [json.loads(line) for line in service.log.read_text("utf-8").splitlines() if '"route": "/layers/{layer_id}"' in line]

    assert {line["request_id"]: line["client"] for line in logged} == {
        "from-127.0.0.1": "127.0.0.1", "from-127.0.0.2": "198.51.100.7",
    }  # fmt: skip
    assert answers[0] == answers[1]
    assert b"evil" not in answers[0]


def test_all_that_a_worker_says_has_the_form_that_was_asked_for(original: Path, tmp_path: Path) -> None:
    """What its web server says too, of requests that are none and of its end."""
    with gunicorn(copied(original, tmp_path), workers=1, settings={"TILEMAKER_LOG_FORMAT": "json"}) as service:
        (worker,) = service.workers
        with socket.create_connection(("127.0.0.1", service.port), 10.0) as connection:
            connection.sendall(b"nonsense\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 400")
        service.wait(lambda: service.said("Invalid HTTP request") == 1)
    lines = service.log.read_text("utf-8").partition("Started server process")[2].splitlines()[1:]
    said = [json.loads(line) for line in lines if line.startswith("{")]

    assert {"Waiting for application startup.", "Invalid HTTP request received.", f"Finished server process [{worker}]"} <= {
        line["message"] for line in said
    }
    assert {line["process"] for line in said} == {worker}
    # The process that starts and ends workers is gunicorn's own.
    assert all(f"[{service.process.pid}]" in line for line in lines if not line.startswith("{"))


def test_a_reload_loses_nothing(pair: Service) -> None:
    config, before = config_of(pair), set(pair.workers)
    good = config.read_text("utf-8")
    with crowd(pair, TILES, size=4) as asked:
        asked.keep_on()
        config.write_text(configuration(small="small.fits", large="large.fits", another="small.fits"), "utf-8")
        pair.process.send_signal(signal.SIGHUP)
        pair.wait(lambda: replaced(pair, before))
        pair.wait(lambda: pair.get("/layers/another").status == 200)
        asked.keep_on()
    config.write_text(good, "utf-8")

    assert asked.failures == []
    assert asked.statuses.keys() == {200}


def test_a_stop_waits_for_what_is_under_way(config: Path) -> None:
    """And for what has to wait itself: apertures over all of the sky, and one thread for such things."""
    answers: list[int] = []

    def ask(number: int) -> None:
        answers.append(service.get(f"/analysis/aperture/large?ra={number}&dec=0&radius=10800").status)

    def have_come() -> bool:
        answered = len(answers)
        return answered + numbers_of(service)["tilemaker_requests_under_way"] >= len(late) + 1  # and the one that asks for this

    with gunicorn(config, workers=1, settings=ONE_AT_A_TIME) as service:
        service.wait(lambda: ready(service))
        late = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for one in late:
            one.start()
        service.wait(have_come)
        answered = len(answers)
        service.process.send_signal(signal.SIGTERM)
        for one in late:
            one.join(30)
        service.process.wait(30)

    assert answered < len(late)
    assert answers == [200] * len(late)
    assert service.process.returncode == 0


def test_a_changed_configuration_is_taken_over_by_every_worker_and_a_bad_one_by_none(pair: Service) -> None:
    """Not even by workers that take the place of others, or of all of them in a reload."""
    config, refused, started = config_of(pair), "cannot be used; the one before stays", "Application startup complete"
    before = [pair.said(words) for words in (refused, started)]
    with crowd(pair, TILES, size=2) as asked:
        config.write_text(configuration(small="small.fits", large="large.fits", third="small.fits"), "utf-8")
        pair.wait(lambda: all(pair.get("/layers/third").status == 200 for _ in range(12)), 20 * LOOK_SECONDS)
        config.write_text('{"map_groups": [{}]}', "utf-8")
        pair.wait(lambda: pair.said(refused) == before[0] + 2, 20 * LOOK_SECONDS)
        victims = set(pair.workers)
        pair.process.send_signal(signal.SIGHUP)
        pair.wait(lambda: replaced(pair, victims))
        pair.wait(lambda: pair.said(started) == before[1] + 2)
        assert all(pair.get("/layers/third").status == 200 for _ in range(12))
        config.write_text(configuration(small="small.fits", large="large.fits"), "utf-8")
        pair.wait(lambda: all(pair.get("/layers/third").status == 404 for _ in range(12)), 20 * LOOK_SECONDS)

    assert asked.failures == []
    assert asked.statuses.keys() == {200}


def test_a_configuration_that_is_bad_from_the_start_is_said_and_nothing_is_served(config: Path) -> None:
    config.write_text("{", "utf-8")

    with pytest.raises(AssertionError, match="not valid JSON"), gunicorn(config, workers=1):
        pass


def write_brighter(path: Path, by: float) -> Path:
    return write_sky(path, car(180, 360, 1.0), lambda ra_deg, dec_deg: waves(ra_deg, dec_deg) + by)


def test_a_map_replaced_while_a_crowd_looks_at_it_is_old_or_new_and_in_the_end_new(pair: Service) -> None:
    path, before = config_of(pair).with_name("small.fits"), pair.footprints
    whole = path.read_bytes()
    address = "/layers/small/value?ra=10.5&dec=20.5"
    with crowd(pair, [address, *TILES[:4]], size=3) as asked:
        for number in range(8):
            write_brighter(path.with_name("other.fits"), 100.0 * number).replace(path)
            asked.keep_on(15)
    last = json.loads(pair.get(address).body)["value"]
    path.write_bytes(whole)

    assert asked.failures == []
    assert asked.statuses.keys() == {200}
    assert len({json.loads(body)["value"] for body in asked.bodies[address]}) >= 4
    assert last > 650.0
    pair.wait_until_settled(before)


def test_a_map_cut_short_while_a_crowd_looks_at_it_takes_its_own_layer_along_until_it_is_back(pair: Service) -> None:
    path, before = config_of(pair).with_name("small.fits"), pair.footprints
    whole = path.read_bytes()

    def is_gone() -> bool:
        return all(pair.get(TILES[0]).status == 503 for _ in range(8))

    with crowd(pair, TILES[:4], size=2) as broken, crowd(pair, TILES[4:], size=2) as well:
        broken.keep_on(20)
        os.truncate(path, len(whole) // 3)
        pair.wait(is_gone)
        path.unlink()
        pair.wait(is_gone)
        path.write_bytes(whole)
        pair.wait(lambda: all(pair.get(TILES[0]).status == 200 for _ in range(8)), 20.0)

    assert (broken.failures, well.failures) == ([], [])
    assert broken.statuses.keys() == {200, 503}
    assert well.statuses.keys() == {200}
    pair.wait_until_settled(before)
    assert pair.workers == list(before)


def test_clients_that_go_away_leave_no_work_behind(config: Path) -> None:
    """Thirty apertures over all of the sky, one thread for such things, and nobody who waits for them: the next is not the last."""
    slow = "/analysis/aperture/large?ra={}&dec=0&radius=10800"
    with gunicorn(config, workers=1, settings=ONE_AT_A_TIME) as service:
        began = time.monotonic()
        assert service.get(slow.format(0)).status == 200
        one_seconds = time.monotonic() - began
        (worker,) = service.workers
        files = file_count(worker)
        for number in range(1, 31):
            with socket.create_connection(("127.0.0.1", service.port)) as connection:
                connection.sendall(f"GET {slow.format(number)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        began = time.monotonic()
        assert service.get(slow.format(40)).status == 200
        waited_seconds = time.monotonic() - began
        service.wait(lambda: file_count(worker) <= files, 10.0)

    assert waited_seconds < max(6 * one_seconds, 3.0)


def test_more_than_can_be_done_is_refused_and_not_piled_up(config: Path) -> None:
    settings = ONE_AT_A_TIME | {"TILEMAKER_REQUEST_QUEUE": "2"}
    slow = [f"/analysis/aperture/large?ra={number}&dec=0&radius=10800" for number in range(200)]
    with gunicorn(config, workers=1, settings=settings) as service:
        with crowd(service, slow, size=10) as asked, crowd(service, TILES[:4], size=2) as tiles:
            asked.keep_on(100)
            tiles.keep_on(30)
            assert service.get("/healthz").status == 200
        assert service.get(slow[0]).status == 200

    assert asked.failures == []
    assert asked.statuses.keys() == {200, 503}
    assert tiles.failures == []
    assert tiles.statuses.keys() == {200}
