"""What is measured: the table of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from .bench import Kind
from .deck import Deck
from .loads import LoadKind
from .maps import Maps
from .overviews import OverviewKind, PreviewKind
from .questions import Ext, Question
from .requests import RequestCase, Sitting
from .starts import ListingKind, StartKind

WITHOUT_LIMIT = ("http", "pipeline")
"""Who is asked where no bare loop comes to mind."""
OVER_HTTP = ("http", "peer")
OURS_AND_LIMIT = ("http", "limit", "pipeline")
EVERYBODY = ("http", "limit", "pipeline", "peer")
NO_PIPELINE = ("http", "limit", "peer")

Questions = Callable[[Deck], Iterator[Question]]


def kinds(maps: Maps) -> tuple[Kind, ...]:
    """Return everything that is measured, in this order."""
    levels = range(maps.layer(maps.main_ids[0]).grid.levels)
    return (
        *_finest_tiles(),
        Sitting("elsewhere", (
            RequestCase(name="RA 180, warm", questions=_seam, subjects=EVERYBODY, count=1),
            RequestCase(name="pole, warm", questions=lambda deck: deck.poles("sky", "png"), subjects=EVERYBODY, count=2),
            RequestCase(name="TAN, warm", questions=_of("tangent"), subjects=WITHOUT_LIMIT, count=2),
            RequestCase(name=".fits.gz, warm", questions=_of("gzipped"), subjects=WITHOUT_LIMIT, count=3),
            RequestCase(name=".fits.fz, warm", questions=_of("compressed"), subjects=WITHOUT_LIMIT, count=1),
            RequestCase(name="combination, warm", questions=_of("difference"), subjects=WITHOUT_LIMIT, count=3),
        )),
        Sitting("levels", tuple(_level(level, "warm") for level in levels), needs_overview=True),
        Sitting("levels, cold", tuple(_level(level, "cold") for level in levels), needs_overview=True, is_cold=True),
        Sitting("regions", (
            *(_cutout(size_deg, ext) for size_deg in (1, 10) for ext in ("fits", "png")),
            *(RequestCase(name=f"aperture of {radius_deg:g} deg", questions=partial(_apertures, radius_deg=radius_deg),
                          subjects=NO_PIPELINE) for radius_deg in (0.1, 1.0)),
            RequestCase(name="histogram", questions=lambda deck: deck.histograms(deck.maps.main_ids), subjects=OVER_HTTP),
        ), needs_overview=True),
        Sitting("60 deg", tuple(_cutout(60, ext, count=1, subjects=("http", "limit")) for ext in ("fits", "png")),
                settings={"TILEMAKER_CUTOUT_MAX_PIXELS": "60000000"}),
        StartKind(), ListingKind(), PreviewKind(),
        OverviewKind(is_cold=False), OverviewKind(is_cold=True),
        LoadKind(clients=8, workers=1, tiles=700, tiles_of_peer=32),
        LoadKind(clients=64, workers=1, tiles=700, tiles_of_peer=0),
        LoadKind(clients=8, workers=2, tiles=700, tiles_of_peer=0),
        LoadKind(clients=64, workers=2, tiles=700, tiles_of_peer=0),
    )  # fmt: skip


def _finest_tiles() -> tuple[Sitting, ...]:
    return (
        Sitting("finest", (
            RequestCase(name="finest png, warm", questions=_finest("png"), subjects=(*EVERYBODY, "mapped")),
            RequestCase(name="finest bin, warm", questions=_finest("bin"), subjects=(*OURS_AND_LIMIT, "mapped")),
            RequestCase(name="finest webp, warm", questions=_finest("webp"), subjects=EVERYBODY, count=4),
            RequestCase(name="finest jpg, warm", questions=_finest("jpg"), subjects=OURS_AND_LIMIT),
            RequestCase(name="finest npy, warm", questions=_finest("npy"), subjects=OURS_AND_LIMIT),
            RequestCase(name="finest png, cached", questions=_finest("png"), subjects=OVER_HTTP, is_repeated=True),
            RequestCase(name="finest bin, cached", questions=_finest("bin"), subjects=("http",), is_repeated=True),
        )),
        Sitting("finest, no cache", (
            RequestCase(name="finest png, no cache", questions=_finest("png"), subjects=EVERYBODY),
            RequestCase(name="finest bin, no cache", questions=_finest("bin"), subjects=OURS_AND_LIMIT),
        ), settings={"TILEMAKER_CACHE_TYPE": "none"}),
        Sitting("finest, cold", (
            RequestCase(name="finest png, cold", questions=_finest("png"), subjects=EVERYBODY),
            RequestCase(name="finest bin, cold", questions=_finest("bin"), subjects=OURS_AND_LIMIT),
        ), is_cold=True),
    )  # fmt: skip


def _finest(ext: Ext) -> Questions:
    return lambda deck: deck.tiles(deck.maps.main_ids, ext)


def _seam(deck: Deck) -> Iterator[Question]:
    return deck.seam(deck.maps.main_ids, "png")


def _of(layer_id: str) -> Questions:
    return lambda deck: deck.tiles([layer_id], "png")


def _level(level: int, page: str) -> RequestCase:
    return RequestCase(
        name=f"level {level}, {page}",
        questions=lambda deck: deck.tiles(deck.maps.main_ids, "png", level),
        subjects=OVER_HTTP,
        count=1,
    )


def _cutout(size_deg: float, ext: Ext, count: int = 3, subjects: tuple[str, ...] = NO_PIPELINE) -> RequestCase:
    return RequestCase(
        name=f"cut-out of {size_deg:g} deg, {ext}",
        questions=lambda deck: deck.cutouts(deck.maps.main_ids[0], size_deg, ext),
        subjects=subjects,
        count=count,
    )


def _apertures(deck: Deck, radius_deg: float) -> Iterator[Question]:
    return deck.apertures(deck.maps.main_ids[0], radius_deg)
