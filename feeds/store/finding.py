"""Walks along the hits of words, the newest first, and when a query is answered by one."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import Subquery
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import tuple_

from feeds.model import EntryQuery
from feeds.query.tree import Expression
from feeds.query.tree import conjuncts
from feeds.query.tree import together
from feeds.store.conditions import Conditions
from feeds.store.conditions import Place
from feeds.store.conditions import bound
from feeds.store.conditions import bounds
from feeds.store.cursor import Position
from feeds.store.indexing import CELL
from feeds.store.indexing import cell
from feeds.store.schema import author
from feeds.store.schema import search_entry
from feeds.store.schema import topic
from feeds.store.searching import count_up_to
from feeds.store.searching import hits
from feeds.store.searching import is_text

#: A listing of no more entries than this is walked where the words are in more texts than it has entries.
_SHORT = 5_000


@dataclass(frozen=True, slots=True)
class Leading:
    """A query whose words are looked up first."""

    words: Expression
    #: What else must hold.
    rest: Expression | None


def leading_words(connection: Connection, query: EntryQuery) -> Leading | None:
    """The words to begin with; None where there are none, or where fewer entries are in the listing than have them."""
    parts = conjuncts(query.where)
    words = together(tuple(part for part in parts if is_text(part)))
    if words is None or query.document is not None:
        return None
    if query.authors or query.topics:
        size = _size(connection, query)
        if size <= _SHORT and count_up_to(connection, words, size + 1) > size:
            return None
    return Leading(words, together(tuple(part for part in parts if not is_text(part))))


def walk_of_hits(conditions: Conditions, leading: Leading, after: Position | None, limit: int) -> Subquery:
    """The sort keys of a page. Rows of the full text stand by the second: those of the last one are read all."""
    query, connection = conditions.query, conditions.connection
    found = hits(connection, leading.words)
    place = (search_entry.c.published, search_entry.c.order_key, search_entry.c.entry_id)
    rest = Conditions(connection, replace(query, where=leading.rest))
    its = [found.condition, search_entry.c.entry_id.is_not(None), *rest.of(place), *conditions.first_of_story(place)]
    its += [*between(query, place, after), *_between_keys(query, found.key, after)]
    walked = select(found.key.label("key")).select_from(found.rows).where(*its)
    newest = walked.order_by(found.key.desc()).limit(limit).subquery("newest")
    last = select(func.min(newest.c.key).op("&")(-CELL)).scalar_subquery()
    walk = select(*place).select_from(found.rows).where(*its, found.key >= last)
    return walk.order_by(*newest_first(place)).limit(limit).subquery("walk")


def between(query: EntryQuery, place: Place, after: Position | None) -> list[ColumnElement[bool]]:
    """Where on a walk a page begins, and where nothing more can come."""
    first, last = bounds(query.where)
    conditions: list[ColumnElement[bool]] = [] if after is None else [tuple_(*place) < bound(after)]
    conditions += [] if first is None else [place[0] >= first]
    return conditions + ([] if last is None else [place[0] <= last])


def newest_first(place: Place) -> list[ColumnElement[Any]]:
    """The order of all listings."""
    return [column.desc() for column in place]


def _between_keys(query: EntryQuery, key: ColumnElement[int], after: Position | None) -> list[ColumnElement[bool]]:
    """The same for the rows of the full text, as far as their keys tell."""
    first, last = bounds(query.where)
    lows = [at for at in (first, query.since) if at is not None]
    highs = [at for at in (last, query.until, after[0] if after else None) if at is not None]
    conditions = [key >= cell(max(lows))] if lows else []
    return conditions + ([key < cell(min(highs)) + CELL] if highs else [])


def _size(connection: Connection, query: EntryQuery) -> int:
    """At most how many entries the listings of the query have, from the counters."""
    whose = {"byline": author.c.entries, "quoted": author.c.quoted}.get(query.role, author.c.entries + author.c.quoted)
    sizes = []
    if query.authors:
        sizes.append(select(func.sum(whose)).where(author.c.slug.in_(query.authors)))
    if query.topics:
        sizes.append(select(func.sum(topic.c.entries)).where(topic.c.slug.in_(query.topics)))
    return min(int(connection.scalar(size) or 0) for size in sizes)
