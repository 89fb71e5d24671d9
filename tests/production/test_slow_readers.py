"""Clients that ask for much and read little."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from tests.production.conftest import TILES
from tests.support.gunicorn import LOOPS_MB, crowd, gunicorn
from tilemaker.server import sending, worker

if TYPE_CHECKING:
    from pathlib import Path

CUT_OUT = "/layers/large/submap/-89/89/90/-90/image.fits"
HELD_MB, SLOW = 32, 24


def test_the_server_and_its_worker_mean_the_same() -> None:
    assert worker.HANGS_UP == sending.HANGS_UP


def test_who_reads_a_kilobyte_in_a_second_keeps_neither_threads_nor_memory(original: Path) -> None:
    """Nor anybody else from a cut-out: whoever reads at all gets theirs, and the slowest are hung up on."""
    settings = {"TILEMAKER_REGION_THREADS": "1", "TILEMAKER_SENDING_SIZE_MB": str(HELD_MB), "TILEMAKER_CACHE_SIZE_MB": "8"}
    with gunicorn(original, workers=1, settings=settings) as service:
        with crowd(service, TILES, size=2) as asked:
            asked.keep_on()
        cut_out_mb = len(service.get(CUT_OUT).body) / 2**20
        before = service.footprints
        (process,) = before
        slow = [socket.create_connection(("127.0.0.1", service.port), 30.0) for _ in range(SLOW)]
        with crowd(service, TILES, size=2) as asked:
            for connection in slow:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.sendall(f"GET {CUT_OUT} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                assert connection.recv(1024).startswith(b"HTTP/1.1 200 OK")
            began = time.monotonic()
            assert len(service.get(CUT_OUT).body) / 2**20 == cut_out_mb
            waited_seconds = time.monotonic() - began
            held_mb = service.footprints[process].megabytes - before[process].megabytes
            kept = service.footprints[process].files - before[process].files
        for connection in slow:
            connection.close()
        service.wait_until_settled(before)

    assert asked.failures == []
    assert asked.statuses.keys() == {200}
    assert waited_seconds < 20.0
    # What is held, one that is being made, what the system had taken of each, and some for the tiles.
    assert held_mb < HELD_MB + 2 * cut_out_mb + 30.0 + LOOPS_MB < SLOW * cut_out_mb
    assert kept <= HELD_MB / cut_out_mb + 2 + 3  # those that are held, and those of the crowd
