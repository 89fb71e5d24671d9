"""Several workers behind one address: lost, replaced, reloaded and stopped while a crowd keeps asking."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.production.conftest import TILES, configuration
from tests.support.gunicorn import crowd, file_count, gunicorn
from tests.support.skies import car, waves, write_sky
from tilemaker.server.living import LOOK_SECONDS
from tilemaker.server.worker import HEADER_BYTES, HEADER_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.gunicorn import Service


def ready(service: Service) -> bool:
    return all(layer["state"] == "ready" for layer in json.loads(service.get("/readyz").body)["layers"])


@pytest.mark.parametrize("workers", [1, 8])
def test_any_number_of_workers_answers_with_one_voice(config: Path, workers: int) -> None:
    with gunicorn(config, workers=workers) as service, crowd(service, TILES) as asked:
        service.wait(lambda: all(ready(service) for _ in range(4 * workers)))
        time.sleep(2.0)

    assert asked.failures == []
    assert asked.statuses.keys() == {200}
    assert {path: len(bodies) for path, bodies in asked.bodies.items()} == dict.fromkeys(TILES, 1)
    assert service.process.returncode == 0


def test_a_worker_that_is_killed_takes_no_more_along_than_it_was_working_on(config: Path) -> None:
    with gunicorn(config, workers=2) as service, crowd(service, TILES, size=4) as asked:
        time.sleep(1.0)
        victims = service.workers
        os.kill(victims[0], signal.SIGKILL)
        service.wait(lambda: len(set(service.workers) - set(victims)) == 1)
        time.sleep(2.0)

    assert len(asked.failures) <= 4
    assert asked.statuses.keys() == {200}


def test_a_reload_and_a_stop_lose_nothing(config: Path) -> None:
    with gunicorn(config, workers=2) as service:
        with crowd(service, TILES, size=4) as asked:
            time.sleep(1.0)
            before = set(service.workers)
            config.write_text(configuration(small="small.fits", large="large.fits", another="small.fits"), "utf-8")
            service.process.send_signal(signal.SIGHUP)
            service.wait(lambda: len(service.workers) == 2 and not before & set(service.workers))
            service.wait(lambda: service.get("/layers/another").status == 200)
            time.sleep(1.0)
        answers: list[int] = []
        late = threading.Thread(
            target=lambda: answers.append(service.get("/analysis/aperture/large?ra=0&dec=0&radius=3000").status)
        )
        late.start()
        time.sleep(0.3)
        service.process.send_signal(signal.SIGTERM)
        late.join(30)
        service.process.wait(30)

    assert asked.failures == []
    assert asked.statuses.keys() == {200}
    assert answers == [200]
    assert service.process.returncode == 0


def test_a_changed_configuration_is_taken_over_by_every_worker_and_a_bad_one_by_none(config: Path) -> None:
    """Not even by workers that take the place of others, or of all of them in a reload."""
    with gunicorn(config, workers=2) as service, crowd(service, TILES, size=2) as asked:
        config.write_text(configuration(small="small.fits", large="large.fits", another="small.fits"), "utf-8")
        service.wait(lambda: all(service.get("/layers/another").status == 200 for _ in range(12)), 20 * LOOK_SECONDS)
        config.write_text('{"map_groups": [{}]}', "utf-8")
        service.wait(lambda: service.said("cannot be used; the one before stays") == 2, 20 * LOOK_SECONDS)
        victims = set(service.workers)
        service.process.send_signal(signal.SIGHUP)
        service.wait(lambda: len(service.workers) == 2 and not victims & set(service.workers))
        service.wait(lambda: service.said("Application startup complete") == 4)
        assert all(service.get("/layers/another").status == 200 for _ in range(12))

    assert asked.failures == []
    assert asked.statuses.keys() == {200}


def test_a_configuration_that_is_bad_from_the_start_is_said_and_nothing_is_served(config: Path) -> None:
    config.write_text("{", "utf-8")

    with pytest.raises(AssertionError, match="not valid JSON"), gunicorn(config, workers=1):
        pass


def write_brighter(path: Path, by: float) -> Path:
    return write_sky(path, car(180, 360, 1.0), lambda ra_deg, dec_deg: waves(ra_deg, dec_deg) + by)


def test_a_map_replaced_while_a_crowd_looks_at_it_is_old_or_new_and_in_the_end_new(config: Path) -> None:
    path = config.with_name("small.fits")
    address = "/layers/small/value?ra=10.5&dec=20.5"
    with gunicorn(config, workers=2) as service:
        with crowd(service, [address, *TILES[:4]], size=3) as asked:
            for number in range(8):
                write_brighter(path.with_name("other.fits"), 100.0 * number).replace(path)
                time.sleep(0.3)
        last = json.loads(service.get(address).body)["value"]

    assert asked.failures == []
    assert asked.statuses.keys() == {200}
    assert len({json.loads(body)["value"] for body in asked.bodies[address]}) >= 4
    assert last > 650.0


def test_a_map_cut_short_while_a_crowd_looks_at_it_takes_its_own_layer_along_until_it_is_back(config: Path) -> None:
    path = config.with_name("small.fits")
    whole = path.read_bytes()
    with gunicorn(config, workers=2) as service:
        workers = service.workers
        with crowd(service, TILES[:4], size=2) as broken, crowd(service, TILES[4:], size=2) as well:
            time.sleep(0.5)
            os.truncate(path, len(whole) // 3)
            time.sleep(1.0)
            path.unlink()
            time.sleep(1.0)
            path.write_bytes(whole)
            service.wait(lambda: all(service.get(TILES[0]).status == 200 for _ in range(8)), 20.0)
        assert service.workers == workers

    assert (broken.failures, well.failures) == ([], [])
    assert broken.statuses.keys() == {200, 503}
    assert well.statuses.keys() == {200}


def test_clients_that_go_away_leave_no_work_behind(config: Path) -> None:
    """Thirty apertures over all of the sky, one thread for such things, and nobody who waits for them: the next is not the last."""
    slow = "/analysis/aperture/large?ra={}&dec=0&radius=10800"
    with gunicorn(config, workers=1, settings={"TILEMAKER_REGION_THREADS": "1"}) as service:
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
    settings = {"TILEMAKER_REGION_THREADS": "1", "TILEMAKER_REQUEST_QUEUE": "2"}
    slow = [f"/analysis/aperture/large?ra={number}&dec=0&radius=10800" for number in range(200)]
    with gunicorn(config, workers=1, settings=settings) as service:
        with crowd(service, slow, size=10) as asked, crowd(service, TILES[:4], size=2) as tiles:
            time.sleep(4.0)
            assert service.get("/healthz").status == 200
        assert service.get(slow[0]).status == 200

    assert asked.failures == []
    assert asked.statuses.keys() == {200, 503}
    assert tiles.failures == []
    assert tiles.statuses.keys() == {200}


def test_connections_that_ask_nothing_are_hung_up_on(config: Path) -> None:
    with gunicorn(config, workers=1) as service:
        service.wait(lambda: ready(service))
        (worker,) = service.workers
        files = file_count(worker)
        idle = [socket.create_connection(("127.0.0.1", service.port), HEADER_SECONDS + 20.0) for _ in range(100)]
        for number, connection in enumerate(idle):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: loc"[: number % 30])
        with socket.create_connection(("127.0.0.1", service.port), 20.0) as endless:
            endless.sendall(b"GET /healthz HTTP/1.1\r\n" + b"X: " + b"x" * (HEADER_BYTES + 1000))
            assert b" 431 " in endless.recv(1000)
        assert service.get("/healthz").status == 200
        for connection in idle:
            assert b" 408 " in connection.recv(1000)
            connection.close()
        service.wait(lambda: file_count(worker) <= files + 1, 10.0)
