"""Parameters of the API: only those that an operation knows, each once, each with a value that can be answered."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.model import EntryQuery
from web.state import State
from web.suggestions import suggest

ENTRY_FILTERS = ("document", "author", "topic", "source", "role", "collapse")
PAGING = ("limit", "cursor")
#: What each operation of the API takes, by the name of its endpoint in Flask.
PARAMETERS = {
    "api.entries": (*ENTRY_FILTERS, *PAGING),
    "api.entry": ("include",),
    "api.authors": PAGING,
    "api.topics": PAGING,
    "api.topic_statistics": (),
    "api.sources": PAGING,
    "api.documents": PAGING,
    "stories.listed": PAGING,
    "stories.one": (),
    "history.revisions": (),
    "history.changes": ("since", "limit"),
}
COLLAPSE = "story"
NEAR_TOPICS = "near_topics"
ROLES = ("byline", "quoted", "any")
DEFAULT_LIMIT = 50
MOST = 100


def check_names(given: MultiDict[str, str], allowed: Sequence[str]) -> None:
    """Raises `QueryError` for a parameter that is not allowed, or given twice: no typing mistake goes unnoticed."""
    for name, values in given.lists():
        if name not in allowed:
            raise QueryError(name, "is no parameter here", allowed)
        if len(values) > 1:
            raise QueryError(name, "is given more than once; several values stand in one, with commas between them")


def read_limit(given: MultiDict[str, str]) -> int:
    """How many at once. Raises `QueryError`."""
    words = given.get("limit", str(DEFAULT_LIMIT))
    if not (words.isascii() and words.isdigit() and len(words) <= 3 and 1 <= int(words) <= MOST):
        raise QueryError("limit", f"{words!r} is no whole number in range", (f"1 to {MOST}",))
    return int(words)


def read_entry_query(given: MultiDict[str, str], state: State) -> EntryQuery:
    """The query for entries; names of authors and topics may be aliases. Raises `QueryError`."""
    role = given.get("role", ROLES[0])
    if role not in ROLES:
        raise QueryError("role", f"{role!r} is no role", ROLES)
    return EntryQuery(
        authors=_slugs("author", given, state),
        topics=_slugs("topic", given, state),
        source=next(iter(_slugs("source", given, state)), None),
        document=_document(given),
        role=role,
        limit=read_limit(given),
        cursor=given.get("cursor") or None,
        collapse=read_collapse(given),
    )


def read_include(given: MultiDict[str, str]) -> bool:
    """Whether the topics are asked for that an entry is nearly in. Raises `QueryError`."""
    words = given.get("include", "")
    if words not in {"", NEAR_TOPICS}:
        raise QueryError("include", f"{words!r} is nothing that can be included", (NEAR_TOPICS,))
    return bool(words)


def read_collapse(given: Mapping[str, str]) -> bool:
    """Whether only one entry of each story is asked for. Raises `QueryError`."""
    words = given.get("collapse", "")
    if words not in {"", COLLAPSE}:
        raise QueryError("collapse", f"{words!r} is nothing to collapse by", (COLLAPSE,))
    return bool(words)


def _document(given: MultiDict[str, str]) -> str | None:
    """An empty name is a program that lost it: all entries would be the wrong answer."""
    if (name := given.get("document")) == "":
        raise QueryError("document", "is empty; give the name of a document, or leave it out")
    return name


def _slugs(name: str, given: MultiDict[str, str], state: State) -> tuple[str, ...]:
    words = given.get(name)
    if words is None:
        return ()
    if name == "source" and "," in words:
        raise QueryError(name, "only one source can be given")
    return tuple(dict.fromkeys(_slug(name, word.strip(), state) for word in words.split(",")))


def _slug(kind: str, word: str, state: State) -> str:
    try:
        if kind == "author":
            return state.store.author(word).slug
        return (state.topics.get(word.casefold()) if kind == "topic" else state.store.source(word.casefold())).slug
    except NotFoundError as error:
        near = tuple(suggestion.slug for suggestion in suggest(error, state))
        raise QueryError(kind, f"there is no {kind} {word!r}", near or _all(kind, state)) from error


def _all(kind: str, state: State) -> tuple[str, ...]:
    """What is allowed, where that is few enough to say."""
    if kind == "topic":
        return tuple(topic.slug for topic in state.topics)
    return tuple(tally.slug for tally in state.store.sources()) if kind == "source" else ()
