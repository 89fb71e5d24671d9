from __future__ import annotations

import io
import json
import logging

import pytest

from tilemaker.monitor.logs import REQUEST_ID, Told, handler_of


def written(log_format: str) -> str:
    """Return what is written of a warning with a field, a cause and a request."""
    shown = io.StringIO()
    handler = handler_of(log_format, shown)
    token = REQUEST_ID.set("abc")
    try:
        raise ValueError("no\nsuch")
    except ValueError as error:
        cause = type(error), error, None
        record = logging.getLogger("x").makeRecord("x", logging.WARNING, "", 0, "%d maps", (3,), cause, extra={"layer": "é"})
    handler.emit(record)
    REQUEST_ID.reset(token)
    return shown.getvalue()


def test_programs_read_one_object_in_a_line() -> None:
    (line,) = written("json").splitlines()
    fields = json.loads(line)

    assert (fields["level"], fields["message"], fields["layer"], fields["request_id"]) == ("warning", "3 maps", "é", "abc")
    assert "no\nsuch" in fields["exception"]


def test_people_read_a_line_that_names_the_request() -> None:
    first, *rest = written("console").splitlines()

    assert first.endswith("WARNING x: 3 maps [abc]")
    assert "such" in rest


@pytest.mark.parametrize(("seconds", "again"), [(60.0, True), (0.0, False)])
def test_the_same_trouble_is_told_in_full_once_in_a_while(*, seconds: float, again: bool) -> None:
    told = Told(seconds)

    assert [told.before("a"), told.before("b"), told.before("a")] == [False, False, again]
