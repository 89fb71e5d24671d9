"""Files as they are found: every kind of number, odd headers, broken files, files that change while they are served."""

from __future__ import annotations

import os
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from astropy.io import fits

from tests.support.skies import Header, car, sky_pixels, waves, write_image, write_sky
from tilemaker.errors import MapError, MapReplaced, MapUnreadable, UnsupportedGeometry
from tilemaker.providers import FitsSpec
from tilemaker.providers.blobs import SETTLING_NS
from tilemaker.providers.files import Files
from tilemaker.providers.fits import images_among, parts_of
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tilemaker.providers.base import Provider

HEADER = car(40, 60, 0.5)
"""RA -15 to 15, Dec -10 to 10."""

ALL = SkyBox(-15.0, 15.0, -10.0, 10.0)
SHAPE = (40, 60)


def pixels_of(provider: Provider) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the whole map, south up and RA increasing."""
    sample = provider.read(ALL, SHAPE)
    assert sample is not None
    return sample.pixels


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "i8", "u2", "u4", "f4", "f8", "i1"])
def test_every_kind_of_number_is_read_as_astropy_reads_it(tmp_path: Path, workshop: Workshop, dtype: str) -> None:
    kind = np.dtype(dtype)
    high = min(np.iinfo(kind).max, 2**24) if kind.kind in "iu" else 1000
    stored = np.random.default_rng(3).integers(0, high, SHAPE).astype(kind)
    path = write_image(tmp_path / "map.fits", stored, HEADER)
    provider = FitsSpec(filename=path).open(workshop)
    np.testing.assert_array_equal(pixels_of(provider), fits.getdata(path)[:, ::-1].astype("f4"))
    # The value under the pointer has every digit of the file.
    pixel = provider.value(-14.75, -9.75)
    assert pixel is not None
    assert pixel.value == float(stored[0, -1])


def test_a_large_integer_keeps_every_digit_as_a_value(tmp_path: Path, workshop: Workshop) -> None:
    stored = np.full(SHAPE, 123_456_789_012, "i8")
    pixel = FitsSpec(filename=write_image(tmp_path / "map.fits", stored, HEADER)).open(workshop).value(0.1, 0.1)
    assert pixel is not None
    assert pixel.value == 123_456_789_012.0


def test_blank_integers_and_infinities_are_no_data(tmp_path: Path, workshop: Workshop) -> None:
    stored = np.arange(2400, dtype="i2").reshape(SHAPE)
    blank = FitsSpec(filename=write_image(tmp_path / "a.fits", stored, HEADER, BLANK=7, BSCALE=2.0, BZERO=1.0)).open(workshop)
    assert np.isnan(pixels_of(blank)).sum() == 1

    infinite = np.zeros(SHAPE, "f4")
    infinite[3, 4], infinite[5, 6], infinite[7, 8] = np.inf, -np.inf, np.nan
    assert np.isnan(pixels_of(FitsSpec(filename=write_image(tmp_path / "b.fits", infinite, HEADER)).open(workshop))).sum() == 3


def test_doubles_beyond_single_precision_are_no_data_but_keep_their_value(tmp_path: Path, workshop: Workshop) -> None:
    huge = np.full(SHAPE, 1e300)
    provider = FitsSpec(filename=write_image(tmp_path / "map.fits", huge, HEADER)).open(workshop)
    assert np.isnan(pixels_of(provider)).all()
    pixel = provider.value(0.1, 0.1)
    assert pixel is not None
    assert pixel.value == 1e300
    assert provider.summary().sorted_values.size == 0


@pytest.mark.parametrize("fill", [np.nan, 0.0, 5.0])
def test_maps_of_one_value_and_of_none_have_a_summary(tmp_path: Path, workshop: Workshop, fill: float) -> None:
    provider = FitsSpec(filename=write_image(tmp_path / "map.fits", np.full(SHAPE, fill, "f4"), HEADER)).open(workshop)
    summary = provider.summary()
    assert summary.noise == 0.0
    assert summary.percentile(50) == (0.0 if np.isnan(fill) else fill)
    assert provider.counts(np.linspace(-1, 6, 129)).counts.sum() == (0 if np.isnan(fill) else 2400)


@pytest.mark.parametrize("leading", [(1,), (2,), (5,), (1, 1), (2, 3)])
def test_axes_beyond_the_second_are_counted_through(tmp_path: Path, workshop: Workshop, leading: tuple[int, ...]) -> None:
    planes = int(np.prod(leading))
    cube = np.arange(planes, dtype="f4").reshape(*leading, 1, 1) * np.ones(SHAPE, "f4")
    path = write_image(tmp_path / "map.fits", cube, HEADER)
    for index in range(planes):
        assert (pixels_of(FitsSpec(filename=path, index=index).open(workshop)) == index).all()
    with pytest.raises(MapUnreadable, match=f"There is no plane {planes}: the image has {planes}"):
        FitsSpec(filename=path, index=planes).open(workshop)


def test_the_first_image_is_found_by_itself_and_others_by_number(tmp_path: Path, workshop: Workshop) -> None:
    image, other = (
        fits.ImageHDU(np.full(SHAPE, value, "f4"), HEADER.fits(), name=name) for value, name in ((1, "MAP"), (2, "IVAR"))
    )
    table = fits.BinTableHDU.from_columns([fits.Column("x", "E", array=np.arange(3.0))])
    path = tmp_path / "map.fits"
    fits.HDUList([fits.PrimaryHDU(), table, image, other]).writeto(path)
    assert (pixels_of(FitsSpec(filename=path).open(workshop)) == 1).all()
    assert (pixels_of(FitsSpec(filename=path, hdu=3).open(workshop)) == 2).all()
    images = images_among(parts_of(Files().open(path)))
    assert [(each.number, each.name, each.shape) for each in images] == [
        (2, "MAP", (1, *SHAPE)),
        (3, "IVAR", (1, *SHAPE)),
    ]
    with pytest.raises(MapUnreadable, match="HDU 1 does not hold an image"):
        FitsSpec(filename=path, hdu=1).open(workshop)
    with pytest.raises(MapUnreadable, match="no HDU 9"):
        FitsSpec(filename=path, hdu=9).open(workshop)


def test_headers_are_read_once_as_long_as_the_file_is_the_same(tmp_path: Path) -> None:
    files, path = Files(), write_image(tmp_path / "map.fits", np.zeros(SHAPE, "f4"), HEADER)
    (first,) = parts_of(files.open(path))

    (again,) = parts_of(files.open(path))
    write_image(path, np.zeros((3, *SHAPE), "f4"), HEADER)
    (other,) = parts_of(files.open(path))

    assert again is first
    assert other.shape == (3, *SHAPE)


def _overwrite(path: Path, text: bytes) -> None:
    path.write_bytes(text)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def _headless(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2880])


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "is not there"),
    "a folder": (_folder, "folder"),
    "a device": (_device, "device"),
    "empty": (lambda path: _overwrite(path, b""), "not a FITS file"),
    "text": (lambda path: _overwrite(path, b"hello " * 1000), "not a FITS file"),
    "header cut short": (lambda path: path.write_bytes(path.read_bytes()[:2000]), "ends within a header"),
    "no data": (_headless, "shorter than its header says|ends within a header"),
    "data cut short": (lambda path: os.truncate(path, path.stat().st_size - 6000), "shorter than its header says"),
    "compress": (lambda path: _overwrite(path, b"\x1f\x9d" + bytes(99)), "Unix compress"),
    "zip": (lambda path: _overwrite(path, b"PK\x03\x04" + bytes(99)), "ZIP"),
    "broken gzip": (
        lambda path: _overwrite(path, b"\x1f\x8b\x08" + bytes(99)),
        "broken or cut short|not a FITS file|cannot be read",
    ),
    "binary": (lambda path: _overwrite(path, bytes(range(256)) * 100), "not a FITS file"),
    "BITPIX 17": (lambda path: _overwrite(path, path.read_bytes().replace(b"-32", b" 17", 1)), "BITPIX is 17"),
    "NAXIS1 not a number": (
        lambda path: _overwrite(path, path.read_bytes().replace(b"                   60", b"                   xx", 1)),
        "valid FITS|does not say",
    ),
    "NAXIS1 of more than any file holds": (
        lambda path: _overwrite(path, path.read_bytes().replace(b"                   60", b" 99999999999999999999", 1)),
        "does not say how long its data is",
    ),
    # Taken as it is, it leads back to the header that it stands in, again and again.
    "NAXIS1 negative": (
        lambda path: _overwrite(path, path.read_bytes().replace(b"                   60", b"                  -60", 1)),
        "does not say how long its data is",
    ),
    "NAXIS1 beyond numbers": (
        lambda path: _overwrite(path, path.read_bytes().replace(b"                   60", b"                1E999", 1)),
        "does not say how long its data is",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_a_sentence_that_names_no_file(tmp_path: Path, workshop: Workshop, name: str) -> None:
    path = write_sky(tmp_path / "secret.fits", HEADER)
    harm, sentence = BROKEN[name]
    harm(path)
    with pytest.raises(MapError, match=sentence) as caught:
        pixels_of(FitsSpec(filename=path).open(workshop))
    message = str(caught.value)
    assert "secret" not in message
    assert "/" not in message
    assert message.endswith(".")


def test_a_pipe_in_the_place_of_a_map_is_not_waited_for_neither_at_first_nor_later(tmp_path: Path, workshop: Workshop) -> None:
    """Somebody would have to write to it, which may never be, and the thread that waits would be lost."""
    path = write_sky(tmp_path / "map.fits", HEADER)
    provider = FitsSpec(filename=path).open(workshop)
    path.unlink()
    os.mkfifo(path)

    assert not provider.is_current
    for read in (lambda: pixels_of(provider), lambda: pixels_of(FitsSpec(filename=path).open(workshop))):
        with ThreadPoolExecutor(1) as reader:
            reading = reader.submit(read)
            try:
                with pytest.raises(MapUnreadable, match="A pipe or a device"):
                    reading.result(5.0)
            finally:
                while not reading.done():
                    path.write_bytes(bytes(2880))  # lets go whoever waits


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, workshop: Workshop) -> None:
    path = write_sky(tmp_path / "map.fits", HEADER)
    path.chmod(0)
    with pytest.raises(MapUnreadable, match="may not be read"):
        FitsSpec(filename=path).open(workshop)


@pytest.mark.parametrize(
    ("cards", "sentence"),
    [
        ({"CTYPE1": None, "CTYPE2": None}, "no celestial coordinates"),
        ({"CTYPE1": "HPLN-TAN", "CTYPE2": "HPLT-TAN"}, "not positions on the sky"),
        ({"CTYPE1": "LINEAR", "CTYPE2": "LINEAR"}, "no celestial coordinates"),
        ({"CTYPE1": "RA---ATF", "CTYPE2": "DEC--ATF"}, "cannot be understood"),
        ({"CDELT1": 0.0}, "cannot be understood|cannot be worked out"),
        (
            {"CDELT1": None, "CDELT2": None, "CD1_1": 0.5, "CD1_2": 0.5, "CD2_1": 0.5, "CD2_2": 0.5},
            "cannot be understood|cannot be worked out",
        ),
        ({"CTYPE2": "GLAT-CAR"}, "cannot be understood|no celestial"),
        ({"A_ORDER": "many", "B_ORDER": 2}, "a card of the header holds what it should not"),
        ({"CRPIX2": -400.0}, "beyond a pole"),
        ({"CRPIX2": 400.0}, "beyond a pole"),
        ({"CRPIX1": 1e308, "CDELT1": -100.0}, "on the sky"),
        ({"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "PC1_1": 1e308, "PC2_2": 1e308}, "cannot be understood|cannot be worked out"),
    ],
)
def test_coordinates_that_make_no_sense_are_refused(
    tmp_path: Path, workshop: Workshop, cards: dict[str, object], sentence: str
) -> None:
    path = write_image(tmp_path / "map.fits", np.zeros(SHAPE, "f4"), Header(SHAPE, car(*SHAPE, 0.5).cards | cards))
    with pytest.raises(UnsupportedGeometry, match=sentence):
        FitsSpec(filename=path).open(workshop)


def test_a_map_replaced_by_another_is_never_read_as_the_old_one(tmp_path: Path, workshop: Workshop) -> None:
    path = write_sky(tmp_path / "map.fits", HEADER)
    provider = FitsSpec(filename=path).open(workshop)
    pixels_of(provider)
    other = write_sky(tmp_path / "other.fits", HEADER, lambda ra, dec: waves(ra, dec) + 50.0)
    shutil.move(other, path)
    assert not provider.is_current
    with pytest.raises(MapUnreadable, match="has just been changed"):
        pixels_of(provider)
    assert pixels_of(FitsSpec(filename=path).open(workshop)).max() > 40.0


@pytest.mark.parametrize("name", ["map.fits", "map.fits.fz"])
def test_a_map_truncated_while_it_is_served_is_an_error_and_no_crash(tmp_path: Path, workshop: Workshop, name: str) -> None:
    path = tmp_path / name
    if name.endswith("fz"):
        fits.CompImageHDU(sky_pixels(HEADER, waves), HEADER.fits(), compression_type="GZIP_2", quantize_level=0).writeto(path)
    else:
        write_sky(path, HEADER)
    provider = FitsSpec(filename=path).open(workshop)
    pixels_of(provider)
    os.truncate(path, 6000)
    with pytest.raises(MapUnreadable):
        pixels_of(provider)
    path.unlink()
    with pytest.raises(MapUnreadable):
        pixels_of(provider)
    assert not provider.is_current


def test_a_thousand_maps_hold_no_file_open(tmp_path: Path, workshop: Workshop) -> None:
    path = write_sky(tmp_path / "map.fits", HEADER)
    providers = [FitsSpec(filename=path).open(workshop) for _ in range(50)]
    for provider in providers:
        pixels_of(provider)
    open_files = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.exists()]
    assert path not in open_files


@pytest.mark.parametrize("bunit", ["uK_CMB", "K_RJ", "Jy/beam", "10**(-6)counts/s", ""])
def test_units_are_kept_as_they_are_written(tmp_path: Path, workshop: Workshop, bunit: str) -> None:
    path = write_image(tmp_path / "map.fits", np.zeros(SHAPE, "f4"), HEADER, BUNIT=bunit, POLCCONV="IAU")
    extent = FitsSpec(filename=path).open(workshop).extent
    assert extent.units == (bunit or None)
    assert extent.polarisation == "IAU"


def test_the_poles_have_values(tmp_path: Path, workshop: Workshop) -> None:
    for rows in (360, 361):
        provider = FitsSpec(filename=write_sky(tmp_path / "map.fits", car(rows, 720, 0.5), lambda _, dec: dec)).open(workshop)
        for dec_deg in (-90.0, 90.0):
            pixel = provider.value(33.0, dec_deg)
            assert pixel is not None
            assert pixel.value == pytest.approx(dec_deg, abs=0.2501)


def test_a_map_rewritten_in_place_is_noticed_although_its_date_is_set_back(tmp_path: Path, workshop: Workshop) -> None:
    path = write_sky(tmp_path / "map.fits", HEADER)
    provider = FitsSpec(filename=path).open(workshop)
    before, inode = path.stat(), path.stat().st_ino
    with path.open("r+b") as file:
        file.seek(before.st_size - 5760)
        file.write(bytes(2880))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert (path.stat().st_ino, path.stat().st_size, path.stat().st_mtime_ns) == (inode, before.st_size, before.st_mtime_ns)
    assert not provider.is_current
    assert FitsSpec(filename=path).open(workshop).fingerprint != provider.fingerprint
    with pytest.raises(MapReplaced):
        pixels_of(provider)


def write_constant(path: Path, value: float) -> None:
    """Write a map of one value, packed as the name says."""
    pixels = np.full(SHAPE, value, "f4")
    if path.name.endswith("fz"):
        image = fits.CompImageHDU(pixels, HEADER.fits(), compression_type="GZIP_2", quantize_level=0)
        image.writeto(path, overwrite=True)
    else:
        fits.PrimaryHDU(pixels, HEADER.fits()).writeto(path, overwrite=True)


@contextmanager
def rewriting(path: Path, *values: float) -> Iterator[None]:
    """Write maps of these values into the same file in turn, as long as the block lasts; it is empty for a moment each time."""
    contents = []
    for value in values:
        write_constant(path, value)
        contents.append(path.read_bytes())
    stop = threading.Event()

    def keep_writing() -> None:
        while not stop.is_set():
            for content in contents:
                path.write_bytes(content)
                stop.wait(0.03)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


@pytest.mark.parametrize("name", ["map.fits", "map.fits.fz", "map.fits.gz"])
def test_pixels_read_while_the_file_is_rewritten_are_wholly_the_one_maps_or_the_others(tmp_path: Path, name: str) -> None:
    workshop, path, seen = Workshop(), tmp_path / name, set()
    with rewriting(path, 1.0, 2.0):
        for _ in range(60):
            try:
                pixels = pixels_of(FitsSpec(filename=path).open(workshop))
            except MapUnreadable:
                continue
            seen.add(tuple(np.unique(pixels[np.isfinite(pixels)]).tolist()))

    assert seen <= {(1.0,), (2.0,)}


def test_a_file_is_opened_a_moment_after_it_was_written(tmp_path: Path, workshop: Workshop) -> None:
    """Two changes within a tick of the system's clock look like one, and the second would never be noticed."""
    path = write_sky(tmp_path / "map.fits", HEADER)
    provider = FitsSpec(filename=path).open(workshop)

    assert time.time_ns() - path.stat().st_ctime_ns >= SETTLING_NS
    assert provider.is_current
