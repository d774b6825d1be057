"""What somebody may have meant who asked for an author, topic, source or document that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from feeds.addresses import DOCUMENTS
from feeds.addresses import FEEDS
from feeds.addresses import author_path
from feeds.addresses import listing_path
from feeds.addresses import source_path
from feeds.addresses import topic_path
from feeds.errors import NotFoundError
from feeds.model import Tally
from web.state import State

_MOST = 5
_LIKENESS = 0.6
#: A longer name is no typing mistake, and comparing takes time that grows with it.
_LONGEST = 64
#: What the store knows; the others stand in the configuration.
_STORED = frozenset({"author", "source", "document"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A listing that is there."""

    slug: str
    name: str
    path: str


def suggest(missing: NotFoundError, state: State) -> tuple[Suggestion, ...]:
    """Listings of the same kind with a name like the one asked for, the likeliest first."""
    if len(missing.key) > _LONGEST:
        return ()
    by_name = _by_name(missing.kind, state)
    close = get_close_matches(missing.key.casefold(), by_name, n=_MOST, cutoff=_LIKENESS)
    return tuple(dict.fromkeys(by_name[name] for name in close))


def _by_name(kind: str, state: State) -> dict[str, Suggestion]:
    """Where the folded names lead; what the store knows is read again when it has changed."""
    if kind in _STORED:
        return state.remembered.get(f"names of {kind}", lambda: _folded(_candidates(kind, state)))
    return _folded(_candidates(kind, state))


def _folded(candidates: Iterable[tuple[str, Suggestion]]) -> dict[str, Suggestion]:
    by_name: dict[str, Suggestion] = {}
    for name, suggestion in candidates:
        by_name.setdefault(name.casefold(), suggestion)
    return by_name


def _candidates(kind: str, state: State) -> Iterator[tuple[str, Suggestion]]:
    """All names that lead somewhere, with where."""
    if kind in {"author", "source"}:
        is_author = kind == "author"
        for tally in state.store.authors() if is_author else state.store.sources():
            path = author_path(tally.slug) if is_author else source_path(tally.slug)
            yield from _named(_names(tally), Suggestion(tally.slug, tally.name, path))
    elif kind == "topic":
        for topic in state.topics:
            suggestion = Suggestion(topic.slug, state.topic_name(topic), topic_path(topic.slug))
            yield from _named((topic.slug, topic.name_zh, topic.name_en), suggestion)
    elif kind == "feed":
        for saved in state.saved.values():
            suggestion = Suggestion(saved.name, saved.title, listing_path(FEEDS, (saved.name,)))
            yield from _named((saved.name, saved.title), suggestion)
    elif kind == "document":
        for info in (report.info for report in state.store.documents()):
            suggestion = Suggestion(info.name, info.title or info.name, listing_path(DOCUMENTS, (info.name,)))
            yield from _named(filter(None, (info.name, info.title)), suggestion)


def _names(tally: Tally) -> Iterable[str]:
    return (tally.slug, tally.name, *filter(None, [tally.handle]), *tally.aliases)


def _named(names: Iterable[str], suggestion: Suggestion) -> Iterator[tuple[str, Suggestion]]:
    return ((name, suggestion) for name in names)
