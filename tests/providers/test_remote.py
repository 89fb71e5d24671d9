"""Maps that are elsewhere: read in parts from real servers, noticed when they change, refused with a sentence."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from astropy.io import fits

from tests.support.ports import free_port
from tests.support.skies import car, waves, write_image, write_sky
from tests.support.web_server import NGINX, WebServer, running, web_server
from tilemaker.atlas.generate import generate
from tilemaker.atlas.load import config_of
from tilemaker.atlas.models import LayerConfig, MapGroup
from tilemaker.errors import ConfigurationError, MapError, MapReplaced, MapStalled, MapUnreadable
from tilemaker.providers import FitsSpec
from tilemaker.providers.files import Files
from tilemaker.providers.hosts import Hosts
from tilemaker.providers.location import Url, location_of
from tilemaker.providers.remote import Remote, RemoteOptions
from tilemaker.providers.s3 import S3, Keys
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tilemaker.providers.base import Pixels, Provider

pytest.importorskip("urllib3")

needs_nginx = pytest.mark.skipif(not (NGINX and shutil.which("openssl")), reason="nginx and openssl are not both installed")
needs_moto = pytest.mark.skipif(importlib.util.find_spec("moto") is None, reason="moto is not installed")

HEADER = car(300, 600, 0.5)
BOX = SkyBox(-150.0, 150.0, -75.0, 75.0)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """Return a web server with maps."""
    with web_server(tmp_path_factory.mktemp("web")) as server:
        write_sky(server.files / "map.fits", HEADER)
        content = (server.files / "map.fits").read_bytes()
        (server.files / "map.fits.gz").write_bytes(gzip.compress(content, 1))
        pixels = fits.getdata(server.files / "map.fits")
        fits.CompImageHDU(pixels, HEADER.fits(), compression_type="GZIP_2", quantize_level=0).writeto(server.files / "map.fits.fz")
        yield server


def workshop_for(*urls: str, check_seconds: float = 0.0, seconds: float = 5.0) -> Workshop:
    """Return a workshop that may read from the hosts of some addresses."""
    return Workshop(remote=RemoteOptions(hosts=Hosts.of(*urls), check_seconds=check_seconds, seconds=seconds))


def opened(url: str) -> Provider:
    """Return the map at an address whose host is allowed."""
    return FitsSpec.model_validate({"filename": url}).open(workshop_for(url))


def pixels_of(provider: Provider) -> Pixels:
    """Return all pixels of the map."""
    sample = provider.read(BOX, HEADER.shape)
    assert sample is not None
    return sample.pixels


@needs_nginx
@pytest.mark.parametrize("path", ["map.fits", "map.fits.gz", "map.fits.fz", "whole/map.fits", "onward/map.fits", "slow/map.fits"])
def test_a_map_elsewhere_is_read_as_if_it_were_here(server: WebServer, workshop: Workshop, path: str) -> None:
    here = FitsSpec(filename=server.files / "map.fits").open(workshop)
    there = opened(server.url(path))
    np.testing.assert_array_equal(pixels_of(there), pixels_of(here))
    assert there.extent == here.extent
    assert there.value(10.0, 20.0) == here.value(10.0, 20.0)
    assert there.is_current


@needs_nginx
def test_threads_that_read_the_same_fetch_it_once(server: WebServer) -> None:
    provider, before = opened(server.url("map.fits")), len(server.sent())
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda _: pixels_of(provider), range(16)))
    assert all((each == read[0]).all() for each in read)
    sent = sum(size for _, size, _ in server.sent()[before:])
    assert sent < 1.1 * (server.files / "map.fits").stat().st_size


@needs_nginx
def test_a_small_box_fetches_a_small_part(server: WebServer) -> None:
    write_image(server.files / "large.fits", np.zeros((1500, 3000), "f4"), car(1500, 3000, 0.05))
    provider, before = opened(server.url("large.fits")), len(server.sent())
    assert provider.read(SkyBox(0.0, 1.0, 0.0, 1.0), (20, 20)) is not None
    assert sum(size for _, size, _ in server.sent()[before:]) < 500_000


@needs_nginx
def test_what_is_first_seen_of_a_large_map_is_a_small_part_of_it(server: WebServer) -> None:
    """Limits and a preview of all of it; its overview is asked for when it is looked at, not before."""
    rows = np.broadcast_to(np.arange(2000, dtype="f4")[:, np.newaxis], (2000, 4000))
    path = write_image(server.files / "larger.fits", rows, car(2000, 4000, 0.05))
    before = len(server.sent())
    options = RemoteOptions(hosts=Hosts.of(server.url("")), overview_bytes=0)
    provider = FitsSpec(filename=Url(server.url("larger.fits"))).open(Workshop(remote=options))
    provider.prepare(np.linspace(-40.0, 40.0, 129))
    provider.summary()
    sample = provider.read(SkyBox(-100.0, 100.0, -50.0, 50.0), (250, 500))
    assert sample is not None
    assert sample.is_final  # there will be nothing better
    expected = np.broadcast_to(np.arange(3.5, 2000.0, 8.0)[:, np.newaxis], (250, 500))
    np.testing.assert_allclose(sample.pixels, expected, atol=32.0)
    assert sum(size for _, size, _ in server.sent()[before:]) < 0.15 * path.stat().st_size


@needs_nginx
def test_an_overview_of_a_map_elsewhere_is_built_once_it_is_looked_at(server: WebServer, workshop: Workshop) -> None:
    path, box = write_sky(server.files / "looked-at.fits", car(500, 1000, 0.1)), SkyBox(-50.0, 50.0, -25.0, 25.0)
    here, built = FitsSpec(filename=path).open(workshop), threading.Event()
    there = workshop_for(server.url(""))
    there.on_build = lambda event, _: built.set() if event == "finished" else None
    provider = FitsSpec(filename=Url(server.url("looked-at.fits"))).open(there)
    provider.prepare(np.linspace(-40.0, 40.0, 129))
    assert provider.progress == 0.0
    preview = provider.read(box, (125, 250))
    assert preview is not None
    assert not preview.is_final
    assert built.wait(20)
    while provider.progress < 1.0:
        pass
    final, expected = provider.read(box, (125, 250)), here.read(box, (125, 250))
    assert final is not None
    assert expected is not None
    assert final.is_final
    np.testing.assert_array_equal(final.pixels, expected.pixels)
    there.close()


@needs_nginx
def test_a_map_that_is_replaced_is_noticed_and_its_versions_are_never_mixed(server: WebServer) -> None:
    path = write_sky(server.files / "changing.fits", HEADER)
    url = server.url("changing.fits")
    careless = FitsSpec(filename=Url(url)).open(workshop_for(url, check_seconds=1e6))
    provider = opened(url)
    careless.read(SkyBox(0.0, 1.0, 0.0, 1.0), (2, 2))
    write_sky(server.files / "other.fits", HEADER, lambda ra_deg, dec_deg: waves(ra_deg, dec_deg) + 50.0)
    os.utime(server.files / "other.fits", (1e9, 1e9))  # nginx tells files apart by length and seconds
    shutil.move(server.files / "other.fits", path)

    assert not provider.is_current
    with pytest.raises(MapReplaced):
        pixels_of(provider)
    with pytest.raises(MapReplaced):  # by what the answer says, although nobody looked
        pixels_of(careless)
    assert opened(url).fingerprint != provider.fingerprint
    assert pixels_of(opened(url)).max() > 40.0
    path.unlink()
    with pytest.raises(MapUnreadable, match="There is no such file on the map's server"):
        opened(url)


REFUSED = {
    "missing.fits": "There is no such file on the map's server.",
    "refused/map.fits": "The map's server does not let the file be read.",
    "locked/map.fits": "The map's server wants to know who asks for the file: it needs other credentials.",
    "token/map.fits?token=wrong": "The map's server wants to know who asks for the file: it needs other credentials.",
    "failing/map.fits": "The map's server fails: it answers 503.",
    "odd/map.fits": "The map's server does not hand out the file: it answers 418.",
    "round/map.fits": "The map's server sends readers round in a circle.",
    "away/map.fits": "The map's server sends readers on to a host that this server may not read from.",
    "astray/map.fits": "The map's server sends readers on to a host that this server may not read from.",
    "nowhere/map.fits": "The map's server sends readers on to what is not the address of a file.",
    "empty.fits": "The file is not a FITS file.",
}


@needs_nginx
@pytest.mark.parametrize("path", REFUSED)
def test_what_cannot_be_read_is_refused_with_a_sentence(server: WebServer, path: str) -> None:
    (server.files / "empty.fits").touch()
    with pytest.raises(MapUnreadable) as refused:
        opened(server.url(path))
    assert str(refused.value) == REFUSED[path]


@needs_nginx
def test_a_server_that_fails_is_asked_twice(server: WebServer) -> None:
    before = len(server.sent())
    with pytest.raises(MapStalled):
        opened(server.url("failing/map.fits"))
    assert [status for status, _, _ in server.sent()[before:]] == [503, 503]


@needs_nginx
def test_a_server_without_parts_hands_out_small_files_only(server: WebServer) -> None:
    with (server.files / "huge.fits").open("wb") as file:
        file.write((server.files / "map.fits").read_bytes())
        file.truncate(70_000_000)
    with pytest.raises(MapUnreadable, match="does not give parts of files, and 70 MB are too many to fetch at once"):
        opened(server.url("whole/huge.fits"))


@needs_nginx
def test_a_certificate_that_nobody_vouches_for_is_refused(server: WebServer) -> None:
    with pytest.raises(MapUnreadable, match="does not show a certificate that can be trusted"):
        opened(f"https://127.0.0.1:{server.secure_port}/map.fits")


@needs_nginx
@pytest.mark.parametrize(
    "address", ["http://reader:p%40ss%20word@127.0.0.1:{port}/locked/map.fits", "{url}token/map.fits?token=secret"]
)
def test_credentials_open_a_map_and_are_told_to_nobody(server: WebServer, address: str, caplog: pytest.LogCaptureFixture) -> None:
    url = address.format(port=server.port, url=server.url(""))
    spec = FitsSpec.model_validate({"filename": url})
    provider = spec.open(workshop_for(url))
    assert provider.read(BOX, HEADER.shape) is not None
    for told in (str(spec.filename), repr(spec), provider.fingerprint, caplog.text):
        assert "p%40ss" not in told
        assert "p@ss" not in told
        assert "secret" not in told
    assert spec.model_dump(mode="json")["filename"] == url  # but the configuration that it was written to


def test_a_server_that_is_not_there_or_says_nothing_is_waited_for_a_moment() -> None:
    url = f"http://127.0.0.1:{free_port()}/map.fits"
    with pytest.raises(MapStalled, match="cannot be reached"):
        opened(url)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/map.fits"
        with pytest.raises(MapStalled, match="takes too long to answer"):
            FitsSpec(filename=Url(url)).open(workshop_for(url, seconds=0.1))


@needs_nginx
def test_only_hosts_that_are_allowed_are_asked_anything(server: WebServer) -> None:
    before = len(server.sent())
    for hosts in (Hosts(), Hosts(frozenset({"127.0.0.1", f"localhost:{server.port}", "*.0.0.1"}))):
        with pytest.raises(MapUnreadable, match="on a host that this server may not read from: see TILEMAKER_REMOTE_HOSTS"):
            Files(remote=Remote(RemoteOptions(hosts=hosts))).open(Url(server.url("map.fits")))
    assert len(server.sent()) == before


@pytest.mark.parametrize(
    ("name", "url", "is_allowed"),
    [
        ("maps.example.org", "https://maps.example.org/a.fits", True),
        ("maps.example.org", "http://MAPS.example.org:80/a.fits", True),
        ("maps.example.org", "https://maps.example.org:8443/a.fits", False),
        ("maps.example.org:8443", "https://maps.example.org:8443/a.fits", True),
        ("maps.example.org", "https://maps.example.org@evil.example.com/a.fits", False),
        ("maps.example.org", "https://maps.example.org.evil.example.com/a.fits", False),
        ("maps.example.org", "https://evil.example.com\\@maps.example.org/a.fits", False),
        ("*.example.org", "https://maps.example.org/a.fits", True),
        ("*.example.org", "https://maps.badexample.org/a.fits", False),
        ("*.example.org", "https://maps.example.org:22/a.fits", False),
        ("[::1]:9000", "http://[::1]:9000/a.fits", True),
        ("s3://bucket", "s3://bucket/a.fits", True),
        ("s3://bucket", "s3://other/a.fits", False),
        ("bucket", "s3://bucket/a.fits", False),
    ],
)
def test_a_name_allows_its_own_host(name: str, url: str, *, is_allowed: bool) -> None:
    assert Hosts(frozenset({name})).allow(url) == is_allowed


def test_places_are_told_apart_by_how_they_are_written(tmp_path: Path) -> None:
    assert location_of("file:///maps/a%20map.fits") == Path("/maps/a map.fits")
    assert location_of("maps/https.fits") == Path("maps/https.fits")
    url = location_of("https://user:word@maps.example.org/dr6/a%20map.fits.gz?token=1")
    assert isinstance(url, Url)
    assert (url.name, url.parent.name, url.suffix) == ("a map.fits.gz", "dr6", ".gz")
    assert FitsSpec(filename=url).relative_to(tmp_path).filename == url
    for wrong in ("https://[maps/a.fits", "https://:80/a.fits"):
        with pytest.raises(ValueError, match=r"\S"):
            FitsSpec.model_validate({"filename": wrong})


def test_without_the_extra_a_sentence_names_it() -> None:
    program = (
        "import sys; sys.modules['urllib3'] = None\n"
        "from tilemaker.atlas.generate import generate; from tilemaker.providers.hosts import Hosts\n"
        "from tilemaker.providers.location import Url; from tilemaker.providers.workshop import RemoteOptions, Workshop\n"
        "url = 'https://maps.example.org/map.fits'; finder = Workshop(remote=RemoteOptions(hosts=Hosts.of(url))).files\n"
        "print(generate([Url(url)], finder).skipped[0].reason)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60).stdout
    assert said == "Maps elsewhere are read with urllib3, which is not installed: pip install 'tilemaker[remote]'.\n"


@needs_nginx
def test_a_server_that_goes_away_has_changed_nothing(server: WebServer, tmp_path_factory: pytest.TempPathFactory) -> None:
    with web_server(tmp_path_factory.mktemp("going")) as going:
        shutil.copy(server.files / "map.fits", going.files / "map.fits")
        provider = opened(going.url("map.fits"))
        seen = pixels_of(provider)
    assert provider.is_current
    np.testing.assert_array_equal(pixels_of(provider), seen)  # they are in memory
    with pytest.raises(MapStalled, match="cannot be reached"):
        opened(going.url("map.fits"))


def test_what_is_wrong_with_an_address_is_said_without_the_password_in_it() -> None:
    layer = {"name": "L", "provider": {"provider_type": "fits", "filename": "https://me:sesame@[maps/a.fits"}}
    text = json.dumps({"map_groups": [{"name": "G", "maps": [{"name": "M", "bands": [{"name": "B", "layers": [layer]}]}]}]})
    with pytest.raises(ConfigurationError, match="should be the address of a file") as wrong:
        config_of(text)
    assert "sesame" not in str(wrong.value)


@needs_nginx
def test_what_open_shows_may_be_elsewhere_and_what_is_broken_is_named(server: WebServer) -> None:
    urls = [Url(server.url(path)) for path in ("map.fits", "refused/f090_map.fits", "sources.csv")]
    finder = workshop_for(server.url("")).files
    found = generate(urls, finder)
    assert [layer.provider.model_dump(mode="json")["filename"] for layer in _layers(found.config.map_groups[0])] == [urls[0].text]
    assert [(str(each.path), each.reason) for each in found.skipped] == [
        (urls[1].text, "The map's server does not let the file be read."),
        (urls[2].text, "Catalogues and regions are read from files that are here: fetch it first."),
    ]


def _layers(group: MapGroup) -> list[LayerConfig]:
    return [layer for each in group.maps for band in each.bands for layer in band.layers]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a store of buckets, with a map in one of them."""
    port = free_port()
    with running([sys.executable, "-m", "moto.server", "-p", str(port)], port):
        path = write_sky(tmp_path_factory.mktemp("store") / "map.fits", HEADER)
        for name, content in (("maps", b""), ("maps/dr6/a%20map%2B1.fits", path.read_bytes())):
            headers = {"Content-Type": "application/octet-stream"}
            request = urllib.request.Request(f"http://127.0.0.1:{port}/{name}", content, headers, method="PUT")
            urllib.request.urlopen(request, timeout=30).close()  # noqa: S310
        yield f"http://127.0.0.1:{port}"


def test_requests_for_buckets_are_signed_as_the_documentation_of_s3_has_it() -> None:
    """The example "GET Object" of "Authenticating Requests: Using the Authorization Header"."""
    keys = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    store = S3(keys, "us-east-1", None, lambda: datetime(2013, 5, 24, tzinfo=UTC))
    headers = store.headers("https://examplebucket.s3.amazonaws.com/test.txt", {"Range": "bytes=0-9"})
    assert headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "https://maps.s3.us-east-1.amazonaws.com/dr6/a%20map.fits"),
        ({"AWS_REGION": "eu-west-2"}, "https://maps.s3.eu-west-2.amazonaws.com/dr6/a%20map.fits"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9000/"}, "http://127.0.0.1:9000/maps/dr6/a%20map.fits"),
    ],
)
def test_buckets_are_where_the_environment_says(tmp_path: Path, environment: dict[str, str], address: str) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text("[default]\naws_access_key_id = me\naws_secret_access_key = word\n")
    store = S3.of({"AWS_SHARED_CREDENTIALS_FILE": str(credentials), **environment})
    assert store.address(Url("s3://maps/dr6/a map.fits")) == address
    assert store.keys == Keys("me", "word")
    assert "word" not in repr(store)
    nobody = S3.of({"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")})
    assert nobody.headers(address, {"Range": "bytes=0-9"}) == {"Range": "bytes=0-9"}


@needs_moto
def test_a_map_in_a_bucket_is_read(store: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, workshop: Workshop) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", store)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "reader")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "word")
    here = FitsSpec(filename=write_sky(tmp_path / "map.fits", HEADER)).open(workshop)
    np.testing.assert_array_equal(pixels_of(opened("s3://maps/dr6/a map+1.fits")), pixels_of(here))
    with pytest.raises(MapError, match="no such file"):
        opened("s3://maps/nothing.fits")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(MapUnreadable, match="does not let the file be read"):
        opened("s3://maps/dr6/a map+1.fits")
    with pytest.raises(MapUnreadable, match="see TILEMAKER_REMOTE_HOSTS"):
        FitsSpec(filename=Url("s3://maps/dr6/a map+1.fits")).open(workshop_for("s3://other"))
