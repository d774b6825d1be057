"""Entries for tests of stories: each a letter, and the stories of a store told by the letters of their entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

from feeds.model import Batch
from feeds.model import Draft
from feeds.model import EntryQuery
from feeds.model import Link
from feeds.model import Rel
from feeds.store import Store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_instant
from tests.builders import make_source

START = datetime(2024, 3, 1, tzinfo=UTC)
REPO = "https://github.com/mira/shed"
VIDEO = "https://youtu.be/a_b-c1d2e3f"
PAPER = "https://arxiv.org/abs/2401.01234"
PAGE = "https://garden.example.org/notes/tomatoes"
OTHER = "https://kitchen.example.org/bread"

#: What an entry is in these tests: a letter, a day, its address, its links, its text.
Told = dict[str, Any]


def told(letter: str, day: float | None = 0, url: str | None = None, *links: str | Link, text: str = "") -> Told:
    return {"letter": letter, "day": day, "url": url, "links": links, "text": text}


def make(one: Told, position: int = 1, **fields: Any) -> Draft:
    """The texts have nothing in common but the letter makes each its own."""
    at = None if one["day"] is None else make_instant(START + timedelta(days=one["day"]))
    links = tuple(link if isinstance(link, Link) else Link(link, Rel.PROJECT) for link in one["links"])
    text = f"{one['letter']}：{one['text'] or '随手记一笔'}"
    return make_draft(text, position, url=one["url"], links=links, published=at, **fields)


def save(store: Store, *entries: Told, **fields: Any) -> None:
    """Each entry in a document of its own, in the order given."""
    for one in entries:
        store.save(batch([one], f"{one['letter']}.md", **fields), NOW)


def batch(entries: Iterable[Told], name: str, source: str = "garden", **fields: Any) -> Batch:
    drafts = [make(one, position, **fields) for position, one in enumerate(entries, 1)]
    return make_batch(drafts, name, make_source(source, source.title()))


def stories(store: Store) -> set[str]:
    """The stories as letters: those that belong, then in brackets those that hang on it."""
    found = set()
    for known in store.stories(1000).stories:
        tellings = store.story(known.id).tellings
        assert len(tellings) == known.entries
        belonging = "".join(sorted(t.entry.content_text[0] for t in tellings if not t.hangs))
        hanging = "".join(sorted(t.entry.content_text[0] for t in tellings if t.hangs))
        found.add(belonging + (f"({hanging})" if hanging else ""))
    return found


def ids(store: Store) -> dict[str, str]:
    return {entry.content_text[0]: entry.id for entry in store.entries(EntryQuery(limit=1000)).entries}


def only_id(store: Store) -> str:
    (known,) = store.stories().stories
    return known.id
