"""Polarisation: which Stokes parameter an image is, and which way its angles are counted."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .expression import Name, Node, Operation, parts_of

if TYPE_CHECKING:
    from .base import Provider
    from .cards import Cards

logger = logging.getLogger(__name__)

STOKES_OF_CODE = {1: "I", 2: "Q", 3: "U", 4: "V"}
"""What the values along a FITS axis of type STOKES mean (FITS standard 4.0, table 29)."""

CONVENTIONS = ("IAU", "COSMO")
"""Angles from north through east, or through west: U of one is minus U of the other."""


def stokes_of(header: Cards) -> tuple[str, ...]:
    """Return the Stokes parameter of each plane; empty when the header does not say, or the planes differ in something else too."""
    axis = next((axis for axis in range(3, 10) if str(header.get(f"CTYPE{axis}", "")).strip().upper() == "STOKES"), None)
    if axis is None:
        return ()
    sizes = {axis: int(header.get(f"NAXIS{axis}", header.get(f"ZNAXIS{axis}", 1))) for axis in range(3, 10)}
    if any(size != 1 for other, size in sizes.items() if other != axis):
        return ()
    first, step, pixel = (_number(header, f"{key}{axis}", default=1.0) for key in ("CRVAL", "CDELT", "CRPIX"))
    codes = [round(first + (plane + 1 - pixel) * step) for plane in range(sizes[axis])]
    return tuple(STOKES_OF_CODE[code] for code in codes) if all(code in STOKES_OF_CODE for code in codes) else ()


def stokes_of_plane(header: Cards, planes: int, index: int) -> str | None:
    """Return the Stokes parameter of one of an image's planes, None when that cannot be told from its header.

    Three planes whose header has a convention of polarisation, but does not say what they are, are I, Q and U.
    """
    parameters = stokes_of(header) or (("I", "Q", "U") if planes == 3 and convention_in(header.get("POLCCONV")) else ())
    return parameters[index] if index < len(parameters) else None


def convention_in(written: object) -> str | None:
    """Return the convention that POLCCONV names, None when it is neither."""
    word = str(written).strip().upper()
    return word if word in CONVENTIONS else None


def convention_of(parts: Mapping[str, Provider]) -> str | None:
    """Return the convention of a combination: that of the first of its maps that says one."""
    return next((word for part in parts.values() if (word := convention_in(part.extent.polarisation))), None)


def in_convention(own: str | None, tree: Node, parts: Mapping[str, Provider]) -> Node:
    """Return an expression in which U of the other convention than its own has its sign turned.

    A map is U when its header says so, or is called ``u`` and its header does not say what it is. Where that cannot be known of a
    map in the other convention, it is left as it is, and the log says so.
    """
    others = [name for name, part in parts.items() if convention_in(part.extent.polarisation) not in (None, own)]
    stokes = {name: parts[name].extent.stokes or ("U" if name in ("u", "U") else None) for name in others}
    if own is not None and None in stokes.values() and len(parts) > 1:
        logger.warning("Maps of both polarisation conventions are combined, and one does not say which Stokes parameter it is.")
    turned = {name for name in others if own is not None and stokes[name] == "U"}
    return _negated(tree, turned) if turned else tree


def _negated(tree: Node, names: set[str]) -> Node:
    """Return an expression with the sign of some maps turned."""
    stack: list[Node] = []
    for node in reversed(list(parts_of(tree))):
        if isinstance(node, Operation):
            count = len(node.arguments)
            stack[-count:] = [Operation(node.function, tuple(stack[-count:]))]
        else:
            stack.append(Operation("negative", (node,)) if isinstance(node, Name) and node.name in names else node)
    return stack[0]


def _number(header: Cards, key: str, *, default: float) -> float:
    value = header.get(key, default)
    return float(value) if isinstance(value, int | float) else default
