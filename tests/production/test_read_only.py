"""A machine on which nothing can be written, no temporary folder, no home, no shared memory, or on which these are full."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.production.conftest import TILES
from tests.support.gunicorn import crowd, gunicorn

READ_ONLY = r"""
mount --make-rprivate / || exit 77
for place in $(awk '{print $5}' /proc/self/mountinfo | sort -u); do mount -o remount,bind,ro "$(printf "$place")" 2>/dev/null; done
for place in /tmp /var/tmp /dev/shm /run "$HOME" "$PWD"; do ! touch "$place/.written" 2>/dev/null || exit 77; done
exec "$@"
"""
"""Makes every mount read only for what it then becomes; ends with 77 where that is not permitted."""


FULL = r"""
mount --make-rprivate / && mount -t tmpfs -o size=8k tmpfs /dev/shm || exit 77
TMPDIR=/dev/shm exec "$@"
"""
"""Makes what is usually there to be written to as good as full."""


def in_place_of(script: str) -> Sequence[str]:
    """Return the command in which another has the disks that a script makes. Skips where there is none."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is not installed")
    inside = [unshare, "-m" if os.geteuid() == 0 else "-rm", "sh", "-c", script, "sh"]
    tried = subprocess.run([*inside, "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"this machine does not let us change its disks: {tried.stderr.decode()[-200:]}")
    return inside


def test_a_service_that_can_write_nowhere_works(config: Path) -> None:
    """All of it: pictures, numbers, colour maps, analyses, workers that take the place of others, a new configuration."""
    asked = [
        *TILES,
        "/histograms/viridis.png",
        "/histograms/data/small",
        "/layers/small/0/0/1/tile.webp",
        "/maps",
        "/docs",
        "/metrics",
    ]
    settings = {"PYTHONDONTWRITEBYTECODE": "", "TILEMAKER_COMPILE": "true"}
    with gunicorn(config, workers=2, settings=settings, inside=in_place_of(READ_ONLY)) as service:
        service.wait(lambda: all(layer["state"] == "ready" for layer in json.loads(service.get("/readyz").body)["layers"]))
        statuses = {path: service.get(path).status for path in asked}
        victim, other = service.workers
        with crowd(service, TILES, size=2) as crowded:
            os.kill(victim, signal.SIGKILL)
            service.wait(lambda: len(service.workers) == 2 and victim not in service.workers)
            crowded.keep_on()
            config.write_text(config.read_text("utf-8").replace('"small"', '"renamed"'), "utf-8")
            service.wait(lambda: all(service.get("/layers/renamed").status == 200 for _ in range(8)))
        assert other in service.workers
        assert service.said("No folder can be written to: each worker's metrics are its own.") >= 2

    assert statuses == dict.fromkeys(asked, 200)
    assert len(crowded.failures) <= 2
    assert crowded.statuses.keys() <= {200, 404}
    assert service.process.returncode == 0


def test_a_service_whose_disks_are_full_works(config: Path) -> None:
    with gunicorn(config, workers=2, inside=in_place_of(FULL)) as service:
        first = service.workers
        assert [service.get(path).status for path in [*TILES, "/maps", "/metrics"]] == [200] * (len(TILES) + 2)
        assert service.workers == first
