from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.atlas.twins import trouble_of
from tilemaker.atlas.export import to_json
from tilemaker.atlas.load import config_of, load_atlas, load_config
from tilemaker.atlas.models import SourceFile, SourceGroupConfig
from tilemaker.errors import ConfigurationError
from tilemaker.providers import CombinationSpec, FitsSpec
from tilemaker.providers.location import Url
from tilemaker.providers.workshop import Workshop

FITS = {"provider_type": "fits", "filename": "a.fits"}

AS_IN_THE_ISSUE: dict[str, list[object]] = {
    "map_groups": [
        {
            "name": "G",
            "description": "d",
            "maps": [
                {
                    "map_id": "m",
                    "name": "M",
                    "description": "d",
                    "bands": [
                        {
                            "band_id": "b",
                            "name": "B",
                            "description": "d",
                            "layers": [
                                {
                                    "layer_id": "l",
                                    "name": "L",
                                    "description": "d",
                                    "provider": {"provider_type": "fits", "filename": "a.fits", "index": 1, "hdu": 0},
                                    "quantity": "T",
                                    "units": "uK",
                                    "vmin": -500,
                                    "vmax": 500.0,
                                    "cmap": "RdBu_r",
                                    "grant": "members",
                                },
                                {
                                    "name": "Both",
                                    "provider": {
                                        "provider_type": "fits_combination",
                                        "providers": [FITS, FITS],
                                        "function": "mean",
                                    },
                                },
                            ],
                        }
                    ],
                }
            ],
        }
    ],
    "source_groups": [{"name": "S", "description": "d", "provider": {"file_type": "csv", "filename": "s.csv"}}],
    "boxes": [
        {"name": "X", "description": "d", "top_left_ra": 350, "top_left_dec": 5, "bottom_right_ra": 10.0, "bottom_right_dec": -5}
    ],
}


def with_layer(**keys: object) -> str:
    """Return a file with one layer that has these keys besides, or instead of, the necessary ones."""
    entry = {"name": "L", "provider": FITS} | keys
    return json.dumps({"map_groups": [{"name": "G", "maps": [{"name": "M", "bands": [{"name": "B", "layers": [entry]}]}]}]})


LAYER = "map_groups[0].maps[0].bands[0].layers[0]"


def mistakes(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as wrong:
        config_of(text, colour_maps=("viridis", "plasma", "RdBu_r"))
    return wrong.value.mistakes


def test_what_the_format_allows_loads_as_it_stands() -> None:
    loaded = config_of(json.dumps(AS_IN_THE_ISSUE), colour_maps=("viridis", "RdBu_r"))

    first, second = loaded.map_groups[0].maps[0].bands[0].layers
    assert (first.vmin, first.vmax, first.cmap, first.grant) == (-500.0, 500.0, "RdBu_r", "members")
    assert (second.vmin, second.vmax, second.cmap, second.grant) == ("auto", "auto", "viridis", None)
    assert isinstance(second.provider, CombinationSpec)


def test_relative_file_names_are_relative_to_the_configuration_file(tmp_path: Path) -> None:
    path = tmp_path / "sky.json"
    path.write_text(json.dumps(AS_IN_THE_ISSUE))

    loaded = load_config(path)

    first, second = loaded.map_groups[0].maps[0].bands[0].layers
    assert isinstance(first.provider, FitsSpec)
    assert isinstance(second.provider, CombinationSpec)
    assert first.provider.filename == tmp_path / "a.fits"
    assert [part.filename for part in second.provider.providers if isinstance(part, FitsSpec)] == [tmp_path / "a.fits"] * 2
    assert loaded.source_groups[0].provider.filename == tmp_path / "s.csv"


def test_absolute_file_names_stay(tmp_path: Path) -> None:
    path = tmp_path / "sky.json"
    path.write_text(with_layer(provider={"provider_type": "fits", "filename": "/elsewhere/a.fits"}))

    provider = load_config(path).map_groups[0].maps[0].bands[0].layers[0].provider

    assert isinstance(provider, FitsSpec)
    assert provider.filename == Path("/elsewhere/a.fits")


def test_a_tilde_is_a_home_and_the_home_of_nobody_a_folder_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    def taken_from(name: str) -> list[Path | Url]:
        provider = SourceFile(file_type="csv", filename=Path(name))
        group = SourceGroupConfig(name="A", provider=provider).relative_to(tmp_path)
        return [group.provider.filename, FitsSpec(filename=Path(name)).relative_to(tmp_path).filename]

    assert taken_from("~/a") == [tmp_path / "home" / "a"] * 2
    assert taken_from("~no-such-person/a") == [tmp_path / "~no-such-person" / "a"] * 2


def test_half_a_character_is_shown_as_one_that_cannot_be_read() -> None:
    config = config_of(
        r'{"boxes": [{"name": "a\ud800", "top_left_ra": 1, "top_left_dec": 1, "bottom_right_ra": 0, "bottom_right_dec": 0}]}'
    )

    assert config.boxes[0].name == "a\ufffd"


def test_a_missing_map_is_no_mistake_but_a_layer_that_is_unavailable(tmp_path: Path, workshop: Workshop) -> None:
    path = tmp_path / "sky.json"
    path.write_text(json.dumps(AS_IN_THE_ISSUE))

    layers = list(load_atlas(path, workshop).all_layers())

    assert len(layers) == 2
    assert all(trouble_of(layer) is not None for layer in layers)


@pytest.mark.parametrize(
    "shorter", [AS_IN_THE_ISSUE["map_groups"], AS_IN_THE_ISSUE["map_groups"][0]], ids=["list of groups", "one group"]
)
def test_a_file_may_hold_groups_of_maps_alone(shorter: object) -> None:
    assert config_of(json.dumps(shorter)).map_groups == config_of(json.dumps(AS_IN_THE_ISSUE)).map_groups


def test_places_in_a_shorter_file_are_those_of_the_file() -> None:
    assert mistakes('[{"name": 1,\n "maps": []}]')[0].startswith("[0].name (line 1): ")
    assert mistakes('{"name": "G",\n "maps": 3}')[0].startswith("maps (line 2): ")


def test_remarks_null_and_keys_of_earlier_generations_are_passed_over() -> None:
    text = with_layer(
        comment="why", _note=[1], cmap=None, units=None, number_of_levels=3, tile_size=256, bounding_left=1.0, bounding_top=None
    )

    entry = config_of(text).map_groups[0].maps[0].bands[0].layers[0]

    assert (entry.comment, entry.cmap, entry.units) == ("why", "viridis", None)


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file_with_line_and_place() -> None:
    text = """{
      "map_groups": [{"name": "G", "maps": [{"name": "M", "bands": [{"name": "B", "layers": [
        {"name": "L",
         "provider": {"provider_type": "fits", "filname": "a.fits"},
         "cmap": "virdis",
         "vmin": "low"}
      ]}]}]}],
      "boxs": []
    }"""

    found = mistakes(text)

    assert [line.split(": ")[0] for line in found] == [
        f"{LAYER}.provider.filename (line 4)",
        f"{LAYER}.provider.filname (line 4)",
        f"{LAYER}.cmap (line 5)",
        f"{LAYER}.vmin (line 6)",
        "boxs (line 8)",
    ]


@pytest.mark.parametrize(
    ("keys", "place", "says"),
    [
        ({"grnat": "x"}, "grnat", ['did you mean "grant"?', "Allowed: cmap, comment"]),
        ({"cmap": "virdis"}, "cmap", ['did you mean "viridis"?', "Allowed: viridis, plasma, RdBu_r"]),
        ({"vmax": "hight"}, "vmax", ['should be a number or "auto"', 'not "hight"']),
        ({"vmin": True}, "vmin", ['should be a number or "auto", not true']),
        ({"vmax": 10**400}, "vmax", ['should be a number or "auto"', "000…"]),
        ({"grant": ["a", "b"]}, "grant", ["should be text"]),
        ({"grant": ""}, "grant", ["at least 1"]),
        ({"layer_id": "a/b"}, "layer_id", ["fits into a URL"]),
        ({"layer_id": ".."}, "layer_id", ["fits into a URL"]),
        ({"layer_id": "default"}, "layer_id", ["should be another word"]),
        ({"name": 7}, "name", ["should be text, not 7"]),
        (
            {"provider": {"provider_type": "fit", "filename": "a"}},
            "provider.provider_type",
            ['did you mean "fits"?', "fits_combination"],
        ),
        ({"provider": {"filename": "a"}}, "provider.provider_type", ["is missing", "fits, fits_combination, healpix"]),
        ({"provider": {"provider_type": "fits", "filename": 3}}, "provider.filename", ["name of a file"]),
        (
            {"provider": {"provider_type": "fits_combination", "providers": [FITS], "function": "sum"}},
            "provider.function",
            ["'mean'", 'not "sum"'],
        ),
        (
            {"provider": {"provider_type": "fits_combination", "providers": [FITS | {"hdux": 1}], "function": "+"}},
            "provider.providers[0].hdux",
            ['did you mean "hdu"?'],
        ),
    ],
)
def test_a_mistake_names_its_place_and_what_is_allowed(keys: dict[str, object], place: str, says: list[str]) -> None:
    (only,) = mistakes(with_layer(**keys))

    assert only.startswith(f"{LAYER}.{place} (line 1): ")
    assert all(part in only for part in says)


def test_two_layers_with_one_id_are_reported_with_both_places() -> None:
    entry = '{"name": "L", "layer_id": "same", "provider": {"provider_type": "fits", "filename": "a.fits"}}'
    text = f'[{{"name": "G", "maps": [{{"name": "M", "bands": [{{"name": "B", "layers": [\n{entry},\n{entry}\n]}}]}}]}}]'

    (only,) = mistakes(text)

    assert only.startswith("[0].maps[0].bands[0].layers[1].layer_id (line 3): ")
    assert "line 2" in only


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"map_groups": [}', "line 1, column 17"),
        ('{\n "a" 1\n}', "line 2, column 6"),
        ("", "line 1, column 1"),
        ("3", "top level (line 1): should be an object, not 3"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_text_that_is_no_configuration_says_where(text: str, says: str) -> None:
    assert says in mistakes(text)[0]


def test_limits_that_are_not_numbers_are_mistakes() -> None:
    assert "a number" in mistakes(with_layer(vmin=float("nan")))[0]
    assert "a number" in mistakes(with_layer(vmax=float("inf")))[0]


def test_a_box_beyond_the_poles_is_a_mistake() -> None:
    text = json.dumps({"boxes": [{"name": "X", "top_left_ra": 0, "top_left_dec": 91, "bottom_right_ra": 0, "bottom_right_dec": 0}]})

    assert mistakes(text) == ("boxes[0].top_left_dec (line 1): should be less than or equal to 90, not 91",)


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such file"):
        load_config(tmp_path / "absent.json")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_config(tmp_path)
    (tmp_path / "map.fits").write_bytes(b"SIMPLE  =                    T")
    with pytest.raises(ConfigurationError, match="use it with `tilemaker open`"):
        load_config(tmp_path / "map.fits")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00\x01\x80")
    with pytest.raises(ConfigurationError, match="UTF-8"):
        load_config(tmp_path / "binary.json")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "sky.json"
    path.write_text(json.dumps(AS_IN_THE_ISSUE), encoding="utf-8-sig")

    assert load_config(path).boxes[0].name == "X"


@pytest.mark.parametrize(
    ("combination", "place", "says"),
    [
        ({"expression": "a - c"}, "expression", ['at character 5: "c" is no map and no function', "Allowed: a, b, sqrt"]),
        ({"expression": "a ^ 2"}, "expression", ['at character 3: "^"', 'did you mean "**"?']),
        ({"expression": "a", "function": "+"}, "", ['either "function" or "expression"']),
        ({}, "", ['either "function" or "expression"']),
        ({"expression": 7}, "expression", ["should be text, not 7"]),
        ({"providers": [FITS], "expression": "a"}, "expression", ["object that gives each map a name"]),
        ({"providers": {"a": FITS, "b": FITS | {"hdux": 1}}, "expression": "a"}, "providers.b.hdux", ['did you mean "hdu"?']),
        ({"providers": {"a": {"provider_type": "fitz"}}, "expression": "a"}, "providers.a.provider_type", ['did you mean "fits"?']),
        (
            {"providers": {"log": FITS}, "expression": "log"},
            "providers.log",
            ["beginning with a letter", "and not one of abs, and"],
        ),
        ({"providers": {}, "expression": "a"}, "providers", ["at least 1"]),
        ({"expression": "a", "averaged": "never"}, "averaged", ["'after' or 'before'"]),
    ],
)
def test_a_mistake_in_a_combination_is_found_where_it_stands(combination: dict[str, object], place: str, says: list[str]) -> None:
    (only,) = mistakes(
        with_layer(provider={"provider_type": "fits_combination", "providers": {"a": FITS, "b": FITS}} | combination)
    )

    assert only.startswith(f"{LAYER}.provider{'.' if place else ''}{place} (line 1): ")
    assert all(part in only for part in says)


def test_a_combination_is_read_from_the_folder_of_its_configuration_and_written_as_it_was(tmp_path: Path) -> None:
    provider = {"provider_type": "fits_combination", "providers": {"a": FITS, "b": FITS}, "expression": "a - b"}
    path = tmp_path / "sky.json"
    path.write_text(with_layer(provider=provider))

    config = load_config(path)
    (layer,) = config.map_groups[0].maps[0].bands[0].layers

    assert isinstance(layer.provider, CombinationSpec)
    assert {name: each.filename for name, each in layer.provider.named.items() if isinstance(each, FitsSpec)} == {
        "a": tmp_path / "a.fits",
        "b": tmp_path / "a.fits",
    }
    assert config_of(to_json(config, tmp_path)).relative_to(tmp_path) == config
