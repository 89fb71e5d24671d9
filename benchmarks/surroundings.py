"""On what, and of what, something was measured. Nothing here names the machine."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "tilemaker", "numpy", "astropy", "isal", "pillow", "numba", "starlette", "uvicorn", "uvloop", "httptools", "gunicorn",
    "pydantic", "matplotlib",
)  # fmt: skip
ROOT = Path(__file__).parents[1]


def machine() -> dict[str, str | int | float]:
    """Return what the machine is like, and how busy it is with something else."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "memory_gb": round(memory / 1e9, 1),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}, {platform.machine()}",
        "load_before": round(os.getloadavg()[0], 2),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that matter, as far as they are there."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def commit() -> str:
    """Return the short name of the commit, with a plus sign where the package differs from it."""
    return _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain", "tilemaker") else "")


def _git(*words: str) -> str:
    command = ["git", *words]
    try:
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603  git, asked by this module
        return told.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
