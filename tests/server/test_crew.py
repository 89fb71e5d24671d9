"""Requests wait in turn, for as long as it makes sense, and no longer than their clients do."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import TypeVar

import pytest

from tilemaker import wanted
from tilemaker.errors import MapUnreadable, TooBusy, TookTooLong
from tilemaker.server.crew import Crew, Departed

T = TypeVar("T")


async def never() -> None:
    """Stay, as most clients do."""
    await asyncio.Event().wait()


async def soon() -> None:
    """Leave after a moment."""
    await asyncio.sleep(0.05)


def do(crew: Crew, work: Callable[[], T], departure: Callable[[], Coroutine[object, object, object]] = never) -> T:
    return asyncio.run(crew.do(work, departure()))


class Obstacle:
    """Work that goes on until it may end, or is not wanted any more."""

    def __init__(self) -> None:
        self.may_end, self.has_begun, self.was_stopped = threading.Event(), threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.has_begun.set()
        while not self.may_end.wait(0.01):
            try:
                wanted.check()
            except wanted.NotWanted:
                self.was_stopped.set()
                raise
        return "done"


def test_what_work_returns_is_returned() -> None:
    assert do(Crew(), lambda: 7) == 7


def test_what_work_raises_is_raised() -> None:
    def fails() -> None:
        raise MapUnreadable("gone")

    with pytest.raises(MapUnreadable, match="gone"):
        do(Crew(), fails)


def test_work_is_done_in_another_thread_with_the_context_of_the_request() -> None:
    who: ContextVar[str] = ContextVar("who")
    who.set("me")

    assert do(Crew(), lambda: (who.get(), threading.current_thread().name)) == ("me", "crew")


def test_no_more_is_worked_on_at_once_than_there_are_threads_and_everybody_gets_a_turn() -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.002)
        with lock:
            at_once -= 1

    async def ask_often() -> None:
        crew = Crew(3)
        await asyncio.gather(*(crew.do(work, never()) for _ in range(100)))

    asyncio.run(ask_often())

    assert most == 3


def test_one_too_many_is_refused_at_once_and_the_others_are_served() -> None:
    async def crowd() -> tuple[list[str], int]:
        crew, obstacle = Crew(1, queue_limit=2), Obstacle()
        first = asyncio.ensure_future(crew.do(obstacle, never()))
        while not obstacle.has_begun.is_set():
            await asyncio.sleep(0.001)
        waiting = [asyncio.ensure_future(crew.do(lambda: "waited", never())) for _ in range(2)]
        await asyncio.sleep(0.01)
        refused = 0
        for _ in range(5):
            try:
                await crew.do(lambda: "too many", never())
            except TooBusy:
                refused += 1
        obstacle.may_end.set()
        return await asyncio.gather(first, *waiting), refused

    assert asyncio.run(crowd()) == (["done", "waited", "waited"], 5)


def test_what_takes_too_long_is_given_up_and_its_thread_is_free_again() -> None:
    async def ask() -> str:
        crew, obstacle = Crew(1, seconds=0.1), Obstacle()
        with pytest.raises(TookTooLong, match="0.1 seconds"):
            await crew.do(obstacle, never())
        assert await asyncio.to_thread(obstacle.was_stopped.wait, 5)
        return await crew.do(lambda: "free", never())

    assert asyncio.run(ask()) == "free"


def test_a_client_that_leaves_frees_what_works_for_it() -> None:
    async def ask() -> str:
        crew, obstacle = Crew(1), Obstacle()
        with pytest.raises(Departed):
            await crew.do(obstacle, soon())
        assert await asyncio.to_thread(obstacle.was_stopped.wait, 5)
        return await crew.do(lambda: "free", never())

    assert asyncio.run(ask()) == "free"


def test_a_client_that_leaves_while_it_waits_leaves_its_place_in_the_queue() -> None:
    done: list[str] = []

    async def ask() -> None:
        crew, obstacle = Crew(1, queue_limit=1), Obstacle()
        first = asyncio.ensure_future(crew.do(obstacle, never()))
        while not obstacle.has_begun.is_set():
            await asyncio.sleep(0.001)
        for _ in range(20):
            with pytest.raises(Departed):
                await crew.do(lambda: done.append("in vain"), soon())
        last = asyncio.ensure_future(crew.do(lambda: done.append("wanted"), never()))
        await asyncio.sleep(0.01)
        obstacle.may_end.set()
        await asyncio.gather(first, last)

    asyncio.run(ask())

    assert done == ["wanted"]


def test_a_cancelled_request_is_as_one_whose_client_left() -> None:
    async def ask() -> None:
        crew, obstacle = Crew(1), Obstacle()
        request = asyncio.ensure_future(crew.do(obstacle, never()))
        while not obstacle.has_begun.is_set():
            await asyncio.sleep(0.001)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        assert await asyncio.to_thread(obstacle.was_stopped.wait, 5)

    asyncio.run(ask())


def test_threads_that_do_not_listen_count_as_busy() -> None:
    """Otherwise a dead disk would collect a thread for every request that ran out of time."""
    deaf = threading.Event()

    async def ask() -> None:
        crew = Crew(2, queue_limit=3, seconds=0.05)
        for _ in range(20):
            with pytest.raises((TookTooLong, TooBusy)):
                await crew.do(lambda: deaf.wait(10), never())
        assert sum(thread.name == "crew" and thread.is_alive() for thread in threading.enumerate()) - before <= 2
        deaf.set()

    before = sum(thread.name == "crew" for thread in threading.enumerate())
    asyncio.run(ask())


def test_what_waited_behind_slow_work_on_the_same_is_done_as_soon_as_that_ends() -> None:
    """A thread in place of a slow one, which stands idle because all that waits is about the slow subject, is told."""

    def rest() -> str:
        time.sleep(0.1)
        return "done"

    async def all_of_it() -> float:
        crew, slow = Crew(4, slow_seconds=0.1), Obstacle()

        async def ask(work: Callable[[], str], subject: str) -> str:
            return await crew.do(work, never(), subject)

        under_way = [asyncio.create_task(ask(slow, "slow")) for _ in range(3)]
        await asyncio.sleep(0.2)
        waiting = [asyncio.create_task(ask(lambda: "done", "slow")) for _ in range(3)]
        await asyncio.gather(*(ask(rest, "other") for _ in range(6)))
        began_at = time.monotonic()
        slow.may_end.set()
        await asyncio.gather(*under_way, *waiting)
        return time.monotonic() - began_at

    assert asyncio.run(all_of_it()) < 2.0
