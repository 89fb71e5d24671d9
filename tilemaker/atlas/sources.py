"""Lists of astronomical sources, and of regions: read when first asked for, and again when the file has changed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .followed import Followed

if TYPE_CHECKING:
    from .catalogues import Catalogue
    from .models import RegionGroupConfig, SourceGroupConfig
    from .outlines import SkyRegion

logger = logging.getLogger(__name__)


class SourceGroup:
    """A list of sources. Made once per atlas and shared by every view that may see it.

    Parameters
    ----------
    config
        The list's entry in the configuration, with its id.
    """

    def __init__(self, config: SourceGroupConfig) -> None:
        self.source_group_id: str = config.source_group_id or ""
        self.name: str = config.name
        self.description: str | None = config.description
        self.grant: str | None = config.grant
        self._file = config.provider
        self._followed = Followed(self._file.filename, self._load)

    def __repr__(self) -> str:
        return f"SourceGroup({self.source_group_id!r})"

    @property
    def catalogue(self) -> Catalogue:
        """The sources, in the order of the file; the same object as long as the file is. Raises `MapUnreadable`."""
        return self._followed.now

    def _load(self) -> Catalogue:
        from .catalogues import read_catalogue  # here, as below: it is not needed before somebody asks

        catalogue = read_catalogue(self._file.filename, self._file.file_type, self._file.hdu)
        if catalogue.left_out:
            more = "; …" if catalogue.left_out > len(catalogue.problems) else ""
            logger.warning(
                "%d rows of catalogue %s are left out: %s%s",
                catalogue.left_out,
                self.source_group_id,
                "; ".join(catalogue.problems),
                more,
                extra={"source_group_id": self.source_group_id},
            )
        return catalogue


class RegionGroup:
    """A list of regions, as `SourceGroup` is one of sources.

    Parameters
    ----------
    config
        The list's entry in the configuration, with its id.
    """

    def __init__(self, config: RegionGroupConfig) -> None:
        self.region_group_id: str = config.region_group_id or ""
        self.name: str = config.name
        self.description: str | None = config.description
        self.grant: str | None = config.grant
        self._path = config.provider.filename
        self._followed = Followed(self._path, self._load)

    def __repr__(self) -> str:
        return f"RegionGroup({self.region_group_id!r})"

    @property
    def regions(self) -> tuple[SkyRegion, ...]:
        """The regions, in the order of the file; the same object as long as the file is. Raises `MapUnreadable`."""
        return self._followed.now

    def _load(self) -> tuple[SkyRegion, ...]:
        from .region_files import read_regions

        return read_regions(self._path)
