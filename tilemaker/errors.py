"""Everything that can go wrong, as one tree.

::

    TilemakerError
    ├── NotFound
    │   ├── LayerNotFound        GroupNotFound        MapNotFound         BandNotFound
    │   ├── TileOutsideGrid      NoDataThere          ColourMapNotFound   SourceGroupNotFound
    │   ├── RegionGroupNotFound  SourceNotFound
    ├── InvalidRequest
    │   ├── BadParameter         RegionTooLarge       ListTooLong
    ├── MapError
    │   ├── MapUnreadable        UnsupportedGeometry  UnitsMismatch
    │   │   ├── MapReplaced      MapStalled
    ├── NotConfigured
    ├── NotRecognised
    │   ├── LoginExpired         LoginRefused
    ├── LoginUnavailable
    ├── Overload
    │   ├── TooBusy              TookTooLong
    └── ConfigurationError

The message of each is one sentence for the person who made the request: it never holds a path or a file name, because it leaves
the server. What only the operator should see goes into the exception's ``__cause__`` or a note, which are logged.
"""

from __future__ import annotations


class TilemakerError(Exception):
    """Something went wrong that has a name."""


class NotFound(TilemakerError):
    """The thing is not there, or not for this caller: the two look the same."""


class GroupNotFound(NotFound):
    """No such map group."""


class MapNotFound(NotFound):
    """No such map."""


class BandNotFound(NotFound):
    """No such band."""


class LayerNotFound(NotFound):
    """No such layer."""


class SourceGroupNotFound(NotFound):
    """No such list of sources."""


class RegionGroupNotFound(NotFound):
    """No such list of regions."""


class SourceNotFound(NotFound):
    """No such row in a list of sources."""


class ColourMapNotFound(NotFound):
    """No colour map of that name."""


class TileOutsideGrid(NotFound):
    """The address lies outside the layer's tile grid."""


class NoDataThere(NotFound):
    """The region asked for lies off the map."""


class InvalidRequest(TilemakerError):
    """The request cannot be understood."""


class BadParameter(InvalidRequest):
    """One parameter of a request is wrong.

    Parameters
    ----------
    field
        The parameter's name, as the caller wrote it.
    problem
        The rest of the sentence: what is wrong and what is allowed.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


class RegionTooLarge(InvalidRequest):
    """The region has more pixels than this server hands out at once."""


class ListTooLong(InvalidRequest):
    """The list has more sources than are sent whole."""


class MapError(TilemakerError):
    """A map cannot be used now. That layer is unavailable; the service is well."""


class MapUnreadable(MapError):
    """The file is missing, broken, too large to unpack, or changed while it was read."""


class MapReplaced(MapUnreadable):
    """The file has been changed or replaced since it was opened. Whoever asks again reads the new one."""


class MapStalled(MapUnreadable):
    """Reading the map does not come to an end, as on a disk that has died. The other maps are well."""


class UnsupportedGeometry(MapError):
    """The file has no celestial coordinates that its pixels can be placed by."""


class UnitsMismatch(MapError):
    """Maps that are combined have different units."""


class NotConfigured(TilemakerError):
    """An optional part that is switched off here."""


class NotRecognised(TilemakerError):
    """Whoever asks says who they are, and cannot show it."""


class LoginExpired(NotRecognised):
    """The login was good once; another is needed."""


class LoginRefused(NotRecognised):
    """The login service does not vouch for the caller."""


class LoginUnavailable(TilemakerError):
    """The login service cannot be reached now. Everything that needs no new login works."""


class Overload(TilemakerError):
    """More is asked for than can be done. Later it may be less."""


class TooBusy(Overload):
    """Too many requests wait already."""


class TookTooLong(Overload):
    """The time that a request may take is over."""


class ConfigurationError(TilemakerError):
    """The configuration cannot be used. Lists every mistake with its place in the file.

    Parameters
    ----------
    mistakes
        One sentence each, beginning with the place in the file.
    """

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes
