"""Build the viewer while the package is built.

The policy: already built → use it; otherwise build; if that fails → a warning when the install is editable, an error when the
result would be shipped. ``TILEMAKER_SKIP_FRONTEND=1`` makes a package of the API alone, on purpose.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP = "TILEMAKER_SKIP_FRONTEND"


class ViewerHook(BuildHookInterface[BuilderConfig]):
    """Puts the built viewer into ``tilemaker/server/static`` unless it is there already."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build the viewer. Raises `RuntimeError` when what is shipped (``version`` is not ``"editable"``) would lack it."""
        root = Path(self.root)
        if os.environ.get(SKIP) == "1" or (root / "tilemaker/server/static/index.html").is_file():
            return
        problem = build(root / "frontend")
        if problem is None:
            return
        if version != "editable":
            raise RuntimeError(f"{problem} Set {SKIP}=1 to make a package without it.")
        self.app.display_warning(f"{problem} The API works; / will say how to build the viewer.")


def build(frontend: Path) -> str | None:
    """Build the viewer with npm. Returns None, or the sentence that says why it could not be built."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm was not found, so the viewer was not built."
    for arguments in (["ci"], ["run", "build"]):
        if subprocess.run([npm, *arguments], cwd=frontend, check=False).returncode:
            return f"`npm {' '.join(arguments)}` failed, so the viewer was not built."
    return None
