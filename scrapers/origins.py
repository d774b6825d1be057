"""How a source that lives elsewhere is fetched: one entry of `sources.toml`, checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

KINDS = ("files", "url", "feed", "listing", "git", "mastodon", "twitter")
#: The keys of an entry that tell how it is fetched, and for which kinds they mean something.
KEYS = {
    "kind": KINDS,
    "address": ("url", "feed", "listing", "git", "mastodon"),
    "files": ("files", "mastodon", "twitter"),
    "format": ("files", "url", "listing", "git"),
    "topics": KINDS,
    "interval": KINDS,
    "licence": KINDS,
    "glob": ("git",),
    "branch": ("git",),
    "items": ("listing",),
    "item_link": ("listing",),
    "limit": ("listing",),
}
_INTERVAL = re.compile(r"(\d{1,4})\s*(m|min|minutes?|h|hours?|d|days?)")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=31)
_MOST_ITEMS = 200


class WrongOriginError(ValueError):
    """A key has a value that cannot be used."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a source lives and how it is asked."""

    kind: str
    #: The web address; empty for files and exports.
    address: str = ""
    #: Shell patterns, relative to the folder of the configuration.
    files: tuple[str, ...] = ()
    #: None: detected.
    format: str | None = None
    #: What all its entries are about.
    topics: tuple[str, ...] = ()
    #: None: found out from how often something new comes.
    interval: timedelta | None = None
    licence: str | None = None
    #: Which files of a repository, as a shell pattern; ** crosses folders.
    glob: str = "**/*.md"
    #: None: the one that the repository calls its main one.
    branch: str | None = None
    #: CSS selectors of a listing: its items, and in each the link to its document.
    items: str | None = None
    item_link: str = "a[href]"
    #: Documents of a listing that are fetched in one round.
    limit: int = 20

    @property
    def fingerprint(self) -> str:
        """Of what decides what is fetched."""
        told = asdict(self)
        for name in ("interval", "licence", "topics", "limit"):
            del told[name]
        return hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:16]


def read_origin(table: Mapping[str, Any], formats: tuple[str, ...]) -> Origin | None:
    """How the source of a table is fetched; None where it is not. Raises `WrongOriginError`."""
    kind = table.get("kind")
    if kind is None:
        stray = sorted(set(table) & set(KEYS) - {"files"})
        if stray or "files" in table:
            raise WrongOriginError(stray[0] if stray else "files", f"needs a kind: one of {', '.join(KINDS)}")
        return None
    if kind not in KINDS:
        raise WrongOriginError("kind", f"{kind!r} is none; known: {', '.join(KINDS)}")
    for key in sorted(set(table) & set(KEYS)):
        if kind not in KEYS[key]:
            raise WrongOriginError(key, f"means nothing for a source of the kind {kind!r}")
    address, files = _address(table), _texts(table, "files")
    _check_place(kind, address, files)
    return Origin(
        kind=kind,
        address=address,
        files=files,
        format=_format(table, formats),
        topics=_texts(table, "topics"),
        interval=_interval(table),
        licence=_text(table, "licence"),
        glob=_text(table, "glob") or "**/*.md",
        branch=_text(table, "branch"),
        items=_text(table, "items"),
        item_link=_text(table, "item_link") or "a[href]",
        limit=_limit(table),
    )


def _check_place(kind: str, address: str, files: tuple[str, ...]) -> None:
    if kind in {"files", "twitter"} and not files:
        raise WrongOriginError("files", 'is missing: give patterns, such as ["notes/**/*.md"]')
    if kind in {"url", "feed", "listing", "git"} and not address:
        raise WrongOriginError("address", "is missing: give an address, such as https://example.org/feed.xml")
    if kind == "mastodon" and bool(files) == bool(address):
        raise WrongOriginError("address", "give the address of a profile, or files of an export, not both")


def _address(table: Mapping[str, Any]) -> str:
    words = _text(table, "address") or ""
    if not words:
        return ""
    try:
        parts = urlsplit(words)
        fine = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        fine = False
    if not fine or any(c.isspace() for c in words):
        raise WrongOriginError("address", "is no web address; give one such as https://example.org/feed.xml")
    if "@" in parts.netloc:
        raise WrongOriginError("address", "must hold no user and no password")
    return words


def _interval(table: Mapping[str, Any]) -> timedelta | None:
    words = _text(table, "interval")
    if words is None:
        return None
    found = _INTERVAL.fullmatch(words.strip().lower())
    span = int(found[1]) * _UNITS[found[2][0]] if found else timedelta()
    if not _SHORTEST <= span <= _LONGEST:
        raise WrongOriginError("interval", f"{words!r} is none; give one from 1 minute to 31 days, such as '2 hours'")
    return span


def _format(table: Mapping[str, Any], formats: tuple[str, ...]) -> str | None:
    words = _text(table, "format")
    if words is None or words == "detect":
        return None
    if words not in formats:
        raise WrongOriginError("format", f"{words!r} is none; known: detect, {', '.join(formats)}")
    return words


def _limit(table: Mapping[str, Any]) -> int:
    value = table.get("limit", 20)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST_ITEMS:
        raise WrongOriginError("limit", f"must be a number from 1 to {_MOST_ITEMS}")
    return value


def _text(table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise WrongOriginError(key, "must be a text in quotes")
    return value


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise WrongOriginError(key, 'must be a list of texts, such as ["a", "b"]')
    return tuple(value)
