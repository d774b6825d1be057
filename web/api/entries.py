"""Entries: the listing with its filters, and one of them."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from flask import Response

from feeds.model import Count
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Facets
from feeds.query import searched
from feeds.search.hits import snippet
from web.api.answering import Listed
from web.api.answering import Slice
from web.api.answering import answer_json
from web.api.answering import answer_list
from web.api.answering import kept_keys
from web.api.filters import entry_query
from web.api.given import Given
from web.api.history import revisions_of
from web.api.parameters import COUNT
from web.api.parameters import CURSOR
from web.api.parameters import FACETS
from web.api.parameters import FORM
from web.api.parameters import LIMIT
from web.api.parameters import MORE_OF_ENTRY
from web.api.parameters import SAMPLE_ENTRY
from web.api.parameters import fields_of
from web.api.parameters import path_id
from web.api.resources import ENTRY
from web.api.resources import STORY
from web.api.resources import Resource
from web.api.resources import near_topics
from web.api.resources import shown
from web.api.resources import unread
from web.state import State

#: Beside the keys of every entry what only a search tells.
_SNIPPET = "snippet"
FIELDS = fields_of(ENTRY)
FOUND_FIELDS = fields_of((*ENTRY, _SNIPPET))
ID = path_id("entry", SAMPLE_ENTRY)
_PATH = "/entries"
#: Characters of a text that are looked through first for a snippet: the time grows with them, and most hits are there.
_OPENING = 1000
#: What no counter tells is counted so far: the time grows with it.
_MOST_COUNTED = 10_000
#: What changes the form of an answer and not what is in the list.
_FORM = (LIMIT, CURSOR, FORM, FOUND_FIELDS, COUNT, FACETS)


def entries(given: Given, state: State) -> Response:
    """The entries of the filters, newest first."""
    query, only = entry_query(given), given[FOUND_FIELDS]
    words = tuple(searched(query.where))
    keys = kept_keys((*ENTRY, _SNIPPET) if words or _SNIPPET in only else ENTRY, only)

    def read(cursor: str | None, limit: int) -> Slice:
        page = state.store.entries(replace(query, cursor=cursor, limit=limit), unread(only))
        return Slice([_found(entry, keys, words, state) for entry in page.entries], page.next)

    listed = Listed(read, given.scope(_PATH, _FORM), keys, lambda: _more(query, given, state))
    return answer_list(listed, given, state)


def entry(given: Given, state: State) -> Response:
    """One entry."""
    found = state.store.entry(given[ID])
    more: dict[str, object] = {}
    for name in given[MORE_OF_ENTRY]:
        if name == "near_topics":
            more[name] = near_topics(found, state)
        elif name == "revisions":
            more[name] = revisions_of(found.id, state)
        else:
            more[name] = [shown(STORY, story, state) for story in state.store.stories_of(found.id)]
    return answer_json({**shown(ENTRY, found, state, given[FIELDS]), **more})


def _found(entry: Entry, keys: Sequence[str], words: Sequence[str], state: State) -> Resource:
    told = shown(ENTRY, entry, state, keys)
    return {**told, _SNIPPET: _marked(entry, words) if words else None} if _SNIPPET in keys else told


def _marked(entry: Entry, words: Sequence[str]) -> str:
    """HTML: the words around the first hit, with hits in `mark`; nothing else in it is a tag."""
    found = snippet(entry.content_text[:_OPENING], words)
    if not found.spans and len(entry.content_text) > _OPENING:
        found = snippet(entry.content_text, words)
    text, spans = found.text, found.spans
    at, pieces = 0, []
    for start, end in spans:
        pieces += [escape(text[at:start]), f"<mark>{escape(text[start:end])}</mark>"]
        at = end
    return "".join([*pieces, escape(text[at:])])


def _more(query: EntryQuery, given: Given, state: State) -> Mapping[str, object]:
    more: dict[str, object] = {}
    if given[COUNT]:
        more["count"] = state.store.count(query, _MOST_COUNTED)
    if given[FACETS]:
        more["facets"] = _facets(_counted(query, given[FACETS], state), state)
    return more


def _counted(query: EntryQuery, names: Sequence[str], state: State) -> Facets:
    """Those of all entries are counted once a version: the months are counted through."""
    if query != EntryQuery(limit=query.limit, cursor=query.cursor):
        return state.store.facets(query, names)
    key = f"facets {' '.join(sorted(names))}"
    return state.remembered.get(key, lambda: state.store.facets(EntryQuery(), names))


def _facets(found: Facets, state: State) -> Resource:
    told: dict[str, object] = {"entries": found.entries, "complete": found.complete}
    for name, counts in found.counts.items():
        named = state.site.topic_name if name == "topic" else None
        told[name] = [_count(name, count, named) for count in counts]
    return told


def _count(facet: str, count: Count, named: Callable[[str], str] | None) -> Resource:
    if facet == "month":
        return {"month": count.key, "entries": count.entries}
    return {"slug": count.key, "name": named(count.key) if named else count.name, "entries": count.entries}
