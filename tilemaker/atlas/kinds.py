"""The kinds of map that are recognised, and how each is shown: data, not code.

To teach tilemaker another kind, add a row to `KINDS`. The first row that matches wins: particular kinds stand before general ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from tilemaker.providers.units import is_cmb_temperature, is_inverse_variance, microkelvin_in

Limit = float | Literal["auto"]


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of an image before any of its pixels is read."""

    words: frozenset[str]
    """Words of the file's name and of EXTNAME, in lower case."""
    planes: int
    units: str | None
    """BUNIT, as written."""
    stokes: tuple[str, ...] = ()
    """The Stokes parameter of each plane, where the header says so."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one plane of a kind is shown."""

    name: str
    quantity: str | None = None
    cmap: str = "viridis"
    limits_uk: tuple[float, float] | None = None
    """Limits in µK, converted to the unit of the map; None: taken from its pixels."""
    limits: tuple[Limit, Limit] | None = None
    """Limits in whatever unit the map is in."""

    def limits_in(self, units: str | None) -> tuple[Limit, Limit]:
        """Return the limits for a map in some unit."""
        if self.limits is not None:
            return self.limits
        microkelvin = microkelvin_in(units)
        if self.limits_uk is None or microkelvin is None:
            return "auto", "auto"
        low_uk, high_uk = self.limits_uk
        return low_uk / microkelvin, high_uk / microkelvin


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of map: how it is recognised, and what to show of it.

    A map is of this kind when its number of planes is among ``planes`` (if that is given) and a word or its unit says so.
    """

    name: str
    words: frozenset[str] = frozenset()
    """Words that say so, in the name of the file or in EXTNAME."""
    has_unit: Callable[[str | None], bool] | None = None
    """Whether a unit says so."""
    has_stokes: bool = False
    """Whether an axis of Stokes parameters says so."""
    planes: frozenset[int] = frozenset()
    looks: Mapping[int, tuple[Look, ...]] = field(default_factory=dict)
    """What is shown, by number of planes; other numbers repeat the look of one plane."""
    is_sky: bool = False
    """Whether the planes are the sky's own Stokes parameters, which header or file name may tell better than the number."""

    def named_by(self, clues: Clues) -> bool:
        """Tell whether a word says that a map is of this kind."""
        return self._fits(clues) and bool(self.words & clues.words)

    def matches(self, clues: Clues) -> bool:
        """Tell whether anything says that a map is of this kind."""
        says_unit = self.has_unit is not None and self.has_unit(clues.units)
        says_stokes = self.has_stokes and bool(clues.stokes)
        return self.named_by(clues) or (self._fits(clues) and (says_unit or says_stokes))

    def looks_for(self, clues: Clues) -> tuple[Look, ...]:
        """Return a look for each plane."""
        if clues.planes in self.looks:
            return self.looks[clues.planes]
        one = self.looks[1][0]
        return tuple(replace(one, name=f"{one.name} {number}") for number in range(1, clues.planes + 1))

    def _fits(self, clues: Clues) -> bool:
        return not self.planes or clues.planes in self.planes


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _for_each(parameters: str, name: str, quantity: str, cmap: str = "viridis") -> tuple[Look, ...]:
    return tuple(Look(f"{name} {parameter}", quantity, cmap) for parameter in parameters.split())


TEMPERATURE_UK, POLARISATION_UK = (-500.0, 500.0), (-100.0, 100.0)

_STOKES = {
    "I": Look("I", "T", "planck", TEMPERATURE_UK),
    "T": Look("T", "T", "planck", TEMPERATURE_UK),
    "Q": Look("Q", "Q", "planck", POLARISATION_UK),
    "U": Look("U", "U", "planck", POLARISATION_UK),
    "V": Look("V", "V", "planck", POLARISATION_UK),
    "E": Look("E", "E", "planck", POLARISATION_UK),
    "B": Look("B", "B", "planck", POLARISATION_UK),
}
STOKES_QUANTITIES = frozenset(look.quantity for look in _STOKES.values())
"""What the layers of the sky itself measure."""

DERIVED = {
    "P": Look("P", "P", "magma", limits=(0.0, "auto")),
    "psi": Look("Angle of polarisation", "psi", "twilight", limits=(-90.0, 90.0)),
    "S/N": Look("Signal-to-noise of", "S/N", "RdBu_r"),
}
"""How what follows from maps of Stokes parameters and inverse variance is shown, by quantity."""

_IQU = (_STOKES["I"], _STOKES["Q"], _STOKES["U"])
_QU = (_STOKES["Q"], _STOKES["U"])

KINDS: tuple[Kind, ...] = (
    Kind(
        "weighted map",
        words=_words("weighted wtd wmap"),
        looks={
            1: (Look("Weighted map", "weighted T", "RdBu_r"),),
            3: _for_each("I Q U", "Weighted", "weighted map", "RdBu_r"),
        },
    ),
    Kind(
        "inverse variance",
        words=_words("ivar ivars invvar div"),
        has_unit=is_inverse_variance,
        looks={
            1: (Look("Inverse variance", "ivar"),),
            3: _for_each("I Q U", "Inverse variance", "ivar"),
        },
    ),
    Kind(
        "weights",
        words=_words("weight weights wts"),
        looks={
            1: (Look("Weight", "weight"),),
            3: _for_each("I Q U", "Weight", "weight"),
            6: _for_each("II IQ IU QQ QU UU", "Weight", "weight"),
            9: _for_each("II IQ IU QI QQ QU UI UQ UU", "Weight", "weight"),
        },
    ),
    Kind("hits", words=_words("hit hits nhits hitmap nobs"), looks={1: (Look("Hits", "hits"),)}),
    Kind("counts", words=_words("counts"), looks={1: (Look("Counts", "counts", "inferno"),)}),
    Kind("mask", words=_words("mask masks apod footprint"), looks={1: (Look("Mask", "mask", "gray", limits=(0.0, 1.0)),)}),
    Kind("noise", words=_words("noise rms error uncertainty sigma"), looks={1: (Look("Noise", "noise"),)}),
    Kind("coverage", words=_words("coverage exposure"), looks={1: (Look("Coverage", "coverage"),)}),
    Kind("lensing convergence", words=_words("kappa lensing convergence"), looks={1: (Look("Convergence", "kappa", "RdBu_r"),)}),
    Kind("Compton y", words=_words("ymap compton comptony tsz"), looks={1: (Look("Compton y", "y", "RdBu_r"),)}),
    Kind("map of Stokes parameters", has_stokes=True, looks={1: (_STOKES["I"],), 3: _IQU}, is_sky=True),
    Kind(
        "IQU map",
        words=_words("iqu map maps coadd cmb"),
        has_unit=lambda units: microkelvin_in(units) is not None,
        planes=frozenset({3}),
        looks={3: _IQU},
        is_sky=True,
    ),
    Kind("QU map", words=_words("qu"), planes=frozenset({2}), looks={2: _QU}, is_sky=True),
    Kind(
        "temperature map",
        words=_words("cmb"),
        has_unit=is_cmb_temperature,
        planes=frozenset({1}),
        looks={1: (_STOKES["I"],)},
        is_sky=True,
    ),
)

ANYTHING = Kind("image", looks={1: (Look("Image"),)})
"""What a map is when no row matches: limits from its own pixels."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The kind of an image, and the look of each of its planes."""

    kind: Kind
    looks: tuple[Look, ...]


def recognise(clues: Clues, *, extname: frozenset[str] = frozenset(), stokes_word: str | None = None) -> Recognised:
    """Return the kind of an image.

    Parameters
    ----------
    clues
        What is known of it.
    extname
        The words of EXTNAME alone: they are about this image, where the file's name is about all of them, and so come first.
    stokes_word
        The Stokes parameter that the file's name says the image is.
    """
    own = Clues(extname, clues.planes, clues.units, clues.stokes)
    named = next((kind for kind in KINDS if kind.named_by(own)), None) if extname else None
    kind = named or next((kind for kind in KINDS if kind.matches(clues)), ANYTHING)
    return Recognised(kind, _looks(kind, clues, stokes_word))


def _looks(kind: Kind, clues: Clues, stokes_word: str | None) -> tuple[Look, ...]:
    """Return the looks of a kind; those of the Stokes parameters themselves where header or name say which these are."""
    parameters = clues.stokes or ((stokes_word,) if stokes_word and clues.planes == 1 else ())
    if kind.is_sky and parameters and all(parameter in _STOKES for parameter in parameters):
        return tuple(_STOKES[parameter] for parameter in parameters)
    if kind is ANYTHING and parameters:
        return tuple(Look(parameter, parameter) for parameter in parameters)
    return kind.looks_for(clues)
