"""Tables of each make, against what astropy reads in them."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import QTable, Table

from tilemaker.atlas.catalogues import Catalogue, read_catalogue
from tilemaker.atlas.generate import generate
from tilemaker.atlas.models import FileType
from tilemaker.errors import MapUnreadable

RA_DEG, DEC_DEG = np.array([0.5, 83.633, 266.4, 359.9]), np.array([-89.0, 22.0145, -29.0, 60.0])
SKY = SkyCoord(RA_DEG, DEC_DEG, unit="deg")


def apart_arcsec(catalogue: Catalogue) -> float:
    ours = SkyCoord(catalogue.ra_deg, catalogue.dec_deg, unit="deg")
    return float(ours.separation(SKY).arcsec.max())


@pytest.mark.parametrize(
    ("unit", "first", "second"),
    [
        ("deg", RA_DEG, DEC_DEG),
        ("rad", np.radians(RA_DEG), np.radians(DEC_DEG)),
        ("arcsec", RA_DEG * 3600.0, DEC_DEG * 3600.0),
    ],
)
def test_units_of_fits_columns_are_honoured(tmp_path: Path, unit: str, first: np.ndarray, second: np.ndarray) -> None:
    Table({"RA": first * u.Unit(unit), "DEC": second * u.Unit(unit)}).write(tmp_path / "t.fits")

    assert apart_arcsec(read_catalogue(tmp_path / "t.fits", "fits")) < 1e-6


def test_hours_and_sixtieths_of_fits_columns_are_honoured(tmp_path: Path) -> None:
    text = [place.split() for place in SKY.to_string("hmsdms", sep=":", precision=6)]
    hours = fits.BinTableHDU.from_columns(
        [fits.Column("RA", "D", "hourangle", array=RA_DEG / 15.0), fits.Column("DEC", "16A", array=[dec for _, dec in text])]
    )
    hours.writeto(tmp_path / "hours.fits")
    Table({"RAJ": [ra for ra, _ in text], "DECJ": [dec for _, dec in text]}).write(tmp_path / "text.fits")

    assert apart_arcsec(read_catalogue(tmp_path / "hours.fits", "fits")) < 1e-4
    assert apart_arcsec(read_catalogue(tmp_path / "text.fits", "fits")) < 1e-4


def test_columns_in_units_of_something_else_are_no_positions(tmp_path: Path) -> None:
    Table({"ra": [1.0] * u.mm, "dec": [1.0] * u.mm}).write(tmp_path / "t.fits")

    with pytest.raises(MapUnreadable, match="ra is in mm, which is not a unit of angles"):
        read_catalogue(tmp_path / "t.fits", "fits")


@pytest.mark.parametrize(
    ("first", "second", "frame"),
    [
        ("GLON", "GLAT", "galactic"),
        ("elon", "elat", "barycentricmeanecliptic"),
        ("RAB1950", "DEB1950", "fk4"),
    ],
)
def test_positions_in_other_frames_agree_with_astropy(tmp_path: Path, first: str, second: str, frame: str) -> None:
    there = SKY.transform_to(frame).spherical
    Table({first: there.lon.deg, second: there.lat.deg}).write(tmp_path / "t.fits")

    assert apart_arcsec(read_catalogue(tmp_path / "t.fits", "fits")) < 0.05


def test_columns_are_known_by_what_they_are_said_to_be_whatever_they_are_called(tmp_path: Path) -> None:
    table = Table({"key": ["a", "b", "c", "d"], "e_x": RA_DEG, "x": RA_DEG, "y": DEC_DEG})
    for column, ucd in {
        "key": "meta.id;meta.main",
        "e_x": "stat.error;pos.eq.ra",
        "x": "pos.eq.ra",
        "y": "POS_EQ_DEC_MAIN",
    }.items():
        table[column].meta["ucd"] = ucd
    table.write(tmp_path / "t.vot", format="votable")

    read = read_catalogue(tmp_path / "t.vot", "votable")

    assert apart_arcsec(read) == 0.0
    assert [source.name for source in read] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("ucd", ["meta.id", "ID_MAIN", "meta.id;meta.main"])
def test_a_name_is_known_by_its_ucd(tmp_path: Path, ucd: str) -> None:
    table = Table({"ra": RA_DEG, "dec": DEC_DEG, "src": ["a", "b", "c", "d"]})
    table["src"].meta["ucd"] = ucd
    table.write(tmp_path / "t.vot", format="votable")

    assert [source.name for source in read_catalogue(tmp_path / "t.vot", "votable")] == ["a", "b", "c", "d"]


def test_cells_that_are_lists_are_kept_where_they_are_short_and_masked_ones_are_nothing(tmp_path: Path) -> None:
    columns = [
        fits.Column("ra", "D", array=RA_DEG),
        fits.Column("dec", "D", array=DEC_DEG),
        fits.Column("n", "J", null=-1, array=[1, -1, 3, 4]),
        fits.Column("flux", "3E", array=np.array([[0.1, np.nan, 2.0]] * 4, np.float32)),
        fits.Column("spectrum", "100E", array=np.zeros((4, 100), np.float32)),
        fits.Column("is_new", "L", array=[True, False, True, False]),
        fits.Column("note", "5A", array=["a ", "", " b", "ü"[:0]]),
    ]
    fits.BinTableHDU.from_columns(columns).writeto(tmp_path / "t.fits")

    first, second, *_ = read_catalogue(tmp_path / "t.fits", "fits")

    assert first.extra == {"n": 1, "flux": [0.1, None, 2.0], "is_new": True, "note": "a"}
    assert (second.extra["n"], second.extra["note"]) == (None, None)


def test_a_table_in_ecsv_may_say_where_its_sources_are_by_coordinates_of_any_frame(tmp_path: Path) -> None:
    table = QTable({"name": ["a", "b", "c", "d"], "place": SKY.galactic, "flux": [1.0, 2.0, np.nan, 4.0] * u.Jy})
    table.write(tmp_path / "t.ecsv")

    read = read_catalogue(tmp_path / "t.ecsv", "ecsv")

    assert apart_arcsec(read) < 1e-6
    assert [source.extra for source in read] == [{"flux": 1.0}, {"flux": 2.0}, {"flux": None}, {"flux": 4.0}]


def test_a_parquet_table_is_read_where_what_it_takes_is_installed(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = {"id": ["a", "b", "c", "d"], "ra": RA_DEG, "dec": DEC_DEG, "gmag": [1.5, None, 3.5, 4.5]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet")

    read = read_catalogue(tmp_path / "t.parquet", "parquet")

    assert apart_arcsec(read) == 0.0
    assert [(source.name, source.extra["gmag"]) for source in read] == [("a", 1.5), ("b", None), ("c", 3.5), ("d", 4.5)]


def test_points_of_a_file_of_regions_are_a_catalogue(tmp_path: Path) -> None:
    l_deg, b_deg = SKY[0].galactic.l.deg, SKY[0].galactic.b.deg
    lines = ["galactic", f"point({l_deg},{b_deg}) # point=x text={{A}}", "fk5;point(05:34:31.92,+22:00:52.2)", "fk5;circle(1,2,3)"]
    (tmp_path / "p.reg").write_text("\n".join(lines))

    first, second = read_catalogue(tmp_path / "p.reg", "ds9")

    assert (first.name, second.name) == ("A", None)
    assert (first.ra_deg, first.dec_deg) == pytest.approx((0.5, -89.0), abs=1e-3)
    assert (second.ra_deg, second.dec_deg) == pytest.approx((83.633, 22.0145), abs=1e-4)


@pytest.mark.parametrize(("ending", "pack"), [(".csv.gz", gzip.compress), (".csv.bz2", bz2.compress), (".tsv", bytes)])
def test_packed_tables_are_found_by_their_names_and_unpacked(tmp_path: Path, ending: str, pack: type[bytes]) -> None:
    separator = "\t" if ending == ".tsv" else ","
    (tmp_path / f"my_list{ending}").write_bytes(pack(f"ra{separator}dec\n1{separator}2\n".encode()))

    (group,) = generate([tmp_path]).config.source_groups

    assert group.name == "my list"
    assert list(read_catalogue(group.provider.filename, group.provider.file_type))[0].ra_deg == 1.0


def test_a_file_that_is_packed_and_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"ra,dec\n1,2\n" * 100)[:-12])

    with pytest.raises(MapUnreadable, match="cannot be read|broken|short"):
        read_catalogue(tmp_path / "t.csv.gz", "csv")


def test_a_fits_file_is_opened_with_each_of_its_tables_that_hold_positions(tmp_path: Path) -> None:
    sky = Table({"ra": RA_DEG, "dec": DEC_DEG})
    sheets = [Table({"energy": [1.0]}), sky, Table({"ra": [1.0], "dec": [95.0]}), sky[:2]]
    hdus = [fits.BinTableHDU(sheet, name=name) for sheet, name in zip(sheets, ("E", "MAIN", "BAD", "EXTENDED"), strict=True)]
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(tmp_path / "c.fits")

    first, second = generate([tmp_path / "c.fits"]).config.source_groups

    assert (first.name, first.provider.hdu, second.name, second.provider.hdu) == ("c", None, "c EXTENDED", 4)
    assert len(read_catalogue(tmp_path / "c.fits", "fits", 4)) == 2
    for hdu, says in ((9, "no HDU 9"), (0, "HDU 0 is not a table")):
        with pytest.raises(MapUnreadable, match=says):
            read_catalogue(tmp_path / "c.fits", "fits", hdu)


@pytest.mark.parametrize(
    ("columns", "by", "is_descending"),
    [
        (["z", "SNR", "vmag"], "SNR", True),
        (["e_Vmag", "Vmag"], "Vmag", False),
        (["phot_g_mean_mag"], "phot_g_mean_mag", False),
        (["Flux_err", "Flux"], "Flux", True),
        (["Signif_Avg", "Flux"], "Signif_Avg", True),
        (["radius"], "radius", True),
        (["z", "tsunami", "image"], None, None),
    ],
)
def test_what_says_how_bright_a_source_is_is_found(
    tmp_path: Path, columns: list[str], by: str | None, is_descending: bool | None
) -> None:
    rows = "ra,dec," + ",".join(columns) + "\n1,2" + ",3.5" * len(columns)
    path = tmp_path / "t.csv"
    path.write_text(rows)

    order = read_catalogue(path, "csv").order

    assert (order and order.by, order and order.is_descending) == (by, is_descending)


FORMATS: tuple[tuple[FileType, str], ...] = (("csv", "ascii.csv"), ("fits", "fits"), ("votable", "votable"), ("ecsv", "ascii.ecsv"))


@pytest.mark.parametrize(("file_type", "written_as"), FORMATS)
def test_the_same_table_says_the_same_in_every_form(tmp_path: Path, file_type: FileType, written_as: str) -> None:
    path = tmp_path / "t"
    Table({"name": ["a b", "c", "d", ""], "ra": RA_DEG, "dec": DEC_DEG, "n": [1, 2, 3, 4], "x": [0.5, 1.5, 2.5, 3.5]}).write(
        path, format=written_as
    )

    read = read_catalogue(path, file_type)

    assert apart_arcsec(read) < 1e-6
    assert [(source.name, dict(source.extra)) for source in read] == [
        ("a b", {"n": 1, "x": 0.5}), ("c", {"n": 2, "x": 1.5}), ("d", {"n": 3, "x": 2.5}), (None, {"n": 4, "x": 3.5}),
    ]  # fmt: skip
