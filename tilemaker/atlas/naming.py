"""Ids for the nodes of a configuration that have none: stable from run to run, unique, fit for a URL."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
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
    written = _written(config)
    _refuse_repeated(written["layer_id"])
    if all(None not in ids and len(set(ids)) == len(ids) for ids in written.values()):
        return config  # nothing is missing
    claims = {key: _Claims(own for own in ids if own is not None) for key, ids in written.items()}
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
        own, number = wanted, 2
        while own in self._taken:
            own, number = f"{wanted}-{number}", number + 1
        self._taken.add(own)
        return own


def _written(config: Config) -> defaultdict[str, list[str | None]]:
    """Return the ids that are written in the file, by level; None for each that is left out."""
    written: defaultdict[str, list[str | None]] = defaultdict(list)
    waiting: list[Listed] = [*config.map_groups, *config.source_groups, *config.region_groups]
    while waiting:
        node = waiting.pop()
        written[node.id_key].append(node.own_id)
        waiting.extend(node.parts)
    return written


def _identified(node: N, above: str, claims: Mapping[str, _Claims]) -> N:
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


def _refuse_repeated(layer_ids: Iterable[str | None]) -> None:
    repeated = sorted(own for own, number in Counter(layer_ids).items() if own is not None and number > 1)
    if repeated:
        raise ConfigurationError(*(f'layer_id: "{layer_id}" is the id of more than one layer' for layer_id in repeated))
