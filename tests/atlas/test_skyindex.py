"""Finding sources in boxes, against looking at each of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tilemaker.atlas.catalogues import Catalogue, read_catalogue
from tilemaker.atlas.cells import Numbers, Texts
from tilemaker.atlas.columns import Order
from tilemaker.atlas.skyindex import SkyIndex
from tilemaker.atlas.table import Field
from tilemaker.errors import BadParameter
from tilemaker.sky.boxes import SkyBox

RANDOM = np.random.default_rng(5)
RA_DEG = np.concatenate([RANDOM.uniform(-180, 360, 3000), [0.0, 360.0, 180.0, -180.0, 359.9999999, 12.0, 12.0]])
DEC_DEG = np.concatenate([np.degrees(np.arcsin(RANDOM.uniform(-1, 1, 3000))), [0.0, 0.0, 90.0, -90.0, 30.0, 30.0, 30.5]])
INDEX = SkyIndex(RA_DEG, DEC_DEG)
BOXES = [
    SkyBox(10.0, 20.0, -5.0, 5.0), SkyBox(350.0, 380.0, -5.0, 5.0), SkyBox(-10.0, 10.0, -5.0, 5.0),
    SkyBox(170.0, 190.0, 0.0, 90.0), SkyBox(-180.0, 180.0, -90.0, 90.0), SkyBox(0.0, 360.0, 80.0, 90.0),
    SkyBox(500.0, 560.0, -95.0, -20.0), SkyBox(12.0, 12.0, 30.0, 30.5), SkyBox(0.0, 0.0, 0.0, 0.0),
    SkyBox(-350.0, -10.0, 10.0, 10.2), SkyBox(0.0, 10.0, 95.0, 99.0), SkyBox(0.0, 10.0, 5.0, -5.0),
]  # fmt: skip


@pytest.mark.parametrize("box", BOXES, ids=str)
def test_a_box_has_what_looking_at_every_place_finds(box: SkyBox) -> None:
    east_of_edge_deg = (RA_DEG - box.west_deg) % 360.0
    is_inside = (east_of_edge_deg <= box.width_deg) & (np.clip(DEC_DEG, box.south_deg, box.north_deg) == DEC_DEG)

    assert sorted(INDEX.within(box).tolist()) == np.flatnonzero(is_inside).tolist()


def sky(values: np.ndarray, blank: np.ndarray | None = None) -> Catalogue:
    return Catalogue(RA_DEG, DEC_DEG, extra={"flux": Field(Numbers(values, blank)), "text": Field(Texts.of(["x"] * len(RA_DEG)))})


WHOLE_SKY = SkyBox(-180.0, 180.0, -90.0, 90.0)


@pytest.mark.parametrize("is_descending", [True, False])
def test_those_that_matter_most_come_first_and_of_equal_ones_the_first_of_the_file(is_descending: bool) -> None:
    values = RANDOM.integers(0, 40, len(RA_DEG)).astype(np.float64)
    values[::7] = np.nan
    expected = sorted(
        range(len(values)), key=lambda row: (np.inf if np.isnan(values[row]) else (-1) ** is_descending * values[row], row)
    )

    for limit in (1, 10, 100, len(values), 10 * len(values)):
        rows, found = sky(values).within(WHOLE_SKY, Order("flux", is_descending), limit)
        assert rows.tolist() == expected[:limit]
        assert found == len(values)


def test_without_an_order_the_first_of_the_file_come_first() -> None:
    rows, found = Catalogue(RA_DEG, DEC_DEG).within(WHOLE_SKY, None, 5)

    assert (rows.tolist(), found) == ([0, 1, 2, 3, 4], len(RA_DEG))


def test_a_list_is_ordered_by_numbers_only() -> None:
    catalogue = sky(np.arange(len(RA_DEG)))

    assert catalogue.order == Order("flux", is_descending=True)
    assert catalogue.order_by("flux", is_descending=False) == Order("flux", is_descending=False)
    for column in ("text", "absent"):
        with pytest.raises(BadParameter, match="no column of numbers"):
            catalogue.order_by(column, is_descending=True)


def test_names_are_found_by_any_part_of_them_in_any_case_and_never_across_two() -> None:
    names = Texts.of(["NGC 1", "", "ngc 12", "M 1ngc", "c 1", "Ångström", "x"])

    assert names.holding("NGC", 10).tolist() == [0, 2, 3]
    assert names.holding("c 1", 10).tolist() == [0, 2, 4]
    assert names.holding("1n", 10).tolist() == [3]
    assert names.holding("NGC", 2).tolist() == [0, 2]
    assert names.holding("ångstr", 10).tolist() == [5]
    assert names.holding("", 10).tolist() == names.holding("absent", 10).tolist() == []


def test_columns_take_little_more_memory_than_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("name,ra,dec,snr\n" + "".join(f"J{n:06d},{n % 360},{n % 180 - 89.5},{n}\n" for n in range(1000)))

    catalogue = read_catalogue(path, "csv")

    assert catalogue.nbytes == 1000 * (8 + 8 + 8 + 7 + 8) + 8
