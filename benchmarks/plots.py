"""The plots and tables of docs/speed.md, made anew from the newest result on a large map: ``make bench-plots``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import document, report
from .document import CaseFound, Document
from .samples import Spread

DOCS = Path(__file__).parents[1] / "docs"
COLOURS = {"limit": "#9aa5b1", "pipeline": "#7fb3d5", "http": "#1f618d", "peer": "#ca6f1e"}
WORDS = {
    "limit": "limit: a bare loop",
    "pipeline": "reading, drawing, encoding, in process",
    "http": "tilemaker, over HTTP",
    "peer": "tilemaker 3.1.0, over HTTP",
    "mapped": "the limit, out of a memory map",
}
FORMATS = ("png", "webp", "jpg", "npy", "bin")
LOADS = ("8 clients, 1 worker", "64 clients, 1 worker", "8 clients, 2 workers", "64 clients, 2 workers")


def write_all(found: Document, docs: Path) -> None:
    """Write every plot, and the tables between their marks in ``speed.md``."""
    plots = {"tiles": tiles(found), "peer": beside_peer(found), "levels": levels(found), "load": load(found)}
    for name, figure in plots.items():
        path = docs / "images" / f"speed-{name}.svg"
        figure.savefig(path, metadata={"Date": None})
        path.write_text(re.sub(r" +$", "", path.read_text("utf-8"), flags=re.MULTILINE), encoding="utf-8")
    page = docs / "speed.md"
    page.write_text(with_tables(page.read_text("utf-8"), found), encoding="utf-8")


def tiles(found: Document) -> Figure:
    """Draw the processor time of a tile of the finest level in each format."""
    figure, axes = _figure(3.4)
    subjects = ("peer", "http", "pipeline", "limit")
    for place, subject in enumerate(subjects):
        for row, ext in enumerate(FORMATS):
            spread = _spread(found, f"finest {ext}, warm", subject, "cpu_ms")
            _bar(axes, row + (1.5 - place) * 0.2, spread, COLOURS[subject], WORDS[subject] if row == 0 else None)
    axes.set_yticks(range(len(FORMATS)), FORMATS)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlim(left=0.5)
    axes.set_xlabel("processor time of a tile of 675 x 675 pixels, warm, never asked before, ms")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), reverse=True)
    return figure


def beside_peer(found: Document) -> Figure:
    """Draw how many times less processor time than tilemaker 3.1.0 each thing takes."""
    cases = {name: case.ratios.get("cpu_ms, peer / http") for name, case in found.cases.items()}
    rows = sorted(((name, ratio) for name, ratio in cases.items() if ratio), key=lambda row: row[1].median)
    figure, axes = _figure(0.8 + 0.2 * len(rows))
    for row, (_, ratio) in enumerate(rows):
        _bar(axes, row, ratio, COLOURS["http"], None, height=0.7)
        axes.annotate(f"{report.short(ratio.median)} x", (ratio.high, row), xytext=(4, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.axvline(1.0, color="black", linewidth=0.8)
    axes.set_xlabel("so many times less processor time than tilemaker 3.1.0")
    return figure


def levels(found: Document) -> Figure:
    """Draw how long a tile of each level takes."""
    figure, axes = _figure(2.6)
    count = sum(name.startswith("level ") and name.endswith(", warm") for name in found.cases)
    for temperature, marker in (("warm", "o"), ("cold", "s")):
        for subject in ("http", "peer"):
            spreads = [_spread(found, f"level {level}, {temperature}", subject, "wall_ms") for level in range(count)]
            points = [(level, spread) for level, spread in enumerate(spreads) if spread]
            axes.errorbar(
                [level for level, _ in points],
                [spread.median for _, spread in points],
                [[s.median - s.low for _, s in points], [s.high - s.median for _, s in points]],
                fmt=f"{marker}-" if temperature == "warm" else f"{marker}--",
                color=COLOURS[subject],
                markersize=4,
                label=f"{WORDS[subject]}, {temperature}",
            )
    axes.set_xticks(range(count))
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("level: 0 is the whole sky in two tiles")
    axes.set_ylabel("until the tile is there, ms")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def load(found: Document) -> Figure:
    """Draw how many tiles a second crowds get."""
    figure, axes = _figure(2.2)
    for row, name in enumerate(LOADS):
        for place, subject in enumerate(("http", "peer")):
            spread = _spread(found, name, subject, "tiles_per_s")
            _bar(axes, row + (place - 0.5) * 0.4, spread, COLOURS[subject], WORDS[subject] if row == 0 else None, height=0.36)
    axes.set_yticks(range(len(LOADS)), LOADS)
    axes.invert_yaxis()
    axes.set_xlabel("tiles a second, each of 675 x 675 pixels, png, none asked twice")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def with_tables(text: str, found: Document) -> str:
    """Return a page with the tables as they should be between their marks."""
    tables = {"run": _run(found), "targets": _targets(found), "cases": _cases(found)}
    for name, lines in tables.items():
        marked = "\n".join([f"<!-- {name}: written by make bench-plots -->", *lines, f"<!-- end of {name} -->"])
        literally = marked.replace("\\", "\\\\")
        text = re.sub(f"<!-- {name}: .*?<!-- end of {name} -->", literally, text, flags=re.DOTALL)
    return text


def _run(found: Document) -> Iterator[str]:
    machine, shape = found.machine, " x ".join(f"{each:,}" for each in reversed(found.options.map))
    versions = ", ".join(f"{name} {number}" for name, number in found.versions.items() if name != "tilemaker")
    yield (
        f"Made on {found.made[:10]} at commit {found.commit}, on {machine['cores']:g} cores of {machine['processor']} with "
        f"{machine['memory_gb']} GB of memory, {machine['system']}, with {versions}; the large map has {shape} pixels. "
        f"When it began, {machine['load_before']} other programs wanted to run: read times on the wall with that in mind."
    )


def _targets(found: Document) -> Iterator[str]:
    yield "| what | target | measured | |"
    yield "|---|---|---|---|"
    for verdict in found.targets:
        measured = "" if verdict.measured is None else report.spread_text(verdict.measured)
        yield f"| {verdict.what} | {verdict.target} | {measured} | {report.verdict_text(verdict).lower()} |"


def _cases(found: Document) -> Iterator[str]:
    yield "| case | who | CPU, ms | wall, ms | body, kB | peak, MB | CPU / limit |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for name, case in found.cases.items():
        for subject in case.subjects:
            if "cpu_ms" in case.subjects[subject]:
                yield f"| {name} | {subject} | {' | '.join(_cells(case, subject))} |"


def _cells(case: CaseFound, subject: str) -> Iterator[str]:
    for quantity in ("cpu_ms", "wall_ms", "body_kb", "peak_mb"):
        spread = case.subjects[subject].get(quantity)
        yield "" if spread is None else report.spread_text(spread) if quantity == "cpu_ms" else report.short(spread.median)
    ratio = case.ratios.get(f"cpu_ms, {subject} / limit")
    yield "" if ratio is None else f"{ratio.median:.2f}"


def _figure(height_inches: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(8.5, height_inches))
    axes = figure.subplots()
    axes.grid(axis="x", color="#e5e8eb")
    return figure, axes


def _spread(found: Document, case: str, subject: str, quantity: str) -> Spread | None:
    return found.cases[case].subjects.get(subject, {}).get(quantity) if case in found.cases else None


def _bar(  # noqa: PLR0913  what there is to say of a bar
    axes: Axes, at: float, spread: Spread | None, colour: str, label: str | None, height: float = 0.19
) -> None:
    if spread is not None:
        whiskers = [[spread.median - spread.low], [spread.high - spread.median]]
        axes.barh(at, spread.median, height, color=colour, label=label)
        axes.errorbar(spread.median, at, xerr=whiskers, color="black", linewidth=0.8)


if __name__ == "__main__":
    mpl.rc("font", size=9, family="DejaVu Sans")
    mpl.rc("axes", axisbelow=True)
    mpl.rc("axes.spines", top=False, right=False)
    mpl.rc("legend", frameon=False)
    mpl.rc("figure.constrained_layout", use=True)
    mpl.rc("svg", hashsalt="speed", fonttype="none")
    write_all(document.newest(), DOCS)
