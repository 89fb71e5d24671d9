"""From files and folders, in any mix, to a configuration that shows them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tilemaker.errors import MapError, MapUnreadable
from tilemaker.providers.files import Files
from tilemaker.providers.location import Url

from .ahead import opened_ahead
from .derived import derived_from
from .file_types import file_type_of
from .filenames import stem_of, whole_characters
from .images import FileLayers, layers_in
from .models import Band, Config, FileType, LayerConfig, Map, MapGroup, RegionGroupConfig, SourceGroupConfig
from .naming import with_ids
from .scan import Candidate, Skipped, candidates
from .spheres import ASSUMED

L = TypeVar("L", SourceGroupConfig, RegionGroupConfig)

BAND_WITHOUT_NAME = "All"
"""What the band of files is called that name no frequency."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """A file that is shown, and what it leaves unsaid."""

    path: Path | Url
    what: str
    """A sentence, without the file's name."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A configuration, what had to be left out of it, and what had to be assumed."""

    config: Config
    skipped: tuple[Skipped, ...]
    assumed: tuple[Assumed, ...] = ()


def generate(files: Sequence[Path | Url], finder: Files | None = None) -> Generated:
    """Make a configuration that shows files. No pixel is read.

    Parameters
    ----------
    files
        FITS maps, catalogues, regions and folders, in any order; of a folder what `tilemaker.atlas.scan.candidates` takes.
        Maps may be elsewhere.
    finder
        Finds files; without it, only those that are here.

    Returns
    -------
    Generated
        A configuration with absolute file names and an id at every node. Files named one by one form one group, and each folder
        forms its own. In a group, files of one folder that differ only in what they hold of the same observation (map, inverse
        variance, hits …) are one map, and those of different frequencies are its bands.
    """
    finder = finder or Files()
    gathered = _Gathered(finder)
    for found in opened_ahead(candidates(files), finder):
        if isinstance(found, Skipped):
            gathered.skipped.append(found)
        else:
            gathered.take(found)
    return Generated(gathered.config(), tuple(gathered.skipped), tuple(gathered.assumed))


class _Gathered:
    """What has been found so far."""

    def __init__(self, finder: Files) -> None:
        self.skipped: list[Skipped] = []
        self.assumed: list[Assumed] = []
        self._finder = finder
        self._maps: defaultdict[str, list[FileLayers]] = defaultdict(list)
        self._sources: list[SourceGroupConfig] = []
        self._regions: list[RegionGroupConfig] = []

    def take(self, candidate: Candidate) -> None:
        """Look at a file and keep what it is good for, or the reason why that is nothing."""
        try:
            if isinstance(candidate.path, Url):
                self._take_remote(candidate.path, candidate.group)
            else:
                self._take_local(candidate.path, candidate.group)
        except MapError as refused:
            self.skipped.append(Skipped(candidate.path, str(refused)))

    def _take_local(self, path: Path, group: str) -> None:
        """Keep what is in a file that is here. Raises `MapError`."""
        file_type = file_type_of(path)
        if file_type is None:
            self._take_fits(path, group)
        else:
            self._take_overlays(path, file_type)

    def _take_remote(self, url: Url, group: str) -> None:
        """Keep the maps of a file that is elsewhere. Raises `MapError`."""
        if file_type_of(url) is not None:
            raise MapUnreadable("Catalogues and regions are read from files that are here: fetch it first.")
        self._keep(layers_in(url, self._finder), group)

    def _take_fits(self, path: Path, group: str) -> None:
        """Keep the maps of a FITS file; where there are none, the catalogues in it. Raises `MapError`."""
        try:
            self._keep(layers_in(path, self._finder), group)
        except MapError:
            from .overlays import catalogues_in, holds_positions  # here, as below: few folders hold any

            if not holds_positions(path):
                raise
            self._sources += catalogues_in(path, "fits")

    def _keep(self, file: FileLayers, group: str) -> None:
        """Keep the layers of a file, and note what they assume."""
        self._maps[group].append(file)
        if any(layer.description == ASSUMED for layer in file.layers):
            self.assumed.append(Assumed(file.path, ASSUMED))

    def _take_overlays(self, path: Path, file_type: FileType) -> None:
        """Keep what is in a catalogue, or the regions of a file and the points in it as a catalogue. Raises `MapUnreadable`."""
        from .overlays import catalogues_in, regions_and_points_in

        if file_type != "ds9":
            self._sources += catalogues_in(path, file_type)
            return
        regions, points = regions_and_points_in(path)
        self._regions += regions
        self._sources += points

    def config(self) -> Config:
        """Return everything found, with ids."""
        groups = tuple(MapGroup(name=name, maps=_maps(name, files)) for name, files in self._maps.items() if files)
        sources, regions = _told_apart(self._sources), _told_apart(self._regions)
        return with_ids(Config(map_groups=groups, source_groups=sources, region_groups=regions))


def _told_apart(lists: Sequence[L]) -> tuple[L, ...]:
    """Return lists of which those of one name are called by their files too."""
    names = Counter(each.name for each in lists)
    return tuple(
        each.model_copy(update={"name": f"{each.name} ({whole_characters(each.provider.filename.name)})"})
        if names[each.name] > 1
        else each
        for each in lists
    )


def _maps(group: str, files: Iterable[FileLayers]) -> tuple[Map, ...]:
    """Put the files of one observation together."""
    observations: defaultdict[tuple[Path | Url, str], list[FileLayers]] = defaultdict(list)
    for file in files:
        observations[file.path.parent, file.name.title].append(file)
    titles = {key: _title(key[1], group, members) for key, members in observations.items()}
    repeated = {title for title, number in Counter(titles.values()).items() if number > 1}
    return tuple(
        Map(name=f"{titles[key]} ({key[0].name})" if titles[key] in repeated else titles[key], bands=_bands(members))
        for key, members in observations.items()
    )


def _title(title: str, group: str, files: Sequence[FileLayers]) -> str:
    """Return the name of a map; files called no more than ``map.fits`` and ``ivar.fits`` are known by where they are."""
    return title or (stem_of(files[0].path) if len(files) == 1 else group)


def _bands(files: Iterable[FileLayers]) -> tuple[Band, ...]:
    """Sort files into bands, in the order of their names, those without one last; the sky before what is known about it."""
    bands: defaultdict[str, list[FileLayers]] = defaultdict(list)
    for file in sorted(files, key=lambda file: (file.name.band is None, file.name.band or "", file.rank)):
        bands[file.name.band or BAND_WITHOUT_NAME].append(file)
    return tuple(Band(name=name, layers=_numbered(_layers(members))) for name, members in bands.items())


def _layers(files: Sequence[FileLayers]) -> Iterator[LayerConfig]:
    """Yield what is in files, and then what follows from it."""
    yield from (layer for file in files for layer in file.layers)
    yield from derived_from(files)


def _numbered(named: Iterable[LayerConfig]) -> tuple[LayerConfig, ...]:
    """Return the layers of a band; where names repeat, a number tells the later ones apart."""
    seen: Counter[str] = Counter()
    layers: list[LayerConfig] = []
    for layer in named:
        seen[layer.name] += 1
        number = seen[layer.name]
        layers.append(layer.model_copy(update={"name": f"{layer.name} ({number})"}) if number > 1 else layer)
    return tuple(layers)
