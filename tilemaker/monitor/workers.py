"""One account kept by several processes: the workers of a server add to files in a folder that they share.

Has to be asked before ``prometheus_client`` is imported, which decides for good then whether it keeps its numbers in files.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""By this, ``prometheus_client`` is told to keep its numbers in files; an operator may set it too."""
PREFIX = "tilemaker-metrics-"
ROOM_BYTES = 4 << 20
"""How much has to be left where numbers are kept. They are mapped into memory: on a full disk, the first to be written would be the
end of the worker, and of each that takes its place."""
PLACES = (Path("/dev/shm"),)  # noqa: S108  memory, and writable where the temporary folder is not


def share() -> Path | None:
    """Keep this worker's numbers beside those of the other children of its parent.

    Returns
    -------
    Path or None
        The folder; None where none can be written, or is full, so that each worker can only tell its own numbers.
    """
    if VARIABLE not in os.environ and "prometheus_client" not in sys.modules:
        folder = _folder_of(os.getppid())
        if folder is not None:
            _forget_the_dead(folder.parent)
            os.environ[VARIABLE] = str(folder)
    folder = shared()
    if folder is None:
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _has_room(folder):
        del os.environ[VARIABLE]
        return None
    return folder


def shared() -> Path | None:
    """Return the folder of the numbers, None when this process keeps its own account."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def is_alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _folder_of(parent: int) -> Path | None:
    """Return a folder of the parent's own children, which nobody else may write to, or None."""
    for place in (*PLACES, _temporary()):
        if place is None:
            continue
        folder = place / f"{PREFIX}{os.getuid()}-{parent}"
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            about = folder.stat(follow_symlinks=False)
            is_ours = about.st_uid == os.getuid() and about.st_mode & 0o777 == 0o700 and folder.is_dir()
            if is_ours and os.access(folder, os.W_OK) and _has_room(folder):
                return folder
    return None


def _has_room(folder: Path) -> bool:
    about = os.statvfs(folder)
    return about.f_bavail * about.f_frsize >= ROOM_BYTES


def _temporary() -> Path | None:
    try:
        return Path(tempfile.gettempdir())
    except OSError:  # there is none that can be written to
        return None


def _forget_the_dead(place: Path) -> None:
    """Remove what workers of this user left whose parent is gone."""
    for folder in place.glob(f"{PREFIX}{os.getuid()}-*"):
        parent = folder.name.rpartition("-")[2]
        if parent.isdecimal() and not is_alive(int(parent)):
            shutil.rmtree(folder, ignore_errors=True)
