"""HTTP as readers use it: validators, codings, HEAD, CORS, and that no header of a client shows in an answer."""

from __future__ import annotations

import gzip
import re
import sqlite3
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import brotli
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy import event
from werkzeug.http import http_date
from werkzeug.test import EnvironBuilder
from werkzeug.test import run_wsgi_app

from feeds.model import EntryQuery
from feeds.store import Store
from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_published
from tests.builders import make_topics
from tests.visiting import DRAFTS
from tests.visiting import FEEDS
from tests.visiting import make_client
from web.compression import choose
from web.hot import HotFeeds

DECODERS = {"identity": lambda body: body, "gzip": gzip.decompress, "br": brotli.decompress}
SUFFIXES = {"identity": "", "gzip": "-gzip", "br": "-br"}


def fill(store: Store) -> None:
    store.save(make_batch(DRAFTS, url="https://notes.example.com/5"), NOW)


@pytest.fixture(scope="module")
def client(shared_store: Store) -> FlaskClient:
    """For tests that only read."""
    fill(shared_store)
    return make_client(shared_store)


def behind(client: FlaskClient, path: str, **headers: str) -> tuple[bytes, str, list[tuple[str, str]]]:
    """What Flask answers without the layer in front."""
    hot: Any = client.application.wsgi_app
    assert isinstance(hot, HotFeeds)
    environ = EnvironBuilder(path=path, headers=headers).get_environ()
    body, status, answered = run_wsgi_app(hot._app, environ, buffered=True)
    return b"".join(body), status, list(answered)


# The matrix


def validators(case: str, etag: str, modified: datetime) -> dict[str, str]:
    def written(at: datetime) -> str:
        return at.strftime("%a, %d %b %Y %H:%M:%S GMT")

    return {
        "none": {},
        "exact": {"If-None-Match": f'"{etag}"'},
        "weak": {"If-None-Match": f'W/"{etag}"'},
        "gzip": {"If-None-Match": f'"{etag}-gzip"'},
        "weak gzip": {"If-None-Match": f'W/"{etag};gzip"'},
        "bare": {"If-None-Match": etag},
        "list": {"If-None-Match": f'"a", W/"b" , "{etag}"'},
        "star": {"If-None-Match": "*"},
        "wrong": {"If-None-Match": '"a"'},
        "prefix": {"If-None-Match": f'"{etag[:-1]}"'},
        "wrong, date equal": {"If-None-Match": '"a"', "If-Modified-Since": written(modified)},
        "exact, date earlier": {
            "If-None-Match": f'"{etag}"',
            "If-Modified-Since": written(modified - timedelta(days=1)),
        },
        "date equal": {"If-Modified-Since": written(modified)},
        "date later": {"If-Modified-Since": written(modified + timedelta(seconds=1))},
        "date earlier": {"If-Modified-Since": written(modified - timedelta(seconds=1))},
        "date garbage": {"If-Modified-Since": "yesterday"},
    }[case]


@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("none", 200),
        ("exact", 304),
        ("weak", 304),
        ("gzip", 304),
        ("weak gzip", 304),
        ("bare", 304),
        ("list", 304),
        ("star", 304),
        ("wrong", 200),
        ("prefix", 200),
        ("wrong, date equal", 200),
        ("exact, date earlier", 304),
        ("date equal", 304),
        ("date later", 304),
        ("date earlier", 200),
        ("date garbage", 200),
    ],
)
def test_conditional_requests(client: FlaskClient, path: str, method: str, case: str, status: int, coding: str) -> None:
    accepted = {"Accept-Encoding": coding}
    plain, first = client.get(path), client.get(path, headers=accepted)
    assert first.last_modified is not None
    assert first.headers["ETag"] == plain.headers["ETag"][:-1] + SUFFIXES[coding] + '"'
    assert DECODERS[coding](first.data) == plain.data
    for tag in (plain.headers["ETag"], first.headers["ETag"]):
        headers = validators(case, tag.strip('"'), first.last_modified) | accepted
        reply = client.open(path, method=method, headers=headers)
        assert reply.status_code == status
        same = ("ETag", "Last-Modified", "Cache-Control", "Vary", "Access-Control-Allow-Origin")
        assert [reply.headers[name] for name in same] == [first.headers[name] for name in same]
        assert (reply.data == b"") == (status == 304 or method == "HEAD")
        if status == 200:
            assert reply.headers["Content-Length"] == str(len(first.data))
            assert reply.headers.get("Content-Encoding", "identity") == coding
        else:
            assert not {"Content-Length", "Content-Type", "Content-Encoding"} & set(reply.headers.keys())


@pytest.mark.parametrize(
    "path", [*FEEDS, "/topics/rag.rss", "/authors/%E7%8E%8B-%E4%BA%94.atom", "/entries.rss?collapse=story"]
)
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("known", [False, True], ids=["200", "304"])
def test_the_layer_in_front_answers_as_flask_does(client: FlaskClient, path: str, coding: str, known: bool) -> None:
    headers = {"Accept-Encoding": coding} | ({"If-None-Match": "*"} if known else {})
    body, status, told = behind(client, path, **headers)
    first, hot = (client.get(path, headers=headers) for _ in range(2))
    assert (first.data, first.status) == (hot.data, hot.status) == (body, status)
    assert list(first.headers) == list(hot.headers) == told


def test_a_hot_feed_does_not_reach_flask(store: Store) -> None:
    fill(store)
    client = make_client(store)
    first = client.get("/entries.rss")
    client.application.view_functions.clear()
    assert client.get("/entries.rss").data == first.data
    head = client.head("/entries.rss")
    assert (head.data, head.headers) == (b"", first.headers)


# What a 304 costs


def test_a_304_costs_one_statement_at_most(store: Store, store_url: str) -> None:
    """Also the first one after something else changed, which the look has to find out."""
    fill(store)
    client = make_client(store)
    tag = client.get("/topics/rag.rss").headers["ETag"]
    client.get("/topics/rag.rss", headers={"If-None-Match": tag})
    statements: list[str] = []

    def listener(*told: Any) -> None:
        statements.append(told[2])

    event.listen(Engine, "before_cursor_execute", listener)
    with open_store(store_url) as other:
        other.save(make_batch([make_draft("别的话题。")], name="other.md"), NOW)
    statements.clear()
    for watcher in store._watch._idle:
        if isinstance(connection := getattr(watcher, "_connection", None), sqlite3.Connection):
            connection.set_trace_callback(lambda words: statements.append(words))
    for query in ("", "", "?utm_source=x", "?_=1&null"):  # what means nothing costs nothing either
        assert client.get(f"/topics/rag.rss{query}", headers={"If-None-Match": tag}).status_code == 304
    event.remove(Engine, "before_cursor_execute", listener)
    asked = [words for words in statements if not words.startswith("PRAGMA data_version")]
    # On PostgreSQL each look is one statement by its making, on a connection that no listener sees.
    assert len(asked) == (1 if store_url.startswith("sqlite") else 0)


@pytest.mark.parametrize("path", ["/entries.rss", "/authors/rainlin.atom", "/authors/rainlin/topics/rag.json"])
def test_the_first_304_of_a_feed_reads_nothing_either(store: Store, path: str) -> None:
    fill(store)
    client = make_client(store)
    tag = client.get(path).headers["ETag"]
    statements: list[str] = []

    def listener(*told: Any) -> None:
        statements.append(told[2])

    event.listen(Engine, "before_cursor_execute", listener)
    reply = client.get(path, headers={"If-None-Match": tag})
    event.remove(Engine, "before_cursor_execute", listener)
    assert (reply.status_code, statements) == (304, [])


def test_the_date_never_moves_back_when_the_newest_entry_is_withdrawn(store: Store) -> None:
    newest = make_draft("最新的一条。", topics=make_topics("rag"), published=make_published(date(2024, 5, 3)))
    store.save(make_batch([make_draft("旧的一条。", topics=make_topics("rag"))]), NOW)
    store.save(make_batch([newest], name="new.md"), NOW + timedelta(hours=1))
    client = make_client(store)
    before = client.get("/topics/rag.rss").last_modified
    found = store.entries(EntryQuery(topics=("rag",))).entries[0]
    store.withdraw(found.id, NOW + timedelta(hours=2))
    reply = client.get("/topics/rag.rss", headers={"If-Modified-Since": http_date(before)})
    assert reply.status_code == 200
    assert before is not None and reply.last_modified == NOW + timedelta(hours=2) > before


def test_two_changes_in_one_second_have_two_dates(store: Store) -> None:
    fill(store)
    client = make_client(store)
    before = client.get("/entries.rss").last_modified
    store.save(make_batch([make_draft("同一秒。")], name="same.md"), NOW)
    reply = client.get("/entries.rss", headers={"If-Modified-Since": http_date(before)})
    assert reply.status_code == 200


def test_no_feed_is_from_the_future(store: Store) -> None:
    store.save(make_batch(), datetime.now(UTC) + timedelta(days=30))
    client = make_client(store)
    reply = client.get("/entries.rss")
    assert reply.last_modified is None
    since = http_date(datetime.now(UTC) + timedelta(days=60))
    assert client.get("/entries.rss", headers={"If-Modified-Since": since}).status_code == 200
    assert client.get("/entries.rss", headers={"If-None-Match": reply.headers["ETag"]}).status_code == 304


# Codings


@pytest.mark.parametrize(
    ("accepted", "large", "coding"),
    [
        (None, True, "identity"),
        ("", True, "identity"),
        ("gzip, deflate, br, zstd", True, "br"),
        ("gzip, deflate", True, "gzip"),
        ("x-gzip", True, "gzip"),
        ("GZIP", True, "gzip"),
        ("gzip;q=1.0, br;q=0.5", True, "gzip"),
        ("gzip;q=0.5, br;q=0.5", True, "br"),
        ("gzip;q=0, br;q=0", True, "identity"),
        ("gzip;q=nonsense", True, "identity"),
        ("deflate, zstd", True, "identity"),
        ("*", True, "br"),
        ("*;q=0.5, br;q=0", True, "gzip"),
        ("identity", True, "identity"),
        ("identity;q=1, gzip;q=0.5", True, "identity"),
        ("identity;q=0.5, gzip", True, "gzip"),
        ("identity;q=0", True, None),
        ("*;q=0", True, None),
        ("*;q=0, identity", True, "identity"),
        ("gzip, *;q=0", True, "gzip"),
        ("gzip, *;q=0", False, "gzip"),
        ("gzip, identity;q=0", False, "gzip"),
        ("gzip, br", False, "identity"),
        (" gzip ; q=0.8 , ,", True, "gzip"),
    ],
)
def test_the_coding_that_a_client_wants(accepted: str | None, large: bool, coding: str | None) -> None:
    assert choose(accepted, large) == coding


@pytest.mark.parametrize("path", ["/entries.rss", "/entries", "/api/v1/entries"])
def test_a_client_that_refuses_every_form_is_told(client: FlaskClient, path: str) -> None:
    client.get(path)
    reply = client.get(path, headers={"Accept-Encoding": "identity;q=0"})
    assert (reply.status_code, reply.content_type) == (406, "text/plain; charset=utf-8")


@pytest.mark.parametrize("path", ["/", "/entries", "/api/v1/entries", "/documents"])
def test_pages_and_answers_of_the_api_are_compressed_too(client: FlaskClient, path: str) -> None:
    plain, coded = client.get(path), client.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(coded.data) == plain.data and len(coded.data) < len(plain.data)
    assert coded.headers["Vary"] == plain.headers["Vary"] and "Accept-Encoding" in coded.headers["Vary"]
    assert client.get(path, headers={"If-None-Match": coded.headers["ETag"]}).status_code == 304


def test_the_time_in_the_header_says_what_rss_says(client: FlaskClient) -> None:
    reply = client.get("/entries.rss")
    ttl, age = re.search(r"<ttl>(\d+)</ttl>", reply.text), re.search(r"max-age=(\d+)", reply.headers["Cache-Control"])
    assert ttl is not None and age is not None and int(ttl[1]) * 60 == int(age[1])


# What clients claim


FORGED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "ftp",
    "X-Forwarded-Port": "81",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-For": "192.0.2.1",
    "X-Original-URL": "/evil",
    "Forwarded": "host=evil.example;proto=ftp",
}
ADDRESSES = [
    "/",
    "/entries",
    *FEEDS,
    "/entries.rss?x=1",
    "/topics/rag,coding.json",
    "/authors/RainLin.rss",
    "/authors/rainlin/",
    "/topics//rag",
    "//topics/rag",
    "/authors/nobody.rss",
    "/authors",
    "/favicon.ico",
    "/documents",
    "/stories",
    "/api/v1/entries?limit=1",
    "/api/v1/entries/",
    "/api/v1/nothing",
    "/static/nothing",
    "/healthz",
]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:99", "evil.example/x", "", "a b", "[::1"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_what_a_client_claims_changes_no_byte(client: FlaskClient, path: str, host: str) -> None:
    def ask(host: str, claims: dict[str, str]) -> tuple[str, bytes, list[tuple[str, str]]]:
        environ = EnvironBuilder(headers=claims).get_environ() | {"HTTP_HOST": host}
        environ["PATH_INFO"], _, environ["QUERY_STRING"] = path.partition("?")
        body, status, headers = run_wsgi_app(client.application.wsgi_app, environ, buffered=True)
        return status, b"".join(body), [one for one in headers if one[0] != "X-Request-Id"]

    honest = ask("feeds.example.org", {})
    assert ask(host, FORGED) == honest
    location = dict(honest[2]).get("Location", "")
    assert not urlsplit(location).netloc and "evil" not in str(honest)


@pytest.mark.parametrize(("protocol", "status"), [("HTTP/1.1", 400), ("HTTP/1.0", 200)])
def test_a_request_without_a_host_is_refused_where_the_protocol_demands_one(
    client: FlaskClient, protocol: str, status: int
) -> None:
    environ = EnvironBuilder(path="/entries.rss").get_environ() | {"SERVER_PROTOCOL": protocol}
    del environ["HTTP_HOST"]
    assert run_wsgi_app(client.application.wsgi_app, environ)[1].startswith(str(status))


@pytest.mark.parametrize("agent", ["curl/8.0", "Feedly/1.0", "Miniflux/2.2", "", "python-requests/2.32"])
def test_every_client_gets_the_same_feed_without_a_cookie(client: FlaskClient, agent: str) -> None:
    reply = client.get("/entries.rss", headers={"User-Agent": agent, "Cookie": "session=x"})
    assert reply.data == client.get("/entries.rss").data and "Set-Cookie" not in reply.headers


@pytest.mark.parametrize("path", [*FEEDS, "/api/v1/entries"])
def test_scripts_of_other_sites_may_ask_conditionally(client: FlaskClient, path: str) -> None:
    asked = {"Origin": "https://reader.example", "Access-Control-Request-Headers": "if-none-match"}
    reply = client.options(path, headers=asked | {"Access-Control-Request-Method": "GET"})
    assert reply.status_code == 200 and "If-None-Match" in reply.headers["Access-Control-Allow-Headers"]
    assert client.get(path, headers=asked).headers["Access-Control-Allow-Origin"] == "*"
