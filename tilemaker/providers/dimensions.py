"""Units through an expression: what must be converted on the way, and in what unit the result is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from astropy import units

from tilemaker.errors import UnitsMismatch

from .expression import Name, Node, Number, Operation, parts_of
from .functions import KNOWN
from .units import Measure, measure_of


@dataclass(frozen=True, slots=True)
class Dimension:
    """What is known of the unit of a part of an expression."""

    measure: Measure | None = None
    """None where a map does not say its unit."""
    text: str | None = None
    """The unit as the map has it, where no other came into it."""
    is_number: bool = False
    """Whether it is a number or a truth, which is in whatever unit it meets in a sum, and none in a product."""

    @property
    def known(self) -> Measure | None:
        """The unit that others must be converted to, None for numbers and where it is not known."""
        return None if self.is_number else self.measure

    def __str__(self) -> str:
        """Return it as a person writes it; empty for none."""
        if self.measure is None:
            return ""
        return self.text or self.measure.unit.to_string()


_NONE = Measure(units.dimensionless_unscaled)
NUMBER = Dimension(_NONE, is_number=True)
UNKNOWN = Dimension()
Measured = tuple[Node, Dimension]


def in_units(tree: Node, texts: Mapping[str, str | None]) -> tuple[Node, str | None]:
    """Return an expression in which maps are converted to each other's units, and the unit of its result.

    Parameters
    ----------
    tree
        The expression.
    texts
        The unit of each map, as its file has it, None where it has none: such a map is taken to be in the unit of what it is
        combined with.

    Returns
    -------
    tree, units
        Where maps in different units are added, compared and so on, the later ones are converted to the unit of the first. A result
        whose units cancel is a plain number: (µK)(1/K) is multiplied by what remains. ``units`` is None for that, and where it is
        not known.

    Raises
    ------
    UnitsMismatch
        Units that cannot be converted into each other meet.
    """
    stack: list[Measured] = []
    for node in reversed(list(parts_of(tree))):
        if isinstance(node, Operation):
            count = len(node.arguments)
            stack[-count:] = [_measured(node.function, stack[-count:])]
        elif isinstance(node, Name):
            stack.append((node, Dimension(measure_of(texts[node.name]), texts[node.name])))
        else:
            stack.append((node, NUMBER))
    result, dimension = stack[0]
    if dimension.measure is not None and dimension.measure.unit.is_equivalent(units.dimensionless_unscaled):
        return _times(dimension.measure.in_terms_of(_NONE), result), None
    return result, str(dimension) or None


def _measured(function: str, arguments: Sequence[Measured]) -> Measured:
    """Return a function of arguments whose units are known."""
    rule = KNOWN[function].rule
    dimensions = [dimension for _, dimension in arguments]
    if rule in ("same", "comparison", "angle"):
        alike, common = _alike(function, arguments)
        answer = common if rule == "same" else NUMBER if rule == "comparison" else Dimension(Measure(units.rad))
        return Operation(function, tuple(alike)), answer
    if rule == "choice":
        alike, common = _alike(function, arguments[1:])
        return Operation(function, (arguments[0][0], *alike)), common
    if rule in ("number", "degrees"):
        needed = _NONE if rule == "number" else Measure(units.rad)
        operation = Operation(function, (_converted(arguments[0], needed),))
        return operation, NUMBER if rule == "number" else Dimension(Measure(units.deg))
    operation = Operation(function, tuple(node for node, _ in arguments))
    if rule == "truth":
        return operation, NUMBER
    exponent = arguments[1][0] if rule == "power" else Number(0.5)
    return operation, _product(rule, dimensions, exponent)


def _alike(function: str, arguments: Sequence[Measured]) -> tuple[list[Node], Dimension]:
    """Return arguments in the unit of the first that has one, and that unit."""
    known = [(dimension.known, dimension) for _, dimension in arguments if dimension.known is not None]
    if not known:
        return [node for node, _ in arguments], arguments[0][1]
    common, answer = known[0]
    if not all(other.is_convertible_to(common) for other, _ in known):
        listed = ", ".join(str(dimension) or "none" for _, dimension in known)
        raise UnitsMismatch(f"Maps in different units cannot be combined by {function}: {listed}.")
    return [_converted(argument, common) for argument in arguments], answer


def _converted(argument: Measured, measure: Measure) -> Node:
    """Return an argument in another unit; as it is where that cannot be, because it has none or is in something else."""
    node, dimension = argument
    if dimension.known is None or not dimension.known.is_convertible_to(measure):
        return node
    return _times(dimension.known.in_terms_of(measure), node)


def _product(rule: str, dimensions: Sequence[Dimension], exponent: Node) -> Dimension:
    """Return the unit of a product, a quotient, a power or a root."""
    is_scaled = (rule == "multiply" and any(each.is_number for each in dimensions)) or (
        rule == "divide" and dimensions[1].is_number
    )
    if is_scaled:  # a number changes no unit
        return next((each for each in dimensions if not each.is_number), NUMBER)
    measures = [dimension.measure for dimension in dimensions if dimension.measure is not None]
    if len(measures) < len(dimensions) or any(isinstance(each.unit, units.UnrecognizedUnit) for each in measures):
        return UNKNOWN
    first, last = measures[0].unit, measures[-1].unit
    if rule in ("power", "root"):
        unit = first ** (exponent.value if isinstance(exponent, Number) else 1.0)
    else:
        unit = first * last if rule == "multiply" else first / last
    scales = {measure.scale for measure in measures if measure.scale is not None}
    return Dimension(Measure(unit, scales.pop() if len(scales) == 1 else None))


def _times(factor: float, node: Node) -> Node:
    return node if factor == 1.0 else Operation("*", (Number(factor), node))
