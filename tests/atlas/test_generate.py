from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from tests.atlas.twins import trouble_of
from tests.support.skies import car, write_image
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.export import to_json
from tilemaker.atlas.generate import Generated, generate
from tilemaker.atlas.load import config_of, load_atlas
from tilemaker.atlas.models import Config, LayerConfig
from tilemaker.providers import FitsSpec
from tilemaker.providers.workshop import Workshop

HEADER = car(8, 16, 1.0)


def write(path: Path, planes: int | None = None, **cards: object) -> Path:
    """Write a small map, 2-D unless a number of planes is given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (8, 16) if planes is None else (planes, 8, 16)
    return write_image(path, np.ones(shape, np.float32), HEADER, **cards)


def layers(config: Config) -> list[LayerConfig]:
    return [layer for group in config.map_groups for node in group.maps for band in node.bands for layer in band.layers]


def tree(config: Config) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return the names of everything, level by level."""
    return {
        group.name: {node.name: {band.name: [layer.name for layer in band.layers] for band in node.bands} for node in group.maps}
        for group in config.map_groups
    }


def reasons(generated: Generated) -> dict[str, str]:
    return {skipped.path.name: skipped.reason for skipped in generated.skipped}


def test_files_of_one_observation_are_one_map_its_frequencies_bands_and_the_sky_comes_first(tmp_path: Path) -> None:
    for band in ("f090", "f150"):
        write(tmp_path / f"dr6_{band}_ivar.fits", BUNIT="uK^-2")
        write(tmp_path / f"dr6_{band}_map.fits", 3, BUNIT="uK")
        write(tmp_path / f"dr6_{band}_map_srcfree.fits", 3, BUNIT="uK")
    write(tmp_path / "dr6_mask.fits")
    names = ["I", "Q", "U", "I (source free)", "Q (source free)", "U (source free)", "Inverse variance"]
    names += ["P", "Angle of polarisation", "Signal-to-noise of I"]
    names += [f"{name} (source free)" for name in names[-3:]]

    generated = generate([tmp_path])

    assert tree(generated.config) == {tmp_path.name: {"dr6": {"f090": names, "f150": names, "All": ["Mask"]}}}
    assert generated.skipped == ()


def test_what_is_generated_can_be_served_and_every_id_is_there_and_different(tmp_path: Path, workshop: Workshop) -> None:
    write(tmp_path / "a_map.fits.gz", 3, BUNIT="uK")
    write(tmp_path / "a_map.fits", 3, BUNIT="uK")
    write(tmp_path / "b.fits", 25)

    atlas = Atlas(generate([tmp_path]).config, workshop)

    ids = [layer.layer_id for layer in atlas.all_layers()]
    assert len(ids) == len(set(ids)) == 35
    assert all(trouble_of(layer) is None for layer in atlas.all_layers())


def test_each_plane_becomes_a_layer_with_limits_in_its_own_unit_and_says_why(tmp_path: Path) -> None:
    temperature, *polarisation = layers(generate([write(tmp_path / "a_map.fits", 3, BUNIT="K_CMB")]).config)[:3]

    assert (temperature.quantity, temperature.units, temperature.vmin, temperature.vmax) == ("T", "K_CMB", -5e-4, 5e-4)
    assert [layer.quantity for layer in polarisation] == ["Q", "U"]
    assert [layer.provider.index for layer in (temperature, *polarisation) if isinstance(layer.provider, FitsSpec)] == [0, 1, 2]
    assert temperature.comment == "Recognised as: IQU map."


def test_anything_else_takes_its_limits_from_its_pixels_and_its_unit_as_written(tmp_path: Path) -> None:
    (only,) = layers(generate([write(tmp_path / "ngc1.fits", BUNIT="weird^2/beam")]).config)

    assert (only.name, only.vmin, only.vmax, only.cmap, only.units, only.comment) == (
        "Image",
        "auto",
        "auto",
        "viridis",
        "weird^2/beam",
        None,
    )


def test_every_image_of_a_file_is_found_and_called_by_its_extname(tmp_path: Path) -> None:
    header = HEADER.fits()
    images = [fits.ImageHDU(np.ones((8, 16), "f4"), header, name=name) for name in ("SIGNAL", "HITS", "")]
    fits.HDUList([fits.PrimaryHDU(), *images, fits.ImageHDU(np.ones((8, 16)), name="NO WCS")]).writeto(tmp_path / "obs.fits")

    found = layers(generate([tmp_path / "obs.fits"]).config)

    assert [layer.name for layer in found] == ["SIGNAL", "Hits", "Image"]
    assert [layer.provider.hdu for layer in found if isinstance(layer.provider, FitsSpec)] == [1, 2, 3]


def test_a_stokes_axis_names_the_planes(tmp_path: Path) -> None:
    path = write(tmp_path / "obs.fits", 2, BUNIT="uK", CTYPE3="STOKES", CRVAL3=2.0, CRPIX3=1.0, CDELT3=1.0)

    assert [layer.name for layer in layers(generate([path]).config)][:2] == ["Q", "U"]


@pytest.mark.parametrize(
    ("cards", "names"),
    [
        ({"CTYPE3": "FREQ", "CRVAL3": 1.0}, ["Image 1", "Image 2"]),
        ({"CTYPE3": "STOKES", "CRVAL3": -5.0}, ["Image 1", "Image 2"]),
        ({"CTYPE3": "STOKES", "CRVAL3": "nonsense"}, ["I", "Q"]),
    ],
)
def test_planes_that_are_no_stokes_parameters_are_numbered(tmp_path: Path, cards: dict[str, object], names: list[str]) -> None:
    assert [layer.name for layer in layers(generate([write(tmp_path / "obs.fits", 2, **cards)]).config)] == names


WHY_NOT = {
    "bare.fits": "no celestial coordinates",
    "table.fits": "no positions",
    "healpix.fits": "should be a power of two",
    "sun.fits": "not positions on the sky",
    "text.fits": "not a FITS file",
    "sky.json": "is a configuration",
    "list.json": "no pair of columns",
    "deep.json": "nested too deeply",
    "empty.csv": "no source",
    "absent.fits": "no such file",
}


def test_what_cannot_be_shown_is_named_with_a_sentence(tmp_path: Path) -> None:
    fits.PrimaryHDU(np.ones((4, 4))).writeto(tmp_path / "bare.fits")
    Table({"T": np.zeros(12)}).write(tmp_path / "table.fits")
    healpix = fits.BinTableHDU(Table({"T": np.zeros(12)}))
    healpix.header.update({"PIXTYPE": "HEALPIX", "NSIDE": 3, "ORDERING": "RING"})
    fits.HDUList([fits.PrimaryHDU(), healpix]).writeto(tmp_path / "healpix.fits")
    write(tmp_path / "sun.fits", CTYPE1="HPLN-CAR", CTYPE2="HPLT-CAR")
    (tmp_path / "text.fits").write_text("not FITS at all")
    (tmp_path / "sky.json").write_text('{"map_groups": []}')
    (tmp_path / "list.json").write_text('[{"x": 1}]')
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "empty.csv").write_text("ra,dec\n")

    generated = generate([tmp_path, tmp_path / "absent.fits"])

    found = reasons(generated)
    assert generated.config == Config()
    assert found.keys() == WHY_NOT.keys()
    assert {name: reason for name, reason in found.items() if WHY_NOT[name] not in reason} == {}
    assert not any(str(tmp_path) in reason for reason in found.values())


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "map.fits")

    assert "neither a file nor a folder" in generate([tmp_path / "map.fits"]).skipped[0].reason


def test_catalogues_of_every_kind_become_lists_of_sources(tmp_path: Path) -> None:
    (tmp_path / "a_list.json").write_text('[{"ra": 1, "dec": 2}]')
    (tmp_path / "b.csv").write_text("ra,dec\n1,2\n")
    Table({"ra": [1.0], "dec": [2.0]}).write(tmp_path / "c.fits")

    found = generate([tmp_path]).config.source_groups

    assert [(group.name, group.source_group_id, group.provider.file_type) for group in found] == [
        ("a list", "a-list", "json"),
        ("b", "b", "csv"),
        ("c", "c", "fits"),
    ]


def test_lists_of_one_name_are_told_apart_by_their_files(tmp_path: Path) -> None:
    for name in ["stars.csv", "stars.tsv", "others.csv"]:
        (tmp_path / name).write_text("ra,dec\n1,2\n".replace(",", "\t" if name.endswith("tsv") else ","))

    found = generate([tmp_path]).config.source_groups

    assert [group.name for group in found] == ["others", "stars (stars.csv)", "stars (stars.tsv)"]


def test_of_a_folder_the_files_in_it_and_one_level_below_are_taken_once_in_natural_order(tmp_path: Path) -> None:
    for name in ("x_f150.fits", "x_f90.fits", "day/y.fits", "day/deeper/z.fits", ".hidden/h.fits", "README"):
        if name == "README":
            (tmp_path / name).write_text("hello")
        else:
            write(tmp_path / name)

    config = generate([tmp_path, tmp_path / "day" / "y.fits", tmp_path / "x_f90.fits"]).config

    assert tree(config) == {
        tmp_path.name: {"x": {"f150": ["Image"], "f90": ["Image"]}},
        f"{tmp_path.name} / day": {"y": {"All": ["Image"]}},
    }


def test_digits_that_are_no_numbers_are_sorted_as_letters(tmp_path: Path) -> None:
    write(tmp_path / "1²3.fits")

    assert generate([tmp_path]).skipped == ()


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    assert "holds no FITS file" in generate([tmp_path]).skipped[0].reason


def test_files_of_one_name_in_two_folders_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    files = [write(tmp_path / folder / "a.fits") for folder in ("day", "night")]

    assert tree(generate(files).config) == {"Maps": {"a (day)": {"All": ["Image"]}, "a (night)": {"All": ["Image"]}}}


def test_files_named_by_their_product_alone_are_one_map_named_after_their_folder(tmp_path: Path) -> None:
    for name in ("map.fits", "ivar.fits"):
        write(tmp_path / "night" / name)

    assert tree(generate([tmp_path / "night"]).config) == {"night": {"night": {"All": ["Image", "Inverse variance"]}}}


def test_a_generated_file_loads_again_and_names_files_relative_to_itself(tmp_path: Path) -> None:
    config = generate([write(tmp_path / "maps" / "a_map.fits", 3, BUNIT="uK")]).config

    text = to_json(config, tmp_path / "configurations")

    assert '"../maps/a_map.fits"' in text
    assert config_of(text).relative_to(tmp_path / "configurations").map_groups[0].name == "Maps"
    assert [layer.layer_id for layer in layers(config_of(text))] == [layer.layer_id for layer in layers(config)]
    assert str(tmp_path / "maps") in to_json(config)


def test_files_that_share_nothing_but_the_root_keep_their_full_names(tmp_path: Path) -> None:
    config = generate([write(tmp_path / "a.fits")]).config

    provider = json.loads(to_json(config, Path("/nowhere/near")))["map_groups"][0]["maps"][0]["bands"][0]["layers"][0]["provider"]

    assert provider["filename"] == str((tmp_path / "a.fits").resolve())


STRAY = os.fsdecode(b"d\xe9j\xe0")
"""A name as older systems wrote it: its bytes are no UTF-8."""


@pytest.mark.skipif(sys.platform == "darwin", reason="this system has only names in UTF-8")
def test_names_that_are_not_in_utf_8_are_shown_as_far_as_they_can_be_read(tmp_path: Path, workshop: Workshop) -> None:
    write(tmp_path / STRAY / f"{STRAY}_f150.fits")
    (tmp_path / STRAY / f"{STRAY}.csv").write_text("ra,dec\n1,2\n")

    config = generate([tmp_path / STRAY]).config

    assert tree(config) == {"d\ufffdj\ufffd": {"d\ufffdj\ufffd": {"f150": ["Image"]}}}
    assert config.source_groups[0].name == "d\ufffdj\ufffd"

    sky = tmp_path / "sky.json"
    sky.write_text(to_json(config, tmp_path), encoding="utf-8")
    again = load_atlas(sky, workshop).visible_to(frozenset())
    assert [trouble_of(layer) for layer in again.layers()] == [None]
    assert len(again.source_groups()[0].catalogue) == 1


def test_a_link_is_written_as_a_link(tmp_path: Path) -> None:
    write(tmp_path / "archive" / "2024.fits")
    (tmp_path / "newest.fits").symlink_to(tmp_path / "archive" / "2024.fits")

    text = to_json(generate([tmp_path / "newest.fits"]).config, tmp_path)

    assert '"newest.fits"' in text


def test_the_home_of_nobody_is_a_file_that_is_not_there() -> None:
    assert generate([Path("~no-such-person/a.fits")]).skipped[0].reason == "There is no such file or folder."


def test_what_cannot_be_looked_at_is_skipped_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "loop.fits").symlink_to("loop.fits")
    os.mkfifo(tmp_path / "pipe.fits")
    long = tmp_path / ("x" * 300)
    below = write(tmp_path / "a.fits") / "b.fits"

    reasons = [skipped.reason for skipped in generate([tmp_path / "loop.fits", tmp_path / "pipe.fits", long, below]).skipped]

    assert reasons == [
        "It cannot be looked at: Too many levels of symbolic links.",
        "It is neither a file nor a folder.",
        "It cannot be looked at: File name too long.",
        "There is no such file or folder.",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_read_takes_nothing_from_the_files_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "a.fits")
    (tmp_path / "secret").mkdir(mode=0)

    generated = generate([tmp_path])

    assert tree(generated.config) == {tmp_path.name: {"a": {"All": ["Image"]}}}
    assert [(skipped.path.name, skipped.reason) for skipped in generated.skipped] == [("secret", "The folder cannot be read.")]
