"""What all providers share: background work, and budgets of memory for what they prepare."""

from __future__ import annotations

import itertools
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Literal

from cachetools import LRUCache

from tilemaker import kernels, wanted
from tilemaker.errors import MapError

from .files import Files
from .overview import Overview, Report
from .remote import Remote, RemoteOptions
from .sharing import Exchange

if TYPE_CHECKING:
    from .sharing import Claim, Shelf

logger = logging.getLogger(__name__)

Build = Callable[[Report], Overview]
"""Makes an overview, telling how far it is."""

BuildEvent = Literal["started", "finished", "failed"]
"""What happens to the building of an overview; one that the end of the program cuts short only starts."""

AT_ONCE_PIXELS = 4 << 20
KEPT_PIXELS = 8 << 20

NICENESS = 10
"""How far background work steps back behind requests, where the system can tell threads apart."""

RETRY_SECONDS = 10.0
"""How long after a build failed it is tried again, if somebody asks."""


LOOPS_SECONDS = 8.0
"""How long the first overview waits for the loops that make it quick, which the start of a server is busy enough with."""

LOOK_AGAIN_SECONDS = 0.5
"""How long to wait before looking whether another process is done with an overview."""


STALLED_SECONDS = 60.0
"""How long a build may usually say nothing before another thread takes the place of its own: its disk may have died."""

PLACES_TAKEN = 8
"""How many threads may have their places taken."""


class Stopped(Exception):
    """The workshop is closing."""


class Workshop:
    """Background threads, and the memory that overviews and unpacked files may take.

    Parameters
    ----------
    overview_bytes
        Budget for overviews; the least recently used are dropped, and built again when asked for.
    unpack_bytes
        Budget for what is unpacked of compressed files.
    remote
        What may be read from elsewhere; nothing, without it.
    threads
        Number of overviews built at once.
    at_once_pixels
        An overview of a map of no more pixels is built when first needed, in less time than a preview would be looked at.
    kept_pixels
        The finest level of an overview has at most so many pixels; levels between it and the map are averaged when asked for.
    shelf
        Where processes leave overviews for each other, so that each is built once; None when there is only this one.
    stalled_seconds
        How long a build may say nothing before another thread takes the place of its own.
    """

    def __init__(  # noqa: PLR0913  one for each thing that can be chosen
        self,
        *,
        overview_bytes: int = 1 << 30,
        unpack_bytes: int = 2 << 30,
        remote: RemoteOptions | None = None,
        threads: int = 1,
        at_once_pixels: int = AT_ONCE_PIXELS,
        kept_pixels: int = KEPT_PIXELS,
        shelf: Shelf | None = None,
        stalled_seconds: float = STALLED_SECONDS,
    ) -> None:
        self.files = Files(unpack_bytes, Remote(remote))
        self.at_once_pixels = at_once_pixels
        self.kept_pixels = kept_pixels
        self._overviews: LRUCache[Hashable, Overview] = LRUCache(overview_bytes, getsizeof=lambda overview: overview.nbytes)
        self.shelf = shelf
        """Where it leaves overviews for other processes."""
        self._exchange = Exchange(shelf, at_once_pixels, kept_pixels)
        self._elsewhere: dict[Hashable, tuple[float, Build]] = {}
        self._progress: dict[Hashable, float] = {}
        self._failed: dict[Hashable, float] = {}
        self._lock = threading.Lock()
        self._jobs: queue.PriorityQueue[tuple[int, int, Hashable, Build]] = queue.PriorityQueue()
        self._turn = itertools.count()
        self._stopping = threading.Event()
        self.on_build: Callable[[BuildEvent, float], None] = lambda _event, _seconds: None
        """Told of each overview that is built here, and how long it took."""
        self._threads = threads
        self._stalled_seconds = stalled_seconds
        self._hands = itertools.count()
        self._working = 0
        self._reported_at: dict[Hashable, float] = {}

    @property
    def overview_bytes(self) -> int:
        """How much of the budget for overviews is taken."""
        return int(self._overviews.currsize)

    def overview(self, key: Hashable) -> Overview | None:
        """Return an overview if it is there."""
        with self._lock:
            return self._overviews.get(key)

    def progress(self, key: Hashable) -> float:
        """Return how much of an overview is built, 1.0 exactly when it is there."""
        with self._lock:
            return 1.0 if key in self._overviews else min(self._progress.get(key, 0.0), 0.99)

    def request(self, key: Hashable, build: Build, *, is_looked_at: bool) -> None:
        """Ask for an overview to be built in the background, unless it is there, on its way, or has just failed.

        What is being looked at is built before what is only prepared, and the latest of it first.
        """
        with self._lock:
            is_too_soon = time.monotonic() - self._failed.get(key, -RETRY_SECONDS) < RETRY_SECONDS
            # What waits may be asked for again, to come sooner; what is under way may not.
            is_under_way = self._progress.get(key, 0.0) > 0.0 or (key in self._progress and not is_looked_at)
            if key in self._overviews or is_too_soon or is_under_way:
                return
            self._progress.setdefault(key, 0.0)
            turn = next(self._turn)
            self._jobs.put((-turn if is_looked_at else turn + 1, turn, key, build))
            self._hire()

    def build_now(self, key: Hashable, build: Build) -> Overview:
        """Return an overview, building it here if need be: for maps so small that waiting is shorter than a preview is useful."""
        overview = self.overview(key)
        return self._keep(key, self._made(build, lambda _: None)) if overview is None else overview

    def close(self) -> None:
        """Stop building. Returns at once; threads end at their next report."""
        self._stopping.set()

    @property
    def _places(self) -> int:
        """How many threads there may be now: the usual number, and one more for each that is stuck."""
        stalled = sum(time.monotonic() - at > self._stalled_seconds for at in self._reported_at.values())
        return self._threads + min(stalled, PLACES_TAKEN)

    def _hire(self) -> None:
        """Start threads, from the first job on: a workshop that builds nothing costs nothing."""
        while self._working < self._places:
            self._working += 1
            # Daemons: a program that ends does not wait for an overview.
            threading.Thread(target=self._work, name=f"overview-{next(self._hands)}", daemon=True).start()

    def _may_leave(self) -> bool:
        """Whether this thread came back to find its place taken."""
        with self._lock:
            is_one_too_many = self._working > self._places
            self._working -= is_one_too_many
            return is_one_too_many

    def _work(self) -> None:
        _step_back()
        while not self._stopping.is_set() and not self._may_leave():
            for key, build in self._to_look_after():
                self._run(key, build)
            try:
                _, _, key, build = self._jobs.get(timeout=LOOK_AGAIN_SECONDS)
            except queue.Empty:
                continue
            if self._is_waiting(key):  # else it stood in the queue several times, because it was looked at meanwhile
                self._run(key, build)

    def _is_waiting(self, key: Hashable) -> bool:
        with self._lock:
            return self._progress.get(key) == 0.0

    def _run(self, key: Hashable, build: Build) -> None:
        try:
            kernels.settle(LOOPS_SECONDS)
            self._report(key, 0.0)
            overview = self._exchange.overview(key) or self._built(key, build)
            if overview is None:
                self._leave_to_others(key, build)
            else:
                self._keep(key, overview)
        except Stopped:
            return
        except MapError as unreadable:
            self._fail(key)
            logger.warning("an overview could not be built: %s", unreadable)
        except Exception:  # the thread must live on, whatever a map does to it
            self._fail(key)
            logger.exception("an overview could not be built")
        finally:
            with self._lock:
                self._reported_at.pop(key, None)

    def _report(self, key: Hashable, fraction: float) -> None:
        if self._stopping.is_set():
            raise Stopped
        with self._lock:
            self._progress[key] = max(fraction, 1e-6)
            self._reported_at[key] = time.monotonic()

    def _built(self, key: Hashable, build: Build) -> Overview | None:
        """Return an overview built here, or None when another process is at it."""
        claim = self._exchange.claim(key)
        if claim is None:
            return None
        try:
            # Between the look and the claim, another may have finished.
            overview = self._exchange.overview(key)
            if overview is None:
                overview = self._made(build, partial(self._report_here_and_there, key, claim))
                self._exchange.offer(key, overview)
        finally:
            claim.release()
        return overview

    def _made(self, build: Build, report: Report) -> Overview:
        began_at = time.monotonic()
        self.on_build("started", 0.0)
        try:
            overview = build(report)
        except (Stopped, wanted.NotWanted):
            raise
        except Exception:
            self.on_build("failed", time.monotonic() - began_at)
            raise
        self.on_build("finished", time.monotonic() - began_at)
        return overview

    def _report_here_and_there(self, key: Hashable, claim: Claim, fraction: float) -> None:
        self._report(key, fraction)
        claim.tell(fraction)

    def _leave_to_others(self, key: Hashable, build: Build) -> None:
        """Look again in a moment whether another process is done, or has died over it."""
        self._report(key, self._exchange.heard(key))
        with self._lock:
            self._elsewhere[key] = time.monotonic() + LOOK_AGAIN_SECONDS, build

    def _to_look_after(self) -> list[tuple[Hashable, Build]]:
        """Return what other processes were building when last looked at, a moment ago or more."""
        with self._lock:
            due = [key for key, (look_at, _) in self._elsewhere.items() if time.monotonic() >= look_at]
            return [(key, self._elsewhere.pop(key)[1]) for key in due]

    def _keep(self, key: Hashable, overview: Overview) -> Overview:
        with self._lock:
            self._progress.pop(key, None)
            try:
                self._overviews[key] = overview
            except ValueError:
                self._failed[key] = time.monotonic() + 3600.0
                logger.warning("an overview of %.0f MB is larger than the budget for all of them", overview.nbytes / 1e6)
        return overview

    def _fail(self, key: Hashable) -> None:
        with self._lock:
            self._progress.pop(key, None)
            self._failed[key] = time.monotonic()


def _step_back() -> None:
    """Give this thread a lower priority. Linux schedules threads one by one; elsewhere this would slow the whole program."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
