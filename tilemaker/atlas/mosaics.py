"""Images of one file that are one exposure, or one map in pieces: shown as one layer.

They are when their headers say so, by the places of the detectors (DETSEC), or when they lie side by side on the sky and are of one
kind. Images of the same place, such as a map and its errors, are not: each is a layer of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .filenames import words_of
from .kinds import Clues, recognise

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from tilemaker.providers.hdus import Hdu

BESIDE = 0.5
"""Images whose centres are closer than this part of their shorter side show the same place, not neighbouring ones."""

WITHIN_REACH = 0.6
"""Neighbours' centres are no further apart than this part of the sum of their diagonals; at 0.5 corners touch."""

SAME_SCALE = 1.1
"""How much larger the pixels of one may be than those of the other."""


def exposures_among(images: Sequence[Hdu]) -> list[list[Hdu]]:
    """Put the images together that are one, in the order of the file.

    Parameters
    ----------
    images
        All that can be placed on the sky, in the order of the file.
    """
    if len(images) < 2:  # nothing to compare
        return [[image] for image in images]
    alike: defaultdict[Hashable, list[Hdu]] = defaultdict(list)
    names = Counter(image.name for image in images)
    for image in images:
        alike[_kind_of(image, is_repeated=names[image.name] > 1)].append(image)
    exposures = [exposure for members in alike.values() for exposure in _exposures(members)]
    return sorted(exposures, key=lambda exposure: exposure[0].number)


def common_name(images: Sequence[Hdu]) -> str | None:
    """Return the EXTNAME of an image, or of all of several; None when they have none, or different ones."""
    names = {image.name for image in images}
    return names.pop() if len(names) == 1 else None


def _kind_of(image: Hdu, *, is_repeated: bool) -> Hashable:
    """Return what images must have in common to be one: a name that is repeated tells the sky from its errors."""
    header, words = image.header, words_of(image.name or "")
    units = str(header.get("BUNIT", "")).strip() or None
    kind = recognise(Clues(words, image.shape[0], units), extname=words).kind.name
    stored = header.get("ZBITPIX", header.get("BITPIX"))
    return image.shape[0], units, kind, stored, image.name if is_repeated else None


def _exposures(images: list[Hdu]) -> list[list[Hdu]]:
    """Divide images of one kind into those that are one."""
    sections = {str(image.header["DETSEC"]).strip() for image in images if "DETSEC" in image.header}
    if len(sections) == len(images):
        return [images]
    sky = _Sky.of(images)
    exposures: list[list[Hdu]] = []
    for group in sky.groups():
        members = [images[number] for number in group]
        exposures += [[member] for member in members] if sky.is_stacked(group) else [members]
    return exposures


@dataclass(frozen=True, slots=True)
class _Sky:
    """How images lie on the sky, as (n, n) tables of which of them are neighbours and which show the same place."""

    beside: npt.NDArray[np.bool_]
    upon: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, images: Sequence[Hdu]) -> _Sky:
        """Compare all with all."""
        centres = np.empty((len(images), 3))
        shapes, pixel_deg = np.empty((len(images), 2)), np.empty(len(images))
        for number, image in enumerate(images):
            placement, _ = image.placed
            shapes[number], pixel_deg[number] = placement.geometry.shape, placement.grid.pixel_deg
            ra, dec = np.radians(placement.geometry.centre(*(count // 2 for count in placement.geometry.shape)))
            centres[number] = np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)
        apart_deg = np.degrees(np.arccos(np.clip(centres @ centres.T, -1.0, 1.0)))
        side_deg, diagonal_deg = shapes.min(axis=1) * pixel_deg, np.hypot(*shapes.T) * pixel_deg
        upon = apart_deg < BESIDE * np.minimum.outer(side_deg, side_deg)
        reach_deg = WITHIN_REACH * np.add.outer(diagonal_deg, diagonal_deg)
        is_one_scale = np.maximum.outer(pixel_deg, pixel_deg) <= SAME_SCALE * np.minimum.outer(pixel_deg, pixel_deg)
        return cls((apart_deg <= reach_deg) & is_one_scale & ~upon, upon)

    def groups(self) -> Iterator[list[int]]:
        """Yield the images that hang together by being neighbours."""
        left = set(range(len(self.beside)))
        while left:
            group, waiting = set[int](), {min(left)}
            while waiting:
                number = waiting.pop()
                group.add(number)
                waiting |= {int(other) for other in np.flatnonzero(self.beside[number])} - group
            left -= group
            yield sorted(group)

    def is_stacked(self, group: list[int]) -> bool:
        """Tell whether some images of a group show the same place: then they are no pieces of anything."""
        return bool(self.upon[np.ix_(group, group)].sum() > len(group))
