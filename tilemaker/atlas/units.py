"""Units of temperature in the many ways FITS headers write them."""

from __future__ import annotations

import re

_PREFIXES = {"n": 1e-3, "u": 1.0, "µ": 1.0, "μ": 1.0, "mu": 1.0, "micro": 1.0, "m": 1e3, "milli": 1e3, "": 1e6}
_TEMPERATURE = re.compile(
    r"(?P<prefix>n|u|µ|μ|mu|micro|m|milli|)[-_ ]?(K|Kelvins?)[\s_,(\[]*(cmb|rj|thermo\w*|antenna\w*|)[)\]]*", re.IGNORECASE
)
_INVERSE = re.compile(r"(1\s*/\s*)?\(?(?P<unit>[^\s()/^*]+?)\)?\s*(\^|\*\*)?\s*\(?(?P<power>-?2)\)?")


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
