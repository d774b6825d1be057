"""How the connections that the plan of a database gives are shared by the processes of a site."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.errors import ConfigError
from feeds.settings import Settings

#: Kept free by the web processes: two for a worker, which asks and renews its lease, one for whoever migrates or
#: looks at the store by hand.
RESERVED = 3
#: A web process needs one connection to ask, one to look whether anything changed, and one to write.
_LEAST = 3


@dataclass(frozen=True, slots=True)
class Connections:
    """How many connections to a server a store may have at once; a SQLite file has as many as it likes."""

    #: For questions and for writing.
    asking: int
    #: For looking whether anything changed, which is done for each request.
    looking: int


@dataclass(frozen=True, slots=True)
class WebShare:
    """What one web process may have."""

    reader: Connections
    writer: Connections


#: Of a process that is alone with its store.
USUAL = Connections(8, 8)
#: Of a worker, which visits one source at a time.
WORKER = Connections(2, 1)


def web_share(settings: Settings, threads: int) -> WebShare:
    """What each of WEB_CONCURRENCY web processes with so many threads may have.

    Raises `ConfigError` where DATABASE_CONNECTIONS are too few for them.
    """
    if settings.database_url.startswith("sqlite:"):
        return WebShare(Connections(threads, threads), Connections(threads, threads))
    each = (settings.database_connections - RESERVED) // settings.web_concurrency
    if each < _LEAST:
        wanted = settings.web_concurrency * _LEAST + RESERVED
        raise ConfigError(
            "DATABASE_CONNECTIONS",
            f"{settings.database_connections} connections are too few for WEB_CONCURRENCY={settings.web_concurrency}: "
            f"each web process needs {_LEAST}, and {RESERVED} stay free for the worker and for migrations. Have fewer "
            f"web processes, or a plan with at least {wanted} connections and say so here",
        )
    looking = min(threads, (each - 1) // 2)
    return WebShare(Connections(min(threads, each - 1 - looking), looking), Connections(1, 0))
