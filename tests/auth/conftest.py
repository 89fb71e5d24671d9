"""A real SOAuth server, and a tilemaker whose members log in there."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import jwt
import pytest

from tests.support.ports import free_port
from tests.support.programs import running, untraced
from tests.support.skies import car, waves, write_sky

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
ACCESS_SECONDS = 600
"""How long access tokens are good."""


def not_faster_than_soauth(request: httpx.Request) -> None:
    """Wait until it has written down what it answered: it does so after the answer, which a network would not outrun."""
    if request.url.path in {"/github", "/callback", "/login-state"}:
        time.sleep(0.2)


@dataclass(frozen=True)
class Site:
    """A tilemaker and its SOAuth."""

    home: str
    soauth: str
    folder: Path
    known: dict[str, str]
    """What SOAuth knows of it, keys included."""

    def visitor(self) -> httpx.Client:
        """Return somebody with a browser of their own."""
        hooks = {"request": [not_faster_than_soauth]}
        return httpx.Client(base_url=self.home, follow_redirects=True, timeout=START_SECONDS, event_hooks=hooks)

    @contextmanager
    def member(self, grants: str = "members") -> Iterator[httpx.Client]:
        """Give somebody who has logged in."""
        self.give(grants)
        with self.visitor() as visitor:
            assert visitor.get("login").is_success
            yield visitor

    def ending(self, token: str, after_seconds: float) -> str:
        """Return an access token as SOAuth would sign it in place of another, good for so long from now: nobody has to wait."""
        from soauth.core.cryptography import deserialize_private_key

        key = deserialize_private_key(self.known["private_key"].encode(), self.known["key_password"])
        said = jwt.decode(token, options={"verify_signature": False}) | {"exp": int(time.time() + after_seconds)}
        return jwt.encode(said, key, algorithm="EdDSA", headers={"aid": jwt.get_unverified_header(token)["aid"]})

    def end_login_of(self, member: httpx.Client) -> None:
        """Have the time be over for which somebody's access token is good."""
        for cookie in member.cookies.jar:
            if cookie.name == "access_token" and cookie.value:
                cookie.value = self.ending(cookie.value, -60.0)

    def give(self, grants: str) -> None:
        """Have Ada hold these grants from her next token on, as an administrator would."""
        with closing(sqlite3.connect(self.folder / "soauth.db", timeout=START_SECONDS)) as database, database:
            database.execute("UPDATE user SET grants = ? WHERE user_name = 'ada'", [grants])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start both, and end them."""
    pytest.importorskip("soauth", reason="the extra tilemaker[soauth] is not installed")
    folder = tmp_path_factory.mktemp("soauth")
    port, home_port = free_port(), free_port()
    home, address = f"http://localhost:{home_port}", f"http://localhost:{port}"
    with soauth_server(port, folder, home) as service:
        settings = {
            "TILEMAKER_AUTH_TYPE": "soauth",
            "TILEMAKER_SOAUTH_BASE_URL": home,
            "TILEMAKER_SOAUTH_AUTH_URL": address,
            "TILEMAKER_SOAUTH_APP_ID": service["app_id"],
            "TILEMAKER_SOAUTH_CLIENT_SECRET": service["client_secret"],
            "TILEMAKER_SOAUTH_PUBLIC_KEY": service["public_key"].replace("\n", "\\n"),
        }
        with running(
            "serve", configuration(folder), "--port", str(home_port), cwd=folder, settings=settings, traced=True
        ) as program:
            program.wait_for("tilemaker is at")
            yield Site(home, address, folder, service)


@contextmanager
def soauth_server(port: int, folder: Path, home: str) -> Iterator[dict[str, str]]:
    """Run a SOAuth server; give what it says about the service at ``home``."""
    arguments = [str(port), str(folder), home, str(ACCESS_SECONDS)]
    command = [sys.executable, "-W", "ignore", "-m", "tests.support.soauth_server", *arguments]
    env = untraced(os.environ)
    with (folder / "soauth.log").open("wb") as log, subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log) as process:
        try:
            give_up_at = time.monotonic() + START_SECONDS
            while not answers(f"http://localhost:{port}/"):
                assert process.poll() is None, (folder / "soauth.log").read_text("utf-8")
                assert time.monotonic() < give_up_at, (folder / "soauth.log").read_text("utf-8")
                time.sleep(0.1)
            yield json.loads((folder / "service.json").read_text("utf-8"))
        finally:
            process.terminate()


def answers(address: str) -> bool:
    """Tell whether anything is there."""
    try:
        httpx.get(address)
    except httpx.TransportError:
        return False
    return True


def configuration(folder: Path) -> Path:
    """Write a configuration of a map for everybody and one for members."""
    layers = []
    for name, grant in (("public", None), ("secret", "members")):
        write_sky(folder / f"{name}.fits", car(90, 180, 2.0), value=waves, BUNIT="uK")
        provider = {"provider_type": "fits", "filename": f"{name}.fits"}
        layers.append({"layer_id": name, "name": name, "grant": grant, "provider": provider})
    bands = [{"band_id": "b", "name": "B", "layers": layers}]
    path = folder / "sky.json"
    path.write_text(json.dumps({"map_groups": [{"name": "G", "maps": [{"map_id": "m", "name": "M", "bands": bands}]}]}), "utf-8")
    return path
