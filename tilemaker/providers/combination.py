"""Several maps combined into one, pixel by pixel: by an operation on a list of them, or by an expression that names them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tilemaker.sky.place import place

from .base import MapExtent, Provider, ProviderSpec
from .expression import ExpressionMistake, Node, parsed
from .far import joint_plane
from .fits import FitsSpec
from .formula import Formula, folded
from .functions import CONSTANTS, FUNCTIONS
from .healpix import HealpixSpec
from .joint import JointPlane, common_box
from .mosaic import MosaicSpec
from .partwise import PartwisePlane
from .stokes import convention_of, in_convention

if TYPE_CHECKING:
    from pathlib import Path

    from .pixels import Pixels
    from .workshop import Workshop

OperationOnAll = Literal["+", "-", "*", "/", "max", "min", "mean"]
Averaged = Literal["after", "before"]

LIST, NAMED = "a list", "an object"
"""The two ways to write the providers of a combination."""

RESERVED = frozenset({*FUNCTIONS, *CONSTANTS, "and", "or", "not"})
"""What a map in an expression cannot be called, because it means something else."""


def _way(providers: object) -> str:
    return NAMED if isinstance(providers, Mapping) else LIST


def _checked_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII) or name in RESERVED:
        reserved = ", ".join(sorted(RESERVED))
        raise PydanticCustomError(
            "name_of_map", f"should be letters and digits, beginning with a letter, and not one of {reserved}"
        )
    return name


MapName = Annotated[str, AfterValidator(_checked_name)]
Providers = Annotated[
    Annotated[tuple["AnyProvider", ...], Field(min_length=1), Tag(LIST)]
    | Annotated[dict[MapName, "AnyProvider"], Field(min_length=1), Tag(NAMED)],
    Discriminator(_way),
]


class CombinationSpec(ProviderSpec):
    """Several providers combined pixel by pixel, on the grid of the first."""

    provider_type: Literal["fits_combination"] = "fits_combination"
    providers: Annotated[
        Providers, Field(description="What to combine: a list, or names for an expression. The first gives the grid.")
    ]
    function: Annotated[
        OperationOnAll | None,
        Field(description="What to do with all of them: + - * / fold in the order given; max, min and mean take all at once."),
    ] = None
    expression: Annotated[str | None, Field(description="What to do with them by name, such as `(a - b) * (w > 0.2)`.")] = None
    averaged: Annotated[
        Averaged,
        Field(description="Coarse pixels: `after` averages the combination, `before` combines the averages of the maps."),
    ] = "after"

    polarisation: Annotated[
        Literal["IAU", "COSMO"] | None,
        Field(description="The convention of the result; U of the other has its sign turned. By default that of the first map."),
    ] = None

    @field_validator("expression")
    @classmethod
    def _is_understood(cls, text: str | None, info: ValidationInfo) -> str | None:
        """Refuse an expression that cannot be understood, where its maps could be."""
        providers = info.data.get("providers")
        if text is None or providers is None:
            return text
        if not isinstance(providers, Mapping):
            raise PydanticCustomError("expression", 'needs "providers" to be an object that gives each map a name')
        try:
            parsed(text, list(providers))
        except ExpressionMistake as mistake:
            raise PydanticCustomError("expression", "{problem}", {"problem": str(mistake)}) from mistake
        return text

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.function is None) == (self.expression is None):
            raise PydanticCustomError("expression", 'should have either "function" or "expression"')
        return self

    @property
    def named(self) -> dict[str, AnyProvider]:
        """The providers by name; those of a list are called by their place in it."""
        if isinstance(self.providers, dict):
            return self.providers
        return {str(number): each for number, each in enumerate(self.providers, start=1)}

    @property
    def tree(self) -> Node:
        """What is done with them."""
        names = list(self.named)
        return parsed(self.expression, names) if self.expression is not None else folded(self.function or "+", names)

    def relative_to(self, folder: Path) -> CombinationSpec:
        """Return the same combination with file names taken from a folder."""
        moved = {name: each.relative_to(folder) for name, each in self.named.items()}
        return self.model_copy(update={"providers": moved if isinstance(self.providers, dict) else tuple(moved.values())})

    def open(self, workshop: Workshop) -> Provider:
        """Open every part. Raises `UnitsMismatch`, `UnsupportedGeometry`, and what the parts raise."""
        # Here, because the units of most maps are only shown: what understands them takes long to import.
        from .dimensions import in_units

        parts = {name: each.open(workshop) for name, each in self.named.items()}
        tree, units = in_units(self.tree, {name: part.extent.units for name, part in parts.items()})
        convention = self.polarisation or convention_of(parts)
        formula = Formula(in_convention(convention, tree, parts))
        return self._combined(parts, formula, (units, convention), workshop)

    @property
    def is_worked_out(self) -> bool:
        """Whether the pixels are worked out from those of other maps."""
        return True

    def _combined(
        self, parts: Mapping[str, Provider], formula: Formula, what: tuple[str | None, str | None], workshop: Workshop
    ) -> Provider:
        """Return the provider of a combination whose result has a unit and a convention of polarisation."""
        units, convention = what
        members = list(parts.values())
        first, stokes = members[0].extent, {part.extent.stokes for part in members}
        box = first.box if formula.can_do_without else common_box([part.extent.box for part in members])

        def join(pixels: Sequence[Pixels | None]) -> Pixels | None:
            return formula.of_present(dict(zip(parts, pixels, strict=True)))

        plane = JointPlane(members, box, first.grid, join)
        placement = place(plane.geometry, plane.pixel_deg)
        return (joint_plane(members) if self.averaged == "after" else PartwisePlane)(
            plane,
            placement,
            MapExtent(plane.geometry.box, placement.grid, units, convention, stokes.pop() if len(stokes) == 1 else None),
            fingerprint=_digest(formula.tree, self.averaged, *((name, part.fingerprint) for name, part in parts.items())),
            is_current=lambda: all(part.is_current for part in members),
            workshop=workshop,
        )


AnyProvider = Annotated[FitsSpec | CombinationSpec | HealpixSpec | MosaicSpec, Field(discriminator="provider_type")]
"""Every kind of provider that a configuration can name."""

CombinationSpec.model_rebuild()  # it names AnyProvider, which is known only now


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=9).hexdigest()
