"""Units in the many ways FITS headers write them, above all those of temperature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from .quiet import quietly

if TYPE_CHECKING:
    from astropy import units

_PREFIXES = {"n": 1e-3, "u": 1.0, "µ": 1.0, "μ": 1.0, "mu": 1.0, "micro": 1.0, "m": 1e3, "milli": 1e3, "": 1e6}
_TEMPERATURE = re.compile(
    r"(?P<prefix>n|u|µ|μ|mu|micro|m|milli|)[-_ ]?(K|Kelvins?)[\s_,(\[]*(cmb|rj|thermo\w*|antenna\w*|)[)\]]*", re.IGNORECASE
)
_INVERSE = re.compile(r"(1\s*/\s*)?\(?(?P<unit>[^\s()/^*]+?)\)?\s*(\^|\*\*)?\s*\(?(?P<power>-?2)\)?")

_KELVIN_WITHIN = re.compile(
    r"(?<![A-Za-zµμ])(n|u|µ|μ|mu|micro|m|milli|)[-_ ]?(?:K|[Kk]elvins?)"
    r"(?:[\s_,]*(?P<bare>(?i:cmb|rj|thermo\w*|antenna\w*))|[\s_]*[(\[](?P<within>(?i:cmb|rj|thermo\w*|antenna\w*))[)\]])?(?![A-Za-z])"
)
_CANONICAL = {"n": "n", "m": "m", "milli": "m", "": ""}
_SCALES = {"c": "CMB", "t": "CMB", "r": "RJ", "a": "RJ"}
"""What temperature is meant, by the first letter of its name: the background's, or that of a radio telescope (Rayleigh-Jeans)."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit that can be worked with."""

    unit: units.UnitBase
    scale: str | None = None
    """Which temperature is meant, ``CMB`` or ``RJ``, where that is said: they differ by a factor that depends on frequency."""

    def is_convertible_to(self, other: Measure) -> bool:
        """Tell whether there is a factor between the two."""
        is_one_scale = self.scale is None or other.scale is None or self.scale == other.scale
        return is_one_scale and bool(self.unit.is_equivalent(other.unit))

    def in_terms_of(self, other: Measure) -> float:
        """Return how many of another unit this is."""
        # 1000.0000000000001 is what units come to by way of powers of ten.
        return float(f"{self.unit.to(other.unit):.15g}")


@lru_cache(maxsize=512)
def measure_of(text: str | None) -> Measure | None:
    """Return the unit that a text means, None without one. A word that nobody knows is a unit of its own."""
    if not text or not text.strip():
        return None
    from astropy import units

    named = (found["bare"] or found["within"] for found in _KELVIN_WITHIN.finditer(text))
    scales = {_SCALES[name[0].lower()] for name in named if name}
    plain = _KELVIN_WITHIN.sub(lambda found: f"{_CANONICAL.get(found[1], 'u')}K", text.strip())
    plain = re.sub(r"\((\w+)\)", r"\1", plain)  # (uK)^-2, which astropy does not know
    with quietly():
        try:
            unit = units.Unit(plain, parse_strict="silent")
        except (ValueError, TypeError):
            unit = units.UnrecognizedUnit(plain)
    return Measure(unit, scales.pop() if len(scales) == 1 else None)


def microkelvin_in(units: str | None) -> float | None:
    """Return how many µK a unit of temperature is: 1 for ``uK_CMB``, 1e6 for ``K``; None for any other unit, and without one."""
    match = _TEMPERATURE.fullmatch(units.strip()) if units else None
    # A capital M is mega, which no map is in: it is more likely to be something else altogether.
    if match is None or match["prefix"] in {"M", "N", "U"}:
        return None
    return _PREFIXES[match["prefix"].lower()]


def is_cmb_temperature(units: str | None) -> bool:
    """Tell whether a unit of temperature is one that maps of the microwave background are in, rather than of the radio sky."""
    scale = microkelvin_in(units)
    return scale is not None and (scale < 1e6 or "cmb" in (units or "").lower())


def is_inverse_variance(units: str | None) -> bool:
    """Tell whether a unit is one over a temperature squared: ``uK^-2``, ``1/uK**2``, ``K-2``."""
    match = _INVERSE.fullmatch(units.strip()) if units else None
    if match is None or microkelvin_in(match["unit"]) is None:
        return False
    return (match[1] is not None) != match["power"].startswith("-")
