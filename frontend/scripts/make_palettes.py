"""Write ``src/map/palettes.json``: every colour map the server knows, as the steps between its 255 colours in base64.

Run it from the repository's root, in its environment: ``python frontend/scripts/make_palettes.py``. Maps that are another one run
backwards (``viridis_r``) or spelt otherwise (``grey``) are left out: the viewer turns them round itself.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np

from tilemaker.render import colour

TARGET = Path(__file__).parent.parent / "src" / "map" / "palettes.json"


def packed(name: str) -> str:
    """Return a colour map's 255 colours, without the transparent one and without opacity, in base64.

    All of red, then green, then blue; each level as what it is above the one before, modulo 256, which compresses three times as
    well.
    """
    levels = colour.palette(name)[1:, :3].T
    return base64.b64encode(np.diff(levels, axis=1, prepend=np.uint8(0)).tobytes()).decode()


def table() -> dict[str, str]:
    """Return all colour maps by name."""
    names = sorted(name for name in colour.names() if not (name.endswith("_r") and name[:-2] in colour.names()))
    return {name: packed(name) for name in names if "grey" not in name.lower()}


if __name__ == "__main__":
    TARGET.write_text(json.dumps(table(), indent=0) + "\n", encoding="utf-8")
