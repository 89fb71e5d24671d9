"""What the commands do.

`tilemaker.cli.contents`, which imports much, is imported only when it is used: where there is a server, in a thread beside it.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from tilemaker.errors import ConfigurationError
from tilemaker.settings import Settings

from . import address, running

if TYPE_CHECKING:
    from tilemaker.atlas.generate import Assumed
    from tilemaker.atlas.scan import Skipped
    from tilemaker.server.services import Services

CONSOLE = Console(stderr=True)
"""Where people are told things; the standard output is left to what commands write."""

ELSE = "If it is not, write a configuration (tilemaker genconfig) and give its layers a frame."


@dataclass(frozen=True, slots=True)
class Serving:
    """Where to serve, and whether to look at it."""

    host: str
    port: int | None
    """None for 8000, or the next one that is free."""
    opens_browser: bool | None = None
    """None when that depends on whether there is a screen."""


def open_files(files: Sequence[str], serving: Serving, *, auto_contrast: bool, cache_size_mb: int | None) -> None:
    """Show files, without writing a configuration for them first."""
    settings = Settings.from_environment()
    if cache_size_mb is not None:
        settings = settings.model_copy(update={"cache_size_mb": cache_size_mb})

    def make() -> Services:
        from .contents import services_of_files

        return services_of_files(files, settings, _complain, auto_contrast=auto_contrast)

    _serve(make, serving, settings)


def serve_configuration(path: Path | None, serving: Serving, *, root_path: str | None = None) -> None:
    """Show what a configuration names; without a path, the one that the environment names."""
    settings = Settings.from_environment(root_path=root_path)

    def make() -> Services:
        from tilemaker.server.services import services_of_configuration

        return services_of_configuration(path or settings.config_path, settings)

    _serve(make, serving, settings)


def show_demo(serving: Serving) -> None:
    """Show a synthetic sky, made in a folder that is removed at the end."""
    settings = Settings.from_environment()
    with running.ending_well(), tempfile.TemporaryDirectory(prefix="tilemaker-dev-", ignore_cleanup_errors=True) as folder:

        def make() -> Services:
            from .contents import services_of_demo

            return services_of_demo(Path(folder), settings)

        _serve(make, serving, settings)


def write_configuration(files: Sequence[str], output: Path | None, *, auto_contrast: bool) -> None:
    """Write the configuration that `open_files` would show."""
    from .contents import configuration_text

    _write(configuration_text(files, Settings.from_environment(), _complain, output, auto_contrast=auto_contrast), output)


def write_schema(output: Path | None) -> None:
    """Write the JSON schema of configurations."""
    from .contents import schema_text

    _write(schema_text(), output)


def _write(text: str, output: Path | None) -> None:
    """Write a text to a file, or to the standard output. Raises `ConfigurationError` when that cannot be done."""
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as refused:
        raise ConfigurationError(f"{output}: cannot be written: {refused.strerror}.") from refused


def _serve(make: Callable[[], Services], serving: Serving, settings: Settings) -> None:
    """Serve what will be made. The port comes first: that it is taken is said before anything is read."""
    with running.ending_well(), closing(address.listen(serving.host, serving.port)) as listening:
        running.log_to(CONSOLE, settings.log_level, settings.log_format)
        opens_browser = address.has_screen() if serving.opens_browser is None else serving.opens_browser
        running.run(make, listening, CONSOLE, opens_browser=opens_browser)


def _complain(about: Skipped | Assumed) -> None:
    from tilemaker.atlas.scan import Skipped

    said = f"Skipped {about.path}: {about.reason}" if isinstance(about, Skipped) else f"{about.path}: {about.what} {ELSE}"
    CONSOLE.print(said, soft_wrap=True, highlight=False, markup=False)
