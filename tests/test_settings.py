"""What the operator chose, and what is said when it makes no sense."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tilemaker import settings as settings_module
from tilemaker.described import descriptions_in
from tilemaker.errors import ConfigurationError
from tilemaker.settings import Settings, variable


def test_everything_has_a_default() -> None:
    assert str(Settings.from_environment().config_path) == "sample.json"


def test_every_setting_explains_itself() -> None:
    meanings = descriptions_in(Settings)

    assert not [name for name in Settings.model_fields if not meanings[name].endswith(".")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a", ("a",)),
        ("a, b", ("a", "b")),
        ('["a", "b, c"]', ("a", "b, c")),
        ("", ()),
        ("act dr6", ("act dr6",)),
    ],
)
def test_words_are_written_between_commas_or_as_json(monkeypatch: pytest.MonkeyPatch, text: str, words: tuple[str, ...]) -> None:
    monkeypatch.setenv("TILEMAKER_MOCK_GRANTS", text)

    assert Settings.from_environment().mock_grants == words


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cache_size_mb", "-3"),
        ("cache_size_mb", "many"),
        ("cache_type", "disk"),
        ("precache", "perhaps"),
        ("analysis_auto_contrast_percentile", "50"),
        ("analysis_auto_contrast_percentile", "nan"),
        ("request_threads", "0"),
        ("mock_grants", '["a'),
        ("log_level", "loud"),
    ],
)
def test_a_wrong_value_is_refused_with_one_sentence_that_names_it(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(variable(name), text)

    with pytest.raises(ConfigurationError) as refused:
        Settings.from_environment()

    assert len(refused.value.mistakes) == 1
    assert refused.value.mistakes[0].startswith(f"{variable(name)}={text}: ")


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILEMAKER_CACHE_TYPE", "disk")
    monkeypatch.setenv("TILEMAKER_REQUEST_THREADS", "0")

    with pytest.raises(ConfigurationError) as refused:
        Settings.from_environment()

    assert len(refused.value.mistakes) == 2


@pytest.mark.parametrize(
    ("origins", "origin", "is_allowed"),
    [
        ("http://localhost:*,http://127.0.0.1:*", "http://localhost:5173", True),
        ("http://localhost:*,http://127.0.0.1:*", "http://127.0.0.1:3000", True),
        ("http://localhost:*,http://127.0.0.1:*", "http://localhost", True),
        ("http://localhost:*", "http://localhost.example.org", False),
        ("http://localhost:*", "http://localhost:80.example.org", False),
        ("http://localhost:*", "https://example.org", False),
        (None, "https://example.org", True),
        ("*", "https://example.org", True),
        ("https://*.example.org", "https://maps.example.org", True),
        ("https://*.example.org", "https://example.org.evil.net", False),
        ("https://maps.example.org", "https://mapsXexample.org", False),
        ("https://a.org,https://b.org", "https://b.org", True),
        ("", "http://localhost:5173", False),
    ],
)
def test_only_pages_that_were_named_may_read(
    monkeypatch: pytest.MonkeyPatch, origins: str | None, origin: str, *, is_allowed: bool
) -> None:
    if origins is not None:
        monkeypatch.setenv("TILEMAKER_ORIGINS", origins)

    pattern = Settings.from_environment().origin_pattern

    assert bool(re.fullmatch(pattern, origin)) is is_allowed


@pytest.mark.parametrize(
    ("origins", "asked", "travel"),
    [
        ("*", None, False), ("https://a.org", None, True), ("https://*.a.org", None, False), ("", None, False),
        ("https://a.org", False, False), ("https://a.org", True, True),
    ],
)  # fmt: skip
def test_logins_travel_to_pages_that_are_named_in_full(origins: str, *, asked: bool | None, travel: bool) -> None:
    settings = Settings.model_validate({"origins": origins, "origin_credentials": asked})

    assert settings.lets_cookies_travel is travel


@pytest.mark.parametrize("origins", ["*", "https://a.org,*", "https://*.a.org"])
def test_logins_for_every_page_there_is_are_refused(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    monkeypatch.setenv("TILEMAKER_ORIGINS", origins)
    monkeypatch.setenv("TILEMAKER_ORIGIN_CREDENTIALS", "true")

    with pytest.raises(ConfigurationError, match="TILEMAKER_ORIGIN_CREDENTIALS"):
        Settings.from_environment()


@pytest.mark.parametrize("name", ["tilemaker_soauth_app_id", "TILEMAKER_SOAUTH_APP_ID"])
def test_what_is_secret_may_be_in_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setattr(settings_module, "SECRETS", tmp_path)
    (tmp_path / name).write_text("hidden\n", "utf-8")

    assert Settings.from_environment().soauth_app_id == "hidden"
    monkeypatch.setenv("TILEMAKER_SOAUTH_APP_ID", "open")
    assert Settings.from_environment(root_path="/sky").soauth_app_id == "open"
