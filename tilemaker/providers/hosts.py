"""Which hosts may be read from."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Hosts:
    """Hosts by name: ``maps.example.org``, ``127.0.0.1:9000``, ``[::1]:9000``, ``*.example.org``, and ``s3://bucket``.

    A host named without a port is one on the usual ports of the web. Numbers are not looked up: a name allows the name.
    """

    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, *urls: str) -> Hosts:
        """Return the hosts of some addresses."""
        return cls(frozenset(_named(url) for url in urls))

    def allow(self, url: str) -> bool:
        """Return whether this address may be read from."""
        if "\\" in url:  # who reads addresses disagrees about where the name of the host then ends
            return False
        name = _named(url)
        if name in self.names:
            return True
        return any(each.startswith("*.") and name.endswith(each[1:]) for each in self.names)


def _named(url: str) -> str:
    parts = urlsplit(url)
    host, scheme = (parts.hostname or "").lower(), parts.scheme.lower()
    host = f"[{host}]" if ":" in host else host
    if scheme == "s3":
        return f"s3://{parts.netloc.rpartition('@')[2]}"
    return host if parts.port in (None, PORTS.get(scheme)) else f"{host}:{parts.port}"
