"""A server that answers before there is anything to show."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tilemaker.cli.opening import Opening


class Recorder:
    """An application that notes its start and its end, and tells what state its requests carry."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.app = Starlette(routes=[Route("/{name}", self.answer)], lifespan=self.lifespan)

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[dict[str, str]]:
        self.events.append("start")
        yield {"sky": "blue"}
        self.events.append("end")

    async def answer(self, request: Request) -> JSONResponse:
        return JSONResponse({"sky": request.state.sky})


@asynccontextmanager
async def served(opening: Opening) -> AsyncIterator[httpx.AsyncClient]:
    """Run an application as a server does: lifespan around requests that carry a state."""
    inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    lifespan = asyncio.create_task(opening({"type": "lifespan", "state": {}}, inbox.get, outbox.put))  # type: ignore[arg-type]

    async def with_state(scope: dict[str, object], receive: Callable[..., object], send: Callable[..., object]) -> None:
        await opening({**scope, "state": {}}, receive, send)  # type: ignore[arg-type]

    await inbox.put({"type": "lifespan.startup"})
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    transport = httpx.ASGITransport(with_state)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client
    await inbox.put({"type": "lifespan.shutdown"})
    await asyncio.wait_for(lifespan, 5)


def test_health_is_answered_while_other_requests_wait() -> None:
    may_go = threading.Event()
    recorder = Recorder()

    async def journey() -> None:
        async with served(Opening(lambda: recorder.app if may_go.wait(5) else Starlette(), lambda _: None)) as client:
            waiting = asyncio.create_task(client.get("/anything"))
            assert (await client.get("/healthz")).json()["status"] == "ok"
            assert not waiting.done()
            may_go.set()
            assert (await waiting).json() == {"sky": "blue"}

    asyncio.run(journey())


def test_the_application_starts_and_ends_inside_the_server() -> None:
    recorder = Recorder()

    async def journey() -> None:
        async with served(Opening(lambda: recorder.app, lambda _: None)) as client:
            await client.get("/anything")
            assert recorder.events == ["start"]

    asyncio.run(journey())
    assert recorder.events == ["start", "end"]


def test_once_opened_every_request_is_the_application_s() -> None:
    recorder = Recorder()

    async def journey() -> None:
        async with served(Opening(lambda: recorder.app, lambda _: None)) as client:
            await client.get("/anything")
            assert (await client.get("/healthz")).json() == {"sky": "blue"}

    asyncio.run(journey())


def test_what_cannot_be_opened_is_said_and_nobody_waits_for_it() -> None:
    told: list[Exception | None] = []

    def fail() -> Starlette:
        raise ValueError("There is nothing to show.")

    async def journey() -> None:
        async with served(Opening(fail, told.append)) as client:
            assert (await client.get("/anything")).status_code == 503

    asyncio.run(journey())
    assert [str(failure) for failure in told] == ["There is nothing to show."]


@pytest.mark.parametrize("is_quick", [True, False])
def test_the_end_does_not_wait_for_the_opening(*, is_quick: bool) -> None:
    may_go = threading.Event()
    recorder = Recorder()

    def make() -> Starlette:
        may_go.wait(0.0 if is_quick else 30.0)
        return recorder.app

    async def journey() -> None:
        async with served(Opening(make, lambda _: None)):
            await asyncio.sleep(0.05)

    asyncio.run(asyncio.wait_for(journey(), 5))
    may_go.set()
