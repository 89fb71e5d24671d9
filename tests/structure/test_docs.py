"""What the documents say is true."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from tilemaker.atlas.load import load_config
from tilemaker.auth import BACKENDS
from tilemaker.cache import CACHES
from tilemaker.cli.main import app
from tilemaker.cli.readme_table import with_table
from tilemaker.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^(?:uv run )?(tilemaker .*)$", README, flags=re.MULTILINE)
MAKE_TARGETS = re.findall(r"^make (\w+)", README, flags=re.MULTILINE)
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_the_settings_in_the_readme_are_the_settings_there_are() -> None:
    assert with_table(README) == README, "python -m tilemaker.cli.readme_table README.md"


def test_the_readme_shows_commands() -> None:
    assert {"demo", "test"} <= set(MAKE_TARGETS)
    assert len(COMMANDS) >= 3


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_of_the_readme_can_be_typed(line: str) -> None:
    """The command exists and understands every option and argument."""
    name, *arguments = shlex.split(line)[1:]
    group = get_command(app)
    assert isinstance(group, TyperGroup)

    group.commands[name].make_context(name, arguments)


@pytest.mark.parametrize("target", MAKE_TARGETS)
def test_each_make_target_of_the_readme_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("path", [ROOT / "sample.json", *sorted(ROOT.glob("examples/**/*.json"))], ids=lambda path: path.name)
def test_each_example_loads(path: Path) -> None:
    is_catalogue = isinstance(json.loads(path.read_text(encoding="utf-8")), list)

    assert is_catalogue or load_config(path).map_groups


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_link_between_documents_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_words_that_settings_accept_are_the_kinds_there_are() -> None:
    kinds = {name: Settings.model_json_schema()["properties"][name] for name in ("auth_type", "cache_type")}

    assert _words(kinds["auth_type"]) == set(BACKENDS)
    assert _words(kinds["cache_type"]) == set(CACHES)


def _words(schema: dict[str, object]) -> set[object]:
    listed = schema.get("enum")
    return set(listed) if isinstance(listed, list) else {schema["const"]}
