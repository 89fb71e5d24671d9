"""Coarse pixels are sums of weight times pixel over sums of weight, where the configuration says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.contracts.provider_contract import tiles_of
from tests.support.skies import Header, car, write_image
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.models import Config
from tilemaker.errors import ConfigurationError, MapError, UnsupportedGeometry
from tilemaker.providers import FitsSpec
from tilemaker.providers.base import Provider
from tilemaker.providers.weighted import weighted
from tilemaker.providers.workshop import Workshop

HEADER = car(256, 720, 0.5, CRVAL1=20.0, CRPIX2=100.5)
"""All the way round, from Dec -50 to 78."""

Floats = npt.NDArray[np.float64]


def noise() -> tuple[Floats, Floats]:
    """Return a map with holes, and weights with zeros, negative ones and holes."""
    random = np.random.default_rng(5)
    pixels, weights = random.standard_normal((2, *HEADER.shape)) * [[[100.0]], [[1.0]]]
    weights = weights**2 * 1e-4
    pixels[random.random(HEADER.shape) < 0.05] = np.nan
    weights[random.random(HEADER.shape) < 0.05] = 0.0
    weights[random.random(HEADER.shape) < 0.02] = -1.0
    weights[random.random(HEADER.shape) < 0.02] = np.nan
    weights[:40, :50] = 0.0
    return pixels.astype(np.float32).astype(np.float64), weights.astype(np.float32).astype(np.float64)


def written(folder: Path, name: str, pixels: Floats, header: Header = HEADER) -> Path:
    return write_image(folder / name, pixels.astype(">f4"), header)


def opened(folder: Path, workshop: Workshop) -> tuple[Provider, Provider]:
    pixels, weights = noise()
    parts = (written(folder, "map.fits", pixels), written(folder, "ivar.fits", weights))
    provider, its_weights = (FitsSpec(filename=path).open(workshop) for path in parts)
    return provider, weighted(provider, its_weights, workshop)


def whole(provider: Provider, level: int) -> Floats:
    """Return all pixels of a level, from the south and from RA -180."""
    grid = provider.extent.grid
    rows = [[np.full(grid.tile_shape, np.nan)] * (2 << level) for _ in range(1 << level)]
    for at in tiles_of(provider, level):
        sample = provider.read(grid.box(at), grid.tile_shape)
        assert sample is None or sample.is_final
        if sample is not None:
            rows[at.y][at.x] = sample.pixels
    return np.block(rows).astype(np.float64)


@pytest.mark.parametrize("kept_pixels", [10**6, 200], ids=["of the overview", "between it and the map"])
def test_coarse_pixels_are_weighted_means_at_every_level(tmp_path: Path, kept_pixels: int) -> None:
    workshop = Workshop(kept_pixels=kept_pixels)
    plain, mean = opened(tmp_path, workshop)
    levels = plain.extent.grid.levels
    pixels = whole(plain, levels - 1)
    weights = whole(FitsSpec(filename=tmp_path / "ivar.fits").open(workshop), levels - 1)
    has_weight = np.isfinite(pixels) & (weights > 0)

    np.testing.assert_array_equal(whole(mean, levels - 1), pixels)
    for level in range(levels - 1):
        side = 1 << (levels - 1 - level)
        shape = pixels.shape[0] // side, side, pixels.shape[1] // side, side
        sums, total = (np.where(has_weight, each, 0.0).reshape(shape).sum(axis=(1, 3)) for each in (pixels * weights, weights))
        with np.errstate(invalid="ignore"):
            np.testing.assert_allclose(whole(mean, level), sums / total, rtol=2e-6, atol=1e-5)
    workshop.close()


def test_equal_weights_change_nothing(tmp_path: Path) -> None:
    workshop = Workshop()
    path = written(tmp_path, "map.fits", noise()[0])
    plain = FitsSpec(filename=path).open(workshop)
    ones = FitsSpec(filename=written(tmp_path, "ones.fits", np.full(HEADER.shape, 4.0))).open(workshop)

    mean = weighted(plain, ones, workshop)

    np.testing.assert_allclose(whole(mean, 0), whole(plain, 0), rtol=1e-6, atol=1e-6)
    edges = np.linspace(-500, 500, 129)
    np.testing.assert_array_equal(mean.counts(edges).counts, plain.counts(edges).counts)
    assert mean.fingerprint != plain.fingerprint
    workshop.close()


@pytest.mark.parametrize(
    "header",
    [car(255, 720, 0.5, CRVAL1=20.0, CRPIX2=100.5), car(256, 720, 0.5, CRVAL1=20.0, CRPIX2=101.5), car(128, 360, 1.0)],
    ids=["of another shape", "elsewhere", "coarser"],
)
def test_weights_that_are_not_on_the_pixels_of_the_map_are_refused(tmp_path: Path, header: Header) -> None:
    workshop = Workshop()
    plain = FitsSpec(filename=written(tmp_path, "map.fits", noise()[0])).open(workshop)
    other = FitsSpec(filename=written(tmp_path, "ivar.fits", np.ones(header.shape), header)).open(workshop)

    with pytest.raises(UnsupportedGeometry, match="The weights are not on the pixels of the map"):
        weighted(plain, other, workshop)


def configured(folder: Path, weights: str) -> Config:
    def layer(layer_id: str, **more: object) -> dict[str, object]:
        provider = {"provider_type": "fits", "filename": str(folder / f"{layer_id}.fits")}
        return {"layer_id": layer_id, "name": layer_id, "provider": provider, **more}

    layers = [layer("map", weights={"layer_id": weights}), layer("ivar", grant="members")]
    band = {"name": "Band", "layers": layers}
    return Config.model_validate({"map_groups": [{"name": "Group", "maps": [{"name": "Map", "bands": [band]}]}]})


def test_a_configuration_names_the_layer_of_weights_which_visitors_need_not_see(tmp_path: Path) -> None:
    workshop = Workshop()
    _, mean = opened(tmp_path, workshop)

    view = Atlas(configured(tmp_path, "ivar"), workshop).visible_to(frozenset())

    assert [layer.layer_id for layer in view.layers()] == ["map"]
    np.testing.assert_array_equal(whole(view.layer("map").provider, 0), whole(mean, 0))
    workshop.close()


def test_a_layer_of_weights_that_there_is_not_is_a_mistake_in_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Atlas(configured(tmp_path, "hits"), Workshop())

    assert refused.value.mistakes == ('layer "map": "weights" names a layer that there is not',)


def test_a_layer_whose_weights_cannot_be_read_is_unavailable(tmp_path: Path) -> None:
    workshop = Workshop()
    opened(tmp_path, workshop)
    (tmp_path / "ivar.fits").unlink()

    with pytest.raises(MapError, match="not there"):
        _ = Atlas(configured(tmp_path, "ivar"), workshop).visible_to(frozenset()).layer("map").provider
