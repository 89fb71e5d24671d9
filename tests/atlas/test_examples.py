from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import pytest
from astropy.io import fits

from tests.atlas.twins import trouble_of
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.export import schema_text
from tilemaker.atlas.load import config_of, load_atlas
from tilemaker.errors import ConfigurationError, MapUnreadable
from tilemaker.providers.workshop import Workshop

ROOT = Path(__file__).parents[2]
EXAMPLES = [ROOT / "sample.json", *sorted((ROOT / "examples").glob("*.json"))]
SCHEMA = ROOT / "docs" / "configuration.schema.json"
EVERYTHING = frozenset({"collaboration", "members", "f090 team"})


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.name)
def example(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_every_layer_and_list_of_an_example_can_be_shown(example: Path, workshop: Workshop) -> None:
    view = load_atlas(example, workshop).visible_to(EVERYTHING)

    assert {layer.layer_id: trouble_of(layer) for layer in view.layers() if trouble_of(layer)} == {}
    assert all(len(group.catalogue) for group in view.source_groups())
    assert view.default_layer() is not None


def test_every_example_shows_something_to_everybody(example: Path, workshop: Workshop) -> None:
    assert load_atlas(example, workshop).visible_to(frozenset()).default_layer() is not None


def test_every_example_follows_the_schema(example: Path) -> None:
    jsonschema.validate(json.loads(example.read_text("utf-8")), json.loads(schema_text()))


def test_the_schema_in_the_repository_is_the_current_one() -> None:
    assert SCHEMA.read_text("utf-8") == schema_text(), "tilemaker genconfig --schema --output docs/configuration.schema.json"


@pytest.mark.parametrize(
    "wrong",
    [
        {"map_groups": [{"name": "G"}]},
        {"map_group": []},
        {"boxes": [{"name": "B"}]},
        {"source_groups": [{"name": "S", "provider": {"file_type": "xls", "filename": "a"}}]},
    ],
)
def test_schema_and_program_refuse_the_same(wrong: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, json.loads(schema_text()))
    with pytest.raises(ConfigurationError):
        config_of(json.dumps(wrong))


def test_every_key_of_the_schema_is_explained() -> None:
    definitions = json.loads(schema_text())["$defs"]

    silent = [
        f"{model}.{key}"
        for model, definition in definitions.items()
        for key, part in definition["properties"].items()
        if not (part.get("description") or part.get("deprecated") or key == "provider_type")
    ]

    assert silent == []


def test_the_documentation_names_every_key() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    keys = {key for definition in json.loads(schema_text())["$defs"].values() for key in definition["properties"]}

    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []


def test_the_sample_shows_every_part_of_the_format() -> None:
    text = (ROOT / "sample.json").read_text("utf-8")
    config = config_of(text)

    assert len(config.map_groups) > 1
    assert config.source_groups
    assert any(box.grant for box in config.boxes)
    assert "fits_combination" in text
    assert any(group.grant for group in config.map_groups)


def test_the_maps_of_the_examples_are_those_the_script_makes(tmp_path: Path) -> None:
    """Compared to a step of their integers: the last bit of a Fourier transform depends on the machine."""
    subprocess.run([sys.executable, ROOT / "examples" / "make_maps.py", tmp_path], check=True)

    for made in sorted(tmp_path.glob("*.fits*")):
        kept = fits.getdata(ROOT / "examples" / "maps" / made.name)
        np.testing.assert_allclose(fits.getdata(made), kept, atol=0.11 if "map" in made.name else 1e-6)
    for made in sorted(tmp_path.glob("sources.*")):
        assert made.read_text() == (ROOT / "examples" / "maps" / made.name).read_text()


def test_a_sample_whose_maps_are_gone_still_loads(tmp_path: Path, workshop: Workshop) -> None:
    path = tmp_path / "sample.json"
    path.write_text((ROOT / "sample.json").read_text("utf-8"))

    atlas: Atlas = load_atlas(path, workshop)

    assert all(isinstance(trouble_of(layer), MapUnreadable) for layer in atlas.all_layers())
