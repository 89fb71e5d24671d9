"""What the server is made of, in one value, and how it is made of settings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from tilemaker.analysis.product import Bounds
from tilemaker.atlas.atlas import Atlas
from tilemaker.atlas.load import config_of
from tilemaker.auth import BACKENDS, AuthOptions, LoginBackend, SOAuthOptions
from tilemaker.cache import CACHES, SHARED, CacheOptions, CountedCache, MemcachedCache, MemoryCache
from tilemaker.monitor.logs import Told
from tilemaker.monitor.metrics import Metrics
from tilemaker.providers.hosts import Hosts
from tilemaker.providers.remote import RemoteOptions
from tilemaker.providers.workshop import Workshop
from tilemaker.render.colour import names
from tilemaker.tiles.tiles import Tiles

from .attention import Attention
from .catalogues import WrittenLists
from .crew import Crew
from .keepsake import keepsake_of_worker
from .living import LivingAtlas
from .origins import Origins, local_names
from .safety import THIS_MACHINE
from .sending import Outbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.authentication import AuthenticationBackend

    from tilemaker.cache import Cache
    from tilemaker.settings import Settings

BUILT_VIEWER = Path(__file__).with_name("static")
"""Where the viewer is built."""

TILE_SECONDS = 10.0
"""How long a tile may take before nobody else is let in to wait for the same map."""

_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that endpoints work with. Tests put in-memory twins in place of any of it."""

    atlas: Atlas | LivingAtlas
    tiles: Tiles
    cache: Cache
    """For analyses; tiles have theirs."""
    auth: AuthenticationBackend
    """Who is asking: the scopes of the credentials are the grants."""
    bounds: Bounds = Bounds()
    """What the operator allows analyses."""
    viewer: Path | None = None
    """Folder of the built viewer, or None to serve the API alone."""
    swagger: Path = BUILT_VIEWER / "docs"
    """Folder of the files of Swagger UI, which come with the viewer and are served with or without it."""
    api_endpoint: str = "./"
    """Where the viewer finds the API, relative to its own address or in full."""
    origins: Origins = Origins()
    """The origins whose pages may read the API, beside its own."""
    root_path: str = ""
    """The path below which visitors find the service, without a slash at its end."""
    hosts: frozenset[str] | None = None
    """The names under which the server answers; None for any."""
    embedders: tuple[str, ...] = ()
    """The origins whose pages may show the viewer and its pictures in themselves, beside its own."""
    lists: WrittenLists = field(default_factory=WrittenLists)
    """Catalogues as they are sent."""
    workshop: Workshop | None = None
    """Closed when the server ends."""
    crews: Mapping[str, Crew] = field(default_factory=lambda: {"tiles": Crew(8), "regions": Crew(2)})
    """Who works on requests, by what `Operation.crew` says."""
    attention: Attention = field(default_factory=Attention)
    """How layers are asked that may not answer."""
    outbox: Outbox = field(default_factory=Outbox)
    """Large answers on their way."""
    url_limit: int = 8000
    """The longest address that is looked at, bytes."""
    metrics: Metrics = field(default_factory=Metrics)
    """What is counted."""
    told: Told = field(default_factory=Told)
    """What was logged in full and need not be again."""
    precaches: bool = False
    """Whether every map's overview is asked for at the start."""
    preparing_seconds: float = 60.0
    """How long a map may take to be opened and looked into for that, before the next one's turn comes."""
    compiles: bool = False
    """Whether loops over pixels are compiled beside the first requests."""

    @property
    def login(self) -> LoginBackend | None:
        """How to log in, where there is such a thing."""
        return self.auth if isinstance(self.auth, LoginBackend) else None


class State(TypedDict):
    """What every request carries: ``request.state["services"]``."""

    services: Services


def build_workshop(settings: Settings) -> Workshop:
    """Return what the providers of an atlas share, as the operator chose it."""
    return Workshop(
        overview_bytes=settings.overview_size_mb * _MEGABYTE,
        unpack_bytes=settings.unpack_limit_mb * _MEGABYTE,
        remote=_remote_options(settings),
        threads=settings.background_threads,
        # With connections of its own: a large overview on its way must not keep tiles waiting.
        shelf=_cache(settings) if settings.cache_type in SHARED else None,
    )


def _remote_options(settings: Settings) -> RemoteOptions:
    return RemoteOptions(
        hosts=Hosts(frozenset(name.lower() for name in settings.remote_hosts)),
        cache_bytes=settings.remote_cache_size_mb * _MEGABYTE,
        seconds=settings.remote_timeout_seconds,
        overview_bytes=settings.remote_overview_limit_mb * _MEGABYTE,
    )


def _crews(settings: Settings) -> Mapping[str, Crew]:
    crew = partial(Crew, queue_limit=settings.request_queue, seconds=settings.request_seconds)
    return {"tiles": crew(settings.request_threads, patience_seconds=TILE_SECONDS), "regions": crew(settings.region_threads)}


def _cache(settings: Settings) -> Cache:
    options = CacheOptions(
        max_bytes=settings.cache_size_mb * _MEGABYTE,
        hosts=settings.memcached_host,
        port=settings.memcached_port,
        pool_size=settings.memcached_client_pool_size,
        timeout_seconds=settings.memcached_timeout_seconds,
    )
    return CACHES[settings.cache_type](options)


def services_of_configuration(path: Path, settings: Settings) -> Services:
    """Return what shows what a configuration file names, now and after every change of it. Raises `ConfigurationError`."""
    workshop = build_workshop(settings)

    def make(text: str) -> Atlas:
        return Atlas(config_of(text, colour_maps=names()).relative_to(path.absolute().parent), workshop)

    return build_services(settings, LivingAtlas(path, make, keepsake_of_worker(path)), workshop)


def build_services(settings: Settings, atlas: Atlas | LivingAtlas, workshop: Workshop) -> Services:
    """Return everything that serves an atlas, as the operator chose it."""
    cache, metrics, outbox = _cache(settings), Metrics(), Outbox(settings.sending_size_mb * _MEGABYTE)
    _count(metrics, cache, workshop)
    metrics.follow("tilemaker_sending_bytes", "Cut-outs held by each worker for their readers.", lambda: float(outbox.held_bytes))
    return Services(
        atlas=atlas,
        tiles=Tiles(cache, metrics.count_tile),
        cache=CountedCache(cache, metrics.count_look),
        metrics=metrics,
        auth=BACKENDS[settings.auth_type](_auth_options(settings)),
        bounds=Bounds(tail_percent=settings.analysis_auto_contrast_percentile, max_pixels=settings.cutout_max_pixels),
        viewer=BUILT_VIEWER if settings.serve_frontend else None,
        api_endpoint=settings.api_endpoint,
        origins=_origins(settings),
        root_path=settings.root_path,
        hosts=frozenset(settings.hosts) or None,
        embedders=_origins(settings).names,
        workshop=workshop,
        crews=_crews(settings),
        outbox=outbox,
        url_limit=settings.url_max_length,
        precaches=settings.precache,
        compiles=settings.compile,
    )


def _count(metrics: Metrics, cache: Cache, workshop: Workshop) -> None:
    """Have what caches and workshop know of themselves told with the numbers."""
    if isinstance(cache, MemoryCache):
        metrics.follow("tilemaker_cache_bytes", "Memory taken by the cache of each worker.", lambda: float(cache.used_bytes))
    for each in (cache, workshop.shelf):
        if isinstance(each, MemcachedCache):
            each.on_item = metrics.count_item
    workshop.on_build = metrics.count_build
    metrics.follow("tilemaker_overview_bytes", "Memory taken by overviews in each worker.", lambda: float(workshop.overview_bytes))


def for_this_machine(services: Services, settings: Settings) -> Services:
    """Return the same for whoever sits at this machine, and for no page from elsewhere: what is shown may not be published yet."""
    return replace(services, origins=Origins(), hosts=local_names() | set(settings.hosts), embedders=THIS_MACHINE)


def _origins(settings: Settings) -> Origins:
    names = settings.origins if settings.add_cors else ()
    return Origins(names, settings.origin_pattern, with_credentials=settings.lets_cookies_travel)


def _auth_options(settings: Settings) -> AuthOptions:
    if settings.auth_type == "mock":
        return AuthOptions(mock_grants=frozenset(settings.mock_grants))
    soauth = SOAuthOptions(
        base_url=settings.soauth_base_url or "",
        auth_url=settings.soauth_auth_url or "",
        app_id=settings.soauth_app_id or "",
        client_secret=settings.soauth_client_secret.get_secret_value() if settings.soauth_client_secret else "",
        public_key=settings.soauth_public_key or "",
        key_pair_type=settings.soauth_key_pair_type,
    )
    return AuthOptions(soauth=soauth)
