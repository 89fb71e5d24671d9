"""What the commands do. Imports much, so that `tilemaker.cli.main` imports it only once it is known that a command will run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.export import schema_text, to_json
from tilemaker.atlas.generate import generate
from tilemaker.atlas.load import load_atlas
from tilemaker.atlas.models import Config, LayerConfig, Listed
from tilemaker.errors import ConfigurationError
from tilemaker.providers.workshop import Workshop
from tilemaker.server.services import build_services, build_workshop
from tilemaker.settings import Settings

from . import address, running
from .demo import demo_sky

N = TypeVar("N", bound=Listed)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to serve, and whether to look at it."""

    host: str
    port: int | None
    """None for 8000, or the next one that is free."""
    opens_browser: bool | None = None
    """None when that depends on whether there is a screen."""


def open_files(files: Sequence[Path], place: Place, *, auto_contrast: bool, cache_size_mb: int | None) -> None:
    """Show files, without writing a configuration for them first."""
    settings = Settings.from_environment()
    if cache_size_mb is not None:
        settings = settings.model_copy(update={"cache_size_mb": cache_size_mb})
    _serve(lambda workshop: Atlas(configuration_of(files, auto_contrast=auto_contrast), workshop), place, settings)


def serve_configuration(path: Path | None, place: Place) -> None:
    """Show what a configuration names; without a path, the one that the environment names."""
    settings = Settings.from_environment()
    _serve(lambda workshop: load_atlas(path or settings.config_path, workshop), place, settings)


def show_demo(place: Place) -> None:
    """Show a synthetic sky."""
    settings = Settings.from_environment()
    with running.ending_well(), demo_sky() as configuration:
        _serve(lambda workshop: load_atlas(configuration, workshop), place, settings)


def write_configuration(files: Sequence[Path], output: Path | None, *, auto_contrast: bool) -> None:
    """Write the configuration that `open_files` would show."""
    config = configuration_of(files, auto_contrast=auto_contrast)
    write(to_json(config, None if output is None else output.parent), output)


def write_schema(output: Path | None) -> None:
    """Write the JSON schema of configurations."""
    write(schema_text(), output)


def write(text: str, output: Path | None) -> None:
    """Write a text to a file, or to the standard output. Raises `ConfigurationError` when that cannot be done."""
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as refused:
        raise ConfigurationError(f"{output}: cannot be written: {refused.strerror}.") from refused


def configuration_of(files: Sequence[Path], *, auto_contrast: bool) -> Config:
    """Return a configuration that shows files, and say on the terminal which of them it leaves out.

    Raises
    ------
    ConfigurationError
        There is nothing to show.
    """
    generated = generate(files)
    for skipped in generated.skipped:
        console().print(f"Skipped {skipped.path}: {skipped.reason}", soft_wrap=True, highlight=False, markup=False)
    config = generated.config
    if not (config.map_groups or config.source_groups):
        raise ConfigurationError("There is nothing to show: none of the files is a map or a catalogue.")
    return _with_open_limits(config) if auto_contrast else config


def console() -> Console:
    """Return the terminal that people are told things on, which leaves the standard output to what commands write."""
    return Console(stderr=True)


def _serve(atlas: Callable[[Workshop], Atlas], place: Place, settings: Settings) -> None:
    """Serve what an atlas holds. The port comes first: that it is taken is said before anything is read."""
    with running.ending_well(), closing(address.listen(place.host, place.port)) as listening:
        terminal = console()
        running.log_to(terminal, settings.log_level)
        workshop = build_workshop(settings)
        services = build_services(settings, atlas(workshop), workshop)
        opens_browser = address.has_screen() if place.opens_browser is None else place.opens_browser
        running.run(services, listening, terminal, opens_browser=opens_browser)


def _with_open_limits(config: Config) -> Config:
    return config.model_copy(update={"map_groups": tuple(_with_limits_from_pixels(group) for group in config.map_groups)})


def _with_limits_from_pixels(node: N) -> N:
    """Return a node whose layers take their limits from their own pixels."""
    if isinstance(node, LayerConfig):
        return node.model_copy(update={"vmin": "auto", "vmax": "auto"})
    return node.with_parts([_with_limits_from_pixels(part) for part in node.parts])
