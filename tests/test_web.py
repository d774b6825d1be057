from __future__ import annotations

import json
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_published
from tests.visiting import BASE
from tests.visiting import FEEDS
from tests.visiting import RAG
from tests.visiting import TYPES
from tests.visiting import fill
from tests.visiting import make_client
from tests.visiting import make_settings
from web import create_app


@pytest.fixture(scope="module")
def client(shared_store: Store) -> FlaskClient:
    """For tests that only read."""
    return fill(shared_store, NOW)


@pytest.fixture
def own_client(store: Store, now: datetime) -> FlaskClient:
    """For tests that write into the store or change the application."""
    return fill(store, now)


@pytest.mark.parametrize(
    "path", ["/entries", "/authors/rainlin", "/topics/rag", "/topics/rag,coding", "/sources/garden"]
)
def test_every_listing_is_a_page_and_three_feeds(client: FlaskClient, path: str) -> None:
    assert client.get(path).content_type == "text/html; charset=utf-8"
    for suffix, media_type in zip([".rss", ".atom", ".json"], TYPES, strict=True):
        reply = client.get(path + suffix)
        assert (reply.status_code, reply.content_type) == (200, f"{media_type}; charset=utf-8")
        assert f"{BASE}{path}{suffix}" in reply.text or "," in path


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/authors/rainlin", 2),
        ("/topics/rag", 1),
        ("/topics/rag,coding", 2),
        ("/topics/coding,rag", 2),
        ("/sources/garden", 3),
    ],
)
def test_a_listing_holds_what_its_address_says(client: FlaskClient, path: str, number: int) -> None:
    assert len(client.get(f"{path}.json").get_json()["items"]) == number


def test_several_topics_are_one_feed_in_any_order(client: FlaskClient) -> None:
    one, other = client.get("/topics/rag,coding.atom"), client.get("/topics/coding,rag.atom")
    assert one.data == other.data
    assert f"{BASE}/topics/coding,rag.atom" in one.text


@pytest.mark.parametrize("suffix", ["", ".rss", ".json"])
@pytest.mark.parametrize("words", ["王-五", "%E7%8E%8B-%E4%BA%94"])
def test_slugs_in_chinese_work_raw_and_encoded(client: FlaskClient, words: str, suffix: str) -> None:
    assert client.get(f"/authors/{words}{suffix}").status_code == 200


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/authors/RainLin", "/authors/rainlin"),
        ("/authors/@rainlin.rss?x=1", "/authors/rainlin.rss?x=1"),
        ("/authors/林小雨.json", "/authors/rainlin.json"),
        ("/authors/王 五", "/authors/%E7%8E%8B-%E4%BA%94"),
        ("/topics/RAG.atom", "/topics/rag.atom"),
        ("/sources/Garden", "/sources/garden"),
        ("/entries/", "/entries"),
        ("/authors/rainlin/", "/authors/rainlin"),
        ("/api/v1/entries/?limit=1", "/api/v1/entries?limit=1"),
    ],
)
def test_other_names_of_a_listing_redirect_for_ever(client: FlaskClient, path: str, location: str) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.headers["Location"]) == (301, location)
    assert client.get(location).status_code == 200


@pytest.mark.parametrize("path", ["/authors/.rss", "/topics/.atom", "/sources/.json", "/documents/.rss", "/feeds/.rss"])
def test_a_feed_of_nobody_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example/x/", "/\\evil.example/", "/%2fevil.example/"])
def test_no_redirect_leaves_the_site(client: FlaskClient, path: str) -> None:
    location = client.get(path).headers.get("Location", "/")
    assert not urlsplit(urljoin(BASE, location)).netloc or urljoin(BASE, location).startswith(f"{BASE}/")


def test_an_unknown_name_is_not_found_with_what_was_meant(client: FlaskClient) -> None:
    page, feed = client.get("/authors/rainlim"), client.get("/topics/rga.rss")
    assert (page.status_code, feed.status_code) == (404, 404)
    assert 'href="/authors/rainlin"' in page.text
    assert feed.content_type == "text/plain; charset=utf-8"
    assert f"{BASE}/topics/rag" in feed.text


@pytest.mark.parametrize(
    "path", ["/authors/,", "/topics/rag,,coding", "/sources/garden,garden2", "/authors/" + "a," * 30]
)
def test_names_that_are_none_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_topic_without_entries_is_an_empty_feed(client: FlaskClient, now: datetime) -> None:
    assert client.get("/topics/robotics").status_code == 200
    assert client.get("/topics/robotics.json").get_json()["items"] == []
    assert now.strftime("<updated>%Y-%m-%dT%H:%M:%SZ") in client.get("/topics/robotics.atom").text


def test_everything_is_empty_but_well_in_an_empty_store(store: Store) -> None:
    client = make_client(store)
    for path in ["/", "/entries", *FEEDS, "/documents", "/api/v1/entries", "/api/v1/topics"]:
        assert client.get(path).status_code == 200
    assert "2024-01-01T00:00:00Z" in client.get("/entries.atom").text


# Feeds over HTTP


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_says_how_long_it_may_be_kept_and_sets_no_cookie(client: FlaskClient, path: str) -> None:
    reply = client.get(path)
    assert reply.headers["Cache-Control"].startswith("public, max-age=300, stale-while-revalidate=")
    assert reply.headers["ETag"].startswith('"')
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Content-Length"] == str(len(reply.data))
    assert "Set-Cookie" not in reply.headers


@pytest.mark.parametrize("query", ["?_=123", "?null", "?utm_source=x&limit=1", "?cursor=x"])
@pytest.mark.parametrize("path", FEEDS)
def test_parameters_that_a_feed_does_not_know_are_ignored(client: FlaskClient, path: str, query: str) -> None:
    assert client.get(path + query).data == client.get(path).data


def test_what_another_process_ingests_is_in_the_next_answer(
    own_client: FlaskClient, store_url: str, now: datetime
) -> None:
    before = {path: own_client.get(path).headers["ETag"] for path in [*FEEDS, "/topics/rag.rss"]}
    with open_store(store_url) as other:
        other.save(make_batch([make_draft("刚刚写下的一条。")], name="new.md"), now + timedelta(days=1))
    for path in FEEDS:
        reply = own_client.get(path, headers={"If-None-Match": before[path]})
        assert reply.status_code == 200
        assert "刚刚写下的一条" in reply.text
    assert own_client.get("/topics/rag.rss").headers["ETag"] == before["/topics/rag.rss"]


def test_an_old_entry_that_arrives_late_moves_the_date_for_caches(
    own_client: FlaskClient, store: Store, now: datetime
) -> None:
    before = own_client.get("/topics/rag.rss").last_modified
    late = now + timedelta(days=3)
    old = make_draft("很久以前的一条。", topics=(RAG,), published=make_published(date(2020, 1, 1)))
    store.save(make_batch([old], name="old.md"), late)
    after = own_client.get("/topics/rag.rss").last_modified
    assert before is not None and after == late > before


def test_a_feed_holds_fifty_entries_and_two_days(store: Store, now: datetime) -> None:
    many = [
        make_draft(f"第 {n} 条", n, published=make_published(date(2024, 1, 1) + timedelta(days=n)))
        for n in range(1, 81)
    ]
    store.save(make_batch(many), now)
    client = make_client(store)
    assert len(client.get("/entries.json").get_json()["items"]) == 50
    crowd = [make_draft(f"同日第 {n} 条", n, published=make_published(date(2024, 5, 1))) for n in range(1, 131)]
    store.save(make_batch(crowd, name="crowd.md"), now)
    assert len(client.get("/entries.json").get_json()["items"]) == 130


def test_scripts_of_other_sites_may_read_feeds(client: FlaskClient) -> None:
    reply = client.options("/entries.json")
    assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert "If-None-Match" in reply.headers["Access-Control-Allow-Headers"]


# When something is wrong


def test_a_store_that_does_not_answer_is_503_and_the_process_is_well(tmp_path: Path) -> None:
    app = create_app(make_settings(DATABASE_URL=f"sqlite:///{tmp_path / 'missing.db'}"))
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    for path in ["/readyz", "/", "/entries.rss", "/api/v1/entries"]:
        reply = client.get(path)
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "30")
    assert client.get("/api/v1/entries").get_json(force=True)["code"] == "store_unavailable"
    migrate(f"sqlite:///{tmp_path / 'missing.db'}")
    assert client.get("/readyz").status_code == 200
    app.extensions["feedwright"].store.close()


def test_a_bug_is_a_500_of_the_right_kind(own_client: FlaskClient) -> None:
    app: Flask = own_client.application
    app.testing = False
    app.view_functions["api.sources"] = lambda: 1 / 0
    reply = app.test_client().get("/api/v1/sources")
    assert (reply.status_code, json.loads(reply.data)["code"]) == (500, "internal_server_error")
