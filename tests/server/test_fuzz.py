"""A fuzzer that reads the interface's description, and knows what there is so that it gets past the door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.server.conftest import services_of
from tests.support.described import described_with
from tests.support.skies import waves
from tests.support.twins import NODE_CENTRED, Twin, atlas, band, full_sky, group, layer, patch, sky_map
from tilemaker.analysis.product import Bounds
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.models import Box, RegionFile, RegionGroupConfig, SourceFile, SourceGroupConfig
from tilemaker.errors import MapUnreadable
from tilemaker.server.application import create_app
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = {
    "layer_id": ["sky", "patch", "empty", "huge", "building", "broken", "hidden"],
    "map_group_id": ["group"], "map_id": ["map"], "band_id": ["band"], "source_group_id": ["stars"], "region_group_id": ["shapes"],
}  # fmt: skip
"""What is there, beside what the fuzzer makes up."""
EXAMPLES = 10


def atlas_of_all_sorts(folder: Path) -> Atlas:
    """Return maps that are whole, partial, empty, enormous in value, not ready, broken and hidden."""
    building = full_sky(waves)
    building.progress = 0.5
    twins: dict[str, Twin | MapUnreadable] = {
        "sky": full_sky(waves, NODE_CENTRED),
        "patch": patch(lambda ra_deg, dec_deg: np.where(ra_deg > 50, np.nan, dec_deg), SkyBox(0.0, 60.0, -10.0, 40.0)),
        "empty": full_sky(lambda ra_deg, _dec_deg: np.full_like(ra_deg, np.nan)),
        "huge": full_sky(lambda _ra_deg, dec_deg: dec_deg * 1e36),
        "building": building,
        "broken": MapUnreadable("The map cannot be read now."),
    }
    layers = [layer(layer_id, twin, cmap="planck") for layer_id, twin in twins.items()]
    layers.append(layer("hidden", full_sky(waves), grant="members"))
    catalogue = folder / "stars.json"
    catalogue.write_text(json.dumps([{"name": "a", "ra": 1, "dec": 2, "extra": {"flux": float("nan")}}]), "utf-8")
    sources = SourceGroupConfig(source_group_id="stars", name="Stars", provider=SourceFile(file_type="json", filename=catalogue))
    box = Box(name="box", top_left_ra=1, top_left_dec=2, bottom_right_ra=3, bottom_right_dec=1)
    shapes = catalogue.with_suffix(".reg")
    shapes.write_text("icrs;circle(10,80,20)", "utf-8")
    regions = RegionGroupConfig(region_group_id="shapes", name="Shapes", provider=RegionFile(file_type="ds9", filename=shapes))
    tree = group("group", sky_map("map", band("band", *layers)))
    return atlas(tree, boxes=[box], source_groups=[sources], region_groups=[regions])


@pytest.fixture
def described(request: pytest.FixtureRequest, tmp_path: Path) -> schemathesis.schemas.BaseSchema:
    """Return the interface as it is described, and what answers."""
    request.node._nodeid = request.node.nodeid  # where the fuzzer looks for it; pytest 9.2 has it elsewhere
    schema = schemathesis.openapi.from_dict(described_with(KNOWN))
    schema.config.generation.update(allow_extra_parameters=False)  # whatever else an address holds is ignored
    schema.app = create_app(services_of(atlas_of_all_sorts(tmp_path), bounds=Bounds(max_pixels=50_000)))
    return schema


interface = schemathesis.pytest.from_fixture("described")
"""What to ask is made up by the test: whoever only collects the tests would take a third of the time for it."""


@interface.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_fuzzer_finds_nothing(case: schemathesis.Case[Any]) -> None:
    """Whatever is asked, the answer is one that the description allows, and never a fault of the server.

    Left out are the checks that 503 is no answer, which it is for a map that is broken, and that all valid questions have one: a
    region may be too large, and a list need not have the column it is to be ordered by.
    """
    answer = case.call_and_validate(excluded_checks=[not_a_server_error, positive_data_acceptance])

    assert answer.status_code != 500
    if answer.status_code == 422 and case.meta is not None and case.meta.generation.mode.is_positive:
        assert "RegionTooLarge" in answer.text or "no column of numbers" in answer.text
