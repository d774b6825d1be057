"""What the API finds by words, days and languages."""

from __future__ import annotations

import json
from datetime import date
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from feeds.settings import load_settings
from feeds.store import Store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_instant
from tests.builders import make_published
from tests.builders import make_topics
from web import create_app

API = "/api/v1"
FIRST, LAST = make_published(date(2024, 3, 1)), make_published(date(2024, 3, 31))
DRAFTS = (
    make_draft("甲：开源的大模型 <b>很小</b>，跑得快。", 1, topics=make_topics("rag"), published=FIRST),
    make_draft("乙：芯片又贵了。", 2, published=LAST),
    make_draft("丙 C: a small note on GPT-4.", 3, language="en", published=make_instant(NOW)),
)


@pytest.fixture(scope="module")
def client(shared_store: Store) -> FlaskClient:
    """For tests that only read."""
    shared_store.save(make_batch(DRAFTS), NOW)
    return make_client(shared_store)


def make_client(store: Store) -> FlaskClient:
    app = create_app(load_settings({}), store)
    app.testing = True
    return app.test_client()


def found(client: FlaskClient, **query: str) -> str:
    """The first letters of what is found."""
    reply = client.get(f"{API}/entries", query_string=query)
    assert reply.status_code == 200, reply.text
    return "".join(entry["content_text"][0] for entry in reply.get_json()["data"])


def problem(client: FlaskClient, **query: str) -> dict[str, Any]:
    reply = client.get(f"{API}/entries", query_string=query)
    assert reply.status_code == 400
    told: dict[str, Any] = json.loads(reply.data)
    return told


@pytest.mark.parametrize(
    ("query", "letters"),
    [
        ({"q": "模型"}, "甲"),
        ({"q": "開源大模型 OR gpt-4"}, "丙"),
        ({"q": "開源 OR gpt-4"}, "丙甲"),
        ({"q": "-模型"}, "丙乙"),
        ({"q": "topic:rag"}, "甲"),
        ({"q": "lang:en"}, "丙"),
        ({"q": ""}, "丙乙甲"),
        ({"q": "芯片", "topic": "rag"}, ""),
        ({"q": "很 OR small", "sort": "relevance"}, "丙甲"),
        ({"lang": "zh"}, "乙甲"),
        ({"lang": "zh-hans,en"}, "丙乙甲"),
        ({"since": "2024-03-31"}, "丙乙"),
        ({"until": "2024-03-31"}, "乙甲"),
        ({"since": "2024-03-31", "until": "2024-03-31"}, "乙"),
        ({"since": "2024-03-30T16:00:00Z", "until": "2024-03-31T00:00:00+08:00"}, "乙"),
        ({"since": "2024-05-20T08:30:00Z"}, "丙"),
        ({"since": "2024-05-20T08:30:60.5+00:00"}, ""),
        ({"since": "0001-01-01", "until": "9999-12-31"}, "丙乙甲"),
        ({"until": "0001-01-01T00:00:00+23:59"}, ""),
        ({"since": "9999-12-31T23:59:59-23:59"}, ""),
        ({"updated_since": "2024-05-20"}, "丙"),
        ({"updated_since": "2024-05-21"}, ""),
    ],
    ids=str,
)
def test_entries_are_found(client: FlaskClient, query: dict[str, str], letters: str) -> None:
    assert sorted(found(client, **query)) == sorted(letters) if "sort" in query else found(client, **query) == letters


def test_what_is_found_shows_where_and_runs_nothing(client: FlaskClient) -> None:
    (entry,) = client.get(f"{API}/entries?q=模型").get_json()["data"]
    assert entry["snippet"] == "甲：开源的大<mark>模型</mark> &lt;b&gt;很小&lt;/b&gt;，跑得快。"
    assert "snippet" not in client.get(f"{API}/entries?q=topic:rag").get_json()["data"][0]
    (part,) = client.get(f"{API}/entries?q=模型&fields=snippet").get_json()["data"]
    assert part == {"id": entry["id"], "snippet": entry["snippet"]}
    assert client.get(f"{API}/entries?fields=snippet").get_json()["data"][0]["snippet"] is None


def test_facets_and_counts_are_of_what_is_found(client: FlaskClient) -> None:
    body = client.get(f"{API}/entries?q=模型 OR 芯片&include=count&facets=month,topic").get_json()
    assert (body["count"], body["facets"]["entries"]) == (2, 2)
    assert body["facets"]["month"] == [{"month": "2024-03", "entries": 2}]


def test_a_mistake_in_a_query_is_shown_with_its_place(client: FlaskClient) -> None:
    told = problem(client, q="模型 topic:nothing")
    assert (told["parameter"], told["code"], told["start"], told["end"]) == ("q", "invalid_parameter", 3, 16)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"since": "yesterday"}, "since"),
        ({"since": "20240301"}, "since"),
        ({"until": "2024-02-30"}, "until"),
        ({"updated_since": "2024-03-01T25:00:00Z"}, "updated_since"),
        ({"since": "2024-03-01T00:00:00"}, "since"),
        ({"since": "2024-03-01T00:00:00+24:00"}, "since"),
        ({"since": "2024-03-01T00:00:61Z"}, "since"),
        ({"lang": "chinese!"}, "lang"),
        ({"sort": "relevance"}, "sort"),
        ({"sort": "title", "q": "x"}, "sort"),
        ({"q": "模" * 1001}, "q"),
        ({"q": "role:quoted author:rainlin", "role": "any"}, "role"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(client: FlaskClient, query: dict[str, str], parameter: str) -> None:
    assert problem(client, **query)["parameter"] == parameter


@pytest.mark.parametrize("words", ['"', "*", "NEAR(", 'a" OR 1=1', "(", "OR", "%", "_", "'", "\\", "模型 \u3000"])
def test_no_words_break_the_search(store: Store, words: str) -> None:
    store.save(make_batch(DRAFTS), NOW)
    reply = make_client(store).get(f"{API}/entries", query_string={"q": words})
    assert reply.status_code in {200, 400}


def test_a_walk_by_relevance_sees_every_hit_once(store: Store) -> None:
    many = [
        make_draft(f"模型 {n}", n, published=make_published(date(2024, 1, 1) + timedelta(days=n))) for n in range(1, 31)
    ]
    store.save(make_batch(many), NOW)
    client, path, seen = make_client(store), f"{API}/entries?q=模型&sort=relevance&limit=4&fields=id", []
    while path:
        body = client.get(path).get_json()
        seen += [entry["id"] for entry in body["data"]]
        path = body["next"]
    assert len(seen) == len(set(seen)) == 30
