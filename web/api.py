"""The JSON API: read-only, version 1, additive changes only."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from base64 import urlsafe_b64encode
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urlencode

from flask import Blueprint
from flask import Response
from flask import request

from feeds.addresses import API
from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.topics.statistics import summarise
from web import resources
from web.cache import Rendered
from web.conditional import REVALIDATE
from web.conditional import answer
from web.parameters import PARAMETERS
from web.parameters import check_names
from web.parameters import read_entry_query
from web.parameters import read_include
from web.parameters import read_limit
from web.state import get_state

T = TypeVar("T")

bp = Blueprint("api", __name__, url_prefix=API)

_CONTENT_TYPE = "application/json; charset=utf-8"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@bp.before_request
def check() -> None:
    """Raises `QueryError` for parameters that the operation does not take."""
    check_names(request.args, PARAMETERS.get(request.endpoint or "", ()))


@bp.get("/entries")
def entries() -> Response:
    """Entries, newest first, of a document, author, topic, source."""
    state = get_state()
    page = state.store.entries(read_entry_query(request.args, state))
    return answer_page([resources.entry(found, state) for found in page.entries], page.next)


@bp.get("/entries/<entry_id>")
def entry(entry_id: str) -> Response:
    """One entry, by its id or the UUID in it; with `include=near_topics` also why it is not in others."""
    state = get_state()
    near = read_include(request.args)
    found = state.store.entry(entry_urn(entry_id))
    more = resources.near_topics(found, state) if near else {}
    return answer_json({**resources.entry(found, state), **more})


@bp.get("/authors")
def authors() -> Response:
    """All authors."""
    state = get_state()
    return _listed(state.store.authors(), lambda tally: tally.slug, lambda tally: resources.author(tally, state))


@bp.get("/topics")
def topics() -> Response:
    """All topics, also those without an entry."""
    state = get_state()
    tallies = {tally.slug: tally for tally in state.store.topics()}
    return _listed(
        tuple(state.topics),
        lambda topic: topic.slug,
        lambda topic: resources.topic(topic, tallies.get(topic.slug), state),
    )


@bp.get("/statistics/topics")
def topic_statistics() -> Response:
    """Entries by topic and month, topics that stand together, entries without one."""
    state = get_state()
    return answer_json(resources.topic_statistics(summarise(state.store.topic_counts()), state))


@bp.get("/sources")
def sources() -> Response:
    """All sources."""
    state = get_state()
    return _listed(state.store.sources(), lambda tally: tally.slug, lambda tally: resources.source(tally, state))


@bp.get("/documents")
def documents() -> Response:
    """All documents with what was read of them, left out and wrong in them."""
    return _listed(get_state().store.documents(), lambda report: report.id, resources.document)


def entry_urn(words: str) -> str:
    """The id that a UUID or a whole id means. Raises `NotFoundError` for anything else, before the store is asked."""
    uuid = words.lower().removeprefix("urn:uuid:")
    if not _UUID.fullmatch(uuid):
        raise NotFoundError("entry", words)
    return f"urn:uuid:{uuid}"


def _listed(found: Iterable[T], key: Callable[[T], str], show: Callable[[T], Mapping[str, object]]) -> Response:
    """One page of a list in the order of its keys, so that what comes and goes between two pages moves nothing."""
    limit, after = read_limit(request.args), _read_cursor(request.args.get("cursor", ""))
    rest = sorted((item for item in found if key(item) > after), key=key)
    following = _make_cursor(key(rest[limit - 1])) if len(rest) > limit else None
    return answer_page([show(item) for item in rest[:limit]], following)


def _make_cursor(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> str:
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError as error:
        raise QueryError("cursor", "is none that this list gave") from error


def answer_page(data: Sequence[Mapping[str, object]], cursor: str | None) -> Response:
    """`next` begins with the path, for the client to join with the address that it used: it may reach us by another one
    than PUBLIC_BASE_URL, and the Host header is not to be trusted. The Link header says the same.
    """
    following = _next(cursor) if cursor else None
    response = answer_json({"data": data, "next": following})
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _next(cursor: str) -> str:
    parameters = {**request.args.to_dict(), "cursor": cursor}
    return f"{get_state().site.local(request.path)}?{urlencode(parameters)}"


def answer_json(value: Mapping[str, object]) -> Response:
    """A value as JSON, with a tag to ask again with."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    return answer(Rendered(body, _CONTENT_TYPE), REVALIDATE)
