from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tilemaker.errors import ColourMapNotFound
from tilemaker.render.colour import bar, names, palette, reverse

OWN = ["planck", "wmap", "cmb_hotcold"]


def test_every_name_gives_255_opaque_colours_after_transparency() -> None:
    for name in names():
        colours = palette(name)

        assert colours.shape == (256, 4), name
        assert colours.dtype == np.uint8, name
        assert colours[0].tolist() == [0, 0, 0, 0], name
        assert (colours[1:, 3] == 255).all(), name


@pytest.mark.parametrize("name", [*OWN, "viridis", "RdBu_r", "tab10"])
def test_the_reverse_has_the_same_colours_from_the_other_end(name: str) -> None:
    np.testing.assert_array_equal(palette(reverse(name))[1:], palette(name)[:0:-1])


def test_the_ends_of_a_palette_are_the_ends_of_the_colour_map() -> None:
    assert palette("gray")[1].tolist() == [0, 0, 0, 255]
    assert palette("gray")[255].tolist() == [255, 255, 255, 255]
    np.testing.assert_allclose(palette("gray")[128], [127, 127, 127, 255], atol=1)


@pytest.mark.parametrize("name", ["planck", "cmb_hotcold"])
def test_cold_is_blue_and_hot_is_red(name: str) -> None:
    (cold_red, _, cold_blue, _), (hot_red, _, hot_blue, _) = palette(name)[20].tolist(), palette(name)[235].tolist()

    assert cold_blue > cold_red
    assert hot_red > hot_blue


@pytest.mark.parametrize("name", OWN)
def test_neighbouring_colours_are_alike(name: str) -> None:
    """A jump would draw an edge where the sky has none."""
    assert np.abs(np.diff(palette(name)[1:].astype(int), axis=0)).max() <= 8


def test_all_of_matplotlib_and_our_own_are_listed() -> None:
    assert {"viridis", "RdBu", "RdBu_r", "planck", "planck_r", "wmap", "cmb_hotcold_r"} <= set(names())
    assert list(names()) == sorted(names(), key=str.casefold)


@pytest.mark.parametrize("name", ["", "no_such", "planck_r_r", "Viridis", "../viridis", "_r"])
def test_an_unknown_name_is_refused_with_what_there_is(name: str) -> None:
    for function in (palette, bar):
        with pytest.raises(ColourMapNotFound, match="any Matplotlib name will do, and planck, wmap, cmb_hotcold"):
            function(name)


def test_a_palette_cannot_be_changed_by_whoever_gets_it() -> None:
    with pytest.raises(ValueError, match="read-only"):
        palette("viridis")[0, 0] = 1


def test_the_bar_is_256_wide_and_8_high_and_runs_from_left_to_right() -> None:
    image = Image.open(io.BytesIO(bar("gray")))
    pixels = np.asarray(image.convert("RGBA"))

    assert (image.format, image.size) == ("PNG", (256, 8))
    np.testing.assert_allclose(pixels[..., 0], np.tile(np.arange(256), (8, 1)), atol=1)
    assert (pixels[..., 3] == 255).all()


def test_drawing_in_our_own_colours_does_not_wait_for_matplotlib() -> None:
    program = "import sys; from tilemaker.render.colour import palette; palette('planck'); sys.exit('matplotlib' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
