from __future__ import annotations

import threading

import pytest

from tilemaker.providers.together import helpers, together


def test_all_of_it_is_done_when_it_returns() -> None:
    meeting, done = threading.Barrier(3, timeout=10), []

    def work() -> None:
        meeting.wait()  # only passes when all three are under way at once
        done.append(1)

    together([work] * 3)

    assert len(done) == 3


def test_what_one_raises_is_raised_when_all_have_ended() -> None:
    ended = threading.Event()

    def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        together([fail, ended.set])

    assert ended.is_set()


def test_nothing_to_do_is_done_at_once() -> None:
    together([])

    assert helpers() >= 2
