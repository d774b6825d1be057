"""Questions about stories that only read: each is an index walk."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Row
from sqlalchemy import Select
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import tuple_

from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.model import Entry
from feeds.model import Story
from feeds.model import StoryPage
from feeds.model import Telling
from feeds.store.codec import entry_from_row
from feeds.store.codec import strings
from feeds.store.columns import Instant
from feeds.store.columns import Key
from feeds.store.cursor import read_cursor
from feeds.store.cursor import write_cursor
from feeds.store.engine import chunks
from feeds.store.reading import PARTS_OF_ENTRY
from feeds.store.reading import entry_columns
from feeds.store.reading import read_relations
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import source
from feeds.store.schema import story
from feeds.store.schema import story_alias
from feeds.store.schema import story_entry
from feeds.store.statements import SOME
from feeds.store.statements import among

#: However many a caller asks for.
MOST = 1000
#: What a list of stories leaves unread of the entries that stand for them: it only needs what gives them titles.
_UNREAD = PARTS_OF_ENTRY - {"content_text", "links", "media", "people"}


def read_stories(connection: Connection, limit: int, cursor: str | None) -> StoryPage:
    """The stories that began last, the last one first. Raises `QueryError`."""
    if limit < 1:
        raise QueryError("limit", f"{limit} is less than 1")
    rows = connection.execute(_behind(cursor, select(story)).limit(min(limit, MOST) + 1)).all()
    shown = rows[: min(limit, MOST)]
    more = len(rows) > len(shown)
    following = write_cursor((shown[-1].first, "", shown[-1].id)) if more else None
    return StoryPage(_stories(connection, shown), following)


def read_behind(connection: Connection, cursor: str, number: int) -> str | None:
    """The cursor behind the next so many stories, along the index alone. Raises `QueryError`."""
    asked = _behind(cursor, select(story.c.first, story.c.id)).offset(number - 1).limit(1)
    last = connection.execute(asked).one_or_none()
    return None if last is None else write_cursor((last.first, "", last.id))


def _behind(cursor: str | None, asked: Select[Any]) -> Select[Any]:
    asked = asked.order_by(story.c.first.desc(), story.c.id.desc())
    if cursor is None:
        return asked
    at, _, story_id = read_cursor(cursor)
    return asked.where(tuple_(story.c.first, story.c.id) < tuple_(literal(at, Instant), literal(story_id, Key)))


def read_largest(connection: Connection, limit: int) -> tuple[Story, ...]:
    """The stories with the most entries."""
    order = (story.c.entries.desc(), story.c.last.desc(), story.c.id.desc())
    return _stories(connection, connection.execute(select(story).order_by(*order).limit(limit)).all())


def read_story(connection: Connection, story_id: str, limit: int | None) -> Story:
    """A story with its first entries, by its id or one that it had. Raises `NotFoundError`."""
    now = select(story_alias.c.story_id).where(story_alias.c.id == story_id).scalar_subquery()
    rows = connection.execute(select(story).where(story.c.id.in_([story_id, now]))).all()
    row = next((row for row in rows if row.id == story_id), next(iter(rows), None))
    if row is None:
        raise NotFoundError("story", story_id)
    asked = select(story_entry).where(story_entry.c.story_id == row.id).order_by(story_entry.c.position)
    members = connection.execute(asked.limit(limit) if limit is not None else asked).all()
    entries = _entries(connection, {row.lead, *(member.entry_id for member in members)})
    tellings = tuple(Telling(entries[m.entry_id], m.how, m.key, m.weak, m.hangs) for m in members)
    return _story(row, entries[row.lead], tellings)


def read_stories_of(connection: Connection, entry_id: str) -> tuple[Story, ...]:
    """The stories of an entry: the one that it belongs to, then those that it hangs on."""
    joined = story.join(story_entry, story_entry.c.story_id == story.c.id)
    asked = select(story).select_from(joined).where(story_entry.c.entry_id == entry_id)
    return _stories(connection, connection.execute(asked.order_by(story_entry.c.hangs, story.c.id)).all())


def _stories(connection: Connection, rows: Iterable[Row[Any]]) -> tuple[Story, ...]:
    rows = list(rows)
    leads = _entries(connection, {row.lead for row in rows}, _UNREAD)
    return tuple(_story(row, leads[row.lead]) for row in rows)


def _story(row: Row[Any], lead: Entry, tellings: tuple[Telling, ...] = ()) -> Story:
    return Story(row.id, lead, row.entries, row.first, row.last, strings(row.keys), tellings)


def _entries(connection: Connection, ids: Iterable[str], without: Set[str] = frozenset()) -> dict[str, Entry]:
    wanted = sorted(ids)
    relations = read_relations(connection, [] if "relations" in without else wanted)
    joined = entry.join(source).join(document, entry.c.document_id == document.c.id)
    asked = select(*entry_columns(without)).select_from(joined).where(among(entry.c.id))
    rows = [row for some in chunks(wanted) for row in connection.execute(asked, {SOME: some})]
    return {row.id: entry_from_row(row, relations[row.id]) for row in rows}
