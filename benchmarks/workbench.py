"""Arithmetic of the bare loop: one set of arrays for each shape, used again and again."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
from isal import isal_zlib
from PIL import Image

from tilemaker.render.colour import palette
from tilemaker.render.encoding import AsinhEncoding

from .questions import COLOUR_MAP, HIGH, LOW

NO_DATA = -32768
_SUB = 1


class Workbench:
    """What is needed to make an answer of one shape."""

    def __init__(self, rows: int, columns: int) -> None:
        self.window: npt.NDArray[np.generic] = np.empty((rows, columns), ">f4")
        """Pixels as they are stored, row 0 south, column 0 the highest RA."""
        self.lines = [row.view(np.uint8).data for row in self.window]
        """The bytes of each row of the window."""
        self._values = np.empty((rows, columns), np.float32)
        self._indices = np.empty((rows, columns), np.uint8)
        self._lines = np.full((rows, columns + 1), _SUB, np.uint8)
        self._steps = np.empty((rows, columns), np.int16)
        self._halves = np.empty((2, rows, columns), np.uint8)

    def indices(self) -> npt.NDArray[np.uint8]:
        """Return the number of each pixel's colour, row 0 north, column 0 the lowest RA."""
        values = self._read_values()
        is_data = np.isfinite(values)
        with np.errstate(invalid="ignore"):
            values *= np.float32(255 / (HIGH - LOW))
            values += np.float32(1 - LOW * 255 / (HIGH - LOW))
            np.clip(values, 1, 255, out=values)
            np.copyto(self._indices, values, casting="unsafe")
        self._indices *= is_data
        return self._indices[::-1, ::-1]

    def numbers(self, encoding: AsinhEncoding) -> int:
        """Round, take differences along rows, part low bytes from high bytes, compress."""
        values = self._read_values()
        is_data = np.isfinite(values)
        with np.errstate(invalid="ignore"):
            values -= np.float32(encoding.offset)
            values *= np.float32(1 / encoding.scale)
            _arcsinh(values)
            values *= np.float32(1 / encoding.step)
            np.rint(values, out=values)
            np.copyto(self._steps, values, casting="unsafe")
        self._steps[~is_data] = NO_DATA
        steps = self._steps[:, ::-1]
        differences = np.diff(steps, axis=1, prepend=np.int16(0))
        zigzag = ((differences << 1) ^ (differences >> 15)).view(np.uint16)
        np.copyto(self._halves[0], zigzag, casting="unsafe")
        np.copyto(self._halves[1], zigzag >> 8, casting="unsafe")
        return len(isal_zlib.compress(self._halves, 1, 31))

    def png(self) -> int:
        """Put a palette PNG together."""
        indices, lines = self.indices(), self._lines
        lines[:, 1] = indices[:, 0]
        np.subtract(indices[:, 1:], indices[:, :-1], out=lines[:, 2:])
        rows, columns = indices.shape
        colours = palette(COLOUR_MAP)
        chunks = (
            (b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)),
            (b"PLTE", colours[:, :3].tobytes()),
            (b"tRNS", b"\0"),
            (b"IDAT", isal_zlib.compress(lines, 1)),
            (b"IEND", b""),
        )
        return len(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks))

    def webp(self) -> int:
        """Have Pillow write a lossless WebP, with the least effort."""
        return _saved(self._coloured("RGBA"), "WEBP", lossless=True, quality=0, method=0)

    def jpg(self) -> int:
        """Have Pillow write a JPEG."""
        return _saved(self._coloured("RGBX"), "JPEG", quality=90)

    def npy(self) -> int:
        """Put NumPy's header before the values."""
        file = io.BytesIO()
        np.save(file, self._read_values()[:, ::-1])
        return file.tell()

    def fits(self) -> int:
        """Put a header's worth of bytes before the pixels as they are."""
        return len(bytes(2880) + self.window.tobytes())

    def statistics(self) -> int:
        """Take the mean, standard deviation and extremes of what is there."""
        values = self._read_values()
        return len(f"{np.nanmean(values)} {np.nanstd(values)} {np.nanmin(values)} {np.nanmax(values)}")

    def _read_values(self) -> npt.NDArray[np.float32]:
        np.copyto(self._values, self.window, casting="unsafe")
        return self._values

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


def _arcsinh(values: npt.NDArray[np.float32]) -> None:
    """Replace values by their inverse hyperbolic sines: by a logarithm, which NumPy has vectorised, and `arcsinh` not."""
    signs = np.signbit(values)
    np.abs(values, out=values)
    roots = values * values
    roots += 1
    np.sqrt(roots, out=roots)
    values += roots
    np.log(values, out=values)
    np.negative(values, out=values, where=signs)


@cache
def _colours() -> npt.NDArray[np.uint32]:
    """Return the palette, a colour as one number."""
    return np.ascontiguousarray(palette(COLOUR_MAP)).view(np.uint32)[:, 0]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))


def _saved(image: Image.Image, kind: str, **options: int) -> int:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.tell()
