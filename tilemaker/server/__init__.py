"""The web: routes, status codes, headers, OpenAPI and the viewer's files.

``tilemaker.server:app`` is the application for gunicorn and uvicorn: made from the environment when first asked for, so that
importing the package does nothing. (No module here is called ``app``: importing it would put itself in the application's place.)
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.applications import Starlette


@cache
def _app_of_environment() -> Starlette:
    from tilemaker.settings import Settings

    from .application import create_app
    from .services import services_of_configuration

    settings = Settings.from_environment()
    return create_app(services_of_configuration(settings.config_path, settings))


def __getattr__(name: str) -> Starlette:
    if name == "app":
        return _app_of_environment()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
