from __future__ import annotations

import re

import pytest

from tests.atlas.twins import band, config, group, layer, sky_map
from tilemaker.atlas.models import Config, Listed
from tilemaker.atlas.naming import slug, with_ids


def ids(node: Config | Listed) -> list[str | None]:
    parts = node.map_groups if isinstance(node, Config) else node.parts
    return [each for part in parts for each in (part.own_id, *ids(part))]


def test_an_id_left_out_is_made_of_the_one_above_and_the_name() -> None:
    assert ids(with_ids(config(group()))) == ["act", "act-coadd", "act-coadd-f150", "act-coadd-f150-i"]


def test_an_id_that_is_written_is_kept_and_passed_on() -> None:
    named = with_ids(config(group(sky_map(band(layer("U", layer_id="Mine!"), layer()), map_id="dr6"))))

    assert ids(named) == ["act", "dr6", "dr6-f150", "Mine!", "dr6-f150-i"]


def test_the_same_configuration_gets_the_same_ids_every_time() -> None:
    twins = config(group(sky_map(band(layer(), layer(), layer("Q"))), sky_map(), sky_map()), group())

    assert ids(with_ids(twins)) == ids(with_ids(twins))
    assert ids(with_ids(with_ids(twins))) == ids(with_ids(twins))


def test_a_derived_id_gives_way_to_one_that_is_written_further_down() -> None:
    named = with_ids(config(group(sky_map(band(layer("I"), layer("Other", layer_id="act-coadd-f150-i"))))))

    assert ids(named)[3:] == ["act-coadd-f150-i-2", "act-coadd-f150-i"]


def test_a_band_id_repeated_in_another_map_is_told_apart_by_its_map() -> None:
    """Older configurations call the bands of every map the same."""
    named = with_ids(config(group(sky_map(band(band_id="f150"), name="Night"), sky_map(band(band_id="f150"), name="Day"))))

    assert [one for one in ids(named) if one and one.endswith("f150")] == ["f150", "act-day-f150"]


@pytest.mark.parametrize("name", ["I", "κ map", "κ", "", "  ", "a/b?c#d%", "Ünï cödé", "漢字", "x" * 300, "../../etc"])
def test_derived_ids_are_fit_for_a_url(name: str) -> None:
    for one in ids(with_ids(config(group(sky_map(band(layer(name), layer(name)), name=name), name=name)))):
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one or "")


def test_all_ids_of_a_level_differ() -> None:
    named = ids(with_ids(config(*(group(*(sky_map(band(layer(), layer()), band()) for _ in range(3))) for _ in range(3)))))

    assert len(set(named)) == len(named)


def test_a_slug_is_plain() -> None:
    assert slug("ACT DR6.02 (night)") == "act-dr6-02-night"
