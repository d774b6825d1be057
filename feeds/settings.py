"""The settings: one table of name, default, help and check. Nothing else reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from ipaddress import IPv4Network
from ipaddress import IPv6Network
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from feeds.errors import ConfigError

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
#: Of the seconds until the year 5138; a datetime ends in 9999.
_EPOCH_DIGITS = 11
_SWITCHES = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}
_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
#: The schemes taken for a database and what SQLAlchemy calls them; `postgres:` is what most platforms hand out.
_DATABASES = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The values in force; `load_settings` makes them from the environment."""

    #: What SQLAlchemy takes; it may hold a password, so it is not shown.
    database_url: str = field(repr=False)
    #: Where readers find us, without a slash at the end; the only source of absolute addresses.
    public_base_url: str
    site_name: str
    #: A BCP 47 tag: of topic names, and of feeds whose entries do not agree on one.
    site_language: str
    port: int
    web_concurrency: int
    #: Of rendered feeds that a web process holds in memory.
    cache_bytes: int
    #: The hub that is told of changed feeds (https://www.w3.org/TR/websub/).
    websub_hub: str | None
    #: Those that the plan of the database gives to all processes together.
    database_connections: int
    #: Whether the store was built with the program and is only read.
    store_readonly: bool
    #: Whether a store may stand on a disk that the platform throws away.
    allow_ephemeral: bool
    #: How often one token may write, in each process.
    writes_per_minute: int
    #: Days after which `feedwright prune` takes entries out; None for never.
    keep_days: int | None
    #: How often one address may have something read that is not in memory, in each process; 0 for without end.
    reads_per_minute: int
    #: Networks whose word is taken for whom they ask.
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    #: Files to use instead of the ones that ship with Feedwright.
    topics: Path | None
    authors: Path | None
    sources: Path | None
    #: The saved queries.
    feeds: Path | None
    #: Private networks that may be fetched from all the same.
    fetch_networks: tuple[IPv4Network | IPv6Network, ...]
    #: Where repositories are kept between visits; None for a folder among the temporary files.
    cache_dir: Path | None
    #: The moment that counts as now while documents are read; None for the clock's.
    source_date_epoch: datetime | None
    #: What addresses of pictures are signed with; None where pictures come from where they are.
    image_proxy_key: str | None = field(repr=False)
    #: What whoever reads /metrics has to show; None for no metrics at all.
    metrics_token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table."""

    name: str
    #: As it would stand in the environment; empty where there is none.
    default: str
    help: str
    #: The value of the words, or `ValueError` that tells what is wrong with them.
    check: Callable[[str], object]


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of an environment; a variable that is empty counts as not given.

    Raises `ConfigError` with the name of the variable.
    """
    values = {setting.name.lower(): _value(setting, environ) for setting in SETTINGS}
    if values["public_base_url"] is None:
        values["public_base_url"] = f"http://127.0.0.1:{values['port']}"
    return Settings(**values)  # type: ignore[arg-type]  # each check gives the type of its field; a test compares them


def _value(setting: Setting, environ: Mapping[str, str]) -> object:
    words = environ.get(setting.name, "").strip() or setting.default
    try:
        return setting.check(words)
    except ValueError as error:
        raise ConfigError(setting.name, str(error)) from error


def _database(words: str) -> str:
    scheme, separator, rest = words.partition("://")
    if not separator or scheme.lower() not in _DATABASES:
        raise ValueError("give sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    if scheme.lower() == "sqlite" and not rest.startswith("/"):
        raise ValueError("a SQLite file needs three slashes, as in sqlite:///feedwright.sqlite3")
    return f"{_DATABASES[scheme.lower()]}://{rest}"


def _base_url(words: str) -> str | None:
    if not words:
        return None
    url = urlsplit(words)
    if url.scheme not in {"http", "https"} or url.hostname is None or not _HOST.fullmatch(_bracketed(url.hostname)):
        raise ValueError(f"{words!r} is no absolute address; give one such as https://feeds.example.org")
    if url.query or url.fragment or url.username or not words.isascii() or any(c.isspace() for c in words):
        raise ValueError(f"{words!r} must have neither user, query nor fragment, and no other characters than ASCII")
    if url.port == 0:  # reading the port also refuses one that is no number
        raise ValueError(f"{words!r} has no port that can be reached")
    return words.rstrip("/")


def _hub(words: str) -> str | None:
    if not words:
        return None
    url = urlsplit(words)
    if url.scheme not in {"http", "https"} or not url.hostname or url.port == 0:
        raise ValueError(f"{words!r} is no absolute address; give one such as https://hub.example.org/")
    if url.fragment or url.username or not words.isascii() or any(c.isspace() or c in '<>"' for c in words):
        raise ValueError(f"{words!r} must have neither user nor fragment, and no other characters than those of a URL")
    return words


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _name(words: str) -> str:
    if any(ord(c) < 32 or 127 <= ord(c) < 160 for c in words) or len(words) > 200:
        raise ValueError("give one line of at most 200 characters")
    return words


def _language(words: str) -> str:
    if not _LANGUAGE.fullmatch(words):
        raise ValueError(f"{words!r} is no language tag; give one such as zh-Hans or en")
    return words


def _number(lowest: int, highest: int) -> Callable[[str], int]:
    def check(words: str) -> int:
        if not (words.isascii() and words.isdigit() and lowest <= int(words) <= highest):
            raise ValueError(f"{words!r} is no whole number from {lowest} to {highest}")
        return int(words)

    return check


def _days(words: str) -> int | None:
    return _number(1, 100_000)(words) if words else None


def _switch(words: str) -> bool:
    if words.lower() not in _SWITCHES:
        raise ValueError(f"{words!r} is neither 1 nor 0")
    return _SWITCHES[words.lower()]


def _file(words: str) -> Path | None:
    if not words:
        return None
    path = Path(words)
    if not path.is_file():
        raise ValueError(f"there is no file {words!r}")
    return path


def _networks(words: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(word.strip()) for word in words.split(",") if word.strip())


def _folder(words: str) -> Path | None:
    if words and Path(words).exists() and not Path(words).is_dir():
        raise ValueError(f"{words!r} is no folder")
    return Path(words) if words else None


def _key(words: str) -> str | None:
    if words and (len(words) < 32 or not words.isascii()):
        raise ValueError("give at least 32 characters by chance, such as `openssl rand -hex 32` prints")
    return words or None


def _epoch(words: str) -> datetime | None:
    if not words:
        return None
    if not (words.isascii() and words.isdigit() and len(words) <= _EPOCH_DIGITS):
        raise ValueError(f"{words!r} is no number of seconds since 1970")
    return datetime.fromtimestamp(int(words), UTC)


SETTINGS = (
    Setting(
        "DATABASE_URL",
        "sqlite:///feedwright.sqlite3",
        "where entries are kept: sqlite:///FILE, or postgresql:// (also postgres://)",
        _database,
    ),
    Setting(
        "PUBLIC_BASE_URL",
        "",
        "the address under which readers reach this site, absolute; this machine's, with PORT, where there is none",
        _base_url,
    ),
    Setting("SITE_NAME", "Feedwright", "the name at the top of pages and in the titles of feeds", _name),
    Setting("SITE_LANGUAGE", "zh-Hans", "language of topic names and of feeds in several languages", _language),
    Setting("PORT", "8000", "the port that the web server listens on", _number(1, 65535)),
    Setting("WEB_CONCURRENCY", "1", "how many web processes run side by side", _number(1, 64)),
    Setting(
        "CACHE_BYTES",
        "67108864",
        "how many bytes of rendered feeds each web process keeps in memory; 0 for none",
        _number(0, 1 << 40),
    ),
    Setting("WEBSUB_HUB", "", "the address of a WebSub hub, which is then named in feeds and told of changes", _hub),
    Setting(
        "DATABASE_CONNECTIONS",
        "20",
        "how many connections the plan of a PostgreSQL database gives; web processes and worker share them",
        _number(4, 10_000),
    ),
    Setting("STORE_READONLY", "", "1 where the store was built with the program: served, never written", _switch),
    Setting("ALLOW_EPHEMERAL", "", "1 to keep a SQLite store on a disk that the platform throws away", _switch),
    Setting("WRITES_PER_MINUTE", "60", "how often a token may write, in each process", _number(1, 10_000)),
    Setting("KEEP_DAYS", "", "days after which `feedwright prune` takes entries out for good; never if empty", _days),
    Setting(
        "READS_PER_MINUTE",
        "0",
        "how often one address may ask for what is not in memory, in each process; 0 for without end",
        _number(0, 1_000_000),
    ),
    Setting(
        "TRUSTED_PROXIES",
        "",
        "networks of proxies in front of the server, whose X-Forwarded-For tells the addresses of clients, such as "
        "10.0.0.0/8",
        _networks,
    ),
    Setting("TOPICS", "", "a topics file to use instead of the one that ships with Feedwright", _file),
    Setting("AUTHORS", "", "a file of names and handles that belong together, asked before the shipped one", _file),
    Setting("SOURCES", "", "a sources file to use instead of the one that ships with Feedwright", _file),
    Setting("FEEDS", "", "a file of saved queries, each a listing with a name of its own at /feeds/NAME", _file),
    Setting(
        "FETCH_NETWORKS",
        "",
        "private networks that may be fetched from all the same, such as 10.1.0.0/16,192.168.7.20/32",
        _networks,
    ),
    Setting("CACHE_DIR", "", "where repositories are kept between visits; among the temporary files if empty", _folder),
    Setting(
        "SOURCE_DATE_EPOCH",
        "",
        "seconds since 1970 that count as now while documents are read, for a store that comes out the same each time "
        "(https://reproducible-builds.org/specs/source-date-epoch/)",
        _epoch,
    ),
    Setting(
        "IMAGE_PROXY_KEY",
        "",
        "a secret of at least 32 characters: pages then show pictures through this server, by addresses signed with it",
        _key,
    ),
    Setting(
        "METRICS_TOKEN",
        "",
        "a secret of at least 32 characters: whoever sends it as a bearer token gets the figures at /metrics",
        _key,
    ),
)
