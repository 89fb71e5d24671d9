"""Parts of a file on a web server, over HTTP. Needs urllib3, which comes with ``tilemaker[remote]``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urljoin

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError, SSLError

from tilemaker import wanted
from tilemaker.errors import MapReplaced, MapStalled, MapUnreadable

from .pace import Pace

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

    from .hosts import Hosts
    from .location import Url

SMALL_BYTES = 64 << 20
"""A file of no more is fetched whole from a server that does not give parts of files."""

MOST_REDIRECTS = 5
PIECE = 1 << 16
TRIED_AGAIN = frozenset({429, 500, 502, 503, 504})

SENTENCES = {
    400: "The map's server does not understand what it is asked.",
    401: "The map's server wants to know who asks for the file: it needs other credentials.",
    403: "The map's server does not let the file be read.",
    404: "There is no such file on the map's server.",
    410: "There is no such file on the map's server any more.",
    412: "The map's file has just been changed.",
    416: "The map's file has just been changed.",
}
"""What to say of an answer that is none."""

CHANGED = frozenset({412, 416})

Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Version:
    """What tells a file elsewhere from another that takes its place."""

    tag: str
    """ETag, else the time of its last modification, else empty."""
    size: int
    """Number of bytes."""
    has_parts: bool = True
    """Whether the server gives parts of it."""


class Signer(Protocol):
    """Makes requests acceptable to a server that wants to know who asks."""

    def headers(self, url: str, headers: Headers) -> Headers:
        """Return the headers to send to an address."""
        ...


class Basic:
    """Sends the user and the password of an address, to its own host only."""

    def __init__(self, url: Url) -> None:
        parts = url.parts
        self._origin = _origin(url.text)
        self._headers: Headers = {}
        if parts.username is not None:
            credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers = dict(urllib3.make_headers(basic_auth=credentials))

    def headers(self, url: str, headers: Headers) -> Headers:
        """Return the headers to send to an address."""
        return headers | self._headers if _origin(url) == self._origin else headers


class WebFile:
    """A file on a web server.

    Parameters
    ----------
    url
        Its address, without credentials.
    signer
        Signs requests.
    hosts
        Where it, and whatever its server sends readers on to, may be.
    pool
        Keeps connections.
    """

    def __init__(self, url: str, signer: Signer, hosts: Hosts, pool: urllib3.PoolManager) -> None:
        self._url, self._signer, self._hosts, self._pool = url, signer, hosts, pool
        self._pace = Pace()

    @property
    def gap_bytes(self) -> int:
        """How many bytes that nobody wants cost no more than another request."""
        return self._pace.gap_bytes

    def look(self) -> Version:
        """Return which file is there now.

        Raises
        ------
        MapUnreadable
            It cannot be read, and why; `MapStalled` when that may be a matter of time.
        """
        with self._answer({"Range": "bytes=0-0"}) as answer:
            version = _version_of(answer)
        if not version.has_parts and version.size > SMALL_BYTES:
            size_mb, most_mb = version.size / 1e6, SMALL_BYTES / 1e6
            raise MapUnreadable(
                f"The map's server does not give parts of files, and {size_mb:.0f} MB are too many to fetch at once: "
                f"no more than {most_mb:.0f} MB are."
            )
        return version

    def fetch(self, start: int, stop: int, version: Version) -> bytes:
        """Return these bytes of a version; from a server that gives no parts, all of them are to be asked for.

        Raises
        ------
        MapReplaced
            It is another by now.
        MapUnreadable
            It cannot be read, and why.
        """
        headers = {"Range": f"bytes={start}-{stop - 1}"} if version.has_parts else {}
        if version.tag.startswith('"'):  # a weak tag, W/"…", never matches
            headers["If-Match"] = version.tag
        with self._answer(headers) as answer:
            if _version_of(answer) != version:
                raise MapReplaced(SENTENCES[412])
            return self._content(answer, stop - start)

    def _content(self, answer: BaseHTTPResponse, size: int) -> bytes:
        began, content = time.monotonic(), bytearray()
        try:
            while len(content) < size and (piece := answer.read(min(PIECE, size - len(content)), decode_content=False)):
                content += piece
                wanted.check()
        except (HTTPError, OSError) as broken:
            raise _sentence_for(broken) from None
        self._pace.sent(len(content), time.monotonic() - began)
        if len(content) < size:
            raise MapStalled("The map's server ended in the middle of an answer.")
        return bytes(content)

    @contextmanager
    def _answer(self, headers: Headers) -> Iterator[BaseHTTPResponse]:
        """Ask, and once more when that may help."""
        answer = self._asked(headers, is_last=False) or self._asked(headers, is_last=True)
        assert answer is not None  # noqa: S101  the last attempt raises instead
        is_read = False
        try:
            yield answer
            is_read = True
        finally:
            if is_read and answer.status == 206:  # nothing of the answer is left: the connection may be used again
                answer.release_conn()
            else:
                answer.close()

    def _asked(self, headers: Headers, *, is_last: bool) -> BaseHTTPResponse | None:
        """Return an answer with content, or None when there may be one at the next attempt."""
        try:
            answer = self._followed(headers)
        except (HTTPError, OSError) as failed:
            if is_last or isinstance(failed, SSLError):
                # Not its cause: in what libraries say of a request there may be its address, and in that a token.
                raise _sentence_for(failed) from None
            return None
        if answer.status in (200, 206) or (answer.status == 416 and _is_of_nothing(answer)):
            return answer
        answer.close()
        if answer.status in TRIED_AGAIN and not is_last:
            return None
        raise _refusal(answer.status)

    def _followed(self, headers: Headers) -> BaseHTTPResponse:
        url = self._url
        for _ in range(MOST_REDIRECTS + 1):
            if not self._hosts.allow(url):
                raise MapUnreadable("The map's server sends readers on to a host that this server may not read from.")
            began = time.monotonic()
            asked = self._signer.headers(url, {"Accept-Encoding": "identity", **headers})
            answer = self._pool.request(
                "GET", url, headers=asked, redirect=False, retries=False, preload_content=False, decode_content=False
            )
            self._pace.answered(time.monotonic() - began)
            target = answer.headers.get("Location")
            if answer.status not in (301, 302, 303, 307, 308) or target is None:
                return answer
            answer.close()
            onward = _onward(url, target)
            if url.startswith("https:") and not onward.startswith("https:"):
                raise MapUnreadable("The map's server sends readers on to where others could listen.")
            url = onward
        raise MapUnreadable("The map's server sends readers round in a circle.")


def pool_of(seconds: float) -> urllib3.PoolManager:
    """Return what keeps connections, on which nothing takes longer than so many seconds between two signs of life."""
    return urllib3.PoolManager(num_pools=32, maxsize=16, timeout=urllib3.Timeout(connect=min(seconds, 10.0), read=seconds))


def _onward(url: str, target: str) -> str:
    """Return where a server sends readers on to, written as it will be asked for, so that the host looked at is the host asked."""
    try:
        return str(urllib3.util.parse_url(urljoin(url, target)).url)
    except ValueError:
        raise MapUnreadable("The map's server sends readers on to what is not the address of a file.") from None


def _version_of(answer: BaseHTTPResponse) -> Version:
    headers = answer.headers
    tag = headers.get("ETag") or headers.get("Last-Modified") or ""
    is_part = answer.status != 200
    size = headers.get("Content-Range", "").rpartition("/")[2] if is_part else headers.get("Content-Length", "")
    if not size.isdecimal():
        raise MapUnreadable("The map's server does not say how long the file is.")
    return Version(tag, int(size), is_part)


def _is_of_nothing(answer: BaseHTTPResponse) -> bool:
    """Whether there was no first byte to give because the file is empty."""
    return answer.headers.get("Content-Range", "").endswith("*/0")


def _refusal(status: int) -> MapUnreadable:
    if status in CHANGED:
        return MapReplaced(SENTENCES[status])
    if status in TRIED_AGAIN:
        return MapStalled(f"The map's server fails: it answers {status}.")
    return MapUnreadable(SENTENCES.get(status, f"The map's server does not hand out the file: it answers {status}."))


def _sentence_for(failed: Exception) -> MapUnreadable:
    if isinstance(failed, SSLError):
        return MapUnreadable("The map's server does not show a certificate that can be trusted.")
    if isinstance(failed, ConnectTimeoutError | ReadTimeoutError) and not isinstance(failed, NewConnectionError):
        return MapStalled("The map's server takes too long to answer.")
    return MapStalled("The map's server cannot be reached.")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urllib3.util.parse_url(url)
    return (parts.scheme or "", parts.host, parts.port)
