"""FITS files as entries of a configuration: which images and HEALPix maps can be shown, and how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tilemaker.errors import MapError, UnsupportedGeometry
from tilemaker.providers.fits import FitsSpec, images_among, parts_of
from tilemaker.providers.mosaic import MosaicSpec
from tilemaker.providers.stokes import stokes_of

from .filenames import FileName, read_name, words_of
from .kinds import ANYTHING, STOKES_QUANTITIES, Clues, Look, Recognised, recognise
from .models import LayerConfig
from .mosaics import common_name, exposures_among
from .spheres import convention_in_tables, healpix_layers

if TYPE_CHECKING:
    from tilemaker.providers.cards import Cards
    from tilemaker.providers.files import Files
    from tilemaker.providers.hdus import Hdu
    from tilemaker.providers.location import Url


@dataclass(frozen=True, slots=True)
class FileLayers:
    """The layers of one file."""

    path: Path | Url
    name: FileName
    layers: tuple[LayerConfig, ...]
    polarisation: str | None = None
    """POLCCONV of the first image that has one, as written."""

    @property
    def rank(self) -> tuple[int, str]:
        """Where the file stands among others of its band: the sky first, then what nobody recognised, then hits, masks and such."""
        quantity = self.layers[0].quantity
        order = 0 if quantity in STOKES_QUANTITIES else 1 if quantity is None else 2
        return order, self.name.variant or ""


def layers_in(path: Path | Url, files: Files) -> FileLayers:
    """Return a layer for every plane of every image, and every HEALPix map, of a file that can be shown.

    Parameters
    ----------
    path
        The file.
    files
        What finds it.

    Raises
    ------
    MapError
        The file cannot be read, or holds nothing that can be shown; the message says why.
    """
    parts = parts_of(files.open(path))
    images, problems = _sorted_out(images_among(parts))
    name = read_name(path)
    exposures = exposures_among(images)
    layers = [layer for pieces in exposures for layer in _layers(path, name, pieces, is_alone=len(exposures) == 1)]
    spheres, refused = healpix_layers(path, parts, name)
    if not (layers or spheres):
        raise UnsupportedGeometry((*refused, *problems, _why_no_image(parts))[0])
    return FileLayers(path, name, (*layers, *spheres), _convention(images) or (convention_in_tables(parts) if spheres else None))


def _convention(images: list[Hdu]) -> str | None:
    """Return the first POLCCONV of some images."""
    return next((str(image.header["POLCCONV"]) for image in images if "POLCCONV" in image.header), None)


def _sorted_out(images: list[Hdu]) -> tuple[list[Hdu], list[str]]:
    """Separate the images that can be placed on the sky from the reasons why others cannot."""
    usable: list[Hdu] = []
    problems: list[str] = []
    for image in images:
        try:
            image.placed  # noqa: B018  what is wrong with it is said at once
            usable.append(image)
        except MapError as refused:
            problems.append(str(refused))
    return usable, problems


def _why_no_image(parts: Sequence[Hdu]) -> str:
    """Say what a file holds that can be read but has no image."""
    holds_table = any("TABLE" in part.extension for part in parts)
    return "The file holds tables, but no image and no positions of sources." if holds_table else "The file holds no image."


def _layers(path: Path | Url, name: FileName, pieces: list[Hdu], *, is_alone: bool) -> Iterator[LayerConfig]:
    """Yield a layer for every plane of an image, or of several that are one."""
    image, extname = pieces[0], common_name(pieces)
    units = units_of(image.header)
    clues = Clues(name.words | words_of(extname or ""), image.shape[0], units, stokes_of(image.header))
    found = recognise(clues, extname=words_of(extname or ""), stokes_word=name.stokes)
    for index, look in enumerate(found.looks):
        vmin, vmax = look.limits_in(units)
        yield LayerConfig(
            name=_layer_name(look, found, extname if not is_alone else None, name.variant),
            description=f"A mosaic of {len(pieces)} images." if len(pieces) > 1 else None,
            provider=_provider(path, pieces, index if image.shape[0] > 1 else None),
            quantity=look.quantity,
            units=units,
            vmin=vmin,
            vmax=vmax,
            cmap=look.cmap,
            comment=f"Recognised as: {found.kind.name}." if found.kind is not ANYTHING else None,
        )


def _provider(path: Path | Url, pieces: list[Hdu], index: int | None) -> FitsSpec | MosaicSpec:
    if len(pieces) > 1:
        return MosaicSpec(filename=path, hdus=tuple(piece.number for piece in pieces), index=index)
    return FitsSpec(filename=path, hdu=pieces[0].number, index=index)


def _layer_name(look: Look, found: Recognised, extname: str | None, variant: str | None) -> str:
    """Return what the menu shows: EXTNAME stands for, or in front of, a look that says little by itself."""
    name = look.name
    if extname and found.kind is ANYTHING:
        name = extname if len(found.looks) == 1 else f"{extname} {look.name.removeprefix('Image ')}"
    return f"{name} ({variant})" if variant else name


def units_of(header: Cards) -> str | None:
    """Return BUNIT as written; None when it is missing or blank."""
    return str(header.get("BUNIT", "")).strip() or None
