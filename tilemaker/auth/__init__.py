"""Who is asking: the ways of finding out, by the word that chooses one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tilemaker.errors import ConfigurationError

from .base import AuthenticationBackend, AuthOptions, Grants, LoginBackend, SOAuthOptions
from .nobody import Nobody

BackendMaker = Callable[[AuthOptions], AuthenticationBackend]


def _soauth(options: AuthOptions) -> AuthenticationBackend:
    try:
        from .soauth import SOAuth
    except ImportError as missing:
        raise ConfigurationError(
            f"TILEMAKER_AUTH_TYPE=soauth: {missing.name} is not installed; pip install 'tilemaker[soauth]' does that."
        ) from missing
    if options.soauth is None:
        raise ConfigurationError("TILEMAKER_AUTH_TYPE=soauth: the settings that begin with TILEMAKER_SOAUTH_ are missing.")
    return SOAuth(options.soauth)


BACKENDS: Mapping[str, BackendMaker] = MappingProxyType({"mock": lambda options: Nobody(options.mock_grants), "soauth": _soauth})
"""What each word of ``TILEMAKER_AUTH_TYPE`` stands for; ``mock`` is the one that asks nobody anything."""

__all__ = ["BACKENDS", "AuthOptions", "AuthenticationBackend", "BackendMaker", "Grants", "LoginBackend", "Nobody", "SOAuthOptions"]
