"""Which entries: the parameters of a listing as one query."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time

from feeds.errors import QueryError
from feeds.model import EntryQuery
from feeds.query import Filter
from feeds.query import Query
from feeds.query import narrowed
from feeds.query import parse
from feeds.query import searched
from feeds.query.values import language
from web.api.given import Given
from web.api.given import Parameter
from web.api.parameters import AUTHOR
from web.api.parameters import COLLAPSE
from web.api.parameters import DOCUMENT
from web.api.parameters import ROLE
from web.api.parameters import SOURCE
from web.api.parameters import TOPIC
from web.api.parameters import one_of
from web.api.parameters import read_moment
from web.naming import directory
from web.state import State

SORTS = ("-published", "relevance")
#: The days that a query can name.
_FIRST_DAY, _LAST_DAY = date(1000, 1, 1), date(9998, 12, 31)
_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"


def _read_query(words: str, state: State) -> Query:
    return parse(words, directory(state))


def _read_languages(words: str, state: State) -> tuple[str, ...]:
    return tuple(dict.fromkeys(language(word) for word in words.split(",")))


def _dated(name: str, description: str, example: str) -> Parameter[datetime | date | None]:
    return Parameter(
        name=name,
        description=f"{description} A calendar date where the source is, or a moment as in RFC 3339.",
        schema={"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]},
        read=read_moment(name),
        default=None,
        example=example,
    )


Q: Parameter[Query] = Parameter(
    name="q",
    description='Only entries with words: `word`, `"a phrase"`, `-not`, `OR`, `( )`, `author:` `topic:` `source:` '
    "`lang:` `role:` `since:` `until:`. Simplified and traditional characters, case and width do not matter.",
    schema={"type": "string", "maxLength": 1000},
    read=_read_query,
    default=Query(None),
    example="模型 -topic:robotics",
)
SORT: Parameter[str] = Parameter(
    name="sort",
    description="The newest first, or the best of the newest 200 that have the words of `q`.",
    schema={"type": "string", "enum": list(SORTS), "default": SORTS[0]},
    read=one_of("sort", SORTS),
    default=SORTS[0],
    example="-published",
)
LANGUAGES: Parameter[tuple[str, ...]] = Parameter(
    name="lang",
    description="Only entries in any of these languages: BCP 47 tags with commas between. `zh` means all Chinese.",
    schema={
        "type": "array",
        "minItems": 1,
        "maxItems": 20,
        "items": {"type": "string", "pattern": _LANGUAGE},
    },
    read=_read_languages,
    default=(),
    example="zh,en",
)
SINCE = _dated("since", "Only entries published then or later.", "2026-03-01")
UNTIL = _dated("until", "Only entries published then or earlier.", "2026-03-31")
UPDATED_SINCE = _dated(
    "updated_since", "Only entries whose text or title is as it is since then or later.", "2026-03-01"
)
FILTERS: tuple[Parameter[object], ...] = (
    Q,
    AUTHOR,
    TOPIC,
    SOURCE,
    DOCUMENT,
    LANGUAGES,
    ROLE,
    SINCE,
    UNTIL,
    UPDATED_SINCE,
    COLLAPSE,
    SORT,
)


def entry_query(given: Given) -> EntryQuery:
    """What the filters ask for. Raises `QueryError` where two of them ask for what cannot be together."""
    since, until = given[SINCE], given[UNTIL]
    query = EntryQuery(
        authors=given[AUTHOR],
        topics=given[TOPIC],
        source=given[SOURCE],
        document=given[DOCUMENT],
        role=given[ROLE],
        languages=given[LANGUAGES],
        since=since if isinstance(since, datetime) else None,
        until=until if isinstance(until, datetime) else None,
        updated_since=_moment(given[UPDATED_SINCE]),
        collapse=given[COLLAPSE] is not None,
        sort=given[SORT],
    )
    query = narrowed(query, given[Q])
    for name, day in (("since", since), ("until", until)):
        if day is not None and not isinstance(day, datetime):
            query = narrowed(query, Query(Filter(name, _nameable(day).isoformat())))
    if query.sort == "relevance" and not any(searched(query.where)):
        raise QueryError("sort", "is by relevance, and q has no words to be relevant to", SORTS[:1])
    return query


def _moment(given: datetime | date | None) -> datetime | None:
    """Of a day its first moment in UTC: texts have no zone."""
    if given is None or isinstance(given, datetime):
        return given
    return datetime.combine(given, time(), UTC)


def _nameable(day: date) -> date:
    """Outside of these nothing was published."""
    return min(max(day, _FIRST_DAY), _LAST_DAY)
