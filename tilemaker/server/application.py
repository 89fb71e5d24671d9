"""The application: routes, who is asking, what happens at the start and at the end."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware

from tilemaker import kernels
from tilemaker.analysis.histogram import prepare
from tilemaker.errors import MapError, TilemakerError
from tilemaker.monitor.requests import Watched

from . import documentation, login, viewer
from .errors import Mishaps, on_crash, on_error, on_http_exception, on_unknown_caller
from .limits import ShortAddresses
from .living import LivingAtlas
from .operations import routes_of
from .origins import KnownHosts
from .prefix import BelowPath
from .routes import OPERATIONS
from .safety import Safety
from .sending import Paced
from .services import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from starlette.routing import Route

    from tilemaker.monitor.metrics import Metrics

    from .services import Services

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How often a worker's memory and the like are written down."""
FIRST_SECONDS = 3.0
"""How long after the start its first requests come before what is prepared beside them."""
TURN_SECONDS = 0.1
"""How often to look whether they are answered."""
NO_ROUTE = "none"
"""What requests are counted under that no route answers."""


def create_app(services: Services) -> Starlette:
    """Return the application that serves an atlas."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[State]:
        stop = Event()
        _begin_beside_requests(services, stop)
        Thread(target=_keep_looking, args=[services.metrics, stop], name="look", daemon=True).start()
        yield State(services=services)
        stop.set()
        if services.workshop:
            services.workshop.close()

    routes = _routes(services)
    names: dict[object, str] = {route.endpoint: route.path for route in routes}
    watched = Middleware(Watched, metrics=services.metrics, route_of=lambda scope: names.get(scope.get("endpoint"), NO_ROUTE))
    app = Starlette(
        routes=routes,
        middleware=[watched, *_middleware(services)],
        exception_handlers={TilemakerError: on_error, HTTPException: on_http_exception, Exception: on_crash},
        lifespan=lifespan,
    )
    # A redirect would name this server's own address, which behind a proxy is not the caller's.
    app.router.redirect_slashes = False
    return app


def _routes(services: Services) -> Sequence[Route]:
    # They are tried in order, and nearly all that is asked for are tiles.
    operations = sorted(OPERATIONS, key=lambda operation: operation.tag != "Tiles")
    routes = [*routes_of(operations), *documentation.routes(services.swagger)]
    if services.login:
        routes += login.routes(services.login)
    return [*routes, *viewer.routes(services.viewer, services.api_endpoint)] if services.viewer else routes


def _middleware(services: Services) -> Sequence[Middleware]:
    """Return what a request passes through, outermost first."""
    hosts = [] if services.hosts is None else [Middleware(KnownHosts, names=services.hosts)]
    return [
        Middleware(Paced, outbox=services.outbox),
        Middleware(Safety, api_endpoint=services.api_endpoint, embedders=services.embedders),
        Middleware(ShortAddresses, limit=services.url_limit),
        *hosts,
        *([Middleware(BelowPath, path=services.root_path)] if services.root_path else []),
        *services.origins.middleware,
        Middleware(Mishaps),
        Middleware(AuthenticationMiddleware, backend=services.auth, on_error=on_unknown_caller),
        *([Middleware(login.KeepsLoggedIn, login=services.login)] if services.login else []),
    ]


def _begin_beside_requests(services: Services, stop: Event) -> None:
    """Have loops compiled, every map prepared, and have changes of the configuration followed until the event is set."""
    began_at = monotonic()

    def await_turn() -> None:
        _await_turn(services, stop, began_at + FIRST_SECONDS)

    def prepare_all() -> None:
        # In a thread of its own each time: a disk that does not answer must not keep the next change waiting.
        Thread(target=_prepare_all, args=[services, await_turn], name="prepare", daemon=True).start()

    if services.compiles:
        kernels.prepare(await_turn)
    notice = prepare_all if services.precaches else lambda: None
    notice()
    if isinstance(services.atlas, LivingAtlas):
        Thread(target=services.atlas.follow, args=[stop, notice], name="follow", daemon=True).start()


def _await_turn(services: Services, stop: Event, until: float) -> None:
    """Wait until those who waited for the server to begin have their answers, but no longer than this, as `monotonic` has it."""
    while not stop.wait(TURN_SECONDS) and monotonic() < until and any(crew.is_at_work for crew in services.crews.values()):
        pass


def _keep_looking(metrics: Metrics, stop: Event) -> None:
    """Write down this worker's numbers now and then: which worker is asked for those of all of them is chance."""
    metrics.look()
    while not stop.wait(LOOK_SECONDS):
        metrics.look()


def _prepare_all(services: Services, await_turn: Callable[[], None]) -> None:
    """Ask for every map's overview. Those that cannot be opened, are elsewhere or made of others are left for whoever looks."""
    await_turn()
    for layer in services.atlas.all_layers():
        if layer.is_prepared_late:
            continue
        try:
            services.attention.to((layer, "prepare"), partial(prepare, layer, services.bounds), services.preparing_seconds)
        except MapError as error:
            logger.warning("Layer %s is unavailable: %s", layer.layer_id, error, exc_info=error)
