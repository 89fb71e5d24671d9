"""The colour maps of the viewer are those of the server."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

FRONTEND = Path(__file__).parents[2] / "frontend"


def test_the_viewer_has_every_colour_map_of_the_server() -> None:
    table = runpy.run_path(str(FRONTEND / "scripts" / "make_palettes.py"))["table"]

    in_viewer = json.loads((FRONTEND / "src" / "map" / "palettes.json").read_text(encoding="utf-8"))

    assert in_viewer == table(), "python frontend/scripts/make_palettes.py"
