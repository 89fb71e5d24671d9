"""Maps elsewhere that are too large to be fetched whole: how little of them is, whatever they are."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.support.healpix import Columns, Sphere, write_healpix
from tests.support.skies import car, write_image
from tests.support.web_server import NGINX, WebServer, web_server
from tilemaker.providers import CombinationSpec, HealpixSpec
from tilemaker.providers.hosts import Hosts
from tilemaker.providers.location import Url
from tilemaker.providers.remote import RemoteOptions
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("urllib3")

needs_nginx = pytest.mark.skipif(not (NGINX and shutil.which("openssl")), reason="nginx and openssl are not both installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """Return a web server without files."""
    with web_server(tmp_path_factory.mktemp("web")) as server:
        yield server


@needs_nginx
@pytest.mark.parametrize("averaged", ["after", "before"])
def test_what_is_made_of_maps_too_far_away_is_looked_at_in_parts_as_they_are(server: WebServer, averaged: str) -> None:
    """Two maps that rise from row to row: their sum, known by a sample, for which no pass over them is made."""
    rows = np.broadcast_to(np.arange(2000, dtype="f4")[:, np.newaxis], (2000, 4000))
    paths = [write_image(server.files / name, rows, car(2000, 4000, 0.05)) for name in ("one.fits", "two.fits")]
    before = len(server.sent())
    workshop = Workshop(remote=RemoteOptions(hosts=Hosts.of(server.url("")), overview_bytes=0))
    parts = [{"provider_type": "fits", "filename": server.url(path.name)} for path in paths]
    spec = CombinationSpec.model_validate({"providers": parts, "function": "+", "averaged": averaged})
    provider = spec.open(workshop)
    sample = provider.read(SkyBox(-100.0, 100.0, -50.0, 50.0), (250, 500))
    assert sample is not None
    assert sample.is_final
    np.testing.assert_allclose(sample.pixels[:, 0], 2.0 * np.arange(3.5, 2000.0, 8.0), atol=64.0)
    assert not provider.counts(np.linspace(0.0, 4000.0, 11)).is_final
    assert (provider.progress, provider.is_too_far) == (1.0, True)
    workshop.close()
    assert sum(size for _, size, _ in server.sent()[before:]) < 0.3 * sum(path.stat().st_size for path in paths)


@needs_nginx
def test_a_healpix_map_too_far_away_is_not_fetched_whole(server: WebServer) -> None:
    sphere = Sphere(512, "NESTED")
    path = write_healpix(server.files / "sphere.fits", sphere, Columns({"T": np.full(sphere.pixels, 7.0, "f4")}))
    workshop = Workshop(remote=RemoteOptions(hosts=Hosts.of(server.url("")), overview_bytes=0))
    before = len(server.sent())
    workshop.on_build = lambda event, _: pytest.fail(event)
    provider = HealpixSpec(filename=Url(server.url("sphere.fits"))).open(workshop)
    sample = provider.read(SkyBox(-180.0, 180.0, -90.0, 90.0), (328, 656))
    assert sample is not None
    assert (sample.is_final, provider.progress) == (True, 1.0)
    np.testing.assert_array_equal(sample.pixels, 7.0)
    workshop.close()
    assert sum(size for _, size, _ in server.sent()[before:]) < 0.2 * path.stat().st_size
