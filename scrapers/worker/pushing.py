"""Sending documents to the API of another Feedwright."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from feeds.errors import ConfigError
from feeds.errors import DocumentError
from feeds.errors import FetchError
from scrapers.document import MAX_BYTES
from scrapers.fetch.answer import shown
from scrapers.fetch.posting import post


@dataclass(frozen=True, slots=True)
class Pushed:
    """What the other side said."""

    status: int
    answer: Any


def push(path: Path, to: str, token: str, agent: str, *, source: str | None, format: str | None) -> Pushed:
    """Send one file. Raises `ConfigError`, `DocumentError`, and `FetchError` for what the other side refuses."""
    parts = urlsplit(to)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError("--to", f"{to!r} is no address; give one such as https://feeds.example.org")
    if not token.isascii() or not token.strip() or any(c.isspace() for c in token.strip()):
        raise ConfigError("--token", "give the token of the other side, or set PUSH_TOKEN")
    url = to if parts.path.rstrip("/").endswith("/documents") else f"{to.rstrip('/')}/api/v1/documents"
    asked = {"name": path.name, "source": source, "format": format}
    answer = post(url, {k: v for k, v in asked.items() if v}, _read(path), token.strip(), agent)
    told = _told(answer.body)
    if answer.status >= 300:
        words = told.get("detail") or told.get("title") if isinstance(told, dict) else None
        raise FetchError(shown(url), f"{words or 'refused'} (HTTP {answer.status})", status=answer.status)
    return Pushed(answer.status, told)


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(str(path), f"cannot be read ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        raise DocumentError(str(path), f"{len(data):,} bytes, more than the limit of {MAX_BYTES:,}")
    return data


def _told(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
