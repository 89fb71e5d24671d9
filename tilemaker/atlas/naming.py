"""Ids for the nodes of a configuration that have none: stable from run to run, unique, fit for a URL."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, count
from typing import TypeVar

from tilemaker.errors import ConfigurationError

from .models import Config, Listed

N = TypeVar("N", bound=Listed)


def slug(name: str) -> str:
    """Return a name in lower-case letters, digits and single hyphens: ``"ACT DR6.02"`` is ``"act-dr6-02"``; may be empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def with_ids(config: Config) -> Config:
    """Return the configuration with an id at every node.

    An id written in the file is kept. One left out is the id of the node above and the node's own name, ``act-dr6-f090-i``,
    with a number behind it where that is taken. The same id written at two groups, maps, bands or lists, which older
    configurations do, stays with the first; the others get the id of the node above in front of it.

    Raises
    ------
    ConfigurationError
        Two layers have the same id.
    """
    _refuse_repeated_layers(config)
    claims = _claims(config)
    return config.model_copy(
        update={
            "map_groups": tuple(_identified(group, "", claims) for group in config.map_groups),
            "source_groups": tuple(_identified(group, "", claims) for group in config.source_groups),
            "region_groups": tuple(_identified(group, "", claims) for group in config.region_groups),
        }
    )


class _Claims:
    """The ids of one level: which are taken, and which of those written in the file still wait for their first owner."""

    def __init__(self, written: Iterable[str]) -> None:
        self._waiting = set(written)
        self._taken = set(self._waiting)

    def written(self, wanted: str, above: str) -> str:
        """Return an id written in the file, to its first owner as it is."""
        if wanted in self._waiting:
            self._waiting.remove(wanted)
            return wanted
        return self.derived(_joined(above, wanted))

    def derived(self, wanted: str) -> str:
        """Return an id nobody has yet."""
        candidates = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
        own = next(candidate for candidate in candidates if candidate not in self._taken)
        self._taken.add(own)
        return own


def _claims(config: Config) -> defaultdict[str, _Claims]:
    written: defaultdict[str, list[str]] = defaultdict(list)
    for node in _every_node(config):
        if node.own_id is not None:
            written[node.id_key].append(node.own_id)
    claims: defaultdict[str, _Claims] = defaultdict(lambda: _Claims(()))
    claims.update({key: _Claims(ids) for key, ids in written.items()})
    return claims


def _identified(node: N, above: str, claims: defaultdict[str, _Claims]) -> N:
    level = claims[node.id_key]
    if node.own_id is None:
        own = level.derived(_joined(above, slug(node.name) or slug(node.id_key.removesuffix("_id"))))
    else:
        own = level.written(node.own_id, above)
    parts = tuple(_identified(part, own, claims) for part in node.parts)
    if own == node.own_id and all(part is before for part, before in zip(parts, node.parts, strict=True)):
        return node  # nothing was missing
    return node.model_copy(update={node.id_key: own} | ({node.parts_key: parts} if node.parts_key else {}))


def _joined(above: str, name: str) -> str:
    return f"{above}-{name}" if above else name


def _every_node(config: Config) -> Iterator[Listed]:
    waiting: list[Listed] = [*config.map_groups, *config.source_groups, *config.region_groups]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.parts)
        yield node


def _refuse_repeated_layers(config: Config) -> None:
    owners = Counter(node.own_id for node in _every_node(config) if node.id_key == "layer_id" and node.own_id is not None)
    repeated = sorted(layer_id for layer_id, number in owners.items() if number > 1)
    if repeated:
        raise ConfigurationError(*(f'layer_id: "{layer_id}" is the id of more than one layer' for layer_id in repeated))
