"""What an analysis is: an address, what it is asked, what it answers, and the function between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from tilemaker.described import describe

from .parameters import OfLayer

if TYPE_CHECKING:
    from tilemaker.atlas.layer import Layer
    from tilemaker.cache import Cache


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the operator allows, and how limits are found where nobody chose them."""

    tail_percent: float = 1.0
    """Percentage of the pixels left outside the recommended limits at each end."""
    max_pixels: int = 20_000_000
    """The largest region read at once, pixels."""


class Finding(BaseModel):
    """What an analysis answers."""

    model_config = ConfigDict(frozen=True, json_schema_extra=describe, json_schema_serialization_defaults_required=True)

    layer_id: str
    """The layer that was asked about."""
    is_final: bool = True
    """False while the answer comes from a sample of the map, because its overview is still being built."""


P = TypeVar("P", bound=OfLayer)
R = TypeVar("R", bound=Finding)


@dataclass(frozen=True)
class Product(Generic[P, R]):
    """An analysis of one layer."""

    path: str
    """Its address: fields of ``asks`` between braces, the remaining fields are its query."""
    asks: type[P]
    answers: type[R]
    compute: Callable[[Layer, P, Bounds], R]
    """Work the answer out. Raises `RegionTooLarge`, `MapError`."""
    is_quick: bool = True
    """Whether it reads a few pixels or what is prepared, rather than a region of any size."""
    is_kept: bool = True
    """Whether final answers are worth a place in the cache."""

    def answer(self, layer: Layer, asked: P, bounds: Bounds, cache: Cache) -> R:
        """Return the answer, worked out at most once for each version of the map."""
        key = self.key(layer, asked, bounds)
        kept = cache.get(key) if self.is_kept else None
        if kept is not None:
            return self.answers.model_validate_json(kept)
        found = self.compute(layer, asked, bounds)
        if self.is_kept and found.is_final:
            cache.put(key, found.model_dump_json().encode())
        return found

    def key(self, layer: Layer, asked: P, bounds: Bounds) -> str:
        """Return a cache key that names everything the answer depends on."""
        depends_on = (layer.version, layer.units, layer.vmin, layer.vmax, layer.cmap, bounds, asked)
        return f"{self.answers.__name__}/{blake2b(repr(depends_on).encode(), digest_size=16).hexdigest()}"


AnyProduct: TypeAlias = Product[Any, Any]
"""A product in a table of them, where what each asks and answers is its own affair."""
