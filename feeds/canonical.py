"""When do two addresses lead to the same thing? One spelling for an address, and keys for what it identifies. Pure.

The general part (RFC 3986, section 6: case, dots, escapes, ports, international names) is `url_normalize`'s; what sites
mean by their addresses is data in `canonical.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from functools import lru_cache
from importlib import resources
from typing import Any
from urllib.parse import unquote
from urllib.parse import urlsplit

from url_normalize import url_normalize

#: Longer ones are data in disguise, and take long to match.
_LONGEST = 2000
_WEB = re.compile(r"https?://", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_DEFAULT_PORTS = {None, 80, 443}


@dataclass(frozen=True, slots=True)
class _Address:
    """An address in its one spelling; the scheme is always https, the fragment never counts."""

    host: str
    #: Empty for the front page.
    path: str
    #: Sorted, without what only tracks.
    query: str

    @property
    def place(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    def __str__(self) -> str:
        slash = "/" if self.query and not self.path else ""
        return f"https://{self.host}{slash}{self.place}"


@dataclass(frozen=True, slots=True)
class _Thing:
    hosts: frozenset[str]
    path: re.Pattern[str]
    key: str
    url: str | None
    lower: bool

    def match(self, address: _Address) -> tuple[str, str | None] | None:
        """The key and the one address of the thing."""
        if address.host not in self.hosts or (found := self.path.match(address.place)) is None:
            return None
        groups = [group.lower() if self.lower else group for group in found.groups()]
        url = None if self.url is None else self.url.format(*groups, host=address.host)
        return self.key.format(*groups, host=address.host), url


def canonical(url: str) -> str:
    """The one spelling of a web address; what is none comes back without white space around it.

    `canonical(canonical(x)) == canonical(x)` for every string; nothing is raised, nothing is fetched.
    """
    return _resolved(url)[0]


def exact_keys(url: str) -> tuple[str, ...]:
    """What the address identifies, best first: "status:…", "arxiv:…", "repo:HOST/OWNER/NAME", "video:SITE:…", else
    "url:CANONICAL"; nothing for home pages, profiles, search results and what is no web address.
    """
    return _resolved(url)[1]


@lru_cache(maxsize=4096)
def _resolved(url: str) -> tuple[str, tuple[str, ...]]:
    address = _address(url) if len(url) <= _LONGEST else None
    if address is None:
        return url.strip(), ()
    for thing in _things():
        if (matched := thing.match(address)) is not None:
            key, of_all = matched
            return of_all or str(address), (key,)
    return str(address), () if _says_nothing(address) else (f"url:{address}",)


def _address(url: str) -> _Address | None:
    while True:
        address = _spelled(url)
        inner = None if address is None else _inside(address)
        if inner is None or len(inner) >= len(url):
            return address
        url = inner


def _spelled(url: str) -> _Address | None:
    """None for what is no address on the web. The library is only asked about hosts that can be."""
    text = url.strip()
    if not _WEB.match(text):
        return None
    try:
        parts = urlsplit(url_normalize(text) or "")
        port = parts.port
    except ValueError:  # of brackets, ports and names that cannot be
        return None
    name = parts.hostname or ""
    if not _HOST.fullmatch(name):
        return None
    host = _host(name) if port in _DEFAULT_PORTS else f"{name}:{port}"
    return _Address(host, _path(parts.path), _query(host, parts.query))


def _host(name: str) -> str:
    prefix = next((p for p in _data()["prefixes"] if name.startswith(p)), "")
    bare = name.removeprefix(prefix)
    shorter = bare if bare.count(".") else name
    shorter = re.sub(r"\.m\.", ".", shorter)  # en.m.wikipedia.org
    found = _same().get(shorter, shorter)
    return found if found == name else _host(found)


def _path(path: str) -> str:
    for ending in _data()["endings"]:
        if path.endswith(ending):
            return _path(path.removesuffix(ending))
    return re.sub(r"\.amp(?=\.html?$)", "", path)


def _query(host: str, query: str) -> str:
    kept = _data()["keep"].get(host)
    return "&".join(sorted(pair for pair in query.split("&") if pair and _counts(unquote(pair.split("=")[0]), kept)))


def _counts(name: str, kept: list[str] | None) -> bool:
    if kept is not None:
        return name in kept
    return name not in _tracking() and not name.startswith(tuple(_data()["tracking_prefixes"]))


def _inside(address: _Address) -> str | None:
    """The address that this one only leads on to."""
    for wrapper in _wrappers():
        if not _is_among(address.host, wrapper.hosts) or (found := wrapper.path.match(address.place)) is None:
            continue
        inner = f"https://{found[1]}" if not wrapper.parameters else _parameter(address.query, wrapper.parameters)
        if inner and (spelled := _spelled(inner)) is not None:
            return str(spelled)
    return None


def _parameter(query: str, names: Iterable[str]) -> str | None:
    values = dict(pair.partition("=")[::2] for pair in query.split("&"))
    return next((unquote(values[name]) for name in names if name in values), None)


def _is_among(host: str, hosts: frozenset[str]) -> bool:
    return host in hosts or f"*.{host.partition('.')[2]}" in hosts


def _says_nothing(address: _Address) -> bool:
    if any(address.host in hosts and path.match(address.place) for hosts, path in _nothing()):
        return True
    if address.query:
        return False
    return address.path.strip("/").lower() in _data()["home"]["pages"] if address.path else _is_home(address.host)


def _is_home(host: str) -> bool:
    """Whose front page says only whose site it is; on a host that many put their projects on it is the project."""
    return not host.endswith(tuple(f".{name}" for name in _data()["home"]["hosting"]))


@dataclass(frozen=True, slots=True)
class _Wrapper:
    hosts: frozenset[str]
    path: re.Pattern[str]
    parameters: tuple[str, ...]


@cache
def _wrappers() -> tuple[_Wrapper, ...]:
    rows = _data()["wrapper"]
    return tuple(_Wrapper(_hosts(row), re.compile(row["path"]), tuple(row.get("parameters", ()))) for row in rows)


@cache
def _things() -> tuple[_Thing, ...]:
    rows = _data()["thing"]
    return tuple(
        _Thing(_hosts(row), re.compile(row["path"]), row["key"], row.get("url"), row.get("lower", False))
        for row in rows
    )


@cache
def _nothing() -> tuple[tuple[frozenset[str], re.Pattern[str]], ...]:
    return tuple((_hosts(row), re.compile(row["path"])) for row in _data()["nothing"])


def _hosts(row: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(row["hosts"])


@cache
def _same() -> Mapping[str, str]:
    return {other: one for one, others in _data()["same"].items() for other in others}


@cache
def _tracking() -> frozenset[str]:
    return frozenset(_data()["tracking"])


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("feeds").joinpath("canonical.toml").read_text("utf-8"))
