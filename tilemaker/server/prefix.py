"""A service below a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class BelowPath:
    """Middleware for a service that visitors find below a path, whether or not the proxy in front takes the path off.

    Parameters
    ----------
    app
        What answers.
    path
        The path, with a slash at its beginning and none at its end.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the path off, if it is there, and have the service answer."""
        if scope["type"] == "http" and scope["path"] == self._path:
            # Without the slash, the viewer's relative addresses would lead beside it.
            await RedirectResponse(f"{self._path}/", 308)(scope, receive, send)
            return
        if scope["type"] == "http" and scope["path"].startswith(f"{self._path}/"):
            scope["root_path"] = self._path
        await self._app(scope, receive, send)
