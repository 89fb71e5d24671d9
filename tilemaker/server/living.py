"""An atlas that follows its configuration file while requests are answered."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tilemaker.atlas.load import text_of
from tilemaker.errors import ConfigurationError, MapUnreadable
from tilemaker.providers.blobs import Identity, identity_of

if TYPE_CHECKING:
    from pathlib import Path

    from tilemaker.atlas.atlas import Atlas, View
    from tilemaker.atlas.layer import Grants, Layer

    from .keepsake import Keepsake

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often the file is looked at. A file that has changed is read when it has not changed again by the next look."""


class LivingAtlas:
    """The atlas of a configuration file: as the file is now, or as it was when it last made sense.

    A request that has begun keeps the view it got. Overviews belong to the workshop, by the fingerprints of the files: only
    what is new has to be prepared.

    Parameters
    ----------
    path
        The configuration file.
    make
        Makes an atlas of what is written in it. Raises `ConfigurationError`.
    keepsake
        Remembers the last good configuration for processes that take the place of this one.

    Raises
    ------
    ConfigurationError
        The file makes no sense at the start, and nothing is remembered.
    """

    def __init__(self, path: Path, make: Callable[[str], Atlas], keepsake: Keepsake) -> None:
        self._path, self._make, self._keepsake = path, make, keepsake
        self._is_asked = threading.Event()
        self._looked_at = self._taken = _state_of(path)
        self._text, self._atlas = self._first()

    def visible_to(self, grants: Grants) -> View:
        """Return what a visitor with these grants may see now."""
        return self._atlas.visible_to(grants)

    def all_layers(self) -> Iterator[Layer]:
        """Yield every layer there is now, hidden ones too: for work beside requests, never for an answer."""
        return self._atlas.all_layers()

    def follow(self, stop: threading.Event, on_change: Callable[[], None]) -> None:
        """Look at the file every now and then until the event is set, and tell of each change that was taken over."""
        while not stop.wait(LOOK_SECONDS):
            try:
                if self.look():
                    on_change()
            except Exception:  # the next change may be a better one
                logger.exception("a change of the configuration could not be followed")

    def ask(self) -> None:
        """Have the file read at the next look, whether or not it has changed, and say what came of it."""
        self._is_asked.set()

    def look(self) -> bool:
        """Look at the file once; return whether another atlas has taken the place of the one before."""
        if self._is_asked.is_set():
            self._is_asked.clear()
            return self._looked_anew()
        state = _state_of(self._path)
        is_settled, self._looked_at = state == self._looked_at, state
        if not is_settled or state == self._taken:
            return False
        self._taken = state
        return self._read()

    def _looked_anew(self) -> bool:
        self._looked_at = self._taken = _state_of(self._path)
        logger.info("The configuration is read again.")
        return self._read()

    def _read(self) -> bool:
        try:
            return self._take(text_of(self._path))
        except ConfigurationError as wrong:
            _refuse(wrong)
            return False

    def _take(self, text: str) -> bool:
        if text == self._text:
            return False
        self._atlas, self._text = self._make(text), text
        self._keepsake.keep(text)
        logger.info("The configuration has changed, and is in use.")
        return True

    def _first(self) -> tuple[str, Atlas]:
        try:
            text = text_of(self._path)
            atlas = self._make(text)
        except ConfigurationError as wrong:
            remembered = self._keepsake.text()
            if remembered is None:
                raise
            _refuse(wrong)
            return remembered, self._make(remembered)
        self._keepsake.keep(text)
        return text, atlas


def _refuse(wrong: ConfigurationError) -> None:
    logger.error("The configuration has changed and cannot be used; the one before stays. %s", "; ".join(wrong.mistakes))


def _state_of(path: Path) -> Identity | None:
    """Return what tells one state of a file from another, None when it is not there."""
    try:
        return identity_of(path)
    except MapUnreadable:
        return None
