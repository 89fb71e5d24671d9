"""What the server says of what is drawn over maps: sources, boxes and regions."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, JsonValue, RootModel

from .answers import Answer


class SourceGroupSummary(Answer):
    """A list of sources, by name."""

    source_group_id: str
    name: str
    description: str | None


class SourceGroups(RootModel[tuple[SourceGroupSummary, ...]]):
    """Every list of sources."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)


class Source(Answer):
    """One source."""

    name: str | None
    ra: float = Field(validation_alias="ra_deg")
    """Right ascension, degrees."""
    dec: float = Field(validation_alias="dec_deg")
    """Declination, degrees."""
    extra: dict[str, JsonValue]
    """Whatever else the catalogue says."""


class SourceGroup(SourceGroupSummary):
    """A list of sources."""

    grant: str | None
    sources: tuple[Source, ...]


class Box(Answer):
    """A named part of the sky."""

    name: str
    description: str | None
    top_left_ra: float
    """Lowest RA, degrees, in -180..180."""
    top_left_dec: float
    """Highest Dec, degrees."""
    bottom_right_ra: float
    """Highest RA, degrees; above 180 when the box lies across RA 180."""
    bottom_right_dec: float
    """Lowest Dec, degrees."""
    grant: str | None


class Boxes(RootModel[tuple[Box, ...]]):
    """Every named part of the sky."""

    model_config = ConfigDict(defer_build=True)


class SourceField(Answer):
    """What a catalogue says of each source, beside its name and place."""

    name: str
    unit: str | None
    ucd: str | None
    """What it is, in the words of the Virtual Observatory, as the file has it."""
    is_number: bool
    """Whether sources can be ordered by it."""


class SourceGroupDescription(SourceGroupSummary):
    """A list of sources, without the sources."""

    grant: str | None
    number_of_sources: int
    is_sent_whole: bool
    """Whether `/sources/{source_group_id}` sends all of them. Of longer lists, parts are sent."""
    has_names: bool
    by: str | None
    """The field that says which sources matter most: their magnitude, flux or significance, say; null for the order of the file."""
    is_descending: bool
    """Whether the greatest matter most, as for a flux; of magnitudes the least do."""
    fields: tuple[SourceField, ...]


class NumberedSource(Source):
    """A source of a list of which a part is sent."""

    row: int
    """Its number in the list, from 0."""


class SourcesWithin(Answer):
    """The sources in a box that matter most, those first."""

    found: int
    """How many there are in the box."""
    left_out: int
    """How many of them are not among these."""
    by: str | None
    """The field that they are ordered by; null for the order of the file."""
    is_descending: bool
    sources: tuple[NumberedSource, ...]


class SourcesNamed(Answer):
    """The first sources whose names hold some words."""

    sources: tuple[NumberedSource, ...]


class RegionGroupSummary(Answer):
    """A list of regions, by name."""

    region_group_id: str
    name: str
    description: str | None


class RegionGroups(RootModel[tuple[RegionGroupSummary, ...]]):
    """Every list of regions."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)


class Outline(Answer):
    """A line, to be drawn straight from point to point in RA and Dec."""

    points: tuple[tuple[float, float], ...]
    """RA and Dec, degrees. RA runs on without a jump, its lowest in -180..180. A closed line ends where it begins, or 360 degrees
    from there when it goes round a pole."""
    is_closed: bool
    """Whether it goes round an area."""
    pole: Literal[-90, 90] | None
    """Dec of the pole that lies in that area."""


class Region(Answer):
    """A part of the sky of any shape."""

    name: str | None
    shape: str
    """What it is, such as `circle`, `ellipse`, `box`, `polygon`, `annulus`, `line` or `text`."""
    size: str
    """How large it is, for people; may be empty."""
    ra: float
    """Where its name belongs, degrees."""
    dec: float
    """The same, degrees."""
    colour: str | None
    """What it is to be drawn in, as HTML has it."""
    is_excluded: bool
    """Whether it marks what is not meant."""
    outlines: tuple[Outline, ...]
    """Two of an annulus, none of a text. They stray from the true shape by less than a four-thousandth of its size."""


class RegionGroup(RegionGroupSummary):
    """A list of regions."""

    grant: str | None
    regions: tuple[Region, ...]
