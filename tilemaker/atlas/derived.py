"""Layers that follow from others of a band: polarised intensity and its angle from Q and U, signal-to-noise from inverse variance.

They are combinations like any that a configuration may hold. Nothing is opened for them before somebody looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tilemaker.providers import CombinationSpec
from tilemaker.providers.stokes import convention_in

from .kinds import DERIVED, Look
from .models import LayerConfig

if TYPE_CHECKING:
    from .images import FileLayers

_QUANTITY_OF = {"I": "T", "Q": "Q", "U": "U"}


@dataclass(frozen=True, slots=True)
class _Set:
    """The Stokes parameters of one map, by quantity."""

    variant: str | None
    convention: str | None
    """POLCCONV of the file that holds U."""
    layers: Mapping[str, LayerConfig]


def derived_from(files: Sequence[FileLayers]) -> Iterator[LayerConfig]:
    """Yield the layers that follow from those of a band.

    Parameters
    ----------
    files
        What was found in the files of the band.
    """
    variances = list(_variances(files))
    for stokes in _sets(files):
        if {"Q", "U"} <= stokes.layers.keys():
            yield _polarised_intensity(stokes)
            yield _angle(stokes)
        for parameter, quantity in _QUANTITY_OF.items():
            variance = _variance_for(parameter, variances)
            if quantity in stokes.layers and variance is not None:
                yield _signal_to_noise(parameter, stokes, variance)


def _sets(files: Iterable[FileLayers]) -> Iterator[_Set]:
    """Yield the Stokes parameters that belong together: those of one file, else those of files that differ in nothing but these."""
    apart: defaultdict[str | None, list[FileLayers]] = defaultdict(list)
    for file in files:
        if {"Q", "U"} <= _stokes_in(file).keys():
            yield _Set(file.name.variant, convention_in(file.polarisation), _stokes_in(file))
        elif _stokes_in(file):
            apart[file.name.variant].append(file)
    for variant, members in apart.items():
        layers = {quantity: layer for file in reversed(members) for quantity, layer in _stokes_in(file).items()}
        conventions = [convention_in(file.polarisation) for file in members if "U" in _stokes_in(file)]
        yield _Set(variant, conventions[0] if conventions else None, layers)


def _stokes_in(file: FileLayers) -> dict[str, LayerConfig]:
    """Return the layers of a file that are I, Q and U of the sky, by quantity; the first of each."""
    found = ((layer.quantity, layer) for layer in reversed(file.layers) if layer.quantity in _QUANTITY_OF.values())
    return {quantity: layer for quantity, layer in found if quantity is not None}


def _variances(files: Iterable[FileLayers]) -> Iterator[LayerConfig]:
    return (layer for file in files for layer in file.layers if layer.quantity == "ivar")


def _variance_for(parameter: str, variances: Iterable[LayerConfig]) -> LayerConfig | None:
    """Return the inverse variance of a Stokes parameter: the one that is called so, and of I the one that does not say."""
    ends = {"I": (" I", "ariance")}.get(parameter, (f" {parameter}",))
    return next((layer for layer in variances if layer.name.endswith(ends)), None)


def _polarised_intensity(stokes: _Set) -> LayerConfig:
    q, u = stokes.layers["Q"], stokes.layers["U"]
    provider = CombinationSpec(expression="hypot(q, u)", providers={"q": q.provider, "u": u.provider}, averaged="before")
    description = "Polarised intensity, the root of Q² + U²; zoomed out, that of the averaged Q and U."
    return _layer(DERIVED["P"], stokes, provider, units=q.units, description=description)


def _angle(stokes: _Set) -> LayerConfig:
    providers = {"q": stokes.layers["Q"].provider, "u": stokes.layers["U"].provider}
    provider = CombinationSpec(expression="0.5 * degrees(atan2(u, q))", providers=providers, averaged="before", polarisation="IAU")
    said = {
        "IAU": "As the file has it.",
        "COSMO": "The file counts through west (COSMO), so the sign of its U is turned.",
        None: "The file does not say how it counts (no POLCCONV): taken as it is.",
    }
    description = f"Angle of polarisation from north through east (IAU). {said[stokes.convention]}"
    return _layer(DERIVED["psi"], stokes, provider, units="deg", description=description)


def _signal_to_noise(parameter: str, stokes: _Set, variance: LayerConfig) -> LayerConfig:
    signal = stokes.layers[_QUANTITY_OF[parameter]]
    provider = CombinationSpec(expression="m * sqrt(w)", providers={"m": signal.provider, "w": variance.provider})
    description = f"{parameter} over its noise in each pixel: times the root of the inverse variance."
    return _layer(DERIVED["S/N"], stokes, provider, units=None, description=description, of=parameter)


def _layer(  # noqa: PLR0913  one entry, put together once
    look: Look, stokes: _Set, provider: CombinationSpec, *, units: str | None, description: str, of: str = ""
) -> LayerConfig:
    name = f"{look.name} {of}".strip()
    vmin, vmax = look.limits_in(units)
    return LayerConfig(
        name=f"{name} ({stokes.variant})" if stokes.variant else name,
        description=description,
        provider=provider,
        quantity=look.quantity,
        units=units,
        vmin=vmin,
        vmax=vmax,
        cmap=look.cmap,
    )
