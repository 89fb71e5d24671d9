"""When the compiled loops can be used, and how they come to be."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import numpy.typing as npt

    Singles = npt.NDArray[np.float32]
    Integers = npt.NDArray[np.int64]
    Values = npt.NDArray[np.float32] | npt.NDArray[np.float64]

logger = logging.getLogger(__name__)

COMPILER = "numba"
LOOPS = f"{__package__}.compiled"
NO_PLACE = 3
PROGRAM = f"""
import os, sys
os.nice(5)  # requests come first
from {__package__}.keeping import can_be_kept
if not can_be_kept():
    sys.exit({NO_PLACE})
import {LOOPS}
"""
"""What compiles, in a process of its own; it ends with `NO_PLACE` when there is no place to keep what comes of it."""
PATIENCE_SECONDS = 300.0
"""How long the other process may take to compile; it takes a few seconds unless the machine is very busy."""


class Loops(Protocol):
    """The module `tilemaker.kernels.compiled`, which says what each function does. None of them holds the interpreter up."""

    def read_rows(self, descriptor: int, offset: int, pitch: int, out: npt.NDArray[np.uint8]) -> int:
        """Read rows of bytes; return how many were read whole."""
        ...

    def to_native(self, words: npt.NDArray[np.uint32], is_mirrored: bool) -> None:
        """Turn big-endian float32 into native ones, in place, infinities into NaN, and each row round if it is to be."""
        ...

    def indices(self, pixels: Singles, choices: tuple[int, int, int], numbers: Singles, out: npt.NDArray[np.uint8]) -> None:
        """Find the number of the colour of each pixel."""
        ...

    def quantise(self, pixels: Singles, is_asinh: bool, numbers: Singles, out: npt.NDArray[np.uint8]) -> None:
        """Round pixels to steps of 16 bits; write the differences along rows as low bytes and high bytes."""
        ...

    def scan_lines(self, indices: npt.NDArray[np.uint8], out: npt.NDArray[np.uint8]) -> None:
        """Write the differences along rows, each row behind the byte that names PNG's filter."""
        ...

    def block_sums(self, pixels: Values, factor: int, sums: npt.NDArray[np.float64], counts: npt.NDArray[np.int32]) -> None:
        """Add up square blocks of pixels."""
        ...

    def count(self, pixels: Singles, edges: npt.NDArray[np.float64], counts: npt.NDArray[np.int64]) -> None:
        """Add the pixels of each bin to its count."""
        ...

    def tally(  # noqa: PLR0913  of files, and to arrays that are there already
        self,
        stored: npt.NDArray[np.uint32],
        pieces: npt.NDArray[np.int64],
        layout: tuple[int, int, int],
        edges: npt.NDArray[np.float64],
        sums: npt.NDArray[np.float64],
        present: npt.NDArray[np.int32],
        counts: npt.NDArray[np.int64],
    ) -> None:
        """Add up the blocks of rows as they are stored, and count their pixels."""
        ...

    def ring_numbers(self, rows: Integers, columns: Integers, order: int, out: Integers) -> None:
        """Find the numbers of pixels of a HEALPix raster in ring order."""
        ...

    def ring_raster(self, numbers: Integers, order: int, rows: Integers, columns: Integers) -> None:
        """Find the rows and columns of pixels numbered in ring order."""
        ...

    def nested_raster(self, numbers: Integers, order: int, rows: Integers, columns: Integers) -> None:
        """Find the rows and columns of pixels numbered in nested order."""
        ...

    def scatter(self, values: Values, blocks: Integers, sums: npt.NDArray[np.float64], present: npt.NDArray[np.int32]) -> None:
        """Add values to blocks, and count them."""
        ...


_loops: Loops | None = None
_started = threading.Lock()
_settled = threading.Event()


def loops() -> Loops | None:
    """Return the compiled loops, or None as long as there are none: NumPy has to do the work then, to the same bits."""
    return _loops


def prepare(await_turn: Callable[[], object] = lambda: None) -> None:
    """Have the loops compiled, or loaded if they have been before. Returns at once; does nothing when asked again.

    Parameters
    ----------
    await_turn
        Called first, beside everything else; returns when what is more urgent is done. Loading holds others up for half a second.
    """

    def prepare_in_turn() -> None:
        await_turn()
        prepare_now()

    if _started.acquire(blocking=False):
        threading.Thread(target=prepare_in_turn, name="kernels", daemon=True).start()


def settle(seconds: float) -> None:
    """Wait until the loops that are on their way are there, or known not to come, but no longer than this.

    For long work that nobody waits for: with the loops it takes a tenth of the processor's time, and it would keep them waiting.
    """
    if _started.locked():
        _settled.wait(seconds)


def prepare_now() -> None:
    """Compile or load the loops, and return when that is done or cannot be: `prepare` for whoever has nothing else to do."""
    try:
        _prepare()
    finally:
        _settled.set()


def _prepare() -> None:
    global _loops
    if importlib.util.find_spec(COMPILER) is None or sys.byteorder != "little":
        logger.debug("Loops over pixels are NumPy's: there is no %s.", COMPILER)
        return
    try:
        _loops = _compiled()
    except Exception:  # whatever is wrong with it: NumPy does the same
        logger.warning("Loops over pixels could not be compiled; NumPy does their work.", exc_info=True)


def _compiled() -> Loops:
    """Return the loops, from where another process leaves them.

    Compiling is Python for seconds, and what threads of requests do between two system calls would wait for it each time. Where
    there is no place to keep machine code, as on a read-only system, it goes through a folder that nobody else can look into.
    """
    if _compile_elsewhere(os.environ) != NO_PLACE:
        return _imported()
    with suppress(OSError), tempfile.TemporaryDirectory(prefix="tilemaker-", ignore_cleanup_errors=True) as folder:
        _compile_elsewhere(os.environ | {"NUMBA_CACHE_DIR": folder})
        config = importlib.import_module(COMPILER).config
        config.CACHE_DIR = folder
        try:
            return _imported()
        finally:
            config.CACHE_DIR = ""
    return _imported()


def _imported() -> Loops:
    return cast("Loops", importlib.import_module(LOOPS))


def _compile_elsewhere(environment: Mapping[str, str]) -> int | None:
    """Compile in a process of its own, and return what it ends with; None when it could not be started, or took too long."""
    with suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(  # noqa: S603  this very program
            [sys.executable, "-c", PROGRAM],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
            check=False,
        ).returncode
    return None
