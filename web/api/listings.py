"""What entries are listed by: authors, topics, sources, documents; and how topics are spread."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from flask import Response
from flask import redirect
from werkzeug.wrappers import Response as BaseResponse

from feeds.addresses import API
from feeds.errors import NotFoundError
from feeds.model import Source
from feeds.model import Tally
from feeds.topics import Topic
from feeds.topics.statistics import summarise
from web.api.answering import answer_json
from web.api.answering import by_key
from web.api.given import Given
from web.api.parameters import fields_of
from web.api.parameters import path_name
from web.api.resources import AUTHOR
from web.api.resources import DOCUMENT
from web.api.resources import SOURCE
from web.api.resources import TOPIC
from web.api.resources import Keys
from web.api.resources import T
from web.api.resources import shown
from web.api.resources import source_health
from web.api.resources import topic_statistics
from web.state import State

AUTHOR_FIELDS = fields_of(AUTHOR)
TOPIC_FIELDS = fields_of(TOPIC)
SOURCE_FIELDS = fields_of(SOURCE)
DOCUMENT_FIELDS = fields_of(DOCUMENT)
AUTHOR_NAME = path_name("author", "The slug of the author; a handle or another name leads there.", "aheng_notes")
TOPIC_NAME = path_name("topic", "The slug of the topic.", "rag")
SOURCE_NAME = path_name("source", "The slug of the source.", "newsletters")
DOCUMENT_NAME = path_name("document", "The name of the document or its id.", "newsletter-012.md")


def authors(given: Given, state: State) -> Response:
    """Everybody who stands in a byline."""
    return by_key(AUTHOR, state.store.authors_after, given, state, AUTHOR_FIELDS, "/authors")


def author(given: Given, state: State) -> BaseResponse:
    """One author, by slug; other names lead there."""
    return _one(AUTHOR, "authors", state.store.author(given[AUTHOR_NAME]), given[AUTHOR_NAME], state)


def topics(given: Given, state: State) -> Response:
    """All topics of the rules, also those without an entry."""
    tallies = {tally.slug: tally for tally in state.store.topics()}

    def read(after: str, limit: int) -> Sequence[tuple[Topic, Tally | None]]:
        rest = sorted((topic for topic in state.topics if topic.slug > after), key=lambda topic: topic.slug)
        return [(topic, tallies.get(topic.slug)) for topic in rest[:limit]]

    return by_key(TOPIC, read, given, state, TOPIC_FIELDS, "/topics")


def topic(given: Given, state: State) -> BaseResponse:
    """One topic, by slug."""
    found = state.topics.get(given[TOPIC_NAME].casefold())
    tally = next((tally for tally in state.store.topics() if tally.slug == found.slug), None)
    return _one(TOPIC, "topics", (found, tally), given[TOPIC_NAME], state)


def statistics(given: Given, state: State) -> Response:
    """Entries by topic and month, topics that stand together, entries without one."""
    found = state.remembered.get("statistics", lambda: summarise(state.store.topic_counts()), may_lag=True)
    return answer_json(topic_statistics(found, state))


def sources(given: Given, state: State) -> Response:
    """All sources."""
    tallies = state.store.sources()

    def read(after: str, limit: int) -> Sequence[tuple[Source, Tally]]:
        rest = [tally for tally in tallies if tally.slug > after][:limit]
        return [(state.store.source(tally.slug), tally) for tally in rest]

    return by_key(SOURCE, read, given, state, SOURCE_FIELDS, "/sources")


def health(given: Given, state: State) -> Response:
    """How the sources are that are fetched, those that fail first."""
    return answer_json({"sources": [source_health(found) for found in state.store.source_health()]})


def source(given: Given, state: State) -> BaseResponse:
    """One source, by slug."""
    found = state.store.source(given[SOURCE_NAME].casefold())
    tally = next((tally for tally in state.store.sources() if tally.slug == found.slug), None)
    if tally is None:
        raise NotFoundError("source", found.slug)
    return _one(SOURCE, "sources", (found, tally), given[SOURCE_NAME], state)


def documents(given: Given, state: State) -> Response:
    """All documents with what was read of them, left out and wrong in them."""
    return by_key(DOCUMENT, state.store.documents_after, given, state, DOCUMENT_FIELDS, "/documents")


def document(given: Given, state: State) -> Response:
    """One document, by name or id."""
    return answer_json(shown(DOCUMENT, state.store.document(given[DOCUMENT_NAME]), state))


def _one(keys: Keys[T], kind: str, found: T, asked: str, state: State) -> BaseResponse:
    """Under another name than its slug it is found, and stands elsewhere."""
    slug = str(keys["slug"](found, state))
    if slug != asked:
        return redirect(state.site.local(f"{API}/{kind}/{quote(slug, safe='')}"), 301)
    return answer_json(shown(keys, found, state))
