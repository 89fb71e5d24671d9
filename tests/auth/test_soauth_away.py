"""SOAuth when it is not there, or was never set up."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

pytest.importorskip("soauth", reason="the extra tilemaker[soauth] is not installed")

from soauth.core.cryptography import generate_key_pair

from tilemaker.auth import BACKENDS, AuthOptions, SOAuthOptions
from tilemaker.auth.base import Tokens
from tilemaker.auth.soauth import SOAuth
from tilemaker.errors import ConfigurationError, LoginRefused, LoginUnavailable
from tilemaker.settings import Settings

KEY = generate_key_pair("Ed25519", "x")[0].decode()
OPTIONS = SOAuthOptions("https://maps.example.org/sky", "https://soauth.example.org", "0" * 32, "secret", KEY)
GOOD: dict[str, object] = {
    "access_token": "a", "refresh_token": "r", "profile_data": {}, "redirect": None,
    "access_token_expires": "2030-01-01T00:00:00", "refresh_token_expires": "2030-01-01T00:00:00+01:00",
}  # fmt: skip


class Soauth:
    """Answers what it is told to, and counts."""

    def __init__(self, status: int, text: str = "") -> None:
        self.times_asked = 0
        self.status, self.text = status, text

    def __call__(self, _request: httpx.Request) -> httpx.Response:
        self.times_asked += 1
        if not self.status:
            raise httpx.ConnectError("secret=secret")
        return httpx.Response(self.status, text=self.text)


@pytest.mark.parametrize(
    ("status", "text", "error"),
    [(0, "", LoginUnavailable), (500, "", LoginUnavailable), (200, "<html>", LoginUnavailable), (401, "", LoginRefused)],
)
def test_what_goes_wrong_there_has_a_name_here(status: int, text: str, error: type[Exception]) -> None:
    backend = SOAuth(OPTIONS, httpx.MockTransport(Soauth(status, text)))

    with pytest.raises(error) as raised:
        asyncio.run(backend.exchange("code"))

    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_several_who_renew_the_same_login_ask_once() -> None:
    soauth = Soauth(200, json.dumps(GOOD))
    backend = SOAuth(OPTIONS, httpx.MockTransport(soauth))

    async def renew() -> list[Tokens]:
        return list(await asyncio.gather(*(backend.renew("r") for _ in range(5))))

    assert len(set(asyncio.run(renew()))) == 1
    assert soauth.times_asked == 1


def test_a_renewal_that_failed_for_want_of_soauth_is_tried_again() -> None:
    soauth = Soauth(0)
    backend = SOAuth(OPTIONS, httpx.MockTransport(soauth))

    async def renew_twice() -> Tokens:
        with pytest.raises(LoginUnavailable):
            await backend.renew("r")
        soauth.status, soauth.text = 200, json.dumps(GOOD)
        return await backend.renew("r")

    assert asyncio.run(renew_twice()).access == "a"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("app_id", "nobody"),
        ("public_key", "-----BEGIN"),
        ("key_pair_type", "RSA"),
        ("public_key", "-----BEGIN PUBLIC KEY-----\nMCow"),
    ],
)
def test_what_soauth_never_said_is_refused_at_the_start(field: str, value: str) -> None:
    options = {name: getattr(OPTIONS, name) for name in OPTIONS.__slots__} | {field: value}

    with pytest.raises(ConfigurationError, match=f"TILEMAKER_SOAUTH_{field.upper()}"):
        BACKENDS["soauth"](AuthOptions(soauth=SOAuthOptions(**options)))


def test_soauth_without_its_settings_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILEMAKER_AUTH_TYPE", "soauth")
    monkeypatch.setenv("TILEMAKER_SOAUTH_APP_ID", "0" * 32)

    with pytest.raises(ConfigurationError) as refused:
        Settings.from_environment()

    (sentence,) = refused.value.mistakes
    assert "TILEMAKER_SOAUTH_PUBLIC_KEY" in sentence
    assert "APP_ID" not in sentence


def test_a_key_is_a_text_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text(KEY, "utf-8")

    assert {Settings(soauth_public_key=given).soauth_public_key for given in (KEY, KEY.replace("\n", "\\n"), str(path))} == {KEY}


@pytest.mark.parametrize("variable", ["SOAUTH_PUBLIC_KEY", "SOAUTH_BASE_URL"])
def test_a_key_or_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(f"TILEMAKER_{variable}", "nosuch")

    with pytest.raises(ConfigurationError, match=f"TILEMAKER_{variable}=nosuch"):
        Settings.from_environment()
