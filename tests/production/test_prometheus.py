"""A real Prometheus asks for the numbers of several workers."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from tests.production.test_nginx import START_SECONDS, configuration, gunicorn_on, program
from tests.support.ports import free_port
from tests.support.programs import environment, untraced

PROMETHEUS = shutil.which("prometheus")
pytestmark = pytest.mark.skipif(PROMETHEUS is None, reason="prometheus is not installed")
REQUESTS = 30


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Start two workers, ask them for something, and give the addresses of their numbers and of a Prometheus that watches them."""
    tmp_path, port, watcher = tmp_path_factory.mktemp("prometheus"), free_port(), free_port()
    scraping = {"job_name": "tilemaker", "scrape_interval": "1s", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
    (tmp_path / "prometheus.yml").write_text(json.dumps({"scrape_configs": [scraping]}), "utf-8")
    command = [
        str(PROMETHEUS), f"--config.file={tmp_path / 'prometheus.yml'}", f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{watcher}",
    ]  # fmt: skip
    settings = untraced(environment(TILEMAKER_CONFIG_PATH=str(configuration(tmp_path))))
    with program(gunicorn_on(port), port, settings), program(command, watcher, settings):
        for number in range(REQUESTS):
            address = f"http://127.0.0.1:{port}/layers/public/value?ra={number}&dec=0"
            urllib.request.urlopen(address, timeout=START_SECONDS).close()
        yield f"http://127.0.0.1:{port}/metrics", f"http://127.0.0.1:{watcher}/api/v1/query"


def answer(address: str, query: str) -> list[float]:
    """Return the values that Prometheus has for a query now."""
    with urllib.request.urlopen(f"{address}?{urllib.parse.urlencode({'query': query})}", timeout=START_SECONDS) as said:  # noqa: S310
        return [float(one["value"][1]) for one in json.load(said)["data"]["result"]]


def test_prometheus_understands_the_numbers_and_finds_those_of_all_workers(told: tuple[str, str]) -> None:
    _, prometheus = told
    give_up_at = time.monotonic() + START_SECONDS
    query = 'tilemaker_requests_total{route="/layers/{layer_id}/value"}'
    while answer(prometheus, query) != [REQUESTS]:
        assert time.monotonic() < give_up_at, answer(prometheus, "tilemaker_requests_total")
        time.sleep(0.2)

    assert answer(prometheus, 'up{job="tilemaker"}') == [1.0]
    assert len(answer(prometheus, "tilemaker_worker_resident_bytes")) == 2
    assert all(answer(prometheus, "tilemaker_worker_resident_bytes"))
    assert answer(prometheus, 'tilemaker_request_seconds_count{route="/layers/{layer_id}/value"}') == [REQUESTS]


def test_the_numbers_are_written_as_they_should_be(told: tuple[str, str]) -> None:
    """As Prometheus's own tool for that judges."""
    with urllib.request.urlopen(told[0], timeout=START_SECONDS) as said:  # noqa: S310  our own server
        text = said.read()

    judged = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)

    assert judged.returncode == 0, judged.stderr.decode()
