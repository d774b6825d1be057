"""Values to JSON and rows back to values: one pair of functions a noun."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from feeds.model import Basis
from feeds.model import DocumentInfo
from feeds.model import DocumentRef
from feeds.model import DocumentReport
from feeds.model import Entry
from feeds.model import Evidence
from feeds.model import LastReading
from feeds.model import Link
from feeds.model import Media
from feeds.model import Person
from feeds.model import Place
from feeds.model import Precision
from feeds.model import Problem
from feeds.model import Published
from feeds.model import Rel
from feeds.model import Relation
from feeds.model import Role
from feeds.model import Skip
from feeds.model import Source
from feeds.model import TopicHit


def _fields(value: Any) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


_decode = json.JSONDecoder().decode
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_fields)


def pack(value: object) -> str:
    """JSON without spaces, in the order given; dataclass values are objects."""
    return _ENCODER.encode(value)


def _items(packed: str) -> list[Any]:
    """Most lists of most entries are empty."""
    return [] if packed == "[]" else _decode(packed)


@lru_cache(maxsize=1024)
def people(packed: str) -> tuple[Person, ...]:
    """The people of `pack`. A byline stands above many entries, and a save asks for each again and again."""
    return tuple(Person(**{**found, "role": Role(found["role"])}) for found in _items(packed))


def strings(packed: str) -> tuple[str, ...]:
    """A list of words."""
    return tuple(_items(packed))


def links(packed: str) -> tuple[Link, ...]:
    """The links of `pack`."""
    return tuple(Link(found["url"], Rel(found["rel"]), found["title"]) for found in _items(packed))


def topic_slugs(packed: str) -> tuple[str, ...]:
    """Only the slugs of the topics of `pack`."""
    return tuple(hit["slug"] for hit in _items(packed))


def place(packed: str) -> Place:
    """The place of `pack`."""
    found = _decode(packed)
    lines = found["lines"]
    return Place(found["position"], found["section"], found["part"], None if lines is None else (lines[0], lines[1]))


def iso(day: date | None) -> str | None:
    """YYYY-MM-DD."""
    return None if day is None else day.isoformat()


def day(written: str | None) -> date | None:
    """The date of `iso`."""
    return None if written is None else date.fromisoformat(written)


def source_from_row(row: Row[Any]) -> Source:
    """A row with the columns of `source`, each labelled `source_…`."""
    return Source(row.source_slug, row.source_name, row.source_zone, row.source_language, row.source_url)


def entry_from_row(row: Row[Any], relations: Sequence[Relation]) -> Entry:
    """A row of `entry` with its source and document."""
    return Entry(
        id=row.id,
        source=source_from_row(row),
        document=DocumentRef(row.document_urn, row.document_name, row.document_title, row.document_url),
        published=Published(row.published, Precision(row.precision), Basis(row.basis), day(row.date)),
        updated=row.updated,
        first_seen=row.first_seen,
        relations=tuple(relations),
        revision=row.revision,
        title=row.title,
        content_html=row.content_html,
        content_text=row.content_text,
        summary=row.summary,
        language=row.language,
        people=people(row.people),
        quoted=people(row.quoted),
        url=row.url,
        links=links(row.links),
        media=tuple(Media(**found) for found in _items(row.media)),
        topics=tuple(_topic(found) for found in _items(row.topics)),
        labels=strings(row.labels),
        place=place(row.place),
    )


def report_from_row(row: Row[Any]) -> DocumentReport:
    """A row of `document` with its source's slug."""
    return DocumentReport(
        id=row.urn,
        info=DocumentInfo(
            name=row.name,
            location=row.location,
            format=row.format,
            digest=row.digest,
            encoding=row.encoding,
            title=row.title,
            url=row.url,
            lead=row.lead,
            cover=row.cover,
            published=day(row.published),
        ),
        source=row.source_slug,
        entries=row.entries,
        skips=_skips(row.skips),
        problems=_problems(row.problems),
        first_seen=row.first_seen,
        read=row.read,
        failure=row.failure,
    )


def last_reading_from_row(row: Row[Any]) -> LastReading:
    """A row of `document` with the slug of its source."""
    return LastReading(
        key=row.reading,
        source=row.slug,
        format=row.format,
        entries=row.entries,
        skips=_skips(row.skips),
        problems=_problems(row.problems),
        read=row.read,
    )


def _skips(packed: str) -> tuple[Skip, ...]:
    return tuple(Skip(**found) for found in json.loads(packed))


def _problems(packed: str) -> tuple[Problem, ...]:
    return tuple(Problem(**found) for found in json.loads(packed))


def _topic(found: dict[str, Any]) -> TopicHit:
    return TopicHit(found["slug"], found["score"], tuple(Evidence(**one) for one in found["evidence"]))
