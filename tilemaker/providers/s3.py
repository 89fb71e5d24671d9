"""Requests signed as S3 wants them (AWS Signature Version 4), and where its buckets are.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

from __future__ import annotations

import configparser
import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .location import Url
    from .web import Headers

NOTHING = hashlib.sha256(b"").hexdigest()
"""The digest of the content of a request that has none."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Who asks."""

    public: str
    secret: str
    token: str | None = None
    """Goes with keys that are valid for a while."""


@dataclass(frozen=True, slots=True)
class S3:
    """A store of buckets, as the variables say that AWS's own programs look at."""

    keys: Keys | None
    """None to ask as anybody may."""
    region: str
    endpoint: str | None
    """Where it is, when it is not Amazon's."""
    clock: Callable[[], datetime] = partial(datetime.now, UTC)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> S3:
        """Read ``AWS_ACCESS_KEY_ID`` and so on, else the profile of the file of credentials."""
        region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "us-east-1"
        endpoint = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
        return cls(_keys_of(environment), region, endpoint.rstrip("/") if endpoint else None)

    def address(self, url: Url) -> str:
        """Return where an object is on the web."""
        bucket, key = url.parts.netloc, quote(url.parts.path.lstrip("/"), safe="/~")
        if self.endpoint is not None:
            return f"{self.endpoint}/{bucket}/{key}"
        if "." in bucket:  # no certificate is valid for a name with another dot in it
            return f"https://s3.{self.region}.amazonaws.com/{bucket}/{key}"
        return f"https://{bucket}.s3.{self.region}.amazonaws.com/{key}"

    def headers(self, url: str, headers: Headers) -> Headers:
        """Return the headers to send to an address, signed when there are keys."""
        if self.keys is None:
            return headers
        now = self.clock().strftime("%Y%m%dT%H%M%SZ")
        signed = {"host": urlsplit(url).netloc, "x-amz-content-sha256": NOTHING, "x-amz-date": now}
        if "Range" in headers:
            signed["range"] = headers["Range"]
        if self.keys.token:
            signed["x-amz-security-token"] = self.keys.token
        unsigned = {name: value for name, value in headers.items() if name != "Range"}
        return {**unsigned, **signed, "Authorization": self._authorization(self.keys, url, signed)}

    def _authorization(self, keys: Keys, url: str, signed: Headers) -> str:
        names = ";".join(sorted(signed))
        lines = [f"{name}:{signed[name]}" for name in sorted(signed)]
        parts = urlsplit(url)
        request = "\n".join(["GET", parts.path, parts.query, *lines, "", names, NOTHING])
        now = signed["x-amz-date"]
        scope = f"{now[:8]}/{self.region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = f"AWS4{keys.secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        return f"AWS4-HMAC-SHA256 Credential={keys.public}/{scope}, SignedHeaders={names}, Signature={signature}"


def _keys_of(environment: Mapping[str, str]) -> Keys | None:
    public, secret = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if public and secret:
        return Keys(public, secret, environment.get("AWS_SESSION_TOKEN"))
    path = environment.get("AWS_SHARED_CREDENTIALS_FILE") or os.fspath(Path("~/.aws/credentials").expanduser())
    file = configparser.ConfigParser(interpolation=None)
    try:
        file.read(path, "utf-8")
        profile = file[environment.get("AWS_PROFILE") or "default"]
        return Keys(profile["aws_access_key_id"], profile["aws_secret_access_key"], profile.get("aws_session_token"))
    except (KeyError, OSError, UnicodeDecodeError, configparser.Error):
        return None
