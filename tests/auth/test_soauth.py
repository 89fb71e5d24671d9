"""Logging in at a real SOAuth server, as browsers and scripts do."""

from __future__ import annotations

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.auth.conftest import Site

HIDDEN = "layers/secret/0/0/0/tile.png"
PUBLIC = "layers/public/0/0/0/tile.png"
TOKENS = {"access_token", "refresh_token"}


def test_a_visitor_logs_in_sees_more_and_logs_out(site: Site) -> None:
    site.give("members")
    with site.visitor() as visitor:
        before = visitor.get(HIDDEN)
        state_before = visitor.get("login-state").json()
        there = visitor.get("login", params={"next": "#layer=secret&zoom=2"})
        state = visitor.get("login-state").json()
        tile = visitor.get(HIDDEN)
        refresh = visitor.cookies["refresh_token"]
        visitor.get("logout")
        after = visitor.get(HIDDEN)

        assert (before.status_code, tile.status_code, after.status_code) == (404, 200, 404)
        assert str(there.url) == f"{site.home}/#layer=secret&zoom=2"
        assert state_before == {
            "can_log_in": True, "logged_in": False, "name": None, "expires_at": None, "login_url": "login", "logout_url": "logout",
        }  # fmt: skip
        assert (state["logged_in"], state["name"]) == (True, "Ada Lovelace")
        assert not visitor.cookies
        assert httpx.post(f"{site.soauth}/exchange", json={"refresh_token": refresh}).status_code == 400


def test_no_script_can_read_the_tokens_and_no_other_site_sends_them(site: Site) -> None:
    with site.visitor() as visitor:
        visitor.get("login")
        visitor.headers["Cookie"] = f"refresh_token={visitor.cookies['refresh_token']}"
        written = visitor.get("login-state").headers.get_list("set-cookie")

    kept = {cookie.partition("=")[0]: cookie for cookie in written}
    assert kept.keys() >= TOKENS
    assert all("HttpOnly" in kept[name] and "SameSite=lax" in kept[name] and "Path=/" in kept[name] for name in TOKENS)


def test_a_tile_that_needed_a_login_is_the_callers_own(site: Site) -> None:
    with site.member() as member:
        assert "private" in member.get(HIDDEN).headers["cache-control"]
        assert "public" in member.get(PUBLIC).headers["cache-control"]


def test_a_script_brings_its_token(site: Site) -> None:
    with site.member() as member, site.visitor() as script:
        script.headers["Authorization"] = f"Bearer {site.ending(member.cookies['access_token'], 3.0)}"

        assert script.get(HIDDEN).status_code == 200
        time.sleep(3.0)
        refused = script.get(HIDDEN)

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert not refused.headers.get_list("set-cookie")


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "x" * 5000])
def test_a_script_with_a_token_of_its_own_making_is_refused(site: Site, token: str) -> None:
    with site.visitor() as script:
        for words in ("Bearer", f"Bearer {token}", f"bearer {token} {token}"):
            assert script.get(PUBLIC, headers=[(b"Authorization", words.encode())]).status_code == 401


def test_a_token_that_nobody_signed_is_refused(site: Site) -> None:
    with site.member() as member, site.visitor() as script:
        header, body, _ = member.cookies["access_token"].split(".")
        unsigned = base64.urlsafe_b64encode(json.dumps({**decoded(header), "alg": "none"}).encode()).decode().rstrip("=")
        raised = base64.urlsafe_b64encode(json.dumps({**decoded(body), "grants": ["members", "all"]}).encode()).decode().rstrip("=")

        for forged in (f"{unsigned}.{body}.", f"{header}.{raised}.{member.cookies['access_token'].split('.')[2]}"):
            assert script.get(HIDDEN, headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def decoded(part: str) -> dict[str, object]:
    said: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return said


def test_a_refresh_token_opens_nothing_by_itself(site: Site) -> None:
    with site.member() as member, site.visitor() as script:
        words = {"Authorization": f"Bearer {member.cookies['refresh_token']}"}

        assert script.get(HIDDEN, headers=words).status_code == 401


@pytest.mark.parametrize("name", sorted(TOKENS))
def test_a_cookie_of_another_service_on_the_same_host_is_nobodys(site: Site, name: str) -> None:
    with site.visitor() as visitor:
        visitor.cookies.set(name, "something-else")

        assert (visitor.get(PUBLIC).status_code, visitor.get(HIDDEN).status_code) == (200, 404)
        assert visitor.get("login-state").json()["logged_in"] is False


def test_a_login_that_has_ended_is_said_so_and_renewed_when_the_page_asks(site: Site) -> None:
    with site.member() as member:
        site.end_login_of(member)
        ended = member.get(HIDDEN)
        state = member.get("login-state").json()

        assert (ended.status_code, ended.json()["type"]) == (401, "LoginExpired")
        assert state["logged_in"] is True
        assert member.get(HIDDEN).status_code == 200


def test_tabs_that_ask_at_once_are_all_renewed(site: Site) -> None:
    with site.member() as member:
        cookies = {"refresh_token": member.cookies["refresh_token"]}

        def ask(_tab: int) -> bool:
            return bool(httpx.get(f"{site.home}/login-state", cookies=cookies).json()["logged_in"])

        with ThreadPoolExecutor(8) as tabs:
            assert all(tabs.map(ask, range(16)))


def test_a_tab_that_comes_second_takes_nothing_from_the_first(site: Site) -> None:
    """Also where another worker answers it, which knows nothing of the first: its refusal leaves the new tokens alone."""
    with site.member() as member:
        httpx.post(f"{site.soauth}/exchange", json={"refresh_token": member.cookies["refresh_token"]})
        site.end_login_of(member)
        refused = member.get("login-state")

    assert refused.json()["logged_in"] is False
    assert [cookie.partition("=")[0] for cookie in refused.headers.get_list("set-cookie")] == ["refused_token"]


def test_whoever_loses_a_grant_loses_it_when_the_login_is_renewed(site: Site) -> None:
    with site.member() as member:
        site.give("others")
        site.end_login_of(member)
        member.get("login-state")

        assert (member.get(PUBLIC).status_code, member.get(HIDDEN).status_code) == (200, 404)


def test_a_login_that_was_ended_elsewhere_leaves_a_visitor_like_any_other(site: Site) -> None:
    with site.member() as member:
        httpx.post(f"{site.soauth}/expire", json={"refresh_token": member.cookies["refresh_token"]})
        site.end_login_of(member)
        states = [member.get(path) for path in ("", "login-state")]  # as a page that is opened does

        assert states[1].json()["logged_in"] is False
        assert not member.cookies
        assert (member.get(PUBLIC).status_code, member.get(HIDDEN).status_code) == (200, 404)


def test_a_page_elsewhere_logs_nobody_out(site: Site) -> None:
    with site.member() as member:
        member.get("logout", headers={"Sec-Fetch-Site": "cross-site"})

        assert member.get(HIDDEN).status_code == 200


@pytest.mark.parametrize("then", ["//evil.example", "/x", "../x", "\\x", "a\nb", "a" * 3000])
def test_a_login_ends_nowhere_else(site: Site, then: str) -> None:
    with site.visitor() as visitor:
        assert visitor.get("login", params={"next": then}).status_code == 422


@pytest.mark.parametrize(("address", "status"), [("callback", 422), ("callback?code=", 422), ("callback?code=x&state=y", 401)])
def test_a_code_that_is_none_logs_nobody_in(site: Site, address: str, status: int) -> None:
    with site.visitor() as visitor:
        answer = visitor.get(address)

        assert answer.status_code == status
        assert not answer.headers.get_list("set-cookie")
