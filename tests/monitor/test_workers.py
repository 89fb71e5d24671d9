from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tilemaker.monitor import workers

SCRIPT = """
from pathlib import Path
import tempfile
from tilemaker.monitor import workers
workers.PLACES = (Path({place!r}),)
tempfile.tempdir = {place!r}
print(workers.share())
from tilemaker.monitor.metrics import Metrics
metrics = Metrics()
metrics.count_tile("file")
print(metrics.text().decode())
"""


def worker(place: Path, **environment: str) -> str:
    """Return what a worker says that has handed out a tile, of where it writes and of all workers."""
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(place=str(place))],
        env={**os.environ, **environment},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ran.stdout


def test_children_of_one_parent_keep_one_account(tmp_path: Path) -> None:
    said = [worker(tmp_path) for _ in range(3)]

    assert [f'tilemaker_tiles_total{{source="file"}} {n}.0' in text for n, text in enumerate(said, 1)] == [True] * 3
    # Two of them are gone, and with them what they took.
    assert said[2].count("tilemaker_worker_resident_bytes{") == 1


def test_what_a_parent_that_is_gone_left_is_removed(tmp_path: Path) -> None:
    gone = tmp_path / f"{workers.PREFIX}{os.getuid()}-999999999"
    of_somebody_else = tmp_path / f"{workers.PREFIX}{os.getuid() + 1}-999999999"
    for folder in (gone, of_somebody_else):
        folder.mkdir()

    worker(tmp_path)

    assert not gone.exists()
    assert of_somebody_else.exists()


def test_a_folder_that_others_can_write_to_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / f"{workers.PREFIX}{os.getuid()}-{os.getpid()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)

    assert worker(tmp_path).startswith("None\n")


def test_without_a_folder_a_worker_counts_for_itself(tmp_path: Path) -> None:
    said = [worker(tmp_path / "nosuch") for _ in range(2)]

    assert all('tilemaker_tiles_total{source="file"} 1.0' in text for text in said)


def test_an_operator_may_say_where(tmp_path: Path) -> None:
    said = worker(tmp_path, PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "here"))

    assert said.startswith(str(tmp_path / "here"))
    assert list((tmp_path / "here").glob("counter_*.db"))


@pytest.mark.parametrize(("pid", "alive"), [(1, True), (999999999, False)])
def test_processes_are_alive_or_not(*, pid: int, alive: bool) -> None:
    assert workers.is_alive(pid) is alive
