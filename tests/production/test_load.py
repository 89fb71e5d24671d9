"""Two hundred clients at once, with a fuzzer and everybody else who means ill among them.

``LOAD_SECONDS=60 pytest -rP tests/production/test_load.py`` does it for a minute, and says what was lost.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.production.conftest import TILES
from tests.support.described import described_with
from tests.support.gunicorn import LOOPS_MB, Service, gunicorn
from tests.support.load import MALFORMED, OVERSIZED, Load, clients, dawdlers, ill_wishers
from tests.support.programs import untraced

FUZZ = "import schemathesis.transport.asgi, schemathesis.transport.wsgi, schemathesis.cli as cli; cli.schemathesis()"
"""Runs it. Its threads import these when they first ask, each in the midst of the other's import."""
SECONDS = float(os.environ.get("LOAD_SECONDS", "2"))
CLIENTS, DAWDLERS = 200, 100
KNOWN = {"layer_id": ["small", "large"], "map_group_id": ["group"], "map_id": ["map"], "band_id": ["band"]}
ASKED = [*TILES, "/layers/small", "/layers/default", "/search?q=large", "/histograms/data/small", "/layers/large/value?ra=1&dec=2"]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


@contextmanager
def fuzzer(service: Service, folder: Path, examples: int) -> Iterator[subprocess.Popen[bytes]]:
    """Have a fuzzer ask for everything there is, in so many ways each."""
    described = folder / "openapi.json"
    described.write_text(json.dumps(described_with(KNOWN)), "utf-8")
    command = [
        sys.executable, "-W", "ignore", "-c", FUZZ, "run", str(described), "--url", f"http://127.0.0.1:{service.port}",
        "--max-examples", str(examples), "--workers", "8", "--phases", "fuzzing", "--checks", CHECKS, "--no-color", "--no-shrink",
        "--suppress-health-check", "all", "--warnings", "off", "--seed", "1",
    ]  # fmt: skip
    with (folder / "fuzzer.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=untraced(os.environ), stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


async def rush(port: int, seconds: float, *, count: int = CLIENTS, dawdling: int = DAWDLERS) -> Load:
    """Have everybody come at once, and return what became of it."""
    load = Load()
    await asyncio.gather(
        clients(port, ASKED, count, seconds, load),
        ill_wishers(port, MALFORMED, 4, seconds, load),
        ill_wishers(port, OVERSIZED, 4, seconds, load),
        dawdlers(port, dawdling, load),
    )
    return load


def test_two_hundred_clients_are_served_whoever_else_comes(original: Path, tmp_path: Path) -> None:
    """And afterwards nothing is left of any of them."""
    settings = {"TILEMAKER_CACHE_SIZE_MB": "8", "TILEMAKER_COMPILE": "true"}
    with gunicorn(original, workers=2, settings=settings) as service:
        service.wait(lambda: all(layer["state"] == "ready" for layer in json.loads(service.get("/readyz").body)["layers"]))
        asyncio.run(rush(service.port, 1.0, dawdling=0))
        before = service.footprints

        with fuzzer(service, tmp_path, max(1, round(SECONDS / 3))) as process:
            load = asyncio.run(rush(service.port, SECONDS))
            judgement = process.wait(120)

        service.wait_until_settled(before, megabytes=60.0 + LOOPS_MB)
        after = service.footprints
        print(load.report, before, after, sep="\n")  # noqa: T201  for whoever asks pytest for it

    assert load.lost == []
    assert load.statuses.keys() == {200}
    assert load.hung == 0
    assert load.refusals.keys() <= {b"", b"200", b"400", b"404", b"405", b"408", b"414", b"431", b"505"}
    assert load.refusals[b"408"] >= DAWDLERS
    assert list(after) == list(before)
    assert judgement == 0, (tmp_path / "fuzzer.log").read_text("utf-8")[-3000:]
