"""What somebody may be about to type: authors and topics by the beginning of a name."""

from __future__ import annotations

from flask import Response

from feeds.addresses import author_path
from feeds.addresses import topic_path
from feeds.search.suggesting import suggest_topics
from web.api.answering import answer_json
from web.api.given import Given
from web.api.given import Parameter
from web.api.parameters import LIMIT
from web.api.resources import Resource
from web.state import State

_USUAL = 10

BEGINNING: Parameter[str] = Parameter(
    name="q",
    description="The beginning of a slug, a handle or a name.",
    schema={"type": "string", "maxLength": 100},
    read=lambda words, state: words,
    default="",
    example="a",
)


def suggestions(given: Given, state: State) -> Response:
    """Topics, then authors, those with the most entries first."""
    most = given[LIMIT] or _USUAL
    found = [*_topics(given[BEGINNING], most, state), *_authors(given[BEGINNING], most, state)]
    return answer_json({"data": found[:most], "next": None})


def _topics(beginning: str, most: int, state: State) -> list[Resource]:
    return [
        {
            "kind": "topic",
            "slug": topic.slug,
            "name": state.topic_name(topic),
            "url": state.site.url(topic_path(topic.slug)),
        }
        for topic in suggest_topics(beginning, state.topics, most)
    ]


def _authors(beginning: str, most: int, state: State) -> list[Resource]:
    return [
        {"kind": "author", "slug": tally.slug, "name": tally.name, "url": state.site.url(author_path(tally.slug))}
        for tally in state.store.suggest_authors(beginning, most)
    ]
