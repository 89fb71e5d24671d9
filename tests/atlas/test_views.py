from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from tests.atlas.twins import band, config, group, layer, sky_map
from tilemaker.atlas.atlas import Atlas, View
from tilemaker.atlas.models import Box, Config, SourceFile, SourceGroupConfig
from tilemaker.errors import (
    BandNotFound,
    ConfigurationError,
    GroupNotFound,
    LayerNotFound,
    MapNotFound,
    NotFound,
    SourceGroupNotFound,
)
from tilemaker.providers.workshop import Workshop

NOBODY: frozenset[str] = frozenset()


def box(name: str, grant: str | None = None) -> Box:
    return Box(name=name, grant=grant, top_left_ra=1, top_left_dec=1, bottom_right_ra=0, bottom_right_dec=0)


def sources(name: str, grant: str | None = None) -> SourceGroupConfig:
    return SourceGroupConfig(name=name, grant=grant, provider=SourceFile(file_type="json", filename=Path("absent.json")))


@pytest.fixture
def view_for(workshop: Workshop) -> Callable[..., View]:
    """Return what somebody with some grants sees of a configuration."""

    def view(of: Config, *grants: str) -> View:
        return Atlas(of, workshop).visible_to(frozenset(grants))

    return view


LEVELS = ("group", "map", "band", "layer")


def protected_at(*levels: str) -> Config:
    """Return one layer, and a grant named after each level that is protected."""
    grants = {level: level if level in levels else None for level in LEVELS}
    only = layer(layer_id="hidden", grant=grants["layer"])
    return config(group(sky_map(band(only, grant=grants["band"]), grant=grants["map"]), grant=grants["group"]))


@pytest.mark.parametrize("level", LEVELS)
def test_a_grant_at_any_level_hides_the_layer_from_those_without_it(level: str, view_for: Callable[..., View]) -> None:
    with pytest.raises(LayerNotFound):
        view_for(protected_at(level)).layer("hidden")

    assert view_for(protected_at(level), level).layer("hidden").required == {level}


@pytest.mark.parametrize("held", list(product([False, True], repeat=len(LEVELS))))
def test_a_layer_takes_every_grant_from_the_group_down_to_itself(held: tuple[bool, ...], view_for: Callable[..., View]) -> None:
    grants = [level for level, holds in zip(LEVELS, held, strict=True) if holds]

    layers = list(view_for(protected_at(*LEVELS), *grants).layers())

    assert len(layers) == (1 if all(held) else 0)


def test_a_grant_is_one_whole_word(view_for: Callable[..., View]) -> None:
    """The letters of a grant, and words it is part of, open nothing."""
    for grants in (list("layer"), ["layers"], ["lay"], ["LAYER"], ["layer "]):
        assert list(view_for(protected_at("layer"), *grants).layers()) == []


def test_hidden_and_absent_look_the_same(view_for: Callable[..., View]) -> None:
    everything = Config(
        map_groups=protected_at("group").map_groups,
        source_groups=(sources("Secret", "s"),),
        boxes=(box("Secret", "s"),),
    )
    view = view_for(everything)
    asking: list[tuple[type[NotFound], Callable[[str], object], str]] = [
        (GroupNotFound, view.map_group, "act"),
        (MapNotFound, view.map, "act-coadd"),
        (BandNotFound, view.band, "act-coadd-f150"),
        (LayerNotFound, view.layer, "hidden"),
        (SourceGroupNotFound, view.source_group, "secret"),
    ]
    for error, ask, hidden in asking:
        with pytest.raises(error) as when_hidden:
            ask(hidden)
        with pytest.raises(error) as when_absent:
            ask("no such thing at all")
        assert str(when_hidden.value) == str(when_absent.value)
    assert (view.groups, view.boxes(), view.source_groups(), view.default_layer()) == ((), (), (), None)


def test_what_a_member_may_see_is_found_at_every_level(view_for: Callable[..., View]) -> None:
    view = view_for(protected_at(*LEVELS), *LEVELS)

    assert view.map_group("act").maps[0] == view.map("act-coadd")
    assert view.map("act-coadd").bands[0] == view.band("act-coadd-f150")
    assert view.band("act-coadd-f150").layers[0] is view.layer("hidden")
    assert (view.layer("hidden").map_group_id, view.layer("hidden").map_id, view.layer("hidden").band_id) == (
        "act",
        "act-coadd",
        "act-coadd-f150",
    )


def test_a_band_that_may_be_seen_is_listed_even_when_no_layer_of_it_may(view_for: Callable[..., View]) -> None:
    view = view_for(protected_at("layer"))

    assert view.map_group("act").maps[0].bands[0].layers == ()
    assert view.default_layer() is None


def test_every_band_of_a_map_is_listed_in_order(view_for: Callable[..., View]) -> None:
    view = view_for(config(group(sky_map(*(band(name=name) for name in ("f090", "f150", "f220"))))))

    assert [node.name for node in view.map("act-coadd").bands] == ["f090", "f150", "f220"]


def test_the_default_layer_is_the_first_that_may_be_seen(view_for: Callable[..., View]) -> None:
    first = group(sky_map(band(layer(layer_id="secret", grant="g"))), name="First")
    second = group(sky_map(band(layer(layer_id="public"))), name="Second")

    default = view_for(config(first, second)).default_layer()

    assert default is not None
    assert default.layer_id == "public"


def test_boxes_and_source_lists_have_grants_of_their_own(view_for: Callable[..., View]) -> None:
    everything = Config(boxes=(box("A"), box("B", "b")), source_groups=(sources("A"), sources("B", "b")))

    assert [one.name for one in view_for(everything).boxes()] == ["A"]
    assert [one.name for one in view_for(everything, "b").boxes()] == ["A", "B"]
    assert [one.name for one in view_for(everything).source_groups()] == ["A"]
    assert view_for(everything, "b").source_group("b").name == "B"


def test_views_of_the_same_grants_are_the_same_and_share_layers_with_others(workshop: Workshop) -> None:
    atlas = Atlas(config(group(sky_map(band(layer(layer_id="public"), layer("Q", grant="g"))))), workshop)
    nobody, member = atlas.visible_to(NOBODY), atlas.visible_to(frozenset({"g"}))

    assert atlas.visible_to(frozenset({"of another service"})) is nobody
    assert nobody is not member
    assert nobody.layer("public") is member.layer("public")
    assert len(list(atlas.all_layers())) == 2


def test_two_layers_with_one_id_are_refused(workshop: Workshop) -> None:
    twice = config(group(sky_map(band(layer(layer_id="same")), band(layer(layer_id="same"), name="f090"))))

    with pytest.raises(ConfigurationError, match='"same"'):
        Atlas(twice, workshop)


SEARCHED = config(
    group(
        sky_map(
            band(layer("Intensity", layer_id="i", description="Brightness of the Galaxy"), layer("Q", layer_id="q"), name="f150"),
            band(layer("Intensity", layer_id="i90", grant="g"), name="f090"),
            name="Night",
        ),
        sky_map(name="Day"),
        name="ACT",
    ),
    group(sky_map(name="Kappa"), name="Lensing"),
)


def test_a_match_keeps_what_hangs_under_it_and_what_it_hangs_on(view_for: Callable[..., View]) -> None:
    found = view_for(SEARCHED).search("night")

    assert found.matched_ids == ("act-night",)
    assert [node.name for node in found.view.groups[0].maps] == ["Night"]
    assert [one.layer_id for one in found.view.layers()] == ["i", "q"]


@pytest.mark.parametrize("words", ["GALAXY", "brightness of", "the galaxy"])
def test_descriptions_are_searched_in_any_case(words: str, view_for: Callable[..., View]) -> None:
    found = view_for(SEARCHED).search(words)

    assert found.matched_ids == ("i",)
    assert [one.layer_id for one in found.view.layers()] == ["i"]


def test_search_finds_nothing_that_is_hidden(view_for: Callable[..., View]) -> None:
    assert view_for(SEARCHED).search("intensity").matched_ids == ("i",)
    assert view_for(SEARCHED, "g").search("intensity").matched_ids == ("i", "i90")


def test_words_that_occur_nowhere_leave_nothing(view_for: Callable[..., View]) -> None:
    found = view_for(SEARCHED).search("no such words")

    assert (found.view.groups, found.matched_ids) == ((), ())
