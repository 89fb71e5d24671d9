from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tilemaker.render.stretch import STRETCHES, StretchName
from tilemaker.render.style import UNSET_WORDS, ResolvedStyle, Style, resolve

any_limit = st.floats(allow_nan=False, allow_infinity=False)


def resolved(style: Style, limits: tuple[float, float] = (-300.0, 300.0)) -> ResolvedStyle:
    return resolve(style, cmap="planck", limits=limits)


def asked(**query: str) -> Style:
    """Read a style as it comes in an address: everything is text."""
    return Style.model_validate(query)


# ── what a request says ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["", "auto", "Auto", "null", "undefined", " auto "])
def test_what_front_ends_write_for_nothing_leaves_everything_to_the_layer(text: str) -> None:
    assert asked(**dict.fromkeys(Style.model_fields, text)) == Style()


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5.0), ("-0.5", -0.5), (".5", 0.5), ("1e3", 1e3), ("1E-3", 1e-3), ("1e+21", 1e21), ("1e 21", 1e21), ("5.", 5.0)],
)
def test_limits_are_numbers_as_people_write_them(text: str, value: float) -> None:
    assert asked(vmin=text).vmin == value


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-Infinity", "1e999", "1_000", "0x10", "abc", "1,5", "1 2", "٣"])
def test_a_limit_that_is_no_finite_number_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        asked(vmax=text)

    (error,) = refusal.value.errors()
    assert error["loc"] == ("vmax",)
    assert error["msg"] == "should be a finite number, or 'auto' for the layer's own"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_limits_given_as_numbers_are_finite_too(value: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        Style(vmin=value)


@pytest.mark.parametrize("query", [{"stretch": "cubic"}, {"abs": "perhaps"}, {"flip": "2"}, {"cmap": "x" * 65}])
def test_what_is_not_offered_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        asked(**query)


def test_other_parameters_of_an_address_are_none_of_its_business() -> None:
    assert asked(v="fingerprint", cmap="jet") == Style(cmap="jet")


def test_the_schema_names_every_stretch_and_describes_every_parameter() -> None:
    schema = Style.model_json_schema()

    assert schema["properties"]["stretch"]["enum"] == [*STRETCHES, *UNSET_WORDS]
    assert set(schema["properties"]) == {"cmap", "vmin", "vmax", "log_norm", "abs", "clip", "flip", "stretch"}
    assert all(parameter["description"] for parameter in schema["properties"].values())
    assert all(parameter.get("default", False) is False for parameter in schema["properties"].values())


# ── what is made of it ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_not_asked_is_the_layers_own() -> None:
    assert resolved(Style()) == ResolvedStyle(cmap="planck", low=-300.0, high=300.0)
    assert resolved(Style(vmin=1.0, cmap="jet")) == ResolvedStyle(cmap="jet", low=1.0, high=300.0)


def test_limits_in_decreasing_order_reverse_the_colours() -> None:
    assert resolved(Style(vmin=300.0, vmax=-300.0)) == resolved(Style(cmap="planck_r"))
    assert resolved(Style(cmap="jet_r", vmin=2.0, vmax=1.0)) == resolved(Style(cmap="jet", vmin=1.0, vmax=2.0))
    assert resolved(Style(), limits=(5.0, -5.0)) == ResolvedStyle(cmap="planck_r", low=-5.0, high=5.0)


@pytest.mark.parametrize("value", [0.0, 5.0, -2.7e-6, 1e300])
def test_equal_limits_become_a_step_at_that_value(value: float) -> None:
    style = resolved(Style(vmin=value, vmax=value))

    assert style.low < min(value, 1e37) < style.high
    assert style.high - style.low <= max(abs(style.high) * 1e-5, 1e-29)


def test_absolute_values_are_drawn_from_zero_to_the_farther_limit() -> None:
    style = resolved(Style(abs=True), limits=(-500.0, 300.0))

    assert (style.low, style.high, style.absolute) == (0.0, 500.0, True)


def test_limits_that_are_asked_stand_for_absolute_values_too() -> None:
    style = resolved(Style(abs=True, vmin=10.0, vmax=20.0))

    assert (style.low, style.high) == (10.0, 20.0)


@pytest.mark.parametrize(
    ("style", "stretch"),
    [
        (Style(), "linear"),
        (Style(log_norm=True), "log"),
        (Style(stretch="asinh"), "asinh"),
        (Style(log_norm=True, stretch="asinh"), "asinh"),
    ],
)
def test_log_norm_is_short_for_a_stretch(style: Style, stretch: StretchName) -> None:
    assert resolved(style, limits=(1.0, 2.0)).stretch == stretch


@pytest.mark.parametrize("vmin", [0.0, -300.0])
def test_a_logarithm_from_zero_or_less_begins_three_decades_below_the_top(vmin: float) -> None:
    style = resolved(Style(stretch="log", vmin=vmin, vmax=300.0))

    assert style.stretch == "log"
    assert (style.low, style.high) == pytest.approx((0.3, 300.0))


def test_a_logarithm_of_nothing_positive_is_a_symmetric_one() -> None:
    style = resolved(Style(log_norm=True, vmin=-5.0, vmax=-1.0))

    assert (style.stretch, style.low, style.high) == ("symlog", -5.0, -1.0)


@pytest.mark.parametrize("limits", [(math.nan, math.nan), (-math.inf, 1.0), (0.0, math.inf)])
def test_a_layer_without_limits_gets_some(limits: tuple[float, float]) -> None:
    style = resolved(Style(), limits=limits)

    assert (style.low, style.high) == (0.0, 1.0)


@given(vmin=st.none() | any_limit, vmax=st.none() | any_limit, own=st.tuples(st.floats(), st.floats()), absolute=st.booleans())
@pytest.mark.parametrize("stretch", STRETCHES)
def test_whatever_is_asked_the_limits_make_sense_in_single_precision(
    stretch: StretchName, vmin: float | None, vmax: float | None, own: tuple[float, float], absolute: bool
) -> None:
    style = resolved(Style(stretch=stretch, vmin=vmin, vmax=vmax, abs=absolute), limits=own)
    low, high = np.float32(style.low), np.float32(style.high)

    assert low < high
    assert np.isfinite(high - low)
    assert low > 0 or style.stretch != "log"


def test_the_population_of_absolute_values_is_absolute() -> None:
    style = resolve(Style(abs=True), cmap="jet", limits=(0.0, 1.0), population=np.array([-2.0, 1.0], dtype=np.float32))

    assert style.population is not None
    assert style.population.tolist() == [2.0, 1.0]


def test_a_large_population_is_thinned_evenly() -> None:
    population = np.arange(1_000_000, dtype=np.float32)
    style = resolve(Style(), cmap="jet", limits=(0.0, 1.0), population=population)

    assert style.population is not None
    assert 30_000 < style.population.size <= 65_536
    assert np.median(style.population) == pytest.approx(500_000, rel=1e-3)


def test_styles_of_different_populations_are_the_same_style() -> None:
    """It belongs to the layer, whose version is in every key."""
    styles = [resolve(Style(), cmap="jet", limits=(0.0, 1.0), population=np.zeros(n, dtype=np.float32)) for n in (0, 2)]

    assert styles[0] == styles[1]
    assert len(set(styles)) == 1
