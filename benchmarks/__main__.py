"""``python -m benchmarks``: measure, and say what was found."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from tilemaker import kernels

from . import cases, maps, report, surroundings
from .bench import Bench, Kind
from .client import Refused
from .document import CaseFound, Document, Options
from .maps import Unmeasurable
from .samples import Samples
from .servers import peer_at

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run(  # noqa: PLR0913  one for each option
    folder: Annotated[
        Path | None, typer.Option(envvar="BENCH_FOLDER", help="Where maps are made; without it a temporary folder.")
    ] = None,
    big: Annotated[
        Path | None, typer.Option("--map", envvar="BENCH_MAP", help="A large map in plate carrée that is there already.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Make the large map as large as people's: 5.4 GB.")] = False,
    peer: Annotated[Path | None, typer.Option(help="An environment in which tilemaker 3.1.0 is installed.")] = None,
    rounds: Annotated[int, typer.Option(help="How often each quick thing is measured.", min=1)] = 5,
    only: Annotated[str, typer.Option(help="Measure only that whose name holds these words.")] = "",
) -> None:
    """Measure tilemaker, print what was found, and write it to benchmarks/results."""
    before = surroundings.machine()
    kernels.prepare_now()  # servers have them a few seconds after their start
    with ExitStack() as stack:
        where = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tilemaker-bench-")))
        made = maps.make(where.absolute(), maps.FULL if full else maps.STRIP, big)
        bench = Bench(made, peer_at(peer.absolute()) if peer else None, rounds)
        results: dict[str, Samples] = {}
        for kind in cases.kinds(made):
            if only in kind.name:
                results |= _measured(kind, bench)
        options = Options(map=made.shape, rounds=rounds, peer="3.1.0" if peer else None)
    document = Document.of(results, options, before)
    print("", *report.table_of_targets(document.targets), sep="\n")
    if not only:
        print(f"\nwritten to {document.save(is_full=full or big is not None)}")


def _measured(kind: Kind, bench: Bench) -> dict[str, Samples]:
    try:
        found = kind.run(bench)
    except (OSError, Refused, Unmeasurable) as reason:
        # One case that cannot be measured is no reason to lose the others; its targets are shown as not measured.
        print(f"{kind.name}: not measured: {reason}", flush=True)
        return {}
    for name, samples in found.items():
        print(*report.lines_of_case(name, CaseFound.of(samples)), sep="\n", flush=True)
    return found


if __name__ == "__main__":
    app()
