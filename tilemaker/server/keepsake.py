"""The last good configuration, remembered for a worker that takes the place of another.

Gunicorn gives up altogether when a new worker cannot start. A configuration that is being edited, or was saved with a mistake, must
not turn the loss of one worker, or a reload, into the loss of the service.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

PREFIX = "tilemaker-"
ELSEWHERE = Path("/dev/shm")  # noqa: S108  where gunicorn itself keeps what it needs on a system that is read-only
"""Where to remember when there is no temporary folder to write to."""


class Keepsake:
    """A text that outlives its process, in a file that nobody else may read. Where none can be written, nothing is remembered.

    Parameters
    ----------
    name
        What the text belongs to: whoever gives the same name finds it.
    folders
        Where the file may be: the first that can be written to. Without any, nothing is remembered either.
    """

    def __init__(self, *name: object, folders: Sequence[Path]) -> None:
        self._folders = folders
        digest = blake2b(repr((os.getuid(), *name)).encode(), digest_size=16).hexdigest()
        self._name = f"{PREFIX}{digest}"

    def keep(self, text: str) -> None:
        """Remember a text in place of the one before."""
        for folder in self._folders:
            with suppress(OSError):
                handle, temporary = tempfile.mkstemp(prefix=self._name, dir=folder)
                try:
                    with os.fdopen(handle, "w", encoding="utf-8") as file:
                        file.write(text)
                    Path(temporary).replace(folder / self._name)
                except OSError:  # a folder that is full: another may not be
                    Path(temporary).unlink()
                    raise
                return

    def text(self) -> str | None:
        """Return the text, None when there is none."""
        for folder in self._folders:
            with suppress(OSError, UnicodeDecodeError):
                handle = os.open(folder / self._name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
                with os.fdopen(handle, encoding="utf-8") as file:
                    if _is_private(os.fstat(handle)):
                        return file.read()
        return None


def keepsake_of_worker(path: Path) -> Keepsake:
    """Return what the workers of one gunicorn remember of one configuration file; nothing for a process that is no worker of it."""
    if "gunicorn.arbiter" not in sys.modules:
        return Keepsake(folders=())
    return Keepsake(os.getppid(), _start_of(os.getppid()), str(path.absolute()), folders=_folders())


def _start_of(process: int) -> str:
    """Return when a process was started, in the system's own terms: numbers of processes come round again."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _folders() -> list[Path]:
    with suppress(FileNotFoundError):
        return [Path(tempfile.gettempdir()), ELSEWHERE]
    return [ELSEWHERE]


def _is_private(status: os.stat_result) -> bool:
    """Whether nobody else could have written it: in a folder that all may write to, others may make a file of any name first."""
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077
