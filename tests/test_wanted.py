from __future__ import annotations

import threading
from contextvars import copy_context

import pytest

from tilemaker import wanted


def test_work_that_nobody_limited_goes_on() -> None:
    wanted.check()


def test_work_stops_once_it_is_given_up() -> None:
    given_up = threading.Event()
    with wanted.until(given_up):
        wanted.check()
        given_up.set()
        with pytest.raises(wanted.NotWanted):
            wanted.check()
    wanted.check()


def test_giving_up_one_piece_of_work_leaves_the_others() -> None:
    given_up = threading.Event()
    given_up.set()
    with wanted.until(threading.Event()):
        with wanted.until(given_up), pytest.raises(wanted.NotWanted):
            wanted.check()
        wanted.check()
        copy_context().run(wanted.check)
