"""The example configuration of nginx, in a real nginx, in front of a real gunicorn."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.programs import environment
from tests.support.skies import car, waves, write_sky

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "nginx.conf"
COMPOSE_EXAMPLE = ROOT / "examples" / "nginx-compose.conf"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
START_SECONDS = 60.0
TILE = "layers/public/0/0/0/tile.png"

pytestmark = pytest.mark.skipif(
    not (NGINX and shutil.which("curl") and shutil.which("openssl")), reason="nginx, curl and openssl are not all installed"
)


@dataclass(frozen=True)
class Answer:
    """What curl got."""

    version: str
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Site:
    """A service behind nginx."""

    port: int

    def get(self, address: str, *arguments: str) -> Answer:
        """Return the answer to ``name/path``, over TLS and HTTP/2."""
        name, _, path = address.partition("/")
        resolved = ["--resolve", f"{name}:{self.port}:127.0.0.1"]
        command = ["curl", "-sSki", "--http2", *resolved, *arguments, f"https://{name}:{self.port}/{path}"]
        got = subprocess.run(command, capture_output=True, check=True, timeout=START_SECONDS).stdout
        head, _, body = got.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        version, status, *_ = first.split()
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        return Answer(version, int(status), headers, body)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start gunicorn with two workers and nginx."""
    folder = tmp_path_factory.mktemp("nginx")
    backend, port = free_port(), free_port()
    nginx = [str(NGINX), "-c", str(configured(folder, backend, port)), "-e", str(folder / "error.log")]
    settings = environment(TILEMAKER_CONFIG_PATH=str(configuration(folder)), TILEMAKER_MOCK_GRANTS="members")
    with program(gunicorn_on(backend), backend, settings), program(nginx, port, dict(os.environ)):
        yield Site(port)


def gunicorn_on(port: int) -> list[str]:
    """Return the command that serves with two workers."""
    gunicorn = Path(sys.executable).with_name("gunicorn")
    return [str(gunicorn), "tilemaker.server:app", "-k", "tilemaker.server.worker.Worker", "-w", "2", "-b", f"127.0.0.1:{port}"]


@contextmanager
def program(command: list[str], port: int, env: dict[str, str]) -> Iterator[None]:
    """Run a program from when it listens."""
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            give_up_at = time.monotonic() + START_SECONDS
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    assert process.poll() is None, command
                    assert time.monotonic() < give_up_at, command
                    time.sleep(0.1)
            yield
        finally:
            process.terminate()


def configured(folder: Path, backend: int, port: int, example: Path = EXAMPLE) -> Path:
    """Write an example with this machine's ports and folders, and what stands around it."""
    subject = ["-subj", "/CN=maps.example.org", "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2", *subject], capture_output=True, check=True
    )
    written = re.sub("(127.0.0.1|tilemaker):8000", f"127.0.0.1:{backend}", example.read_text("utf-8"))
    written = re.sub("listen (443|80)", f"listen {port}", written)
    written = re.sub(r"/etc/ssl/[^/]+", str(folder), written).replace("/var/cache/nginx/tilemaker", str(folder / "cache"))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    path = folder / "nginx.conf"
    path.write_text(
        f"daemon off; master_process off; pid {folder}/pid; events {{}} http {{ access_log off; {temporary} {written} }}", "utf-8"
    )
    return path


def configuration(folder: Path) -> Path:
    """Write a configuration of a map for everybody and one for members."""
    layers = []
    for name, grant in (("public", None), ("secret", "members")):
        write_sky(folder / f"{name}.fits", car(90, 180, 2.0), value=waves, BUNIT="uK")
        layers.append(
            {"layer_id": name, "name": name, "grant": grant, "provider": {"provider_type": "fits", "filename": f"{name}.fits"}}
        )
    bands = [{"band_id": "b", "name": "B", "layers": layers}]
    path = folder / "sky.json"
    path.write_text(json.dumps({"map_groups": [{"name": "G", "maps": [{"map_id": "m", "name": "M", "bands": bands}]}]}), "utf-8")
    return path


@pytest.mark.parametrize("address", ["maps.example.org/", "www.example.org/sky/"])
def test_the_service_answers_at_the_root_and_below_a_path(site: Site, address: str) -> None:
    page, tile, layer = (site.get(address + path) for path in ("", TILE, "layers/public"))

    assert {answer.version for answer in (page, tile, layer)} == {"HTTP/2"}
    assert {answer.status for answer in (page, tile, layer)} == {200}
    assert b"<!doctype html>" in page.body.lower()
    assert tile.body.startswith(b"\x89PNG")


def test_a_path_without_its_slash_leads_to_the_one_with_it(site: Site) -> None:
    answer = site.get("www.example.org/sky")

    assert answer.status == 308
    assert answer.headers["location"].endswith("/sky/")


def test_what_is_public_is_asked_for_once(site: Site) -> None:
    version = json.loads(site.get("maps.example.org/layers/public").body)["version"]
    address = f"maps.example.org/{TILE}?v={version}"

    first, second = site.get(address), site.get(address)

    assert "immutable" in first.headers["cache-control"]
    assert (first.headers["x-cache-status"], second.headers["x-cache-status"]) == ("MISS", "HIT")
    assert first.body == second.body
    assert site.get(address, "-H", f"If-None-Match: {first.headers['etag']}").status == 304


def test_what_is_compressed_is_kept_apart_from_what_is_not(site: Site) -> None:
    address = "maps.example.org/layers/public/0/0/0/tile.bin?n=1"

    plain, compressed, again = site.get(address), site.get(address, "-H", "Accept-Encoding: gzip"), site.get(address)

    assert compressed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.body == again.body != compressed.body


@pytest.mark.parametrize("path", ["layers/secret/0/0/0/tile.png", "layers/secret", "map-groups", "nosuch", "login-state"])
def test_what_is_anybodys_own_is_never_kept(site: Site, path: str) -> None:
    kept = {site.get(f"maps.example.org/{path}").headers["x-cache-status"] for _ in range(3)}

    assert kept == {"MISS"}


def test_pages_elsewhere_may_use_a_copy_that_was_kept_for_somebody_else(site: Site) -> None:
    address = f"maps.example.org/{TILE}?n=2"

    site.get(address)
    answer = site.get(address, "-H", "Origin: https://elsewhere.example")

    assert answer.headers["x-cache-status"] == "HIT"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_numbers_are_for_this_machine_and_of_all_workers(site: Site) -> None:
    for number in range(20):
        site.get(f"maps.example.org/layers/public/value?ra={number}&dec=0")

    told = [site.get("maps.example.org/metrics") for _ in range(6)]
    elsewhere = site.get("www.example.org/sky/metrics")

    pattern = rb'tilemaker_requests_total{route="/layers/{layer_id}/value",status="200"} (\d+)'
    counts = {match[1] for answer in told if (match := re.search(pattern, answer.body))}
    assert counts == {b"20"}
    assert len(set(re.findall(rb'tilemaker_worker_resident_bytes{pid="(\d+)"}', told[-1].body))) == 2
    assert elsewhere.status == 403


class Together(BaseHTTPRequestHandler):
    """Answers what may not be kept, and not before everybody has asked for it."""

    VISITORS = 3
    asked = threading.Barrier(VISITORS, timeout=5.0)

    def do_GET(self) -> None:
        """Answer."""
        with suppress(threading.BrokenBarrierError):
            self.asked.wait()
        self.send_response(503 if self.asked.broken else 200)
        self.send_header("Cache-Control", "private, no-cache")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("example", [EXAMPLE, COMPOSE_EXAMPLE], ids=lambda path: path.name)
def test_visitors_who_ask_at_once_for_what_is_their_own_do_not_wait_for_each_other(tmp_path: Path, example: Path) -> None:
    port = free_port()
    with ThreadingHTTPServer(("127.0.0.1", 0), Together) as backend, ThreadPoolExecutor(Together.VISITORS + 1) as visitors:
        visitors.submit(backend.serve_forever)
        nginx = [str(NGINX), "-c", str(configured(tmp_path, backend.server_port, port, example)), "-e", str(tmp_path / "error.log")]
        scheme = "https" if example is EXAMPLE else "http"
        command = ["curl", "-sSk", "-o", "/dev/null", "-w", "%{http_code}", f"{scheme}://127.0.0.1:{port}/map-groups"]
        try:
            with program(nginx, port, dict(os.environ)):
                asked = [visitors.submit(subprocess.check_output, command) for _ in range(Together.VISITORS)]
                assert [one.result() for one in asked] == [b"200"] * Together.VISITORS
        finally:
            backend.shutdown()


def test_nothing_a_visitor_says_of_proxies_is_believed(site: Site) -> None:
    """Nginx says itself where a request came from; what came along is dropped."""
    answer = site.get("maps.example.org/", "-H", "X-Forwarded-Host: evil.example", "-H", "X-Forwarded-Prefix: /evil")

    assert answer.status == 200
    assert b"evil" not in answer.body
