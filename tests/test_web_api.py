from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from feeds.store import Store
from tests.builders import NOW
from tests.visiting import BASE
from tests.visiting import fill
from tests.visiting import find
from tests.visiting import get_data
from tests.visiting import ids
from tests.visiting import make_client
from tests.visiting import page_of


@pytest.fixture(scope="module")
def client(shared_store: Store) -> FlaskClient:
    """For tests that only read."""
    return fill(shared_store, NOW)


def test_an_entry_has_exactly_the_keys_promised(client: FlaskClient) -> None:
    entry = find(client, "切分")
    assert list(entry) == [
        "id",
        "url",
        "title",
        "display_title",
        "summary",
        "content_html",
        "content_text",
        "language",
        "published",
        "published_date",
        "published_precision",
        "published_basis",
        "updated",
        "first_seen",
        "authors",
        "quoted",
        "source",
        "document",
        "topics",
        "links",
        "media",
        "relations",
        "revision",
    ]
    assert entry["published"] == "2024-04-30T16:00:00Z"
    assert (entry["published_date"], entry["published_precision"], entry["published_basis"]) == (
        "2024-05-01",
        "day",
        "stated",
    )
    assert entry["authors"][1] == {"slug": "李译", "name": "李译", "handle": None, "role": "translator", "url": None}
    assert entry["quoted"] == [
        {"slug": "ann_ex", "name": "Ann Example", "handle": "ann_ex", "url": "https://x.example/ann/1"}
    ]
    assert entry["links"][1] == {"rel": "project", "url": "https://code.example.com/x", "title": None}
    assert entry["document"]["name"] == "2024-05.md" and entry["document"]["position"] == 1
    evidence = [{"rule": "检索", "words": "检索增强", "place": "title"}]
    why = "In 检索增强: “检索增强” in the title (检索). Together that counts 2.0."
    assert entry["topics"] == [{"slug": "rag", "name": "检索增强", "score": 2.0, "evidence": evidence, "why": why}]


def test_an_undated_entry_says_so(client: FlaskClient) -> None:
    entry = find(client, "small tool")
    assert (entry["published"], entry["published_date"]) == (entry["first_seen"], None)
    assert (entry["published_precision"], entry["published_basis"]) == ("unknown", "first_seen")


def test_relations_lead_to_the_other_entry(client: FlaskClient) -> None:
    quoting, quoted = find(client, "small tool"), find(client, "代码助手")
    other = {"entry": quoted["id"], "url": BASE + page_of(quoted)}
    assert quoting["relations"] == [{"kind": "quotes", **other}, {"kind": "same_story", **other}]


def test_one_entry_is_found_by_its_id_and_by_the_uuid_in_it(client: FlaskClient) -> None:
    entry = find(client, "切分")
    for words in (
        entry["id"],
        entry["id"].removeprefix("urn:uuid:"),
        entry["id"].upper().replace("URN:UUID", "urn:uuid"),
    ):
        assert client.get(f"/api/v1/entries/{words}").get_json() == entry


def test_chinese_is_not_escaped(client: FlaskClient) -> None:
    assert "检索增强" in client.get("/api/v1/entries").text


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("?author=rainlin", 2),
        ("?author=@rainlin", 2),
        ("?author=林小雨,王-五", 3),
        ("?author=ann_ex", 0),
        ("?author=ann_ex&role=quoted", 1),
        ("?author=ann_ex&role=any", 1),
        ("?topic=rag", 1),
        ("?topic=rag,coding", 2),
        ("?topic=robotics", 0),
        ("?author=rainlin&topic=coding", 1),
        ("?source=garden", 3),
        ("?document=2024-05.md", 3),
        ("?document=other.md", 0),
        ("?document=2024-05.md&author=rainlin&topic=rag", 1),
    ],
)
def test_entries_are_filtered(client: FlaskClient, query: str, number: int) -> None:
    assert len(ids(client, query)) == number


@pytest.mark.parametrize("name", ["entries", "authors", "topics", "sources", "documents"])
def test_lists_are_walked_to_the_end_each_thing_once(client: FlaskClient, name: str) -> None:
    whole = get_data(client, f"/api/v1/{name}?limit=100")
    path, seen = f"/api/v1/{name}?limit=1", []
    while path:
        reply = client.get(path)
        body = reply.get_json()
        seen += body["data"]
        path = body["next"]
        assert (path is None) == ("Link" not in reply.headers)
        assert path is None or path.startswith(f"/api/v1/{name}?limit=1&cursor=")
    assert seen == whole


@pytest.mark.parametrize(
    ("path", "code", "parameter", "allowed"),
    [
        ("/api/v1/entries?autor=x", "unknown_parameter", "autor", "author"),
        ("/api/v1/authors?author=x", "unknown_parameter", "author", "limit"),
        ("/api/v1/entries/x?feilds=id", "unknown_parameter", "feilds", None),
        ("/api/v1/entries?limit=0", "invalid_parameter", "limit", "1 to 100"),
        ("/api/v1/entries?document=", "invalid_parameter", "document", None),
        ("/api/v1/entries?limit=101", "invalid_parameter", "limit", "1 to 100"),
        ("/api/v1/entries?limit=", "invalid_parameter", "limit", "1 to 100"),
        ("/api/v1/entries?limit=ten", "invalid_parameter", "limit", "1 to 100"),
        ("/api/v1/entries?limit=1&limit=2", "invalid_parameter", "limit", None),
        ("/api/v1/entries?cursor=nonsense", "invalid_parameter", "cursor", None),
        ("/api/v1/authors?cursor=%FF", "invalid_parameter", "cursor", None),
        ("/api/v1/authors?cursor=a", "invalid_parameter", "cursor", None),
        ("/api/v1/entries?role=writer", "invalid_parameter", "role", "byline"),
        ("/api/v1/entries?topic=rga", "invalid_parameter", "topic", "rag"),
        ("/api/v1/entries?topic=zzzzzz", "invalid_parameter", "topic", "robotics"),
        ("/api/v1/entries?author=rainlim", "invalid_parameter", "author", "rainlin"),
        ("/api/v1/entries?author=", "invalid_parameter", "author", None),
        ("/api/v1/entries?source=x", "invalid_parameter", "source", "garden"),
        ("/api/v1/entries?source=garden,x", "invalid_parameter", "source", None),
    ],
)
def test_a_parameter_that_cannot_be_answered_is_told_with_what_is_allowed(
    client: FlaskClient, path: str, code: str, parameter: str, allowed: str | None
) -> None:
    reply = client.get(path)
    problem = json.loads(reply.data)
    assert (reply.status_code, reply.content_type) == (400, "application/problem+json")
    assert (problem["status"], problem["code"], problem["parameter"]) == (400, code, parameter)
    assert allowed is None or allowed in problem["allowed"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/entries/nothing", 404, "not_found"),
        ("GET", "/api/v1/entries/00000000-0000-5000-8000-000000000000", 404, "not_found"),
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/v2/entries", 404, "not_found"),
        ("POST", "/api/v1/entries", 405, "method_not_allowed"),
    ],
)
def test_other_errors_of_the_api_are_problems_too(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    reply = client.open(path, method=method)
    problem = json.loads(reply.data)
    assert (reply.status_code, reply.content_type) == (status, "application/problem+json")
    assert (problem["type"], problem["status"], problem["code"]) == ("about:blank", status, code)
    assert status != 405 or "GET" in reply.headers["Allow"]


def test_the_api_answers_304_and_repeats_the_id_of_the_request(client: FlaskClient) -> None:
    first = client.get("/api/v1/entries", headers={"X-Request-Id": "abc-1"})
    again = client.get("/api/v1/entries", headers={"If-None-Match": first.headers["ETag"], "X-Request-Id": "<b>"})
    assert (first.headers["X-Request-Id"], first.headers["Access-Control-Allow-Origin"]) == ("abc-1", "*")
    assert (again.status_code, again.data) == (304, b"")
    assert re.fullmatch("[0-9a-f]{32}", again.headers["X-Request-Id"])


def test_authors_topics_sources_and_documents_are_listed(client: FlaskClient) -> None:
    author = next(found for found in get_data(client, "/api/v1/authors") if found["slug"] == "rainlin")
    assert (author["name"], author["entries"], author["url"]) == ("林小雨", 2, f"{BASE}/authors/rainlin")
    topics = {found["slug"]: found for found in get_data(client, "/api/v1/topics?limit=100")}
    assert (topics["rag"]["name_en"], topics["rag"]["entries"], topics["robotics"]["newest"]) == ("RAG", 1, None)
    assert get_data(client, "/api/v1/sources")[0]["zone"] == "Asia/Shanghai"
    document = get_data(client, "/api/v1/documents")[0]
    assert document["skipped"][0] == {"reason": "empty slot", "line": 90, "words": "### 9"}
    assert document["problems"] == [{"message": "2024-02-30 is no date", "line": 44}]


def test_names_of_topics_follow_the_language_of_the_site(store: Store) -> None:
    topics = get_data(make_client(store, SITE_LANGUAGE="en"), "/api/v1/topics?limit=100")
    assert "Robotics" in [topic["name"] for topic in topics]
