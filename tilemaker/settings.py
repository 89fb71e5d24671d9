"""What the operator chose: every setting is an environment variable, ``TILEMAKER_`` and the name of its field."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .described import describe
from .errors import ConfigurationError
from .wording import problem_of

PREFIX = "TILEMAKER_"

SECRETS = Path("/run/secrets")
"""Where containers find files with what is not for the environment: each named like a variable, with its value."""


def _words(text: object) -> object:
    """Read a list written either as JSON or as words between commas."""
    if not isinstance(text, str):
        return text
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            raise ValueError("should be words between commas, or a list in JSON") from None
    return [word.strip() for word in text.split(",") if word.strip()]


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
"""Several words; in the environment between commas, or as a JSON list."""


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s?#]+", text):
        raise ValueError("should be an address that begins with https:// or http://")
    return text.rstrip("/")


def _path(text: str) -> str:
    if not re.fullmatch(r"(/[^/?#\s]+)*/?", text):
        raise ValueError("should be a path that begins with a slash, such as /sky")
    return text.rstrip("/")


def _key(text: str) -> str:
    """Return a key, given as it is, on one line, or by the file that it is in."""
    if text.lstrip().startswith("-----BEGIN"):
        return text.replace("\\n", "\n")
    try:
        return Path(text).read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise ValueError("should be a key, or a file that can be read") from None


Address = Annotated[str, AfterValidator(_address)]
"""The address of a service, without a slash at the end."""
RootPath = Annotated[str, AfterValidator(_path)]
"""A path without a slash at its end."""
Key = Annotated[str, AfterValidator(_key)]
"""A public key in PEM."""


class Settings(BaseSettings):
    """Everything that can be set without changing the configuration of the maps."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, json_schema_extra=describe)

    config_path: Path = Path("sample.json")
    """The configuration that `tilemaker serve` and gunicorn read."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important messages that are logged."""
    log_format: Literal["console", "json"] = "console"
    """How: in lines for people, or in lines of JSON for programs."""

    serve_frontend: bool = True
    """Serve the viewer at `/`. Without it there is the API alone."""
    api_endpoint: str = "./"
    """Where the viewer finds the API, relative to its own address or in full."""
    root_path: RootPath = ""
    """The path below which visitors find the service, such as `/sky`, when the proxy in front leaves it in the addresses."""
    add_cors: bool = True
    """Let pages of the `ORIGINS` read the API. `open` and `dev` never do."""
    origins: Words = ("*",)
    """The pages that may read the API, such as `https://a.example.org`; `*` for any port or part of a name, or alone for all."""
    origin_credentials: bool | None = None
    """Let them use their visitors' logins. Unset: when each of the `ORIGINS` is named in full. Never with `*`."""
    hosts: Words = ()
    """The host names under which the server answers; none for any. `open` and `dev` answer under those of this machine too."""

    auth_type: Literal["mock", "soauth"] = "mock"
    """How visitors are recognised: `mock` asks nobody and gives everybody the `MOCK_GRANTS`, `soauth` has them log in at SOAuth."""
    mock_grants: Words = ()
    """The grants that everybody holds when `AUTH_TYPE` is `mock`, to see what a member of a collaboration sees."""
    soauth_base_url: Address | None = None
    """Where visitors find this service: the domain that SOAuth knows it by, whose redirect is `/callback` below that."""
    soauth_auth_url: Address | None = None
    """Where they find the SOAuth server."""
    soauth_app_id: str | None = None
    """The id that it gave this service."""
    soauth_client_secret: SecretStr | None = None
    """The secret that it gave this service."""
    soauth_public_key: Key | None = None
    """The public key that it gave this service: the text, with `\\n` for its line ends, or the path of a file."""
    soauth_key_pair_type: str = "Ed25519"
    """The kind of that key."""

    cache_type: Literal["memory", "memcached", "none"] = "memory"
    """Where tiles and analyses are kept once made: in each process, or in a memcached that all processes share, overviews too."""
    cache_size_mb: int = Field(192, gt=0)
    """How many megabytes of them are kept in memory when `CACHE_TYPE` is `memory`."""
    memcached_host: Words = Field(("localhost",), min_length=1)
    """Where memcached is: a host, `host:port` or the path of a socket; several of them share the load."""
    memcached_port: int = Field(11211, ge=1, le=65535)
    """The port of hosts that name none."""
    memcached_client_pool_size: int = Field(4, ge=1, le=256)
    """The most connections from one process to each memcached."""
    memcached_timeout_seconds: float = Field(0.5, gt=0.0, le=60.0)
    """How long memcached may take to answer, before the work is done without it."""
    overview_size_mb: int = Field(256, gt=0)
    """How many megabytes the averaged overviews of all maps may take together."""
    unpack_limit_mb: int = Field(2048, gt=0)
    """How many megabytes of what is unpacked of compressed maps are kept, all maps together. What is dropped is unpacked again."""
    remote_hosts: Words = ()
    """The hosts that maps are read from: `maps.example.org`, `*.example.org`, `localhost:9000`, `s3://bucket`. `open` adds some."""
    remote_cache_size_mb: int = Field(128, gt=0)
    """How many megabytes of what was fetched of them are kept in memory."""
    remote_timeout_seconds: float = Field(20.0, gt=0.0, le=600.0)
    """How long their servers may say nothing."""
    remote_overview_limit_mb: int = Field(1024, ge=0)
    """The largest of them, in megabytes, that is fetched whole for its overview when looked at; of others there are samples."""
    precache: bool = True
    """Build every map's overview at start rather than when the map is first looked at."""
    compile: bool = True
    """Compile the loops over pixels, with Numba, where that is installed. Without, the same takes two to four times as long."""
    background_threads: int = Field(1, ge=1, le=64)
    """How many overviews are built at once."""
    request_threads: int = Field(6, ge=1, le=256)
    """How many requests are worked on at once by one process."""
    region_threads: int = Field(2, ge=1, le=256)
    """How many cut-outs and apertures beside them, each of which may take as long and as much memory as hundreds of tiles."""
    request_queue: int = Field(256, ge=0)
    """How many requests may wait for either; more are asked to come back in a moment."""
    request_seconds: float = Field(30.0, gt=0.0)
    """How long a request may take altogether."""
    sending_size_mb: int = Field(256, gt=0)
    """How many megabytes of cut-outs one process holds for those who read them; for more, it hangs up on the slowest readers."""
    url_max_length: int = Field(8000, ge=200)
    """The longest address that is looked at, in bytes."""

    analysis_auto_contrast_percentile: float = Field(1.0, ge=0.0, lt=50.0)
    """The percentage of pixels left outside the recommended limits at each end."""
    cutout_max_pixels: int = Field(20_000_000, gt=0)
    """The largest cut-out handed out, in pixels."""

    @model_validator(mode="after")
    def _has_what_soauth_needs(self) -> Settings:
        needed = ("soauth_base_url", "soauth_auth_url", "soauth_app_id", "soauth_client_secret", "soauth_public_key")
        missing = [variable(name) for name in needed if not getattr(self, name)]
        if self.auth_type == "soauth" and missing:
            raise ValueError(f"soauth needs {', '.join(missing)} too")
        return self

    @model_validator(mode="after")
    def _keeps_logins_from_strangers(self) -> Settings:
        if self.add_cors and self.origin_credentials and not self._are_origins_named:
            raise ValueError(f"{variable('origin_credentials')} needs each of {variable('origins')} named in full, without *")
        return self

    @property
    def lets_cookies_travel(self) -> bool:
        """Whether pages of other origins may use their visitors' logins."""
        return self._are_origins_named if self.origin_credentials is None else self.origin_credentials

    @property
    def _are_origins_named(self) -> bool:
        return bool(self.origins) and not any("*" in origin for origin in self.origins)

    @classmethod
    def from_environment(cls, *, root_path: str | None = None) -> Settings:
        """Read the environment, and `SECRETS`; what is given takes the place of what stands there.

        Raises
        ------
        ConfigurationError
            With one sentence for each variable that is wrong.
        """
        try:
            secrets = SECRETS if SECRETS.is_dir() else None
            return cls(_secrets_dir=secrets) if root_path is None else cls(_secrets_dir=secrets, root_path=root_path)
        except ValidationError as wrong:
            raise ConfigurationError(*_sentences(wrong)) from wrong

    @property
    def origin_pattern(self) -> str:
        """A regular expression that the whole of an allowed origin matches."""
        return "|".join(re.escape(origin).replace(r":\*", r"(:\d+)?").replace(r"\*", ".*") for origin in self.origins)


def variable(field: str) -> str:
    """Return the name of a field's environment variable."""
    return PREFIX + field.upper()


def _sentences(wrong: ValidationError) -> list[str]:
    return [_sentence(error) for error in wrong.errors()]


def _sentence(error: ErrorDetails) -> str:
    if not error["loc"]:
        return problem_of(error)
    given = error["input"]
    text = ",".join(given) if isinstance(given, list | tuple) else given
    return f"{variable(str(error['loc'][0]))}={text}: {problem_of(error)}"
