"""Hostile documents read into a store, and all that is published of them read back by strict parsers."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from functools import cache
from typing import Any
from typing import NoReturn

from flask.testing import FlaskClient
from lxml import etree

from feeds.aliases import load_aliases
from feeds.errors import DocumentError
from feeds.model import Batch
from feeds.model import Saved
from feeds.store import Store
from feeds.store.prepare import prepare
from feeds.topics import load_topics
from scrapers.document import make_document
from scrapers.outcome import Outcome
from scrapers.pipeline import Plan
from scrapers.pipeline import ingest_document
from scrapers.sources import load_sources
from tests.site import make_client

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
BASE = "https://feeds.example.org"
#: All of XML 1.0's Char production (section 2.2).
_ALLOWED = {0x9, 0xA, 0xD}
_PAGES = ("/", "/entries", "/authors", "/topics", "/sources", "/stories", "/documents", "/opml", "/search?q=模型")
_FEEDS = ("/entries", "/search.{}?q=模型", "/entries.zh-Hant")
_LISTS = ("entries", "authors", "topics", "sources", "documents", "stories", "changes")


class Forgetful:
    """Takes batches as a store does, up to the point where it would write."""

    def save(self, batch: Batch, now: object, prepared: object) -> Saved:
        prepare(batch)
        return Saved(new=len(batch.drafts))

    def publications(self, source: str, folder: str | None = None) -> tuple[str, ...]:
        return ()


@cache
def plan() -> Plan:
    """How documents are read."""
    return Plan(load_topics(), load_aliases(), load_sources(), NOW)


def read(store: Store, name: str, data: bytes, how: Plan | None = None) -> Outcome | DocumentError:
    """What became of a document; a bug of ours is raised."""
    try:
        document = make_document(name, data, f"/hostile/{name}")
    except DocumentError as error:
        return error
    with _unforgiving():
        return ingest_document(document, store, how or plan())


class _unforgiving:  # noqa: N801 (a context)
    """What would only be logged as a bug of ours fails the test."""

    def __enter__(self) -> None:
        self._handler = _Raising(logging.ERROR)
        logging.getLogger("scrapers.pipeline").addHandler(self._handler)

    def __exit__(self, *_: object) -> None:
        logging.getLogger("scrapers.pipeline").removeHandler(self._handler)


class _Raising(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> NoReturn:  # noqa: N802 (the library's name)
        raise AssertionError(record.getMessage()) from (record.exc_info or (None, None))[1]


def check_published(store: Store) -> int:
    """Every page answers, every feed is well-formed XML or strict JSON; gives the number of answers looked at."""
    client = make_client(store)
    answers = [_get(client, page) for page in _PAGES]
    answers += [_feed(client, address) for address in _feeds(client)]
    for name in _LISTS:
        answers += list(_walk(client, f"/api/v1/{name}"))
    return len(answers)


def strict_json(data: bytes) -> Any:
    """The value; raises where it is no JSON (RFC 8259), or holds what no text is made of."""
    found = json.loads(data.decode("utf-8"), parse_constant=_refuse)
    json.dumps(found, ensure_ascii=False).encode("utf-8")
    return found


def _refuse(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is no JSON")


def _feeds(client: FlaskClient) -> Iterator[str]:
    for listing in (*_FEEDS, *_authors(client)):
        for form in ("rss", "atom", "json"):
            yield listing.format(form) if "{}" in listing else f"{listing}.{form}"


def _authors(client: FlaskClient) -> list[str]:
    told = strict_json(_get(client, "/api/v1/authors?limit=5"))
    return [f"/authors/{author['slug']}" for author in told["data"]]


def _feed(client: FlaskClient, address: str) -> bytes:
    data = _get(client, address)
    if ".json" in address:
        strict_json(data)
        return data
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, recover=False))
    _check_characters(text for element in root.iter() for text in (element.text, element.tail) if text)
    return data


def _walk(client: FlaskClient, address: str) -> Iterator[bytes]:
    seen = 0
    while address and seen < 20:
        data = _get(client, address)
        told = strict_json(data)
        yield data
        address, seen = (told.get("next") or "").removeprefix(BASE), seen + 1


def _get(client: FlaskClient, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code, response.text[:500])
    return response.data


def _check_characters(texts: Iterable[str]) -> None:
    for text in texts:
        wrong = [c for c in text if (ord(c) < 0x20 and ord(c) not in _ALLOWED) or ord(c) in {0xFFFE, 0xFFFF}]
        assert not wrong, wrong
