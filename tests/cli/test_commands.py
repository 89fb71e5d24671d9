"""The commands, run as people run them."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from typer.testing import CliRunner, Result

from tests.support.healpix import Columns, Sphere, write_healpix
from tests.support.programs import TILEMAKER, Program, environment, run, running, untraced
from tilemaker import __version__
from tilemaker.cli.address import listen
from tilemaker.cli.main import app

Typist = Callable[..., Result]

COMPILING = {"TILEMAKER_COMPILE": "true"}
"""A setting: another process compiles meanwhile, as with people."""


def write_map(path: Path) -> Path:
    """Write a small map of the whole sky, in microkelvin."""
    header = fits.Header()
    header.update(CTYPE1="RA---CAR", CTYPE2="DEC--CAR", CDELT1=-10.0, CDELT2=10.0, CRPIX1=18.5, CRPIX2=9.5, BUNIT="uK")
    values = np.random.default_rng(0).normal(0, 50, (18, 36))
    fits.PrimaryHDU(values.astype(np.float32), header).writeto(path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as people have them: maps, a catalogue, and things that are neither."""
    folder = tmp_path_factory.mktemp("maps")
    write_map(folder / "sky_f090_map.fits")
    (folder / "sources.csv").write_text("name,ra,dec\nA,30,10\n")
    (folder / "broken.fits").write_text("This is not FITS.")
    return folder


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[Program]:
    """`tilemaker open` of everything there is, and of something there is not."""
    files = ["sky_f090_map.fits", "sources.csv", "broken.fits", "missing.fits"]
    settings = {"SSH_CONNECTION": "198.51.100.7 50022 203.0.113.5 22"}
    with running("open", "--auto-contrast", "--cache-size", "16", *files, cwd=folder, settings=settings, traced=True) as program:
        yield program


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typist:
    """Types a command that ends before it serves, without starting a Python for it."""

    def type_in(arguments: Sequence[str], *, cwd: Path, settings: Mapping[str, str] | None = None) -> Result:
        monkeypatch.chdir(cwd)
        return CliRunner().invoke(app, list(arguments), env=settings)

    return type_in


def test_open_shows_maps_and_catalogues(opened: Program) -> None:
    groups = opened.get("maps")
    sources = opened.get("sources")

    assert "sky_f090" in json.dumps(groups) or "f090" in json.dumps(groups)
    assert isinstance(sources, list)
    assert len(sources) == 1


@pytest.mark.parametrize("name", ["broken.fits", "missing.fits"])
def test_open_names_each_file_it_cannot_show_and_says_why(opened: Program, name: str) -> None:
    assert opened.wait_for(rf"Skipped .*{name}: (.+)").endswith(".")


def test_open_prints_the_line_to_type_when_it_runs_on_another_machine(opened: Program) -> None:
    port = opened.url.rstrip("/").rpartition(":")[2]

    assert opened.wait_for(rf"ssh -L {port}:127\.0\.0\.1:{port} \S+@203\.0\.113\.5")


def test_open_listens_on_this_machine_only(opened: Program) -> None:
    assert opened.url.startswith("http://127.0.0.1:")


def test_auto_contrast_takes_the_limits_from_the_pixels(opened: Program) -> None:
    default = opened.get("layers/default")

    assert isinstance(default, dict)
    assert (default["layer"]["vmin"], default["layer"]["vmax"]) == ("auto", "auto")


def test_when_nothing_can_be_shown_open_says_so_and_leaves_with_2(folder: Path, typed: Typist) -> None:
    ended = typed(["open", "broken.fits", "--port", "0"], cwd=folder)

    assert ended.exit_code == 2
    assert "There is nothing to show" in ended.stderr.splitlines()[-1]
    assert "Skipped" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_that_was_asked_for_and_is_taken_is_refused(folder: Path, typed: Typist) -> None:
    with listen("127.0.0.1", 0) as taken:
        ended = typed(["open", "sky_f090_map.fits", "--port", str(taken.getsockname()[1])], cwd=folder)

    assert ended.exit_code == 2
    assert "is taken by another program" in ended.stderr


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_server_ends_at_once_and_well_with_connections_open(folder: Path, ending: signal.Signals) -> None:
    with running("open", "sky_f090_map.fits", cwd=folder, settings=COMPILING) as program:
        host, _, port = program.url.removeprefix("http://").rstrip("/").rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as idle, socket.create_connection((host, int(port))) as unsaid:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert idle.recv(4096).startswith(b"HTTP/1.1 200")
            unsaid.sendall(b"GET /maps HTTP/1.1\r\n")  # a request that is never finished
            started = time.monotonic()
            code = program.end(ending)

    assert code == 0
    assert time.monotonic() - started < 10
    assert not any("Traceback" in line or "Error" in line for line in program.said)


def served(folder: Path, tmp_path: Path) -> Path:
    """Write a configuration of the folder's map."""
    layer = {"layer_id": "sky", "name": "Sky", "provider": {"provider_type": "fits", "filename": str(folder / "sky_f090_map.fits")}}
    path = tmp_path / "sky.json"
    bands = [{"name": "b", "layers": [layer]}]
    path.write_text(json.dumps({"map_groups": [{"name": "g", "maps": [{"name": "m", "bands": bands}]}]}), "utf-8")
    return path


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no SIGHUP here")
def test_serve_reads_its_configuration_again_at_a_hangup(folder: Path, tmp_path: Path) -> None:
    path = served(folder, tmp_path)
    with running("serve", path, cwd=tmp_path, traced=True) as program:
        program.get("layers/sky")
        for text, says in ((path.read_text("utf-8"), "is read again"), ("{", "cannot be used; the one before stays")):
            path.write_text(text, "utf-8")
            program.process.send_signal(signal.SIGHUP)
            program.wait_for(says)
        assert program.get("layers/sky")
        code = program.end(signal.SIGTERM)

    assert code == 0


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no such terminals here")
@pytest.mark.parametrize("command", ["serve", "nohup"])
def test_a_terminal_that_goes_away_takes_serve_along_unless_it_was_told_to_stay(folder: Path, tmp_path: Path, command: str) -> None:
    ours, theirs = os.openpty()
    ignored = ["nohup"] if command == "nohup" else []
    process = subprocess.Popen(
        [*ignored, str(TILEMAKER), "serve", str(served(folder, tmp_path)), "--port", "0"],
        cwd=tmp_path, env=untraced(environment()), stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(theirs)
    program = Program(process)
    try:
        program.get("layers/sky")
        os.close(ours)
        if ignored:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1.5)
            assert program.get("layers/sky")
        else:
            assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def test_a_browser_is_opened_when_it_is_asked_for(folder: Path, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)

    with running("open", "--browser", "sky_f090_map.fits", cwd=folder, settings={"BROWSER": f"{browser} %s"}) as program:
        url = program.url
        give_up_at = time.monotonic() + 20
        while not (opened.exists() and opened.read_text()) and time.monotonic() < give_up_at:
            time.sleep(0.05)

    assert opened.read_text() == f"{url}\n"


def test_dev_writes_nothing_where_it_is_started_and_leaves_nothing_behind(tmp_path: Path) -> None:
    work, scratch = tmp_path / "work", tmp_path / "scratch"
    work.mkdir()
    scratch.mkdir()

    with running("dev", cwd=work, settings={"TMPDIR": str(scratch)}, traced=True) as program:
        default = program.get("layers/default")
        made = list(scratch.iterdir())
        code = program.end(signal.SIGTERM)

    assert isinstance(default, dict)
    assert default["layer"]["layer_id"] == "demo-f150-i"
    assert [folder.name.startswith("tilemaker-dev-") for folder in made] == [True]
    assert code == 0
    assert (list(work.iterdir()), list(scratch.iterdir())) == ([], [])


def test_what_genconfig_writes_serve_takes_from_the_environment_and_shows(folder: Path, typed: Typist) -> None:
    written = typed(["genconfig", "sky_f090_map.fits", "sources.csv", "--output", "written.json"], cwd=folder)
    configuration = json.loads((folder / "written.json").read_text())

    with running("serve", cwd=folder, settings={"TILEMAKER_CONFIG_PATH": "written.json"}) as program:
        default = program.get("layers/default")

    assert (written.exit_code, written.stdout) == (0, "")
    assert str(folder) not in json.dumps(configuration)
    assert isinstance(default, dict)
    assert default["layer"]["available"]


def test_serve_says_all_that_is_wrong_with_a_configuration(folder: Path, typed: Typist) -> None:
    (folder / "wrong.json").write_text('{"map_groups": [{"nmae": "A"}],\n "boxes": [{"name": 3}]}')

    ended = typed(["serve", "wrong.json", "--port", "0"], cwd=folder)

    assert ended.exit_code == 2
    assert len(ended.stderr.splitlines()) > 3
    assert all(line.startswith("tilemaker: ") for line in ended.stderr.splitlines())


def test_genconfig_writes_to_the_standard_output_what_nothing_else_is_mixed_into(folder: Path, typed: Typist) -> None:
    written = typed(["genconfig", "sky_f090_map.fits", "broken.fits"], cwd=folder)

    assert json.loads(written.stdout)["map_groups"]
    assert "Skipped" in written.stderr


@pytest.mark.parametrize(("coordsys", "is_assumed"), [(None, True), ("G", False)])
def test_coordinates_that_are_only_assumed_are_said_to_be(
    tmp_path: Path, typed: Typist, coordsys: str | None, *, is_assumed: bool
) -> None:
    sphere = Sphere(4)
    write_healpix(tmp_path / "sphere.fits", sphere, Columns({"T": np.zeros(sphere.pixels)}, cards={"COORDSYS": coordsys}))

    written = typed(["genconfig", "sphere.fits"], cwd=tmp_path)

    said = "sphere.fits: The file does not say which coordinates it is in (COORDSYS): taken to be galactic."
    assert (said in written.stderr) == is_assumed
    assert "Skipped" not in written.stderr


def test_genconfig_says_when_it_cannot_write(folder: Path, typed: Typist) -> None:
    ended = typed(["genconfig", "sky_f090_map.fits", "--output", "no/such/folder.json"], cwd=folder)

    assert ended.exit_code == 2
    assert "cannot be written" in ended.stderr


def test_genconfig_writes_the_schema(folder: Path, typed: Typist) -> None:
    written = typed(["genconfig", "--schema"], cwd=folder)

    assert json.loads(written.stdout)["$schema"]


@pytest.mark.parametrize("arguments", [["genconfig"], ["open"], ["open", "--port", "70000", "x.fits"], ["nonsense"]])
def test_what_cannot_be_understood_leaves_with_2(tmp_path: Path, typed: Typist, arguments: list[str]) -> None:
    assert typed(arguments, cwd=tmp_path).exit_code == 2


def test_a_wrong_setting_is_one_clear_sentence(tmp_path: Path, typed: Typist) -> None:
    ended = typed(["dev"], cwd=tmp_path, settings={"TILEMAKER_CACHE_SIZE_MB": "plenty"})

    assert ended.exit_code == 2
    assert ended.stderr == "tilemaker: TILEMAKER_CACHE_SIZE_MB=plenty: should be a whole number\n"


def test_the_version_is_the_package_s(tmp_path: Path) -> None:
    assert run(["--version"], cwd=tmp_path).stdout == f"tilemaker {__version__}\n"


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("tilemaker.cli.main", ["numpy", "astropy", "pydantic", "starlette", "uvicorn"]),
        ("tilemaker.cli.commands", ["numpy", "astropy", "matplotlib", "PIL"]),
        ("tilemaker.cli.contents, tilemaker.server.application", ["astropy", "matplotlib", "pandas", "scipy", "numba", "soauth"]),
    ],
)
def test_what_is_not_needed_yet_is_not_imported(tmp_path: Path, module: str, absent: list[str]) -> None:
    """Help is instant, requests are answered before files are read, and no picture is drawn before one is asked for."""
    program = f"import {module}, sys; print(*[name for name in {absent!r} if name in sys.modules])"

    assert printed(program, tmp_path) == ""


def printed(program: str, cwd: Path) -> str:
    """Return what a Python prints that runs a program."""
    command, env = [sys.executable, "-c", program], untraced(os.environ)
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=True).stdout.strip()


def test_a_plate_carree_map_is_opened_and_drawn_without_astropy(folder: Path) -> None:
    """Half of the time until the first tile would be its import."""
    program = (
        "import sys\n"
        "from tilemaker.cli.contents import services_of_files\n"
        "from tilemaker.settings import Settings\n"
        "from tilemaker.sky.grid import TileAddress\n"
        "services = services_of_files(['sky_f090_map.fits'], Settings(), print, auto_contrast=False)\n"
        "layer = next(services.atlas.all_layers())\n"
        "tile = services.tiles.get(layer, TileAddress(0, 0, 0))\n"
        "assert tile is not None\n"
        "print(*[name for name in ('astropy', 'matplotlib', 'numba') if name in sys.modules])\n"
    )

    assert printed(program, folder) == ""
