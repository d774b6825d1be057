"""Values for tests, with sensible defaults; every text is invented."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from feeds.model import Basis
from feeds.model import Batch
from feeds.model import DocumentInfo
from feeds.model import Draft
from feeds.model import Person
from feeds.model import Place
from feeds.model import Precision
from feeds.model import Problem
from feeds.model import Published
from feeds.model import Role
from feeds.model import Skip
from feeds.model import Source
from feeds.model import TopicHit

NOW = datetime(2024, 5, 20, 8, 30, tzinfo=UTC)
DAY = date(2024, 5, 1)


def make_source(slug: str = "garden", name: str = "Garden notes", **fields: Any) -> Source:
    """A series of documents."""
    return Source(slug=slug, name=name, **fields)


def make_person(
    name: str = "林小雨", handle: str | None = "rainlin", role: Role = Role.AUTHOR, url: str | None = None
) -> Person:
    """Somebody, as a draft has them: without a slug."""
    return Person(slug="", name=name, handle=handle, role=role, url=url)


def make_published(day: date = DAY, zone: str = "Asia/Shanghai") -> Published:
    """A day that the document states."""
    first_moment = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    return Published(first_moment, Precision.DAY, Basis.STATED, day)


def make_instant(at: datetime) -> Published:
    """A moment that the document states."""
    return Published(at, Precision.INSTANT, Basis.STATED, at.date())


def make_topics(*slugs: str) -> tuple[TopicHit, ...]:
    """Topics without evidence."""
    return tuple(TopicHit(slug, 1.5) for slug in slugs)


def make_draft(text: str = "今天试了一个新的小模型，跑在旧电脑上也很快。", position: int = 1, **fields: Any) -> Draft:
    """A post of a day by one author."""
    defaults: dict[str, Any] = {
        "title": None,
        "content_html": f"<p>{text}</p>",
        "content_text": text,
        "summary": text[:40],
        "language": "zh-Hans",
        "people": (make_person(),),
        "place": Place(position, section=str(position), lines=(position * 10, position * 10 + 5)),
        "published": make_published(),
    }
    return Draft(**(defaults | fields))


def make_drafts(*texts: str, **fields: Any) -> tuple[Draft, ...]:
    """One draft a text, in the order of a document."""
    return tuple(make_draft(text, position, **fields) for position, text in enumerate(texts, 1))


def make_info(name: str = "2024-05.md", location: str | None = None, **fields: Any) -> DocumentInfo:
    """What is known of a document."""
    defaults: dict[str, Any] = {"format": "posts", "digest": hashlib.sha256(name.encode()).hexdigest()}
    return DocumentInfo(name=name, location=location or name, **(defaults | fields))


def make_batch(
    drafts: Sequence[Draft] | None = None,
    name: str = "2024-05.md",
    source: Source | None = None,
    location: str | None = None,
    skips: Sequence[Skip] = (),
    problems: Sequence[Problem] = (),
    **info: Any,
) -> Batch:
    """A document read: one post, unless others are given."""
    return Batch(
        source=source or make_source(),
        document=make_info(name, location, **info),
        drafts=(make_draft(),) if drafts is None else tuple(drafts),
        skips=tuple(skips),
        problems=tuple(problems),
    )
