from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tilemaker import wanted
from tilemaker.tiles.flight import Flight

SOON_SECONDS = 5.0


class Work:
    """A piece of work that waits to be let go, and counts how often it was done."""

    def __init__(self, outcome: Callable[[], str]) -> None:
        self.times_done = 0
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self._outcome = outcome

    def __call__(self) -> str:
        self.times_done += 1
        self.begun.set()
        assert self.may_end.wait(SOON_SECONDS)
        return self._outcome()


def fail() -> str:
    raise OSError("the disk is gone")


def shared_by(count: int, flight: Flight[str], work: Work, threads: ThreadPoolExecutor) -> list[Future[str]]:
    """Begin the work, have others ask for it while it is under way, then let it end."""
    first = threads.submit(flight.share, "key", work)
    assert work.begun.wait(SOON_SECONDS)
    others = [threads.submit(flight.share, "key", work) for _ in range(count - 1)]
    # The others cannot be seen to wait; that they do nothing else is what `times_done` tells afterwards.
    assert not any(other.done() for other in others)
    work.may_end.set()
    return [first, *others]


@pytest.fixture
def threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(8)


def test_the_work_is_done_once_and_everybody_gets_its_result(threads: ThreadPoolExecutor) -> None:
    flight, work = Flight[str](), Work(lambda: "a tile")

    with threads:
        waiting = shared_by(8, flight, work, threads)

    assert [future.result() for future in waiting] == ["a tile"] * 8
    # A thread that asked only after the work had ended does it again, rightly: nothing is remembered.
    assert work.times_done <= 2


def test_a_failure_is_shared_and_then_forgotten(threads: ThreadPoolExecutor) -> None:
    flight, work = Flight[str](), Work(fail)

    with threads:
        waiting = shared_by(4, flight, work, threads)

    assert all(isinstance(future.exception(), OSError) for future in waiting)
    assert flight.share("key", lambda: "well again") == "well again"


def test_whoever_waits_is_told_when_the_working_thread_is_interrupted(threads: ThreadPoolExecutor) -> None:
    def interrupted() -> str:
        raise SystemExit

    with threads:
        waiting = shared_by(2, Flight[str](), Work(interrupted), threads)

    assert all(isinstance(future.exception(), SystemExit) for future in waiting)


def test_different_keys_do_not_wait_for_each_other(threads: ThreadPoolExecutor) -> None:
    flight, slow = Flight[str](), Work(lambda: "slow")
    with threads:
        waiting = threads.submit(flight.share, "slow", slow)
        assert slow.begun.wait(SOON_SECONDS)

        assert flight.share("fast", lambda: "fast") == "fast"

        slow.may_end.set()
        assert waiting.result() == "slow"


def test_nothing_is_remembered_once_the_work_is_done() -> None:
    flight = Flight[int]()
    results = iter(range(3))

    assert [flight.share("key", lambda: next(results)) for _ in range(3)] == [0, 1, 2]


def test_none_is_a_result_like_any_other() -> None:
    assert Flight[None]().share("key", lambda: None) is None


def test_work_given_up_by_the_first_is_begun_again_by_one_who_still_wants_it() -> None:
    flight: Flight[str] = Flight()
    given_up, has_begun = threading.Event(), threading.Event()

    def first() -> str:
        has_begun.set()
        while True:
            wanted.check()
            time.sleep(0.005)

    def unwanted() -> None:
        with wanted.until(given_up):
            flight.share("key", first)

    with ThreadPoolExecutor(4) as threads:
        leading = threads.submit(unwanted)
        assert has_begun.wait(5)
        following = [threads.submit(flight.share, "key", lambda: "done") for _ in range(3)]
        time.sleep(0.05)
        given_up.set()

        assert [future.result(5) for future in following] == ["done"] * 3
        assert isinstance(leading.exception(5), wanted.NotWanted)
