"""Who is asking: the ways of finding out, by the word that chooses one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from .base import AuthenticationBackend, AuthOptions, Grants
from .nobody import Nobody

BackendMaker = Callable[[AuthOptions], AuthenticationBackend]

BACKENDS: Mapping[str, BackendMaker] = MappingProxyType({"mock": lambda options: Nobody(options.mock_grants)})
"""What each word of ``TILEMAKER_AUTH_TYPE`` stands for; ``mock`` is the one that asks nobody anything."""

__all__ = ["BACKENDS", "AuthOptions", "AuthenticationBackend", "BackendMaker", "Grants", "Nobody"]
