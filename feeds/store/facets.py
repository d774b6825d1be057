"""How many entries a query has, and how they are spread over authors, topics, sources and months."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Row
from sqlalchemy import func
from sqlalchemy import select

from feeds.model import Count
from feeds.model import EntryQuery
from feeds.model import Facets
from feeds.store.reading import count
from feeds.store.reading import matching
from feeds.store.schema import author
from feeds.store.schema import entry
from feeds.store.schema import source
from feeds.store.schema import topic

#: What entries can be counted by.
FACETS = ("topic", "author", "source", "month")
#: The newest entries of a query that are looked at; all entries and those of one counter are counted whatever they are.
MOST_ENTRIES = 5_000
#: Values of a facet that are told, those with the most entries; all months are.
MOST_VALUES = 100

_COLUMNS = [entry.c.people, entry.c.topics, entry.c.date, source.c.slug.label("slug"), source.c.name.label("name")]
_Key = tuple[str, str]


def read_count(connection: Connection, query: EntryQuery, most: int) -> int:
    """The number of entries of a query: from a counter where there is one, else they are walked along, up to `most`."""
    kept = _kept(connection, query)
    return count(connection, query, most) if kept is None else kept


def read_facets(connection: Connection, query: EntryQuery, names: Collection[str]) -> Facets:
    """The values of the facets `names`, of `FACETS`. Raises `QueryError` as reading the entries does."""
    if _is_everything(query):
        counts = {name: _of_all(connection, name) for name in names}
        return Facets(counts, _kept(connection, query) or 0, complete=True)
    rows = connection.execute(matching(connection, query, _COLUMNS, MOST_ENTRIES + 1)).all()
    counted = rows[:MOST_ENTRIES]
    counts = {name: _ranked(name, Counter(key for row in counted for key in _keys(name, row))) for name in names}
    return Facets(counts, len(counted), complete=len(rows) == len(counted))


def _is_everything(query: EntryQuery) -> bool:
    return query == EntryQuery(limit=query.limit, cursor=query.cursor, role=query.role, sort=query.sort)


def _kept(connection: Connection, query: EntryQuery) -> int | None:
    """What a counter says; None where none counts this."""
    if _is_everything(query):
        return connection.scalar(select(func.coalesce(func.sum(source.c.entries), 0))) or 0
    for name, values, where in (
        ("authors", query.authors, author.c.slug),
        ("topics", query.topics, topic.c.slug),
        ("source", (query.source,), source.c.slug),
    ):
        alone = replace(query, **{name: getattr(EntryQuery(), name)})
        if len(values) == 1 and _is_everything(alone) and (name != "authors" or query.role == "byline"):
            return connection.scalar(select(where.table.c.entries).where(where == values[0])) or 0
    return None


def _of_all(connection: Connection, name: str) -> tuple[Count, ...]:
    if name == "month":
        month = func.substr(entry.c.date, 1, 7)
        dated = (entry.c.withdrawn_at.is_(None), entry.c.date.is_not(None))
        rows = connection.execute(select(month, func.count()).where(*dated).group_by(month)).all()
        return tuple(Count(key, key, number) for key, number in sorted(map(tuple, rows), reverse=True))
    table, shown = {
        "author": (author, author.c.name),
        "topic": (topic, topic.c.slug),
        "source": (source, source.c.name),
    }[name]
    order = (table.c.entries.desc(), table.c.slug)
    asked = select(table.c.slug, shown, table.c.entries).where(table.c.entries > 0).order_by(*order).limit(MOST_VALUES)
    return tuple(Count(*row) for row in connection.execute(asked))


def _keys(name: str, row: Row[Any]) -> Iterator[_Key]:
    """The values of an entry with their names; each once."""
    if name == "source":
        yield row.slug, row.name
    elif name == "month":
        if row.date is not None:
            yield row.date[:7], row.date[:7]
    elif name == "topic":
        yield from ((hit["slug"], hit["slug"]) for hit in json.loads(row.topics))
    else:
        yield from {person["slug"]: (person["slug"], person["name"]) for person in json.loads(row.people)}.values()


def _ranked(name: str, counted: Counter[_Key]) -> tuple[Count, ...]:
    """Months the latest first, all else by number. Of the names of one author the commonest is told."""
    numbers: Counter[str] = Counter()
    names: dict[str, str] = {}
    for (key, shown), number in counted.most_common():
        numbers[key] += number
        names.setdefault(key, shown)
    if name == "month":
        return tuple(_counts(sorted(numbers.items(), reverse=True), names))
    return tuple(_counts(sorted(numbers.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES], names))


def _counts(found: Iterable[tuple[str, int]], names: dict[str, str]) -> Iterator[Count]:
    return (Count(key, names[key], number) for key, number in found)
