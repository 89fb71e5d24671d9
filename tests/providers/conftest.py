"""What the tests of providers share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tilemaker.providers.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    """A workshop that is closed afterwards."""
    workshop = Workshop()
    yield workshop
    workshop.close()
