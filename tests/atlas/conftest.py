from __future__ import annotations

from collections.abc import Iterator

import pytest

from tilemaker.providers.workshop import Workshop


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    made = Workshop()
    yield made
    made.close()
