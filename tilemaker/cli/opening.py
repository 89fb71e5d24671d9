"""Answering before there is anything to show: importing what reads maps takes half a second, and looking at many takes longer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio import create_task_group, move_on_after, to_thread
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response

from tilemaker import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send


PATIENCE_SECONDS = 0.2
"""How long an opening may take before ``/healthz`` is answered ahead of it: whoever asks wants to go on to something else next."""


class Opening:
    """An ASGI application that makes another one in the background and is that one from then on.

    Requests wait for that, except that ``/healthz`` is answered once it has taken longer than `PATIENCE_SECONDS`. The other
    application's own start and end take place inside of this one's.

    Parameters
    ----------
    make
        Makes the application; called once, in a thread.
    on_end
        Called when the application is made, with None, or could not be, with the reason.
    """

    def __init__(self, make: Callable[[], Starlette], on_end: Callable[[Exception | None], None]) -> None:
        self._make = make
        self._on_end = on_end
        self._app: Starlette | None = None
        self._state: Mapping[str, object] = {}
        self._ended = asyncio.Event()
        self._outer = Starlette(lifespan=self._lifespan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the other application do so."""
        if scope["type"] == "lifespan":
            await self._outer(scope, receive, send)
        else:
            app = self._app or await self._awaited(scope["path"])
            scope["state"].update(self._state)
            await app(scope, receive, send)

    async def _awaited(self, path: str) -> ASGIApp:
        """Return what answers a request that came before there was anything to show."""
        is_health = path == "/healthz"
        with move_on_after(PATIENCE_SECONDS if is_health else None):
            await self._ended.wait()
        if self._app is not None:
            return self._app
        return JSONResponse({"status": "ok", "version": __version__}) if is_health else Response(status_code=503)

    @asynccontextmanager
    async def _lifespan(self, _outer: Starlette) -> AsyncIterator[None]:
        # The other application is started and ended in one task, as its own lifespan may expect.
        closing = asyncio.Event()
        async with create_task_group() as tasks:
            tasks.start_soon(self._live, closing)
            yield
            if self._app is None:
                tasks.cancel_scope.cancel()
            closing.set()

    async def _live(self, closing: asyncio.Event) -> None:
        try:
            app = await to_thread.run_sync(self._make, abandon_on_cancel=True)
        except Exception as failed:  # noqa: BLE001  handed on, whatever it is
            self._finish(failed)
            return
        async with app.router.lifespan_context(app) as state:
            self._app, self._state = app, state or {}
            self._finish(None)
            await closing.wait()

    def _finish(self, failed: Exception | None) -> None:
        self._ended.set()
        self._on_end(failed)
