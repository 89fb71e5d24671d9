"""What browsers are told to hold the pages of this service to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESAME = ("https://cds.unistra.fr", "https://*.cds.unistra.fr")
"""Where the viewer looks up the names of objects, when somebody asks for one."""
THIS_MACHINE = ("http://localhost:*", "http://127.0.0.1:*")
"""Pages of which notebooks and editors show others."""


class Safety:
    """Middleware that sends the headers by which browsers keep pages safe.

    Parameters
    ----------
    app
        What answers.
    api_endpoint
        Where the viewer finds the API.
    embedders
        The origins whose pages may show this service in a frame or use its pictures, beside its own; ``*`` for all.
    """

    def __init__(self, app: ASGIApp, api_endpoint: str = "./", embedders: Iterable[str] = ()) -> None:
        self._app = app
        embedders = tuple(embedders)
        self._for_all = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "cross-origin" if embedders and embedders != THIS_MACHINE else "same-origin",
        }
        self._for_pages = {
            "Content-Security-Policy": policy(api_endpoint, embedders),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with these headers."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                is_page = headers.get("content-type", "").startswith("text/html")
                headers.update(self._for_all | self._for_pages if is_page else self._for_all)
            await send(message)

        await self._app(scope, receive, send_safely if scope["type"] == "http" else send)


def policy(api_endpoint: str, embedders: tuple[str, ...]) -> str:
    """Return what a page may load and do, as a content security policy."""
    api = urlsplit(api_endpoint)
    elsewhere = [f"{api.scheme}://{api.netloc}"] if api.netloc else []
    sources = {
        "default-src": ["'self'"],
        "connect-src": ["'self'", *elsewhere, *SESAME],
        "img-src": ["'self'", *elsewhere, "data:", "blob:"],
        # Components set styles of their own; scripts are in files.
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["*"] if "*" in embedders else ["'self'", *embedders],
    }
    return "; ".join(f"{name} {' '.join(allowed)}" for name, allowed in sources.items())
