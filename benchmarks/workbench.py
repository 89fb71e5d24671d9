"""Arithmetic of the bare loop: one set of arrays for each shape, used again and again."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
from isal import isal_zlib
from PIL import Image

from tilemaker.render.colour import palette
from tilemaker.render.encoding import AsinhEncoding

from . import loops
from .questions import COLOUR_MAP, HIGH, LOW


class Workbench:
    """What is needed to make an answer of one shape."""

    def __init__(self, rows: int, columns: int) -> None:
        self.window: npt.NDArray[np.uint32] = np.empty((rows, columns), np.uint32)
        """The bits of pixels as they are stored, big-endian: row 0 south, column 0 the highest RA."""
        self._values = np.empty((rows, columns), np.float32)
        self._indices = np.empty((rows, columns), np.uint8)
        self._lines = np.empty((rows, columns + 1), np.uint8)
        self._halves = np.empty((2, rows, columns), np.uint8)

    def values(self) -> npt.NDArray[np.float32]:
        """Return the pixels, row 0 south, column 0 the lowest RA."""
        loops.values(self.window, self._values)
        return self._values

    def indices(self) -> npt.NDArray[np.uint8]:
        """Return the number of each pixel's colour, row 0 north, column 0 the lowest RA."""
        loops.indices(self.window, np.float32(LOW), np.float32(255 / (HIGH - LOW)), self._indices)
        return self._indices

    def numbers(self, encoding: AsinhEncoding) -> int:
        """Round, take differences along rows, part low bytes from high bytes, compress."""
        numbers = np.array([encoding.offset, 1 / encoding.scale, 1 / encoding.step], np.float32)
        loops.halves(self.window, *numbers, self._halves)
        return len(isal_zlib.compress(self._halves, 1, 31))

    def png(self) -> int:
        """Put a palette PNG together."""
        loops.scan_lines(self.indices(), self._lines)
        rows, columns = self.window.shape
        colours = palette(COLOUR_MAP)
        chunks = (
            (b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)),
            (b"PLTE", colours[:, :3].tobytes()),
            (b"tRNS", b"\0"),
            (b"IDAT", isal_zlib.compress(self._lines, 1)),
            (b"IEND", b""),
        )
        return len(b"".join([b"\x89PNG\r\n\x1a\n", *(part for each in chunks for part in _chunk(*each))]))

    def webp(self) -> int:
        """Have Pillow write a lossless WebP, with the least effort."""
        return _saved(self._coloured("RGBA"), "WEBP", lossless=True, quality=0, method=0)

    def jpg(self) -> int:
        """Have Pillow write a JPEG."""
        return _saved(self._coloured("RGBX"), "JPEG", quality=90)

    def npy(self) -> int:
        """Put NumPy's header before the values."""
        file = io.BytesIO()
        np.save(file, self.values())
        return file.tell()

    def fits(self) -> int:
        """Put a header's worth of bytes before the pixels as they are."""
        return len(bytes(2880) + self.window.tobytes())

    def statistics(self) -> int:
        """Take the mean, standard deviation and extremes of what is there."""
        values = self.values()
        return len(f"{np.nanmean(values)} {np.nanstd(values)} {np.nanmin(values)} {np.nanmax(values)}")

    def _coloured(self, mode: str) -> Image.Image:
        rows, columns = self._indices.shape
        pixels = np.take(_colours(), self.indices())
        return Image.frombuffer(mode, (columns, rows), pixels, "raw", mode, 0, 1)


ENCODERS: dict[str, Callable[[Workbench], int]] = {
    "png": Workbench.png,
    "webp": Workbench.webp,
    "jpg": Workbench.jpg,
    "npy": Workbench.npy,
    "fits": Workbench.fits,
}
"""What makes each format of the pixels on a workbench, and returns its size."""


@cache
def _colours() -> npt.NDArray[np.uint32]:
    """Return the palette, a colour as one number."""
    return np.ascontiguousarray(palette(COLOUR_MAP)).view(np.uint32)[:, 0]


def _chunk(kind: bytes, body: bytes) -> tuple[bytes, ...]:
    return struct.pack(">I", len(body)), kind, body, struct.pack(">I", isal_zlib.crc32(body, isal_zlib.crc32(kind)))


def _saved(image: Image.Image, kind: str, **options: int) -> int:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.tell()
