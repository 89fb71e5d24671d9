"""The parts of running a server that need no server."""

from __future__ import annotations

import io
import logging
import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from rich.console import Console

from tilemaker.cli.running import ending_well, log_to


@pytest.fixture
def _own_log() -> Iterator[None]:
    """Give the tests the root logger, and put it back as it was."""
    root, uvicorn = logging.getLogger(), logging.getLogger("uvicorn")
    handlers, level, uvicorn_level = root.handlers[:], root.level, uvicorn.level
    root.handlers[:] = []
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    uvicorn.setLevel(uvicorn_level)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_was_begun_is_cleaned_up_when_the_program_is_ended(ending: signal.Signals) -> None:
    before = signal.getsignal(ending)
    cleaned: list[str] = []

    with pytest.raises(SystemExit, match="^0$"), ending_well(), ExitStack() as stack:  # noqa: PT012  the block is what is ended
        stack.callback(cleaned.append, "folder")
        os.kill(os.getpid(), ending)

    assert cleaned == ["folder"]
    assert signal.getsignal(ending) == before


@pytest.mark.usefixtures("_own_log")
@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_log_goes_to_where_people_are_told_things(*, is_terminal: bool) -> None:
    shown = io.StringIO()
    log_to(Console(file=shown, force_terminal=is_terminal, width=200), "warning")

    logging.getLogger("tilemaker.somewhere").info("not shown")
    logging.getLogger("tilemaker.somewhere").warning("a map is [bold]broken[/bold]")

    without_colours = re.sub(r"\x1b\[[\d;]*m", "", shown.getvalue())
    assert "a map is [bold]broken[/bold]" in without_colours
    assert "not shown" not in without_colours


@pytest.mark.usefixtures("_own_log")
def test_a_line_of_the_log_in_a_file_has_its_time_its_level_and_its_room() -> None:
    shown = io.StringIO()
    log_to(Console(file=shown), "info")

    logging.getLogger("tilemaker.somewhere").info("something happened")

    assert shown.getvalue().rstrip().endswith("INFO tilemaker.somewhere: something happened")
