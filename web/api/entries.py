"""Entries: the listing with its filters, and one of them."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import replace

from flask import Response

from feeds.model import Count
from feeds.model import EntryQuery
from feeds.model import Facets
from web.api.answering import Listed
from web.api.answering import Slice
from web.api.answering import answer_json
from web.api.answering import answer_list
from web.api.answering import kept_keys
from web.api.history import revisions_of
from web.api.parameters import AUTHOR
from web.api.parameters import COLLAPSE
from web.api.parameters import COUNT
from web.api.parameters import CURSOR
from web.api.parameters import DOCUMENT
from web.api.parameters import FACETS
from web.api.parameters import FORM
from web.api.parameters import LIMIT
from web.api.parameters import MORE_OF_ENTRY
from web.api.parameters import ROLE
from web.api.parameters import SAMPLE_ENTRY
from web.api.parameters import SOURCE
from web.api.parameters import TOPIC
from web.api.parameters import Given
from web.api.parameters import fields_of
from web.api.parameters import path_id
from web.api.resources import ENTRY
from web.api.resources import STORY
from web.api.resources import Resource
from web.api.resources import near_topics
from web.api.resources import shown
from web.api.resources import unread
from web.state import State

FIELDS = fields_of(ENTRY)
ID = path_id("entry", SAMPLE_ENTRY)
FILTERS = (AUTHOR, TOPIC, SOURCE, DOCUMENT, ROLE, COLLAPSE)
_PATH = "/entries"
#: What changes the form of an answer and not what is in the list.
_FORM = (LIMIT, CURSOR, FORM, FIELDS, COUNT, FACETS)


def entries(given: Given, state: State) -> Response:
    """The entries of the filters, newest first."""
    query, only = entry_query(given), given[FIELDS]

    def read(cursor: str | None, limit: int) -> Slice:
        page = state.store.entries(replace(query, cursor=cursor, limit=limit), unread(only))
        return Slice([shown(ENTRY, found, state, only) for found in page.entries], page.next)

    listed = Listed(read, given.scope(_PATH, _FORM), kept_keys(ENTRY, only), lambda: _more(query, given, state))
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


def entry_query(given: Given) -> EntryQuery:
    """What the filters ask for."""
    return EntryQuery(
        authors=given[AUTHOR],
        topics=given[TOPIC],
        source=given[SOURCE],
        document=given[DOCUMENT],
        role=given[ROLE],
        collapse=given[COLLAPSE] is not None,
    )


def _more(query: EntryQuery, given: Given, state: State) -> Mapping[str, object]:
    more: dict[str, object] = {}
    if given[COUNT]:
        more["count"] = state.store.count(query)
    if given[FACETS]:
        more["facets"] = _facets(state.store.facets(query, given[FACETS]), state)
    return more


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
