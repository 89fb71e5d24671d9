"""Where the server listens, and how somebody gets there."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from tilemaker.cli.address import DEFAULT_PORT, PortTaken, has_screen, listen, tunnel, url_of
from tilemaker.errors import ConfigurationError

HERE = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which something listens."""
    with closing(listen(HERE, 0)) as listening:
        yield listening.getsockname()[1]


def test_the_port_asked_for_is_the_port_listened_on() -> None:
    with closing(listen(HERE, 0)) as first:
        free = first.getsockname()[1]

    with closing(listen(HERE, free)) as listening:
        assert listening.getsockname() == (HERE, free)


def test_a_port_asked_for_and_taken_is_refused_with_a_sentence(taken: int) -> None:
    with pytest.raises(PortTaken, match=f"--port {taken}: is taken by another program"):
        listen(HERE, taken)


def test_without_a_port_two_servers_find_one_each() -> None:
    with closing(listen(HERE, None)) as first, closing(listen(HERE, None)) as second:
        ports = first.getsockname()[1], second.getsockname()[1]

    assert DEFAULT_PORT <= ports[0] < ports[1]


def test_a_port_taken_on_every_address_is_taken_on_this_one() -> None:
    with closing(listen("0.0.0.0", 0)) as everywhere, pytest.raises(PortTaken):
        listen(HERE, everywhere.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("no-such-host.invalid", "there is no such host"),
        ("192.0.2.1", "is not an address of this machine"),
        ("a..b", "no such host"),
    ],
)
@pytest.mark.parametrize("port", [None, 0])
def test_a_host_that_is_not_this_machine_is_refused_with_a_sentence(host: str, problem: str, port: int | None) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        listen(host, port)


@pytest.mark.parametrize("host", [HERE, "0.0.0.0", "localhost"])
def test_the_address_shown_reaches_the_server(host: str) -> None:
    with closing(listen(host, 0)) as listening:
        _, _, where = url_of(listening).rstrip("/").rpartition("/")
        address, _, port = where.rpartition(":")

        with socket.create_connection((address.strip("[]"), int(port)), timeout=5):
            pass


def test_without_ssh_there_is_no_tunnel() -> None:
    with closing(listen(HERE, 0)) as listening:
        assert tunnel(listening, {}) is None


@pytest.mark.parametrize(
    ("connection", "before", "after"),
    [
        ("198.51.100.7 50022 203.0.113.5 22", "", "203.0.113.5"),
        ("198.51.100.7 50022 203.0.113.5 2222", "-p 2222 ", "203.0.113.5"),
        ("2001:db8::7 50022 2001:db8::5 22", "", "2001:db8::5"),
    ],
)
def test_over_ssh_the_line_to_type_leads_back_here(connection: str, before: str, after: str) -> None:
    with closing(listen(HERE, 0)) as listening:
        port = listening.getsockname()[1]

        line = tunnel(listening, {"SSH_CONNECTION": connection})

    assert line == f"ssh {before}-L {port}:127.0.0.1:{port} {getpass.getuser()}@{after}"


@pytest.mark.parametrize(
    ("environment", "platform", "is_seen"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({}, "darwin", True),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "a 1 b 22"}, "linux", False),
        ({"SSH_TTY": "/dev/pts/0"}, "darwin", False),
    ],
)
def test_a_browser_is_opened_where_somebody_sees_it(environment: dict[str, str], platform: str, *, is_seen: bool) -> None:
    assert has_screen(environment, platform) is is_seen
