"""Cursors that nobody gave: each is refused, or is a place in the list; none is an error of ours."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import parse_qs
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from feeds.store import Store
from tests.attack.conftest import Told
from tests.builders import NOW
from tests.site import fill
from tests.site import make_client

SEED = 20_240_501
API = "/api/v1"
#: Lists that go on behind a cursor, by the parameter that it is given in.
LISTS: dict[str, tuple[str, dict[str, str], str]] = {
    "entries": (f"{API}/entries", {}, "cursor"),
    "entries of a topic": (f"{API}/entries", {"topic": "coding"}, "cursor"),
    "entries with a word": (f"{API}/entries", {"q": "工具"}, "cursor"),
    "entries by relevance": (f"{API}/entries", {"q": "工具", "sort": "relevance"}, "cursor"),
    "one entry a story": (f"{API}/entries", {"collapse": "story"}, "cursor"),
    "authors": (f"{API}/authors", {}, "cursor"),
    "topics": (f"{API}/topics", {}, "cursor"),
    "changes": (f"{API}/changes", {}, "since"),
    "a page of a search": ("/search", {"q": "工具"}, "cursor"),
}
#: Letters in front of what the store gave.
_MARK = 10
#: What stands where our own cursors have a moment, an order key, an id, an offset.
WORST: list[Any] = [0, -1, True, None, 2**55 - 1, -(2**55) + 1, 2**63, 1e308, "", "\ud800", "\0", "x" * 300, [], {}]


@pytest.mark.parametrize("name", LISTS)
def test_a_cursor_that_nobody_gave_is_refused_or_is_a_place(
    store: Store, name: str, rounds: Callable[[int, int], int], tell: Told
) -> None:
    fill(store, NOW)
    client = make_client(store)
    path, query, parameter = LISTS[name]
    refused = places = 0
    for cursor in _hostile(_given(client, *LISTS[name]), Random(SEED), rounds(60, 2000)):
        reply = client.get(path, query_string={**query, parameter: cursor})
        assert reply.status_code in {200, 400}, (cursor, reply.text)
        refused, places = refused + (reply.status_code == 400), places + (reply.status_code == 200)
        if path.startswith(API):
            answer = json.loads(reply.data)
            assert "data" in answer if reply.status_code == 200 else answer["parameter"] == parameter
    assert refused
    tell(
        f"{refused + places} cursors that nobody gave, {name}",
        f"{refused} refused, {places} are places in the list, no error",
    )


def _given(client: FlaskClient, path: str, query: dict[str, str], parameter: str) -> str:
    """A cursor that the list gives; pages have those of the API without their mark."""
    is_page = not path.startswith(API)
    reply = client.get(f"{API}/entries" if is_page else path, query_string={**query, "limit": "2"})
    (words,) = parse_qs(urlsplit(reply.get_json()["next"]).query)[parameter]
    return words[_MARK:] if is_page else words


def _hostile(given: str, chance: Random, number: int) -> Iterator[str]:
    """Packed anew with the worst values, cut, swollen, and with other letters."""
    yield from _packed(given)
    yield from ("-", "_" * 11, "A" * 599, "A" * 601, "A" * 100_000, "%00", "\x00", "=" * 20, "模" * 20, given * 2)
    letters = "ABCxyz019-_"
    for _ in range(number):
        at, size = chance.randrange(len(given)), chance.choice((0, 1, 1, 4))
        yield given[:at] + "".join(chance.choices(letters, k=size)) + given[at + chance.choice((0, size)) :]


def _packed(given: str) -> Iterator[str]:
    for marks in (0, _MARK):
        mark, inner = given[:marks], given[marks:]
        try:
            values = json.loads(base64.urlsafe_b64decode(inner + "=" * (-len(inner) % 4)))
        except ValueError:
            continue
        if not isinstance(values, list):
            continue
        for at in range(len(values)):
            for worst in WORST:
                yield mark + _pack([*values[:at], worst, *values[at + 1 :]])
        yield from (mark + _pack(values[:-1]), mark + _pack([*values, 1]), mark + _pack([values] * 3))
        yield mark + base64.urlsafe_b64encode(b"[" * 290).decode().rstrip("=")


def _pack(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
