"""The log: lines for people, or JSON for programs, each with the id of the request that it belongs to."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Hashable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import IO

from cachetools import TTLCache

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Of the request that is being worked on; threads that work on requests get it with their context."""

REPEATED_SECONDS = 600.0
"""How long something that was told in full is told again in one line, at the level of debugging."""

WEB_SERVERS = ("gunicorn.error", "uvicorn", "uvicorn.error")
"""The loggers of programs that we are run by, which write by themselves."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Console(logging.Formatter):
    """Writes a line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the name is logging's
        """Return the line, with the request's id at its end."""
        request_id = REQUEST_ID.get()
        line = super().formatMessage(record)
        return f"{line} [{request_id}]" if request_id else line


class Json(logging.Formatter):
    """Writes a line of JSON, with what was given as ``extra`` among its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        fields |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if request_id := REQUEST_ID.get():
            fields["request_id"] = request_id
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, default=str, ensure_ascii=False)


def handler_of(log_format: str, stream: IO[str] | None = None) -> logging.Handler:
    """Return what writes the log, to the standard error unless another stream is given."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter_of(log_format))
    return handler


def formatter_of(log_format: str) -> logging.Formatter:
    """Return what writes a line."""
    return Json() if log_format == "json" else Console()


def log_to(log_format: str, level: str) -> None:
    """Send the log of this process to the standard error, and have what its web server says look the same."""
    logging.basicConfig(handlers=[handler_of(log_format)], level=level.upper(), force=True)
    for name in WEB_SERVERS:
        for handler in logging.getLogger(name).handlers:
            handler.setFormatter(formatter_of(log_format))


class Told:
    """Remembers what was told in full, so that the same trouble at each of a thousand requests is told once."""

    def __init__(self, seconds: float = REPEATED_SECONDS) -> None:
        self._told: TTLCache[Hashable, bool] = TTLCache(256, seconds)
        self._lock = threading.Lock()

    def before(self, *what: Hashable) -> bool:
        """Whether this was told lately; from now on it was."""
        with self._lock:
            if what in self._told:
                return True
            self._told[what] = True
            return False
