from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.atlas.twins import EXTENT, MemorySpec, Shelf, layer, trouble_of
from tilemaker.atlas.layer import FAILURE_SECONDS, GLANCE_SECONDS, Layer, LayerPlace
from tilemaker.errors import MapUnreadable, UnsupportedGeometry
from tilemaker.providers.workshop import Workshop


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def on_shelf(shelf: Shelf, clock: Clock, workshop: Workshop) -> Layer:
    spec = layer(layer_id="one").model_copy(update={"provider": MemorySpec(shelf=shelf)})
    return Layer(spec, LayerPlace("g", "m", "b", frozenset()), workshop, clock=clock)


def test_the_file_is_opened_when_first_needed_and_once(on_shelf: Layer, shelf: Shelf) -> None:
    assert shelf.attempts == 0

    assert on_shelf.provider is on_shelf.provider
    assert on_shelf.grid == EXTENT.grid
    assert on_shelf.box == EXTENT.box

    assert shelf.attempts == 1


def test_a_glance_sees_what_was_there_a_moment_ago_and_opens_nothing(on_shelf: Layer, shelf: Shelf, clock: Clock) -> None:
    assert on_shelf.glanced is None
    assert shelf.attempts == 0

    provider = on_shelf.provider
    shelf.version = 2
    assert on_shelf.glanced is provider

    clock.seconds += GLANCE_SECONDS
    assert on_shelf.glanced is None
    assert on_shelf.provider is on_shelf.glanced is not provider


def test_many_threads_that_ask_at_once_share_one_provider(on_shelf: Layer, shelf: Shelf) -> None:
    with ThreadPoolExecutor(8) as threads:
        providers = set(threads.map(lambda _: on_shelf.provider, range(64)))

    assert len(providers) == shelf.attempts == 1


def test_a_replaced_file_is_opened_anew_and_the_old_provider_left_to_its_readers(on_shelf: Layer, shelf: Shelf) -> None:
    before = on_shelf.provider
    shelf.version = 2

    assert on_shelf.version == "version-2"
    assert on_shelf.provider is not before
    assert before.fingerprint == "version-1"


def test_a_broken_file_is_left_alone_for_a_while_and_then_tried_again(on_shelf: Layer, shelf: Shelf, clock: Clock) -> None:
    shelf.error = MapUnreadable("The file is not there.")
    for _ in range(3):
        with pytest.raises(MapUnreadable, match="not there"):
            _ = on_shelf.provider
    assert shelf.attempts == 1

    shelf.error = None
    clock.seconds = FAILURE_SECONDS + 0.1

    assert trouble_of(on_shelf) is None
    assert shelf.attempts == 2


def test_each_failure_is_an_exception_of_its_own_and_of_the_same_kind(on_shelf: Layer, shelf: Shelf) -> None:
    shelf.error = UnsupportedGeometry("No coordinates.")

    first, second = trouble_of(on_shelf), trouble_of(on_shelf)

    assert isinstance(first, UnsupportedGeometry)
    assert isinstance(second, UnsupportedGeometry)
    assert first is not second
    assert str(first) == str(second) == "No coordinates."


def test_a_file_that_breaks_while_it_is_served_makes_the_layer_unavailable(on_shelf: Layer, shelf: Shelf) -> None:
    assert trouble_of(on_shelf) is None

    shelf.version, shelf.error = 2, MapUnreadable("The file ends early.")

    assert isinstance(trouble_of(on_shelf), MapUnreadable)


@pytest.mark.parametrize(("configured", "shown"), [(None, "K"), ("uK", "uK")])
def test_units_are_those_of_the_configuration_else_those_of_the_file(
    configured: str | None, shown: str, shelf: Shelf, workshop: Workshop
) -> None:
    spec = layer(layer_id="one").model_copy(update={"provider": MemorySpec(shelf=shelf), "units": configured})

    assert Layer(spec, LayerPlace("g", "m", "b", frozenset()), workshop).units == shown
