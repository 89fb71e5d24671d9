"""Images compressed tile by tile, and files packed as a whole: every pixel as astropy has it, read in part and within a budget."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from astropy.io import fits

from tests.support.skies import car, write_image
from tilemaker.errors import MapReplaced, MapUnreadable
from tilemaker.providers import FitsSpec
from tilemaker.providers.files import Files
from tilemaker.providers.gzipped import GzipBlob
from tilemaker.providers.hdus import walk
from tilemaker.providers.kept import Kept
from tilemaker.providers.planes import open_plane
from tilemaker.providers.workshop import Workshop
from tilemaker.sky.boxes import SkyBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from tilemaker.providers.planes import Plane

Array = np.ndarray[Any, np.dtype[Any]]

SHAPE = (90, 130)
HEADER = car(*SHAPE, 0.5)
REAL = Path(__file__).parents[3] / "shared" / "data" / "compressed"


def plane_of(path: Path, files: Files, index: int = 0) -> Plane:
    """Return a plane of the first image of a file."""
    file = files.open(path)
    return open_plane(file, next(hdu for hdu in walk(file) if hdu.is_image), index, files.kept)


def check_windows(plane: Plane, expected: Array) -> None:
    """Read all of a plane, windows of it, and with strides, and compare each with what is known."""
    height, width = expected.shape
    windows = [
        (range(height), range(width)),
        (range(1, 2), range(width - 3, width)),
        (range(height // 3, height // 2), range(width // 5, width // 2)),
        (range(2, height, 7), range(1, width, 11)),
        (range(3, height, height // 2), range(0, width, 2)),
    ]
    for rows, columns in windows:
        np.testing.assert_array_equal(plane.read(rows, columns), expected[np.ix_(rows, columns)])


def noise(dtype: str) -> Array:
    """Return an image of positive noise, which PLIO can hold too."""
    return np.random.default_rng(1).integers(0, 200, SHAPE).astype(dtype)


def holes() -> Array:
    """Return noise with pixels without data, alone, in a block and all over a row, and zeros, which the second dithering keeps."""
    pixels = np.random.default_rng(2).normal(100.0, 10.0, SHAPE)
    pixels[3, 5] = pixels[20:30, 40:60] = pixels[70] = np.nan
    pixels[50:55] = 0.0
    return pixels


@pytest.mark.parametrize("tile", [(1, 130), (17, 23), (32, 32), SHAPE])
@pytest.mark.parametrize(
    ("compression", "dtype"),
    [("RICE_1", "i2"), ("RICE_1", "u1"), ("RICE_1", "i4"), ("RICE_1", "u2"), ("GZIP_1", "i4"), ("GZIP_2", "i2"), ("PLIO_1", "i2")],
)
def test_compressed_integers_are_read_as_astropy_reads_them(
    tmp_path: Path, compression: str, dtype: str, tile: tuple[int, int]
) -> None:
    path = tmp_path / "map.fits.fz"
    fits.CompImageHDU(noise(dtype), HEADER.fits(), compression_type=compression, tile_shape=tile).writeto(path)
    check_windows(plane_of(path, Files()), noise(dtype))


@pytest.mark.parametrize("tile", [(30, 26), (16, 65), SHAPE])
def test_hcompress_is_read_as_astropy_reads_it(tmp_path: Path, tile: tuple[int, int]) -> None:
    path = tmp_path / "map.fits.fz"
    fits.CompImageHDU(noise("i2"), HEADER.fits(), compression_type="HCOMPRESS_1", tile_shape=tile).writeto(path)
    check_windows(plane_of(path, Files()), noise("i2"))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("dithering", [-1, 1, 2])
@pytest.mark.parametrize(("compression", "tile"), [("RICE_1", (1, 130)), ("GZIP_2", (32, 32)), ("HCOMPRESS_1", (30, 26))])
def test_rounded_floats_are_read_as_astropy_reads_them(
    tmp_path: Path, compression: str, tile: tuple[int, int], dithering: int, dtype: str
) -> None:
    path = tmp_path / "map.fits.fz"
    options = {"compression_type": compression, "tile_shape": tile, "quantize_method": dithering, "quantize_level": 16}
    fits.CompImageHDU(holes().astype(dtype), HEADER.fits(), **options, dither_seed=7).writeto(path)
    expected = fits.getdata(path)
    check_windows(plane_of(path, Files()), expected)
    np.testing.assert_array_equal(np.isnan(expected), np.isnan(holes()))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("compression", ["GZIP_1", "GZIP_2"])
def test_floats_compressed_without_loss_are_what_they_were(tmp_path: Path, compression: str, dtype: str) -> None:
    path, pixels = tmp_path / "map.fits.fz", holes().astype(dtype)
    fits.CompImageHDU(pixels, HEADER.fits(), compression_type=compression, quantize_level=0, tile_shape=(8, 64)).writeto(path)
    check_windows(plane_of(path, Files()), pixels)


@pytest.mark.parametrize("tile", [(1, 1, 130), (1, 32, 32), (2, 16, 64)])
def test_every_plane_of_a_compressed_cube_is_its_own(tmp_path: Path, tile: tuple[int, int, int]) -> None:
    path, cube = tmp_path / "map.fits.fz", np.stack([noise("i4") + 1000 * plane for plane in range(3)])
    fits.CompImageHDU(cube, HEADER.fits(), compression_type="RICE_1", tile_shape=tile).writeto(path)
    files = Files()
    for index in range(3):
        check_windows(plane_of(path, files, index), cube[index])


def test_scaled_integers_with_blanks_are_read_as_astropy_reads_them(tmp_path: Path) -> None:
    path, stored = tmp_path / "map.fits.fz", noise("i2")
    fits.CompImageHDU(stored, HEADER.fits(), compression_type="RICE_1").writeto(path)
    with fits.open(path, mode="update", disable_image_compression=True) as opened:
        opened[1].header.update({"BSCALE": 0.5, "BZERO": 10.0, "BLANK": 7})
    expected = fits.getdata(path)
    np.testing.assert_array_equal(expected, np.where(stored == 7, np.nan, stored * 0.5 + 10.0))
    check_windows(plane_of(path, Files()), expected)


@pytest.mark.skipif(not REAL.is_dir(), reason="needs the real maps in ../shared/data")
@pytest.mark.parametrize(
    "name", ["bolocam_gzip2_lossless.fits.fz", "bolocam_row.fits.fz", "m13_gzip.fits", "m13_hcomp.fits", "m13_rice.fits"]
)
def test_real_compressed_maps_are_read_as_astropy_reads_them(name: str) -> None:
    check_windows(plane_of(REAL / name, Files()), fits.getdata(REAL / name))


@pytest.mark.parametrize(("compression", "tile"), [("HCOMPRESS_1", (15, 13)), ("RICE_1", (1, 130))])
def test_many_threads_read_the_pixels_that_one_does(tmp_path: Path, compression: str, tile: tuple[int, int]) -> None:
    paths = [tmp_path / f"{number}.fits.fz" for number in range(3)]
    for number, path in enumerate(paths):
        fits.CompImageHDU(noise("i4") * (number + 1), HEADER.fits(), compression_type=compression, tile_shape=tile).writeto(path)
    files = Files(unpack_bytes=100_000)  # so little that blocks come and go
    planes = [plane_of(path, files) for path in paths]

    def read(turn: int) -> bool:
        top, left = turn * 7 % 60, turn * 13 % 90
        window = planes[turn % 3].read(range(top, top + 30), range(left, left + 40))
        return bool((window == noise("i4")[top : top + 30, left : left + 40] * (turn % 3 + 1)).all())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(120)))


def test_only_what_lies_under_a_window_is_read(tmp_path: Path) -> None:
    """The second half of the file is overwritten: the first half of the image is none the worse for it."""
    path, pixels = tmp_path / "map.fits.fz", np.random.default_rng(0).integers(0, 1 << 15, (4096, 512)).astype("i2")
    fits.CompImageHDU(pixels, HEADER.fits(), compression_type="GZIP_1", tile_shape=(1, 512)).writeto(path)
    half = path.stat().st_size // 2
    with path.open("r+b") as file:
        file.seek(half)
        file.write(bytes(half))
    plane = plane_of(path, Files())
    np.testing.assert_array_equal(plane.read(range(1000), range(512)), pixels[:1000])
    with pytest.raises(MapUnreadable, match="broken"):
        plane.read(range(3000, 3001), range(512))


def test_what_is_unpacked_of_a_compressed_image_stays_within_its_budget(tmp_path: Path) -> None:
    path, pixels = tmp_path / "map.fits.fz", np.random.default_rng(0).integers(0, 99, (2000, 1000)).astype("i4")
    fits.CompImageHDU(pixels, HEADER.fits(), compression_type="RICE_1").writeto(path)
    files = Files(unpack_bytes=5_000_000)
    plane = plane_of(path, files)
    for top in range(0, 2000, 250):
        np.testing.assert_array_equal(plane.read(range(top, top + 250), range(1000)), pixels[top : top + 250])
        assert 0 < files.kept.used_bytes <= 5_000_000


def test_tiles_too_large_to_unpack_are_refused_by_the_header(tmp_path: Path) -> None:
    path = tmp_path / "map.fits.fz"
    fits.CompImageHDU(np.zeros((600, 600), "i4"), HEADER.fits(), compression_type="RICE_1", tile_shape=(600, 600)).writeto(path)
    with pytest.raises(MapUnreadable, match="Each compressed tile of the image takes 1 MB unpacked and this server allows 1 MB"):
        plane_of(path, Files(unpack_bytes=1_000_000))


def test_a_compressed_image_in_a_packed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "map.fits.fz"
    fits.CompImageHDU(noise("i2"), HEADER.fits(), compression_type="RICE_1").writeto(path)
    for pack, suffix in ((gzip.compress, "gz"), (bz2.compress, "bz2")):
        packed = tmp_path / f"map.fits.fz.{suffix}"
        packed.write_bytes(pack(path.read_bytes()))
        check_windows(plane_of(packed, Files()), noise("i2"))


@pytest.mark.parametrize("harm", ["cut short", "overwritten"])
def test_a_broken_compressed_image_is_an_error(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "map.fits.fz"
    fits.CompImageHDU(holes().astype("f4"), HEADER.fits(), compression_type="GZIP_2", quantize_level=0).writeto(path)
    content = path.read_bytes()
    path.write_bytes(content[:-8000] if harm == "cut short" else content[:-30_000] + bytes(30_000))
    with pytest.raises(MapUnreadable, match="broken|shorter"):
        plane_of(path, Files()).read(range(90), range(130))


# Files packed as a whole.


def written(path: Path, size: int, pack: Callable[[bytes], bytes] = lambda content: gzip.compress(content, 1)) -> bytes:
    """Write some bytes, packed, and return them."""
    content = np.random.default_rng(size).integers(0, 50, size, dtype="u1").tobytes()
    path.write_bytes(pack(content))
    return content


def members(content: bytes) -> bytes:
    """Pack in parts, as `bgzip` does, with what tapes are filled up with at the end."""
    parts = [content[start : start + 50_000] for start in range(0, len(content), 50_000)]
    return b"".join(gzip.compress(part, 1) for part in parts) + bytes(1000)


SPACING = 1 << 16


def blob_of(path: Path, kept: Kept) -> GzipBlob:
    """Return a gzip file's blob, with points so near to each other that a small file has many."""
    return GzipBlob(Files().open(path).raw, kept, SPACING)


@pytest.mark.parametrize("budget", [50_000, 400_000, 100_000_000])
@pytest.mark.parametrize("pack", [lambda content: gzip.compress(content, 1), members], ids=["one", "several"])
def test_any_bytes_of_a_gzip_file_are_what_was_packed(tmp_path: Path, pack: Callable[[bytes], bytes], budget: int) -> None:
    path, size, kept = tmp_path / "bytes.gz", 3 * SPACING - 1, Kept(budget)
    content = written(path, size, pack)
    with blob_of(path, kept).opened() as reader:
        for offset in (size - 10, 0, SPACING - 5, 2 * SPACING, 100_001, SPACING):
            buffer = bytearray(10)
            reader.read_into(memoryview(buffer), offset)
            assert buffer == content[offset : offset + 10]
        rows = np.empty((3, 100), np.uint8)
        reader.read_rows_into(rows, 10_000, SPACING)
        assert rows.tobytes() == b"".join(content[at : at + 100] for at in range(10_000, size, SPACING))
        with pytest.raises(MapUnreadable, match="shorter"):
            reader.read_into(memoryview(bytearray(2)), size - 1)
    assert kept.used_bytes <= budget


def test_points_are_given_up_when_there_are_too_many(tmp_path: Path) -> None:
    """A budget that allows four points for what has sixteen: the spacing grows, and every byte is still found."""
    path, size, kept = tmp_path / "bytes.gz", 16 * SPACING, Kept(5_000_000)
    content, blob = written(path, size), blob_of(path, kept)
    for offset in (size - 256, 256, 400_000, size - 512):
        buffer = bytearray(256)
        with blob.opened() as reader:
            reader.read_into(memoryview(buffer), offset)
        assert buffer == content[offset : offset + 256]
        assert kept.used_bytes <= 5_000_000


def test_many_threads_unpack_the_bytes_that_one_does(tmp_path: Path) -> None:
    path, size = tmp_path / "bytes.gz", 5 * SPACING
    content, blob = written(path, size), blob_of(path, Kept(300_000))

    def read(turn: int) -> bool:
        offset, buffer = turn * 7_919_993 % (size - 5000), bytearray(5000)
        with blob.opened() as reader:
            reader.read_into(memoryview(buffer), offset)
        return buffer == content[offset : offset + 5000]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(200)))


def test_a_map_far_larger_than_the_budget_is_served_from_a_small_gzip_file(tmp_path: Path) -> None:
    """200 MB of pixels in 200 kB, with 24 MB to unpack them in."""
    rows, columns = 4096, 12_288
    header = fits.PrimaryHDU(header=car(rows, columns, 0.02).fits()).header
    header["BITPIX"], header["NAXIS"] = -32, 2
    header.insert("NAXIS", ("NAXIS1", columns), after=True)
    header.insert("NAXIS1", ("NAXIS2", rows), after=True)
    path = tmp_path / "map.fits.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(header.tostring().encode())
        for row in range(rows):
            file.write(np.full(columns, row, ">f4").tobytes())
    assert path.stat().st_size < 2_000_000

    workshop = Workshop(unpack_bytes=24 << 20, kept_pixels=1 << 16)
    tracemalloc.start()
    provider = FitsSpec(filename=path).open(workshop)
    coarse = provider.read(SkyBox(-122.88, 122.88, -40.96, 40.96), (128, 384))
    fine = provider.read(SkyBox(0.0, 0.96, 39.96, 40.96), (50, 48))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    workshop.close()

    assert coarse is not None
    assert coarse.pixels[:, 0].tolist() == [32 * row + 15.5 for row in range(128)]
    assert fine is not None
    assert fine.pixels[:, 0].tolist() == list(range(4046, 4096))
    assert peak < 80 << 20


def test_a_file_that_can_only_be_unpacked_whole_is_refused_by_its_header(tmp_path: Path) -> None:
    path = write_image(tmp_path / "map.fits.bz2", np.zeros((600, 600), "f4"), HEADER)
    with pytest.raises(MapUnreadable, match="takes 1 MB and this server allows 0 MB: unpack the file, or use gzip"):
        plane_of(path, Files(unpack_bytes=200_000))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_files_packed_as_a_whole_are_read_and_kept_within_the_budget(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    plain, files = write_image(tmp_path / "map.fits", noise("f4"), HEADER), Files(unpack_bytes=100_000)
    paths = [tmp_path / f"{number}.fits.packed" for number in range(4)]
    for path in paths:
        path.write_bytes(pack(plain.read_bytes()))
    for _ in range(2):
        for path in paths:
            check_windows(plane_of(path, files), noise("f4"))
            assert files.kept.used_bytes <= 100_000


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_file_that_is_cut_short_is_an_error(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    plain, path = write_image(tmp_path / "map.fits", noise("f4"), HEADER), tmp_path / "map.fits.packed"
    packed = pack(plain.read_bytes())
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(MapUnreadable, match="broken or cut short"):
        plane_of(path, Files()).read(range(90), range(130))


def test_a_gzip_file_whose_pixels_do_not_add_up_is_an_error(tmp_path: Path) -> None:
    plain, path = write_image(tmp_path / "map.fits", noise("f4"), HEADER), tmp_path / "map.fits.gz"
    packed = bytearray(gzip.compress(plain.read_bytes()))
    packed[-8:-4] = zlib.crc32(b"another file").to_bytes(4, "little")
    path.write_bytes(packed)
    with pytest.raises(MapUnreadable, match="broken or cut short"):
        plane_of(path, Files()).read(range(90), range(130))


@pytest.mark.parametrize("suffix", ["gz", "bz2", "fz"])
@pytest.mark.parametrize("change", ["replaced", "truncated"])
def test_pixels_of_a_file_that_is_another_by_now_are_not_shown_although_they_are_kept(
    tmp_path: Path, suffix: str, change: str
) -> None:
    path, other = tmp_path / f"map.fits.{suffix}", tmp_path / f"other.fits.{suffix}"
    for each, value in ((path, 1.0), (other, 2.0)):
        pixels = np.full(SHAPE, value, "f4")
        if suffix == "fz":
            fits.CompImageHDU(pixels, HEADER.fits(), compression_type="GZIP_2", quantize_level=0).writeto(each)
        else:
            write_image(each, pixels, HEADER)
    files = Files()
    plane = plane_of(path, files)
    assert (plane.read(range(90), range(130)) == 1.0).all()
    if change == "replaced":
        shutil.move(other, path)
    else:
        os.truncate(path, 100)
    with pytest.raises(MapReplaced):
        plane.read(range(90), range(130))
    if change == "replaced":
        assert (plane_of(path, files).read(range(90), range(130)) == 2.0).all()
