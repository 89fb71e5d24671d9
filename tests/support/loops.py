"""The compiled loops, for tests that set them beside NumPy."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from tilemaker.kernels.ready import Loops


def compiled() -> Loops:
    """Return the loops, loaded by the first test that asks: not all who collect the tests run one. Skips where there are none."""
    pytest.importorskip("numba", reason="the loops cannot be compiled here: numba is not installed")
    return cast("Loops", importlib.import_module("tilemaker.kernels.compiled"))
