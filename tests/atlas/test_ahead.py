"""Files that have to be waited for are opened side by side."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from tests.atlas.test_generate import layers, reasons, write
from tilemaker.atlas.ahead import SAMPLES, WORTH_SECONDS
from tilemaker.atlas.generate import generate
from tilemaker.providers.files import File, Files

if TYPE_CHECKING:
    from pathlib import Path

    from tilemaker.providers.location import Url


class Elsewhere(Files):
    """Files on a disk for each of which one waits, and, after the first few, for somebody else who opens another."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path | Url] = []
        self._company = threading.Barrier(2)

    def open(self, location: Path | Url) -> File:
        is_new = location not in self.opened
        self.opened.append(location)
        if is_new and len(self.opened) > SAMPLES:
            self._company.wait(timeout=20.0)
        elif is_new:
            time.sleep(10 * WORTH_SECONDS)
        return super().open(location)


def test_files_that_have_to_be_waited_for_are_opened_side_by_side_to_the_same_end(tmp_path: Path) -> None:
    for number in range(SAMPLES + 7):  # and one more, so that they make pairs after the first few
        write(tmp_path / f"map_{number}.fits")
    (tmp_path / "text.fits").write_text("no map")

    here, elsewhere = generate([tmp_path]), generate([tmp_path], Elsewhere())

    assert elsewhere == here
    assert len(layers(here.config)) == SAMPLES + 7
    assert reasons(elsewhere) == {"text.fits": "The file is not a FITS file."}
