"""Small files read whole, whether or not they are packed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilemaker.errors import MapUnreadable
from tilemaker.providers.files import Files

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 4 << 30
"""What unpacks to more than this is no catalogue."""


def unpacked(path: Path) -> bytes:
    """Return what is in a file, unpacked where it is packed. Raises `MapUnreadable`."""
    with Files().open(path).stream() as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise MapUnreadable("The file of this list unpacks to more than 4 GB.")
    return content
