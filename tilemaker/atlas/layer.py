"""One layer of the atlas: what the configuration says of it, and its provider, opened when first needed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, Literal

from tilemaker.errors import MapError
from tilemaker.providers.weighted import weighted

if TYPE_CHECKING:
    from tilemaker.providers.base import MapExtent, Provider
    from tilemaker.providers.workshop import Workshop
    from tilemaker.sky.boxes import SkyBox
    from tilemaker.sky.grid import TileGrid

    from .models import LayerConfig

Grants = frozenset[str]
"""What a visitor may see, or what something takes to be seen; each grant is a whole string."""

FAILURE_SECONDS = 5.0
"""How long a file that could not be opened is left alone, so that a broken one does not cost every request an attempt."""
GLANCE_SECONDS = 0.05
"""How long after a look at its file a provider is believed to be of the file as it is by those who cannot wait for another look."""


@dataclass(frozen=True, slots=True)
class LayerPlace:
    """Where in the tree a layer hangs."""

    map_group_id: str
    map_id: str
    band_id: str
    required: Grants
    """Every grant from the group down to the layer."""


class Layer:
    """One layer. Made once per atlas and shared by every view that may see it, so that its file is opened once.

    Parameters
    ----------
    config
        The layer's entry in the configuration, with its id.
    place
        Where in the tree it hangs.
    workshop
        What its provider works with.
    weights
        The layer that its coarse pixels are weighted by.
    clock
        Seconds that only go forward.
    """

    def __init__(
        self,
        config: LayerConfig,
        place: LayerPlace,
        workshop: Workshop,
        *,
        weights: LayerConfig | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.layer_id: str = config.layer_id or ""
        self.name: str = config.name
        self.description: str | None = config.description
        self.grant: str | None = config.grant
        self.map_group_id: str = place.map_group_id
        self.map_id: str = place.map_id
        self.band_id: str = place.band_id
        self.required: Grants = place.required
        self.quantity: str | None = config.quantity
        self.cmap: str = config.cmap
        self.vmin: float | Literal["auto"] = config.vmin
        self.vmax: float | Literal["auto"] = config.vmax
        self._configured_units = config.units
        self._spec = config.provider
        self._weights = weights.provider if weights else None
        self._workshop = workshop
        self._clock = clock
        self._opening = Lock()
        self._opened: Provider | None = None
        self._looked_at = -inf
        self._failure: _Failure | None = None

    def __repr__(self) -> str:
        return f"Layer({self.layer_id!r})"

    @property
    def is_worked_out(self) -> bool:
        """Whether it is worked out from other maps."""
        return self._spec.is_worked_out

    @property
    def is_prepared_late(self) -> bool:
        """Whether nothing of it is prepared before somebody looks: it is worked out from others, or has to be fetched."""
        return self._spec.is_prepared_late

    @property
    def provider(self) -> Provider:
        """The provider of the file as it is now.

        A provider whose file has been replaced is left to whoever still reads from it, and another is opened.

        Raises
        ------
        MapError
            The layer is unavailable now, and why.
        """
        looked_at, opened = self._clock(), self._opened
        if opened is None or not opened.is_current:
            opened = self._reopened()
        self._looked_at = looked_at
        return opened

    @property
    def glanced(self) -> Provider | None:
        """The provider as of a moment ago, without a look at its file, which may take for ever; None when that was too long ago."""
        return self._opened if self._clock() - self._looked_at < GLANCE_SECONDS else None

    @property
    def extent(self) -> MapExtent:
        """What the map covers. Raises as `provider`."""
        return self.provider.extent

    @property
    def grid(self) -> TileGrid:
        """The layer's tile pyramid. Raises as `provider`."""
        return self.extent.grid

    @property
    def box(self) -> SkyBox:
        """The sky between the map's outermost pixel edges. Raises as `provider`."""
        return self.extent.box

    @property
    def units(self) -> str | None:
        """The unit of the pixels: the configuration's, else the file's as written, None without either. Raises as `provider`."""
        return self.units_in(self.extent)

    def units_in(self, extent: MapExtent) -> str | None:
        """Return the unit of the pixels of a map that covers this."""
        return self._configured_units or extent.units

    @property
    def version(self) -> str:
        """A short text, fit for a URL, that is different whenever the pixels may be. Raises as `provider`."""
        return self.provider.fingerprint

    def _reopened(self) -> Provider:
        with self._opening:
            opened = self._opened
            if opened is not None and opened.is_current:
                return opened  # another thread was faster
            self._raise_again()
            return self._open()

    def _raise_again(self) -> None:
        """Raise the last failure while it is fresh; a new exception each time, since threads must not share a traceback."""
        if self._failure is not None and self._clock() < self._failure.until:
            raise type(self._failure.error)(*self._failure.error.args) from self._failure.error

    def _open(self) -> Provider:
        self._opened = None
        try:
            opened = self._spec.open(self._workshop)
            self._opened = weighted(opened, self._weights.open(self._workshop), self._workshop) if self._weights else opened
        except MapError as failed:
            self._failure = _Failure(failed, self._clock() + FAILURE_SECONDS)
            raise
        self._failure = None
        return self._opened


@dataclass(frozen=True, slots=True)
class _Failure:
    """An attempt to open that failed, and when to try again."""

    error: MapError
    until: float
