"""Combinations whose coarse pixels are made of the coarse pixels of their maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .overview import Overview
from .placed import PlacedPlane

if TYPE_CHECKING:
    from tilemaker.sky.boxes import SkyBox
    from tilemaker.sky.grid import Shape

    from .base import Sample
    from .counting import Edges
    from .joint import JointPlane


class PartwisePlane(PlacedPlane):
    """A joint plane that needs no overview of its own: its coarse pixels are worked out from the overviews of its parts.

    The angle of polarisation of many pixels is the angle of their mean Q and U; the mean of their angles means nothing.
    """

    @property
    def is_too_far(self) -> bool:  # type: ignore[override]  # as the parts have it
        """Whether no overview is built of one of the parts."""
        return any(part.is_too_far for part in self._joint.parts)

    @property
    def progress(self) -> float:
        """How much of the parts' overviews is built, 0 to 1."""
        return min(part.progress for part in self._joint.parts)

    def prepare(self, edges: Edges) -> None:
        """Ask for the parts' overviews to be built in the background. The histogram is counted when somebody asks for it."""
        for part in self._joint.parts:
            part.prepare(edges)

    def read(self, box: SkyBox, shape: Shape) -> Sample | None:
        """Return the box as ``shape`` pixels, or None when one of the parts does not reach it."""
        return super().read(box, shape) if self._level_of(box, shape) == 0 else self._joint.coarse(box, shape)

    @property
    def _joint(self) -> JointPlane:
        return cast("JointPlane", self.plane)

    def _overview(self) -> Overview | None:
        """Return an overview of nothing, so that histograms are counted in a pass of their own; None where that went too far."""
        return None if self.is_too_far else Overview(0, (), {})
