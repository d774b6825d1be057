"""New topics for entries that are there already, after a change of rules. No document is read, no text is touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from typing import Any
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Row
from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy import update

from feeds.model import TopicHit
from feeds.store.changes import mark
from feeds.store.codec import links
from feeds.store.codec import pack
from feeds.store.codec import strings
from feeds.store.codec import topic_slugs
from feeds.store.engine import changing
from feeds.store.engine import reading
from feeds.store.relisting import relist
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.versions import scopes_of

#: Entries in one transaction: others who write wait no longer than it takes to update so many.
CHUNK = 500
_WORDS = ("title", "content_text", "links", "labels")
_LISTED = ("id", "source_id", "document_id", "published", "order_key", "people", "quoted", "topics", "withdrawn_at")


class Classify(Protocol):
    """See `feeds.topics.Topics.classify`."""

    def __call__(
        self, title: str | None, text: str, *, labels: Sequence[str] = (), links: Sequence[str] = ()
    ) -> tuple[TopicHit, ...]: ...


@dataclass(slots=True)
class Retopiced:
    """What finding topics anew did. Withdrawn entries are looked at, and not counted."""

    entries: int = 0
    #: Entries that came into a topic or left one.
    moved: int = 0
    #: Entries with the same topics for other reasons, or with other scores.
    reasons: int = 0
    #: How many entries each topic gained and lost, by slug.
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)


def retopic(engine: Engine, classify: Classify, now: datetime) -> Retopiced:
    """Find the topics of all entries anew. Ids, dates and `updated` stay; a second run changes nothing."""
    done = Retopiced()
    for rows in _chunks(engine):
        found = {row.id: pack(_classified(row, classify)) for row in rows}
        if any(found[row.id] != row.topics for row in rows):
            with changing(engine) as connection:
                _write(connection, rows, found, now, done)
        done.entries += sum(row.withdrawn_at is None for row in rows)
    return done


def _chunks(engine: Engine) -> Iterator[Sequence[Row[Any]]]:
    """All entries by id; between two chunks no transaction is open."""
    columns = [entry.c[name] for name in dict.fromkeys((*_LISTED, *_WORDS, "digest"))]
    last = ""
    while True:
        with reading(engine) as connection:
            rows = connection.execute(select(*columns).where(entry.c.id > last).order_by(entry.c.id).limit(CHUNK)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _classified(row: Row[Any], classify: Classify) -> tuple[TopicHit, ...]:
    addresses = [link.url for link in links(row.links)]
    return classify(row.title, row.content_text, labels=strings(row.labels), links=addresses)


def _write(
    connection: Connection, seen: Sequence[Row[Any]], found: dict[str, str], now: datetime, done: Retopiced
) -> None:
    """Only what is still as it was seen: an entry that a document changed meanwhile got its topics with that."""
    digests = {row.id: row.digest for row in seen}
    columns = [entry.c[name] for name in (*_LISTED, "digest")]
    present = connection.execute(select(*columns).where(entry.c.id.in_(digests))).all()
    old = [row for row in present if row.digest == digests[row.id] and row.topics != found[row.id]]
    if not old:
        return
    changes = [{"row": row.id, "new": found[row.id]} for row in old]
    connection.execute(update(entry).where(entry.c.id == bindparam("row")).values(topics=bindparam("new")), changes)
    # Read with the rules of before, the documents would pass for unchanged.
    documents = {row.document_id for row in old}
    connection.execute(update(document).where(document.c.id.in_(documents)).values(fingerprint=None))
    before = [dict(row._mapping) for row in old]
    relist(connection, before, [{**row, "topics": found[row["id"]]} for row in before])
    live = [row for row in before if row["withdrawn_at"] is None]
    if live:
        mark(connection, [row["id"] for row in live], now, scopes_of(live))
    for row in live:
        _count(row["topics"], found[row["id"]], done)


def _count(before: str, after: str, done: Retopiced) -> None:
    old, new = set(topic_slugs(before)), set(topic_slugs(after))
    done.gained.update(new - old)
    done.lost.update(old - new)
    done.moved += old != new
    done.reasons += old == new
