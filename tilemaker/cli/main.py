"""The commands and their options. What does the work is imported when a command runs, so that help and mistakes are instant."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from tilemaker import __version__
from tilemaker.errors import ConfigurationError

app = typer.Typer(
    help="Sky maps in the browser, straight from FITS files.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Files = Annotated[
    list[str],
    typer.Argument(help="FITS maps, catalogues (JSON, CSV, FITS tables) and folders of them; maps also as https://… or s3://…"),
]
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 to be reached from other machines.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; without it 8000, or the next that is free.", min=0, max=65535)]
Browser = Annotated[bool | None, typer.Option("--browser/--no-browser", help="Open a browser; without it when there is a screen.")]
AutoContrast = Annotated[bool, typer.Option("--auto-contrast", help="Take the limits of every layer from its own pixels.")]
CacheSize = Annotated[
    int | None, typer.Option(help="Megabytes of tiles kept in memory; without it TILEMAKER_CACHE_SIZE_MB.", min=1)
]
ConfigPath = Annotated[Path | None, typer.Argument(help="The configuration; without it TILEMAKER_CONFIG_PATH.", metavar="[CONFIG]")]
RootPath = Annotated[str | None, typer.Option(help="Path below which visitors find it; without it TILEMAKER_ROOT_PATH.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write; without it the standard output.")]
LOCAL = "127.0.0.1"

# Otherwise pydantic asks every package that is installed whether it has something to add.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# Nothing here multiplies large matrices, and the threads that NumPy has for it spin for a while when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@app.callback(invoke_without_command=True)
def main(*, version: Annotated[bool, typer.Option("--version", help="Show the version and leave.", is_eager=True)] = False) -> None:
    """Sky maps in the browser, straight from FITS files."""
    if version:
        typer.echo(f"tilemaker {__version__}")
        raise typer.Exit


@app.command("open")
def open_files(  # noqa: PLR0913  one for each option
    files: Files,
    *,
    host: Host = LOCAL,
    port: Port = None,
    auto_contrast: AutoContrast = False,
    browser: Browser = None,
    cache_size: CacheSize = None,
) -> None:
    """Show maps and catalogues at once."""
    with complaints():
        from . import commands

        serving = commands.Serving(host, port, browser)
        commands.open_files(files, serving, auto_contrast=auto_contrast, cache_size_mb=cache_size)


@app.command()
def serve(
    config: ConfigPath = None, *, host: Host = LOCAL, port: Port = None, root_path: RootPath = None, browser: Browser = False
) -> None:
    """Show what a configuration names."""
    with complaints():
        from . import commands

        commands.serve_configuration(config, commands.Serving(host, port, browser), root_path=root_path)


@app.command()
def dev(*, host: Host = LOCAL, port: Port = None, browser: Browser = None) -> None:
    """Show a synthetic sky, to try things out."""
    with complaints():
        from . import commands

        commands.show_demo(commands.Serving(host, port, browser))


@app.command()
def genconfig(
    files: Annotated[list[str] | None, typer.Argument(help="As for open.")] = None,
    *,
    output: Output = None,
    auto_contrast: AutoContrast = False,
    schema: Annotated[bool, typer.Option("--schema", help="Write the JSON schema of configurations instead.")] = False,
) -> None:
    """Write the configuration that open would show."""
    if not (files or schema):
        raise typer.BadParameter("name the files to show, or say --schema.", param_hint="FILES")
    with complaints():
        from . import commands

        if schema:
            commands.write_schema(output)
        else:
            commands.write_configuration(files or [], output, auto_contrast=auto_contrast)


@contextmanager
def complaints() -> Iterator[None]:
    """Say what is wrong with options, settings or a configuration, one sentence on a line, and leave with 2."""
    try:
        yield
    except ConfigurationError as wrong:
        for sentence in wrong.mistakes:
            typer.echo(f"tilemaker: {sentence}", err=True)
        raise typer.Exit(2) from wrong
