"""The web: routes, status codes, headers, OpenAPI and the viewer's files.

``tilemaker.server:app`` is the application for gunicorn and uvicorn: made from the environment when first asked for, so that
importing the package does nothing. (No module here is called ``app``: importing it would put itself in the application's place.)
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette


@cache
def _app_of_environment() -> Starlette:
    from .allocation import keep_memory_at_hand

    keep_memory_at_hand()
    from tilemaker.monitor.workers import share
    from tilemaker.settings import Settings

    settings = Settings.from_environment()
    is_shared = share() is not None  # before anything that counts is imported

    from tilemaker.monitor.logs import log_to

    from .application import create_app
    from .services import services_of_configuration

    log_to(settings.log_format, settings.log_level)
    if not is_shared:
        logging.getLogger(__name__).warning("No folder can be written to: each worker's metrics are its own.")
    return create_app(services_of_configuration(settings.config_path, settings))


def __getattr__(name: str) -> Starlette:
    if name == "app":
        return _app_of_environment()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
