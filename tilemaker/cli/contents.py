"""What there is to serve. Imports everything that reads files, which takes half a second: not before it is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.export import schema_text, to_json
from tilemaker.atlas.generate import Assumed, generate
from tilemaker.atlas.load import load_atlas
from tilemaker.atlas.models import Config, LayerConfig, Listed
from tilemaker.atlas.scan import Skipped
from tilemaker.errors import ConfigurationError
from tilemaker.providers.hosts import Hosts
from tilemaker.providers.location import Url, location_of
from tilemaker.server.services import build_services, build_workshop, for_this_machine

if TYPE_CHECKING:
    from tilemaker.providers.files import Files
    from tilemaker.server.services import Services
    from tilemaker.settings import Settings

N = TypeVar("N", bound=Listed)
Complain = Callable[[Skipped | Assumed], None]
"""Told of each file that is left out, and of each that is shown as it may not be meant."""

__all__ = ["configuration_text", "schema_text", "services_of_demo", "services_of_files"]


def services_of_files(files: Sequence[str], settings: Settings, complain: Complain, *, auto_contrast: bool) -> Services:
    """Return what shows files. Raises `ConfigurationError` when none of them can be shown."""
    locations = _locations(files)
    settings = _reading_from(locations, settings)
    workshop = build_workshop(settings)
    config = _configuration_of(locations, workshop.files, complain, auto_contrast=auto_contrast)
    return for_this_machine(build_services(settings, Atlas(config, workshop), workshop), settings)


def services_of_demo(folder: Path, settings: Settings) -> Services:
    """Return what shows the synthetic sky, which is made in an empty folder."""
    from .demo import write_demo  # and with it astropy, which showing maps may need, and need not

    workshop = build_workshop(settings)
    return for_this_machine(build_services(settings, load_atlas(write_demo(folder), workshop), workshop), settings)


def configuration_text(
    files: Sequence[str], settings: Settings, complain: Complain, output: Path | None, *, auto_contrast: bool
) -> str:
    """Return the configuration that shows files, their names relative to where it will be written."""
    locations = _locations(files)
    finder = build_workshop(_reading_from(locations, settings)).files
    config = _configuration_of(locations, finder, complain, auto_contrast=auto_contrast)
    return to_json(config, None if output is None else output.parent)


def _locations(files: Sequence[str]) -> list[Path | Url]:
    """Return the places that were named. Raises `ConfigurationError`."""
    try:
        return [location_of(name) for name in files]
    except ValueError as wrong:
        raise ConfigurationError("An address is not that of a file, such as https://maps.example.org/map.fits.") from wrong


def _reading_from(locations: Sequence[Path | Url], settings: Settings) -> Settings:
    """Return the same settings with the hosts allowed that whoever started the program named."""
    named = Hosts.of(*(location.text for location in locations if isinstance(location, Url))).names
    return settings.model_copy(update={"remote_hosts": (*settings.remote_hosts, *sorted(named))})


def _configuration_of(locations: Sequence[Path | Url], finder: Files, complain: Complain, *, auto_contrast: bool) -> Config:
    generated = generate(locations, finder)
    for skipped in generated.skipped:
        complain(skipped)
    for assumed in generated.assumed:
        complain(assumed)
    config = generated.config
    if not (config.map_groups or config.source_groups or config.region_groups):
        raise ConfigurationError("There is nothing to show: none of the files is a map, a catalogue or regions that can be read.")
    if not auto_contrast:
        return config
    return config.model_copy(update={"map_groups": tuple(_with_limits_from_pixels(group) for group in config.map_groups)})


def _with_limits_from_pixels(node: N) -> N:
    """Return a node whose layers take their limits from their own pixels."""
    if isinstance(node, LayerConfig):
        return node.model_copy(update={"vmin": "auto", "vmax": "auto"})
    return node.with_parts([_with_limits_from_pixels(part) for part in node.parts])
