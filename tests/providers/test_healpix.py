"""HEALPix maps: every position shows the pixel that the reference library says it lies in, and coarse tiles are exact means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.contracts.provider_contract import centres
from tests.providers.test_overview import wait_until_ready
from tests.support.healpix import Columns, Sphere, numbered, write_healpix
from tilemaker.errors import MapError
from tilemaker.providers import HealpixSpec
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox, wrap_deg
from tilemaker.sky.grid import TileAddress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.skies import Floats
    from tilemaker.providers.base import Provider

EDGES = np.linspace(-1000.0, 60_000.0, 129)


def tile(provider: Provider, at: TileAddress) -> tuple[Floats, Floats, Floats]:
    """Return RA and Dec of a tile's pixels, and what it shows there; all NaN where the map does not reach it."""
    grid = provider.extent.grid
    sample = provider.read(grid.box(at), grid.tile_shape)
    ra_deg, dec_deg = centres(grid.box(at), grid.tile_shape)
    pixels = np.full(grid.tile_shape, np.nan) if sample is None else sample.pixels.astype(np.float64)
    return ra_deg, dec_deg, pixels


def some_tiles(provider: Provider, level: int) -> Iterator[TileAddress]:
    """Yield two addresses of a level: at the south pole, and at the meridian at which the sky is cut."""
    rows = 2**level
    yield TileAddress(level, 0, rows)
    yield TileAddress(level, rows // 2, 2 * rows - 1)


@pytest.mark.parametrize(
    ("sphere", "repeat"),
    [
        (Sphere(1, "RING", "G"), 1),
        (Sphere(1, "NESTED", "C"), 12),
        (Sphere(2, "RING", "C"), 48),
        (Sphere(16, "NESTED", "E"), 1024),
        (Sphere(64, "RING", "E"), 1),
        (Sphere(256, "RING", "G"), 1024),
        (Sphere(256, "NESTED", "G"), 1),
    ],
)
def test_every_position_shows_the_pixel_it_lies_in(tmp_path: Path, workshop: Workshop, sphere: Sphere, repeat: int) -> None:
    provider = HealpixSpec(filename=write_healpix(tmp_path / "map.fits", sphere, numbered(sphere, "f4", repeat))).open(workshop)
    for at in some_tiles(provider, provider.extent.grid.levels - 1):
        ra_deg, dec_deg, pixels = tile(provider, at)
        is_on_sky = np.abs(dec_deg) <= 90.0
        np.testing.assert_array_equal(pixels[is_on_sky], sphere.numbers(ra_deg[is_on_sky], dec_deg[is_on_sky]))
        assert np.isnan(pixels[~is_on_sky]).all()


@pytest.mark.parametrize("dtype", ["f4", "f8", "i2", "i4", "i8", "u1", "b1"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_every_kind_of_number_is_read(tmp_path: Path, workshop: Workshop, dtype: str, suffix: str) -> None:
    sphere = Sphere(8, "NESTED")
    stored = (np.arange(sphere.pixels) % 100).astype(dtype)
    beside = {"A": stored[::-1].astype("i2"), "T": stored, "Z": stored.astype("f8") * 2}
    path = write_healpix(tmp_path / f"map.fits{suffix}", sphere, Columns(beside, repeat=16))
    provider = HealpixSpec(filename=path, index=1).open(workshop)

    ra_deg, dec_deg, pixels = tile(provider, TileAddress(0, 0, 0))

    is_on_sky = np.abs(dec_deg) <= 90.0
    np.testing.assert_array_equal(pixels[is_on_sky], stored[sphere.numbers(ra_deg, dec_deg)[is_on_sky]].astype("f8"))


def holed(sphere: Sphere) -> Floats:
    """Return noise with holes: single pixels, and a whole region."""
    values = np.random.default_rng(sphere.nside).normal(300.0, 50.0, sphere.pixels)
    values[::7] = np.nan
    values[sphere.pixels // 3 : sphere.pixels // 2] = np.nan
    return values


# An overview of everything; of the coarsest blocks alone, the others averaged when they are asked for.
@pytest.mark.parametrize(
    ("ordering", "at_once", "kept"),
    [
        ("RING", 1 << 22, 1 << 22),
        ("RING", 1 << 22, 12 * 16**2),
        ("NESTED", 0, 12 * 32**2),
    ],
)
def test_coarse_tiles_are_means_along_the_hierarchy(tmp_path: Path, ordering: str, at_once: int, kept: int) -> None:
    workshop = Workshop(at_once_pixels=at_once, kept_pixels=kept)
    sphere = Sphere(256, ordering, "G")
    values = holed(sphere)
    path = write_healpix(tmp_path / "map.fits", sphere, Columns({"T": np.where(np.isnan(values), -1.6375e30, values)}, 1024))
    provider = HealpixSpec(filename=path).open(workshop)
    provider.prepare(EDGES)
    wait_until_ready(provider)
    grid = provider.extent.grid
    assert grid.levels == 4
    for level, nside in ((1, 256), (0, 128)):
        coarse = sphere.degraded(values, nside)
        for at in list(some_tiles(provider, level))[1:]:
            box, (rows, columns) = grid.box(at), grid.tile_shape
            numbers = Sphere(nside, "NESTED", "G").numbers(*centres(box, (2 * rows, 2 * columns)))
            samples = coarse[numbers].reshape(rows, 2, columns, 2)
            present = np.isfinite(samples).sum(axis=(1, 3))
            with np.errstate(invalid="ignore"):
                expected = np.where(np.isfinite(samples), samples, 0.0).sum(axis=(1, 3)) / present
            found = tile(provider, at)[2]
            np.testing.assert_array_equal(np.isnan(found), present == 0)
            np.testing.assert_allclose(found[present > 0], expected[present > 0], rtol=1e-6)
    np.testing.assert_array_equal(provider.counts(EDGES).counts, np.histogram(values, EDGES)[0])
    workshop.close()


def test_a_preview_comes_first_and_the_mean_when_it_is_ready(tmp_path: Path) -> None:
    workshop = Workshop(at_once_pixels=0, kept_pixels=12 * 128**2)
    sphere = Sphere(256, "RING", "G")
    dec_deg = sphere.centres(np.arange(sphere.pixels))[1]
    path = write_healpix(tmp_path / "map.fits", sphere, Columns({"T": dec_deg.astype("f4")}, 1024))
    provider = HealpixSpec(filename=path).open(workshop)
    grid = provider.extent.grid
    at = TileAddress(0, 0, 1)
    workshop.close()

    preview = provider.read(grid.box(at), grid.tile_shape)
    assert preview is not None
    assert not preview.is_final
    assert np.abs(preview.pixels - centres(grid.box(at), grid.tile_shape)[1]).max() < 20.0


def test_a_dipole_is_itself_at_every_level(tmp_path: Path, workshop: Workshop) -> None:
    sphere = Sphere(128, "RING", "G")
    dipole = np.sin(np.radians(sphere.centres(np.arange(sphere.pixels))[1]))
    provider = HealpixSpec(filename=write_healpix(tmp_path / "map.fits", sphere, Columns({"T": dipole}, 1024))).open(workshop)
    for level in range(provider.extent.grid.levels):
        pixel = np.radians(180.0 / (provider.extent.grid.tile_size << level))
        for at in some_tiles(provider, level):
            _, dec_deg, pixels = tile(provider, at)
            is_on_sky = np.abs(dec_deg) <= 90.0
            # Two thirds of the diagonal of a pixel of the map, and half of one of the tile.
            assert np.abs(pixels - np.sin(np.radians(dec_deg)))[is_on_sky].max() < 0.9 * np.radians(58.6 / 128) + pixel / 2


@pytest.mark.parametrize("ordering", ["RING", "NESTED"])
def test_a_value_is_its_pixels_own_and_so_is_its_centre(tmp_path: Path, workshop: Workshop, ordering: str) -> None:
    sphere = Sphere(128, ordering, "G")
    values = np.random.default_rng(5).normal(size=sphere.pixels)
    values[40] = -1.6375e30
    provider = HealpixSpec(filename=write_healpix(tmp_path / "map.fits", sphere, Columns({"T": values}))).open(workshop)
    random = np.random.default_rng(6)
    ra_deg, dec_deg = random.uniform(-180, 180, 50), np.degrees(np.arcsin(random.uniform(-1, 1, 50)))
    at_hole = sphere.centres(np.array([40]))
    ra_deg, dec_deg = np.r_[ra_deg, at_hole[0], 0.0], np.r_[dec_deg, at_hole[1], 90.0]
    numbers = sphere.numbers(ra_deg, dec_deg)
    centre_ra_deg, centre_dec_deg = sphere.centres(numbers)
    for i, number in enumerate(numbers):
        pixel = provider.value(ra_deg[i], dec_deg[i])
        assert pixel is not None
        assert pixel.value == (None if number == 40 else values[number])
        assert abs(wrap_deg(pixel.ra_deg - centre_ra_deg[i])) < 1e-8
        assert abs(pixel.dec_deg - centre_dec_deg[i]) < 1e-8


@pytest.mark.parametrize(
    ("stored", "cards", "expected"),
    [
        (np.float32(-1.6375e30), {}, None),
        (np.float32(-1.63751e30), {}, None),
        (np.float64(-1.63750007e30), {}, None),
        (np.float32(-1.6e30), {}, -1.6e30),
        (np.float32(np.nan), {}, None),
        (np.float32(np.inf), {}, None),
        (np.float32(-99.0), {"BAD_DATA": -99.0}, None),
        (np.float32(-98.0), {"BAD_DATA": -99.0}, -98.0),
        (np.float32(-1.6375e30), {"BAD_DATA": 1e300}, None),
        (np.int16(-7), {"TNULL1": -7}, None),
        (np.int16(20), {"TSCAL1": 0.5, "TZERO1": 100.0}, 110.0),
    ],
)
def test_no_data_is_known_by_all_its_names(
    tmp_path: Path, workshop: Workshop, stored: np.generic, cards: dict[str, object | None], expected: float | None
) -> None:
    sphere = Sphere(4)
    values = np.full(sphere.pixels, stored)
    values[0] = stored.dtype.type(1)
    path = write_healpix(tmp_path / "map.fits", sphere, Columns({"T": values}, cards=cards))
    pixel = HealpixSpec(filename=path).open(workshop).value(10.0, -20.0)

    assert pixel is not None
    assert pixel.value == (None if expected is None else pytest.approx(expected, rel=1e-6))


PART: dict[str, object | None] = {"INDXSCHM": "EXPLICIT", "OBJECT": "PARTIAL"}


def part_of(sphere: Sphere, *, is_shuffled: bool = False, dtype: str = "i4") -> Columns:
    """Return every pixel within 15 degrees of RA 170, Dec -30 but for a few, with its number as its value."""
    ra_deg, dec_deg = (np.radians(each) for each in sphere.centres(np.arange(sphere.pixels)))
    cosine = np.sin(dec_deg) * np.sin(np.radians(-30)) + np.cos(dec_deg) * np.cos(np.radians(-30)) * np.cos(
        ra_deg - np.radians(170)
    )
    numbers = np.flatnonzero(cosine > np.cos(np.radians(15)))
    numbers = numbers[numbers % 11 > 0]
    if is_shuffled:
        np.random.default_rng(1).shuffle(numbers)
    return Columns({"PIXEL": numbers.astype(dtype), "T": numbers.astype("f8")}, cards=PART)


@pytest.mark.parametrize(("is_shuffled", "dtype", "suffix"), [(False, "i4", ""), (True, "i8", ""), (False, "i8", ".gz")])
@pytest.mark.parametrize("sphere", [Sphere(128, "RING", "G"), Sphere(128, "NESTED", "G")])
def test_a_part_of_the_sphere_is_where_its_numbers_say(
    tmp_path: Path, sphere: Sphere, is_shuffled: bool, dtype: str, suffix: str
) -> None:
    workshop = Workshop()
    part = part_of(sphere, is_shuffled=is_shuffled, dtype=dtype)
    provider = HealpixSpec(filename=write_healpix(tmp_path / f"map.fits{suffix}", sphere, part)).open(workshop)
    seen: set[int] = set()
    for x in range(4):
        ra_deg, dec_deg, pixels = tile(provider, TileAddress(1, 0, x))
        numbers = sphere.numbers(ra_deg, dec_deg)
        has = np.isin(numbers, part.values["PIXEL"])
        np.testing.assert_array_equal(pixels[has], numbers[has])
        assert np.isnan(pixels[~has]).all()
        seen |= set(numbers[has].tolist())
    assert seen == set(part.values["PIXEL"].tolist())
    box = provider.extent.box
    assert (box.south_deg, box.north_deg) == pytest.approx((-45.0, -15.0), abs=1.0)
    assert (box.west_deg, box.east_deg) == pytest.approx((170 - 17.4, 170 + 17.4), abs=1.5)
    assert provider.counts(EDGES).counts.sum() == np.histogram(part.values["T"], EDGES)[0].sum()
    assert provider.summary().pixel_count == len(part.values["T"])
    away = provider.read(SkyBox(0.0, 10.0, 0.0, 10.0), (32, 32))
    assert away is None or np.isnan(away.pixels).all()


def test_a_stretch_of_numbers_needs_no_list_of_them(tmp_path: Path, workshop: Workshop) -> None:
    sphere = Sphere(16, "NESTED")
    stretch = Columns({"T": np.arange(500.0, 900.0)}, cards={"FIRSTPIX": 500, "LASTPIX": 899, "OBJECT": "PARTIAL"})
    provider = HealpixSpec(filename=write_healpix(tmp_path / "map.fits", sphere, stretch)).open(workshop)
    ra_deg, dec_deg, pixels = tile(provider, TileAddress(0, 0, 1))
    numbers = sphere.numbers(ra_deg, dec_deg)
    has = (numbers >= 500) & (numbers < 900)

    assert has.any()
    np.testing.assert_array_equal(pixels[has], numbers[has])
    assert np.isnan(pixels[~has]).all()


FULL = Columns({"T": np.arange(48.0)})
BROKEN: dict[str, tuple[Columns, str]] = {
    "no resolution": (Columns(FULL.values, cards={"NSIDE": None}), "does not say its resolution"),
    "no power of two": (Columns(FULL.values, cards={"NSIDE": 3}), "should be a power of two"),
    "resolution in words": (Columns(FULL.values, cards={"NSIDE": "two"}), "should be a power of two"),
    "too fine": (Columns(FULL.values, cards={"NSIDE": 1 << 20}), "is the most"),
    "no order": (Columns(FULL.values, cards={"ORDERING": None}), "does not say the order"),
    "odd order": (Columns(FULL.values, cards={"ORDERING": "SPIRAL"}), "should be RING or NESTED"),
    "several resolutions": (Columns({"UNIQ": np.arange(16, 64)}, cards={"ORDERING": "NUNIQ"}), "several resolutions"),
    "odd coordinates": (Columns(FULL.values, cards={"COORDSYS": "X"}), "should be G, C or E"),
    "too few rows": (Columns({"T": np.arange(47.0)}), "has 47 values, and a map of NSIDE 2 has 48"),
    "too many rows": (Columns({"T": np.arange(60.0)}), "has 60 values"),
    "no pixel column": (Columns(FULL.values, cards=PART), "no column of their numbers"),
    "pixel too large": (Columns({"PIXEL": np.array([3, 48]), "T": np.ones(2)}, cards=PART), "has 48; it should have 0 to 47"),
    "pixel negative": (Columns({"PIXEL": np.array([3, -1]), "T": np.ones(2)}, cards=PART), "has -1"),
    "pixel twice": (Columns({"PIXEL": np.array([3, 4, 3]), "T": np.ones(3)}, cards=PART), "one of them twice"),
    "no rows": (Columns({"PIXEL": np.array([], "i8"), "T": np.array([])}, cards=PART), "no rows"),
    "no numbers": (Columns({"PIXEL": np.arange(48)}, cards=PART), "no column of numbers"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_with_a_map_is_said_in_a_sentence(tmp_path: Path, workshop: Workshop, name: str) -> None:
    columns, says = BROKEN[name]
    path = write_healpix(tmp_path / "map.fits", Sphere(2), columns)
    with pytest.raises(MapError, match=says) as refused:
        HealpixSpec(filename=path).open(workshop)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("card", "broken", "says"),
    [
        (b"TFORM1  = '1D", b"TFORM1  = '1W", "of a type that FITS does not know"),
        (b"TFIELDS =                    1", b"TFIELDS =                  one", "not valid FITS"),
        (b"TFORM1  = '1D", b"TFORM1  = '9D", "shorter than its columns"),
        (b"NAXIS2  =                   48", b"NAXIS2  =              4800000", "shorter than its header says"),
    ],
)
def test_a_table_that_does_not_hang_together_is_refused(
    tmp_path: Path, workshop: Workshop, card: bytes, broken: bytes, says: str
) -> None:
    path = write_healpix(tmp_path / "map.fits", Sphere(2), FULL)
    content = path.read_bytes()
    assert card in content
    path.write_bytes(content.replace(card, broken))
    with pytest.raises(MapError, match=says):
        HealpixSpec(filename=path).open(workshop)


def test_a_file_cut_short_is_refused(tmp_path: Path, workshop: Workshop) -> None:
    path = write_healpix(tmp_path / "map.fits", Sphere(32), numbered(Sphere(32)))
    path.write_bytes(path.read_bytes()[:50_000])
    with pytest.raises(MapError, match="shorter than its header says"):
        HealpixSpec(filename=path).open(workshop)


def test_a_map_that_is_not_there_is_named(tmp_path: Path, workshop: Workshop) -> None:
    path = write_healpix(tmp_path / "map.fits", Sphere(2), FULL)
    with pytest.raises(MapError, match="no map 1: the table has 1"):
        HealpixSpec(filename=path, index=1).open(workshop)
    with pytest.raises(MapError, match="does not hold a table"):
        HealpixSpec(filename=path, hdu=0).open(workshop)
    with pytest.raises(MapError, match="no HDU 7"):
        HealpixSpec(filename=path, hdu=7).open(workshop)


def test_a_changed_file_is_noticed_and_has_another_fingerprint(tmp_path: Path, workshop: Workshop) -> None:
    spec = HealpixSpec(filename=write_healpix(tmp_path / "map.fits", Sphere(2), FULL))
    provider, turned = spec.open(workshop), spec.model_copy(update={"frame": "galactic"}).open(workshop)
    assert provider.is_current
    assert provider.fingerprint != turned.fingerprint
    assert spec.open(workshop).fingerprint == provider.fingerprint
    write_healpix(tmp_path / "map.fits", Sphere(2), Columns({"T": np.arange(48.0) + 1}))
    assert not provider.is_current
    assert spec.open(workshop).fingerprint != provider.fingerprint


def test_the_configuration_may_say_which_coordinates_a_map_is_in(tmp_path: Path, workshop: Workshop) -> None:
    path = write_healpix(tmp_path / "map.fits", Sphere(32), Columns(numbered(Sphere(32)).values, cards={"COORDSYS": None}))
    for frame, coordsys in ((None, "G"), ("icrs", "C"), ("ecliptic", "E")):
        pixel = HealpixSpec.model_validate({"filename": path, "frame": frame}).open(workshop).value(33.3, 44.4)
        assert pixel is not None
        assert pixel.value == Sphere(32, "RING", coordsys).numbers(np.array([33.3]), np.array([44.4]))[0]


def test_a_narrow_stripe_round_the_sky_reads_only_what_lies_under_it(tmp_path: Path, workshop: Workshop) -> None:
    sphere = Sphere(512, "NESTED", "G")
    provider = HealpixSpec(filename=write_healpix(tmp_path / "map.fits", sphere, numbered(sphere, "f4", 1024))).open(workshop)
    pixel_deg = provider.extent.grid.pixel_deg
    stripe = SkyBox(-180.0, -180.0 + 5000 * pixel_deg, 10.0, 10.0 + 2 * pixel_deg)
    sample = provider.read(stripe, (2, 5000))

    assert sample is not None
    np.testing.assert_array_equal(sample.pixels, sphere.numbers(*centres(stripe, (2, 5000))))
