"""A configuration that changes while the server runs: a good one is taken over whole, a bad one refused, and the old one stays."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from tests.support.skies import car, write_sky
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.load import config_of
from tilemaker.errors import ConfigurationError
from tilemaker.providers.workshop import Workshop
from tilemaker.server.application import create_app
from tilemaker.server.keepsake import Keepsake
from tilemaker.server.living import LOOK_SECONDS, LivingAtlas
from tilemaker.server.services import services_of_configuration
from tilemaker.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def written(*names: str, **fields: object) -> str:
    """Return a configuration with a layer for each name."""
    layers = [
        {"layer_id": name, "name": name, "provider": {"provider_type": "fits", "filename": "map.fits"}, **fields} for name in names
    ]
    bands = [{"name": "band", "layers": layers}]
    return json.dumps({"map_groups": [{"name": "group", "maps": [{"name": "map", "bands": bands}]}]})


@pytest.fixture
def config(tmp_path: Path) -> Path:
    write_sky(tmp_path / "map.fits", car(90, 180, 2.0))
    path = tmp_path / "sky.json"
    path.write_text(written("first"), "utf-8")
    return path


def living(config: Path) -> LivingAtlas:
    atlas = services_of_configuration(config, Settings()).atlas
    assert isinstance(atlas, LivingAtlas)
    return atlas


def layers(atlas: LivingAtlas) -> list[str]:
    return [layer.layer_id for layer in atlas.all_layers()]


def looked_twice(atlas: LivingAtlas) -> list[bool]:
    return [atlas.look(), atlas.look()]


def test_a_file_that_stays_changes_nothing(config: Path) -> None:
    atlas = living(config)

    assert looked_twice(atlas) == [False, False]
    os.utime(config)
    assert looked_twice(atlas) == [False, False]
    assert layers(atlas) == ["first"]


def test_a_good_configuration_takes_the_place_of_the_one_before(config: Path) -> None:
    atlas = living(config)
    config.write_text(written("second", "third"), "utf-8")

    assert looked_twice(atlas) == [False, True]
    assert layers(atlas) == ["second", "third"]
    assert [layer.layer_id for layer in atlas.visible_to(frozenset()).layers()] == ["second", "third"]


def test_a_file_that_is_being_written_is_left_alone_until_it_is_done(config: Path) -> None:
    atlas = living(config)
    whole = written("second")
    for length in range(10, len(whole), 40):
        config.write_text(whole[:length], "utf-8")
        assert not atlas.look()
    config.write_text(whole, "utf-8")

    assert looked_twice(atlas) == [False, True]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not valid JSON"),
        (written("second", cmap="nosuch"), "should be the name of a colour map"),
        (written("second", "second"), "already the id"),
        (written("second", grnt="members"), "is not a known key"),
    ],
)
def test_a_bad_configuration_is_refused_with_its_reasons(
    config: Path, caplog: pytest.LogCaptureFixture, text: str, reason: str
) -> None:
    atlas = living(config)
    config.write_text(text, "utf-8")

    assert looked_twice(atlas) == [False, False]
    assert looked_twice(atlas) == [False, False]
    assert layers(atlas) == ["first"]
    (message,) = caplog.messages
    assert reason in message
    config.write_text(written("better"), "utf-8")
    assert looked_twice(atlas) == [False, True]


def test_a_file_that_vanishes_is_said_and_its_atlas_stays(config: Path, caplog: pytest.LogCaptureFixture) -> None:
    atlas = living(config)
    config.unlink()

    assert looked_twice(atlas) == [False, False]
    assert layers(atlas) == ["first"]
    assert "there is no such file" in caplog.text
    config.write_text(written("again"), "utf-8")
    assert looked_twice(atlas) == [False, True]


def test_a_file_that_another_is_moved_over_is_noticed_whatever_its_date(config: Path) -> None:
    atlas = living(config)
    before = config.stat()
    other = config.with_name("other.json")
    other.write_text(written("other"), "utf-8")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(config)

    assert looked_twice(atlas) == [False, True]
    assert layers(atlas) == ["other"]


def test_grants_of_a_new_configuration_hold_at_once(config: Path) -> None:
    atlas = living(config)
    config.write_text(written("first", grant="members"), "utf-8")
    looked_twice(atlas)

    assert list(atlas.visible_to(frozenset()).layers()) == []
    assert [layer.layer_id for layer in atlas.visible_to(frozenset({"members"})).layers()] == ["first"]


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_running_server_follows_its_file(config: Path) -> None:
    services = services_of_configuration(config, Settings(serve_frontend=False))
    with TestClient(create_app(services)) as server:
        assert server.get("/layers/first").status_code == 200
        config.write_text(written("second"), "utf-8")

        assert within(10 * LOOK_SECONDS, lambda: server.get("/layers/second").status_code == 200)
        assert server.get("/layers/first").status_code == 404
        assert server.get("/layers/second/0/0/0/tile.png").status_code == 200
    assert within(5 * LOOK_SECONDS, lambda: "follow" not in [thread.name for thread in threading.enumerate()])


def test_a_process_that_begins_with_a_bad_file_needs_a_good_one_to_remember(config: Path, tmp_path: Path) -> None:
    def atlas_with(folders: list[Path]) -> LivingAtlas:
        return LivingAtlas(config, lambda text: Atlas(config_of(text), Workshop()), Keepsake("name", folders=folders))

    good = config.read_text("utf-8")
    atlas_with([tmp_path])
    config.write_text("{", "utf-8")

    with pytest.raises(ConfigurationError):
        services_of_configuration(config, Settings())
    with pytest.raises(ConfigurationError):
        atlas_with([])
    replacement = atlas_with([tmp_path])
    assert layers(replacement) == ["first"]
    config.write_text(good.replace("first", "mended"), "utf-8")
    assert looked_twice(replacement) == [False, True]


def test_one_process_remembers_for_the_next(tmp_path: Path) -> None:
    Keepsake("name", folders=[tmp_path]).keep("first")
    Keepsake("name", folders=[tmp_path]).keep("second: Grüße")

    assert Keepsake("name", folders=[tmp_path]).text() == "second: Grüße"
    assert Keepsake("name", 2, folders=[tmp_path]).text() is None
    assert len(list(tmp_path.iterdir())) == 1


def test_where_nothing_can_be_written_nothing_is_remembered(tmp_path: Path) -> None:
    for folders in ([], [tmp_path / "nosuch"]):
        keepsake = Keepsake("name", folders=folders)
        keepsake.keep("text")
        assert keepsake.text() is None
    keepsake = Keepsake("name", folders=[tmp_path / "nosuch", tmp_path])
    keepsake.keep("text")
    assert keepsake.text() == "text"


def test_what_others_could_have_written_is_not_believed(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    keepsake = Keepsake("name", folders=[folder])
    keepsake.keep("mine")
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    file.chmod(0o666)
    assert keepsake.text() is None

    file.unlink()
    theirs = tmp_path / "theirs"
    theirs.write_text("theirs", "utf-8")
    theirs.chmod(0o600)
    file.symlink_to(theirs)
    assert keepsake.text() is None
