from __future__ import annotations

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import Table
from pydantic import JsonValue

from tilemaker.atlas.angles import degrees, icrs_of
from tilemaker.atlas.catalogues import MAX_PROBLEMS, Catalogue, read_catalogue
from tilemaker.atlas.generate import generate
from tilemaker.atlas.models import FileType, SourceFile, SourceGroupConfig
from tilemaker.atlas.sources import SourceGroup
from tilemaker.errors import MapUnreadable


def catalogue(tmp_path: Path, text: str, file_type: FileType = "csv") -> Catalogue:
    path = tmp_path / f"list.{file_type}"
    path.write_text(text, encoding="utf-8")
    return read_catalogue(path, file_type)


def test_a_json_catalogue_is_a_list_of_objects(tmp_path: Path) -> None:
    text = '[{"ra": 10.5, "dec": -3, "name": "A", "extra": {"flux": 1.5, "note": null}, "class": "AGN"}, {"ra": -10, "dec": 3}]'

    first, second = catalogue(tmp_path, text, "json")

    assert (first.name, first.ra_deg, first.dec_deg) == ("A", 10.5, -3.0)
    assert first.extra == {"flux": 1.5, "note": None, "class": "AGN"}
    assert (second.name, second.ra_deg, second.extra) == (None, -10.0, {})


def test_half_a_character_is_shown_as_one_that_cannot_be_read(tmp_path: Path) -> None:
    text = r'[{"ra": 1, "dec": 2, "name": "a\ud800", "k\udfff": ["\ud800", {"x": "\ud83d\ude00"}]}]'

    (only,) = catalogue(tmp_path, text, "json")

    assert (only.name, only.extra) == ("a\ufffd", {"k\ufffd": ["\ufffd", {"x": "\N{GRINNING FACE}"}]})


@pytest.mark.parametrize(
    "header",
    [
        "ra,dec,name",
        "RA,DEC,Name",
        "RAJ2000,DEJ2000,ID",
        "RADeg,decDeg,source_name",
        "raDeg,decDeg,id",
        "ALPHA_J2000,DELTA_J2000,OBJECT",
        "RA (deg),Dec [degrees],Name",
    ],
)
def test_columns_are_known_by_their_usual_names(tmp_path: Path, header: str) -> None:
    (only,) = catalogue(tmp_path, f"{header},snr\n10.5,-3.25,A,5.5\n")

    assert (only.ra_deg, only.dec_deg, only.name, only.extra) == (10.5, -3.25, "A", {"snr": 5.5})


@pytest.mark.parametrize(
    "text",
    [
        "ra;dec;name\n1;2;A\n",
        "ra\tdec\tname\n1\t2\tA\n",
        "# a catalogue\n# made today\n# ra, dec, name\n1, 2, A\n",
        "# a catalogue\nra,dec,name\n\n# the only one\n1,2,A\n",
        "\ufeffra,dec,name\r\n1,2,A\r\n",
        'ra,dec,name\n"1","2","A"\n',
    ],
)
def test_tables_of_text_come_in_many_hands(tmp_path: Path, text: str) -> None:
    (only,) = catalogue(tmp_path, text)

    assert (only.ra_deg, only.dec_deg, only.name) == (1.0, 2.0, "A")


@pytest.mark.parametrize(("unit", "size_deg"), [("hours", 15.0), ("h", 15.0), ("rad", math.degrees(1.0)), ("arcmin", 1.0 / 60.0)])
def test_the_name_of_a_column_may_say_its_unit(tmp_path: Path, unit: str, size_deg: float) -> None:
    (only,) = catalogue(tmp_path, f"RA ({unit}),Dec [deg]\n1.5,2\n")

    assert only.ra_deg == pytest.approx(1.5 * size_deg)
    assert only.dec_deg == 2.0


def test_units_and_the_line_below_them_in_tables_of_vizier_are_no_sources(tmp_path: Path) -> None:
    heads = '#Column\tRAJ2000\nRAJ2000\tDEJ2000\tName\tmag\n"h:m:s"\t"d:m:s"\t\tmag\n-----\t----\t--\t---\n'
    (only,) = catalogue(tmp_path, heads + "01 30 00\t-00 30 00\tA\t7.5\n")

    assert (only.ra_deg, only.dec_deg, only.name, only.extra) == (22.5, -0.5, "A", {"mag": 7.5})


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", None),
        ("nan", None),
        ("NaN", None),
        ("inf", "inf"),
        ("7", 7),
        ("007", 7.0),
        ("4472832130942575872", 4472832130942575872),
        ("9999999999999999999", "9999999999999999999"),
        ("\N{MINUS SIGN}2.5", -2.5),
        ("-1.5e3", -1500.0),
        ("1_0", "1_0"),
        ("1e999", None),
    ],
)
def test_cells_become_numbers_texts_or_nothing(tmp_path: Path, cell: str, value: object) -> None:
    assert catalogue(tmp_path, f"ra,dec,x\n1,2,{cell}\n")[0].extra == {"x": value}


def test_numbers_that_json_has_no_word_for_become_null(tmp_path: Path) -> None:
    (only,) = catalogue(tmp_path, '[{"ra": 1, "dec": 2, "x": NaN, "extra": {"y": [Infinity, 1.5]}}]', "json")

    assert json.dumps(only.extra, allow_nan=False) == '{"x": null, "y": [null, 1.5]}'


@pytest.mark.parametrize(
    ("ra", "dec", "says"),
    [
        ("", "2", "ra is empty"),
        ("nan", "2", "ra is empty"),
        ("1", "91", "dec is 91, allowed is -90 to 90"),
        ("east", "2", "ra is 'east', which is not an angle"),
        ("12:75:00", "2", "ra is '12:75:00', which is not an angle"),
        ("1", "-5:59:61", "dec is '-5:59:61', which is not an angle"),
        ("1", "-90.01", "dec is -90.01"),
    ],
)
def test_a_bad_row_is_named_with_the_reason_and_the_others_are_kept(tmp_path: Path, ra: str, dec: str, says: str) -> None:
    read = catalogue(tmp_path, f"ra,dec,name\n1,2,A\n{ra},{dec},B\n3,4,C\n")

    assert [source.name for source in read] == ["A", "C"]
    assert len(read.problems) == read.left_out == 1
    assert read.problems[0].startswith("row 2: ")
    assert says in read.problems[0]


@pytest.mark.parametrize(
    ("text", "file_type", "says"),
    [
        ('{"a": 1}', "json", "not a list"),
        ("[1, 2", "json", "not valid JSON"),
        ("[" * 100_000, "json", "nested too deeply"),
        ('[{"ra": 1' + "0" * 400 + ', "dec": 0}]', "json", "No row"),
        ("", "csv", "empty"),
        ("x,y\n1,2\n", "csv", "no pair of columns ra and dec among x, y"),
        ("[3]", "json", "No row"),
        ("not FITS", "fits", "not a FITS file"),
        ("not XML", "votable", "cannot be read as a VOTable"),
    ],
)
def test_a_file_that_is_no_catalogue_says_so_without_its_name(tmp_path: Path, text: str, file_type: FileType, says: str) -> None:
    with pytest.raises(MapUnreadable, match=says) as refused:
        catalogue(tmp_path, text, file_type)

    assert str(tmp_path) not in str(refused.value)


def test_an_empty_list_is_a_catalogue_without_sources(tmp_path: Path) -> None:
    for empty in (catalogue(tmp_path, "[]", "json"), catalogue(tmp_path, "ra,dec\n")):
        assert (len(empty), list(empty), empty.problems) == (0, [], ())


@pytest.mark.parametrize(("ra", "kept"), [(-180.0, -180.0), (359.999, 359.999), (360.0, 360.0), (370.0, 10.0), (-190.0, 170.0)])
def test_right_ascensions_of_any_turn_are_taken(tmp_path: Path, ra: float, kept: float) -> None:
    assert catalogue(tmp_path, f"ra,dec\n{ra},0\n")[0].ra_deg == kept


@pytest.mark.parametrize(
    ("text", "in_hours", "expected_deg"),
    [
        ("12:34:56.7", True, 15 * (12 + 34 / 60 + 56.7 / 3600)),
        ("12:34:60.0", True, 15 * (12 + 35 / 60)),
        ("12 34 56.7", True, 15 * (12 + 34 / 60 + 56.7 / 3600)),
        ("12h34m56.7s", False, 15 * (12 + 34 / 60 + 56.7 / 3600)),
        ("188d30m", True, 188.5),
        ("-00:30:00", False, -0.5),
        ("+5°30′36″", False, 5.51),
        ("\N{MINUS SIGN}5d30m", True, -5.5),
        (" 10.25 ", True, 10.25),
        (10, True, 10.0),
    ],
)
def test_angles_are_read_as_people_write_them(text: str, in_hours: bool, expected_deg: float) -> None:
    assert degrees(text, "ra", in_hours=in_hours) == pytest.approx(expected_deg, abs=1e-12)


@pytest.mark.parametrize("value", [True, None, "", "abc", "1:2:3:4", math.nan, math.inf, [1]])
def test_anything_else_is_no_angle(value: JsonValue) -> None:
    with pytest.raises(ValueError, match="ra is"):
        degrees(value, "ra")


def test_galactic_positions_agree_with_astropy() -> None:
    random = np.random.default_rng(1)
    for longitude_deg, latitude_deg in zip(random.uniform(-180, 360, 50), random.uniform(-90, 90, 50), strict=True):
        ours = SkyCoord(*icrs_of(longitude_deg, latitude_deg), unit="deg")
        theirs = SkyCoord(l=longitude_deg, b=latitude_deg, unit="deg", frame="galactic").icrs
        assert ours.separation(theirs).arcsec < 0.03


def test_a_catalogue_may_be_in_galactic_coordinates(tmp_path: Path) -> None:
    (centre,) = catalogue(tmp_path, "name,l,b\nSgr A*,0,0\n")

    assert centre.ra_deg == pytest.approx(266.405, abs=1e-3)
    assert centre.dec_deg == pytest.approx(-28.936, abs=1e-3)


def test_a_fits_table_is_read_by_its_first_columns_of_positions(tmp_path: Path) -> None:
    table = Table(
        {
            "NAME": ["A", " B "],
            "RADeg": [1.5, 2.5],
            "decDeg": np.array([2.07, -3.1], np.float32),
            "z": [0.5, math.nan],
            "pdf": np.zeros((2, 3)),
        }
    )
    table.write(tmp_path / "t.fits")

    first, second = read_catalogue(tmp_path / "t.fits", "fits")

    assert (first.name, first.ra_deg, first.dec_deg, first.extra) == ("A", 1.5, 2.07, {"z": 0.5, "pdf": [0.0, 0.0, 0.0]})
    assert (second.name, second.dec_deg, second.extra["z"]) == ("B", -3.1, None)


def test_a_fits_file_without_such_a_table_is_refused(tmp_path: Path) -> None:
    Table({"T": np.zeros(12)}).write(tmp_path / "t.fits")

    with pytest.raises(MapUnreadable, match="no table with columns of positions"):
        read_catalogue(tmp_path / "t.fits", "fits")


@pytest.mark.parametrize(("written", "broken"), [("'RA      '", "'RA"), ("'D       '", "9E9"), ("'BINTABLE'", "1E400")])
def test_a_fits_table_with_a_broken_header_is_refused(tmp_path: Path, written: str, broken: str) -> None:
    path = tmp_path / "t.fits"
    Table({"RA": [1.5], "DEC": [2.5]}).write(path)
    content = path.read_bytes()
    assert written.encode() in content
    path.write_bytes(content.replace(written.encode(), broken.ljust(len(written)).encode(), 1))

    with pytest.raises(MapUnreadable):
        read_catalogue(path, "fits")
    assert len(generate([path]).skipped) == 1


def test_a_votable_is_read(tmp_path: Path) -> None:
    flux = np.ma.array([0.1, 9.0], mask=[False, True], dtype=np.float32)
    count = np.ma.array([3, 4], mask=[False, True])
    table = Table({"name": ["A", "B"], "ra": [1.5, 2.5], "dec": [2.5, 3.5], "n": count, "flux": flux})
    table.write(tmp_path / "t.vot", format="votable")

    first, second = read_catalogue(tmp_path / "t.vot", "votable")

    assert (first.name, first.ra_deg, first.dec_deg, first.extra) == ("A", 1.5, 2.5, {"n": 3, "flux": 0.1})
    assert second.extra == {"n": None, "flux": None}


def group_of(path: Path) -> SourceGroup:
    return SourceGroup(SourceGroupConfig(name="S", source_group_id="s", provider=SourceFile(file_type="json", filename=path)))


def test_a_list_of_sources_is_read_once_and_again_when_its_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_text('[{"ra": 1, "dec": 2}]')
    group = group_of(path)

    assert group.catalogue is group.catalogue
    path.write_text('[{"ra": 1, "dec": 2}, {"ra": 3, "dec": 95}, {"ra": 3, "dec": 4}]')
    os.utime(path, ns=(0, 1))

    assert len(group.catalogue) == 2


def test_rows_that_are_left_out_are_counted_and_the_first_of_them_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "s.json"
    path.write_text(json.dumps([{"ra": 1, "dec": 2}, *({"ra": 3, "dec": 95} for _ in range(20))]))

    assert len(group_of(path).catalogue) == 1

    (line,) = caplog.messages
    assert line.startswith("20 rows of catalogue s are left out: row 2: dec is 95, allowed is -90 to 90; row 3: ")
    assert line.count("row ") == MAX_PROBLEMS
    assert line.endswith("; …")


def test_a_list_of_sources_whose_file_is_missing_says_so_when_asked(tmp_path: Path) -> None:
    group = group_of(tmp_path / "absent.json")

    with pytest.raises(MapUnreadable, match="cannot be found"):
        _ = group.catalogue


def test_a_name_that_no_file_could_have_is_a_catalogue_that_is_not_there() -> None:
    group = SourceGroup(SourceGroupConfig(name="A", provider=SourceFile(file_type="csv", filename=Path("a\0b"))))

    with pytest.raises(MapUnreadable, match="cannot be found"):
        _ = group.catalogue
