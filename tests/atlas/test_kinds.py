from __future__ import annotations

from pathlib import Path

import pytest

from tilemaker.atlas.filenames import is_map_name, read_name, stem_of, words_of
from tilemaker.atlas.kinds import ANYTHING, KINDS, Clues, recognise
from tilemaker.providers.units import is_cmb_temperature, is_inverse_variance, microkelvin_in


def kind(name: str, planes: int = 1, units: str | None = None, stokes: tuple[str, ...] = (), extname: str = "") -> str:
    words = read_name(Path(name)).words | words_of(extname)
    return recognise(Clues(words, planes, units, stokes), extname=words_of(extname)).kind.name


@pytest.mark.parametrize(
    ("units", "microkelvin"),
    [
        ("uK", 1.0),
        ("µK", 1.0),
        ("μK", 1.0),
        ("muK", 1.0),
        ("microK", 1.0),
        ("uK_CMB", 1.0),
        ("uKcmb", 1.0),
        ("uK (CMB)", 1.0),
        ("mK", 1e3),
        ("mK,thermodynamic", 1e3),
        ("K", 1e6),
        ("K_CMB", 1e6),
        ("Kcmb", 1e6),
        ("KRJ", 1e6),
        ("Kelvin", 1e6),
        (" K ", 1e6),
        ("MK", None),
        ("kg", None),
        ("Jy/beam", None),
        ("MJy/sr", None),
        ("uK^-2", None),
        ("", None),
        (None, None),
    ],
)
def test_units_of_temperature_are_known_in_every_spelling(units: str | None, microkelvin: float | None) -> None:
    assert microkelvin_in(units) == microkelvin


@pytest.mark.parametrize("units", ["uK^-2", "uK-2", "uK**-2", "1/uK^2", "1/uK**2", "1 / K^2", "K_CMB^-2", "(uK)^-2"])
def test_inverse_variances_are_known_by_their_unit(units: str) -> None:
    assert is_inverse_variance(units)
    assert kind("anything.fits", units=units) == "inverse variance"


@pytest.mark.parametrize("units", ["uK^2", "uK", "1/uK^-2", "Jy^-2", "s-2", "", None])
def test_other_units_are_no_inverse_variance(units: str | None) -> None:
    assert not is_inverse_variance(units)


def test_plain_kelvin_alone_does_not_mean_the_microwave_background() -> None:
    """The radio sky is in K too, a million times brighter than the limits of a CMB map."""
    assert is_cmb_temperature("uK")
    assert is_cmb_temperature("K_CMB")
    assert not is_cmb_temperature("K")
    assert kind("hi4pi.fits", units="K") == ANYTHING.name


@pytest.mark.parametrize(
    ("name", "planes", "units", "expected"),
    [
        ("act_dr6_f150_coadd_map.fits", 3, "uK", "IQU map"),
        ("act_dr6_f150_coadd_map.fits", 3, None, "IQU map"),
        ("act_dr6_f150_map_srcfree.fits", 3, "uK", "IQU map"),
        ("planck_353.fits", 3, "K_CMB", "IQU map"),
        ("act_dr6_f150_ivar.fits", 1, None, "inverse variance"),
        ("act_dr6_f150_ivar_map.fits", 3, "uK^-2", "inverse variance"),
        ("obs_weights.fits", 9, None, "weights"),
        ("obs_weights.fits", 3, None, "weights"),
        ("obs_wmap.fits", 3, None, "weighted map"),
        ("obs_weighted_map.fits", 3, None, "weighted map"),
        ("obs_hits.fits", 1, None, "hits"),
        ("surveyMask_cea.fits.gz", 1, None, "mask"),
        ("kappa_map.fits", 1, None, "lensing convergence"),
        ("act_ymap.fits", 1, None, "Compton y"),
        ("f150_I.fits", 1, "uK", "temperature map"),
        ("gc_2mass_k.fits", 1, None, "image"),
        ("cube.fits", 3, "MJy/sr", "image"),
        ("wmap_K_band.fits", 1, "MJy/sr", "image"),
    ],
)
def test_maps_are_recognised(name: str, planes: int, units: str | None, expected: str) -> None:
    assert kind(name, planes, units) == expected


def test_extname_is_about_the_image_and_comes_before_the_name_of_the_file() -> None:
    assert kind("obs_map.fits", 1, "uK", extname="HITS") == "hits"
    assert kind("obs_ivar.fits", 1, None, extname="IMAGE") == "inverse variance"


def test_a_stokes_axis_makes_a_map_of_stokes_parameters() -> None:
    found = recognise(Clues(frozenset(), 4, "K", ("I", "Q", "U", "V")))

    assert [look.name for look in found.looks] == ["I", "Q", "U", "V"]


@pytest.mark.parametrize(
    ("units", "limits"), [("uK", (-500.0, 500.0)), ("K_CMB", (-5e-4, 5e-4)), ("mK", (-0.5, 0.5)), (None, ("auto", "auto"))]
)
def test_limits_are_in_the_unit_of_the_map(units: str | None, limits: tuple[object, object]) -> None:
    looks = recognise(Clues(frozenset({"map"}), 3, units)).looks

    assert looks[0].limits_in(units) == pytest.approx(limits) if units else looks[0].limits_in(units) == limits


@pytest.mark.parametrize("planes", [1, 2, 3, 5, 6, 9, 25])
@pytest.mark.parametrize("row", [*KINDS, ANYTHING], ids=lambda row: row.name)
def test_every_row_shows_every_plane_under_a_name_of_its_own(row: object, planes: int) -> None:
    assert isinstance(row, type(ANYTHING))
    if row.planes and planes not in row.planes:
        return
    word = next(iter(row.words), "nothing")

    looks = recognise(Clues(frozenset({word}), planes, None)).looks

    assert len(looks) == len({look.name for look in looks}) == planes


@pytest.mark.parametrize(
    ("name", "title", "band", "variant"),
    [
        ("act_dr6.02_std_AA_night_pa5_f150_4way_coadd_map.fits", "act dr6.02 std AA night 4way coadd", "pa5 f150", None),
        ("act_dr6.02_std_AA_night_pa5_f150_4way_coadd_ivar.fits", "act dr6.02 std AA night 4way coadd", "pa5 f150", None),
        (
            "act_dr6.02_std_AA_night_pa5_f150_4way_coadd_map_srcfree.fits",
            "act dr6.02 std AA night 4way coadd",
            "pa5 f150",
            "source free",
        ),
        ("planck_143GHz_map.fits.gz", "planck", "143GHz", None),
        ("wmap_W_map.fits", "wmap W", None, None),
        ("gc-bolocam gps.fits", "gc bolocam gps", None, None),
        ("map.fits", "", None, None),
    ],
)
def test_a_file_name_tells_observation_band_and_version(name: str, title: str, band: str | None, variant: str | None) -> None:
    read = read_name(Path(name))

    assert (read.title, read.band, read.variant) == (title, band, variant)


@pytest.mark.parametrize(
    "name", ["a.b_map.fits", "a.b_map.fits.gz", "a.b_map.fits.fz", "a.b_map.fit", "a.b_map.FITS.BZ2", "a.b_map.csv"]
)
def test_how_a_file_is_packed_is_not_part_of_its_name(name: str) -> None:
    assert stem_of(Path(name)) == "a.b_map"


@pytest.mark.parametrize(
    ("name", "is_map"), [("a.fits", True), ("a.fits.gz", True), ("a.FIT", True), ("a.json", False), ("fits", False)]
)
def test_maps_are_found_by_their_ending(name: str, is_map: bool) -> None:
    assert is_map_name(name) is is_map
