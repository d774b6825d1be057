"""Lists of the API: what can be asked of them, and in which forms they come."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from feeds.model import EntryQuery
from feeds.model import Role
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store.reading import PARTS_OF_ENTRY
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_source
from tests.builders import make_topics
from web import create_app
from web.api.resources import ENTRY

API = "/api/v1"
NDJSON = {"Accept": "application/x-ndjson"}
CSV = {"Accept": "text/csv"}
ZHOU = make_person("周周", "zhou")


def drafts() -> list[Any]:
    """Two months, two authors, two topics; one entry quotes somebody and has no date."""
    first, last, next_day = (make_published(date(2024, *day)) for day in ((1, 1), (1, 31), (2, 1)))
    quoted = (make_person("Ann", "ann", Role.QUOTED),)
    return [
        make_draft("一月的第一条。", 1, topics=make_topics("rag"), published=first),
        make_draft("一月的第二条。", 2, topics=make_topics("rag", "coding"), published=last),
        make_draft("二月的一条。", 3, people=(ZHOU,), topics=make_topics("rag"), published=next_day),
        make_draft("没有日期的一条。", 4, people=(ZHOU,), quoted=quoted, published=None),
    ]


@pytest.fixture(scope="module")
def client(shared_store: Store) -> FlaskClient:
    """For tests that only read."""
    fill(shared_store)
    return make_client(shared_store)


def fill(store: Store) -> None:
    store.save(make_batch(drafts()), NOW)
    other = make_source("letters", "Letters")
    store.save(make_batch([make_draft("=cmd|' /C calc'!A0", title='=1+1,"x"\n')], name="l.md", source=other), NOW)


def make_client(store: Store) -> FlaskClient:
    app = create_app(load_settings({"PUBLIC_BASE_URL": "https://feeds.example.org"}), store)
    app.testing = True
    return app.test_client()


def get(client: FlaskClient, path: str, **headers: str) -> dict[str, Any]:
    reply = client.get(f"{API}{path}", headers=headers)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.get_json()
    return found


# Facets and counts


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 5),
        ("author=rainlin", 3),
        ("author=zhou", 2),
        ("author=ann&role=quoted", 1),
        ("author=rainlin,zhou&topic=rag", 3),
        ("topic=coding", 1),
        ("topic=rag,coding", 3),
        ("source=letters", 1),
        ("document=2024-05.md", 4),
        ("topic=robotics", 0),
        ("collapse=story", 5),
    ],
)
def test_the_count_is_that_of_the_entries(client: FlaskClient, query: str, count: int) -> None:
    found = get(client, f"/entries?include=count&{query}")
    assert found["count"] == len(found["data"]) == count


def test_facets_count_the_entries_of_the_same_filters(client: FlaskClient) -> None:
    facets = get(client, "/entries?topic=rag&facets=author,topic,source,month&limit=1")["facets"]
    assert (facets["entries"], facets["complete"]) == (3, True)
    assert [(f["slug"], f["entries"]) for f in facets["author"]] == [("rainlin", 2), ("zhou", 1)]
    assert [(f["slug"], f["name"], f["entries"]) for f in facets["topic"]] == [
        ("rag", "检索增强", 3),
        ("coding", "AI 编程", 1),
    ]
    assert facets["source"] == [{"slug": "garden", "name": "Garden notes", "entries": 3}]
    assert facets["month"] == [{"month": "2024-02", "entries": 1}, {"month": "2024-01", "entries": 2}]


def test_facets_of_everything_come_from_counters_and_agree_with_counting(store: Store) -> None:
    fill(store)
    names = ("topic", "author", "source", "month")
    counters = store.facets(EntryQuery(), names)
    counted = store.facets(EntryQuery(authors=("rainlin", "zhou")), names)
    assert counters == counted
    assert [(c.key, c.entries) for c in counters.counts["month"]] == [("2024-05", 1), ("2024-02", 1), ("2024-01", 2)]


def test_no_facets_and_no_count_unless_asked_for(client: FlaskClient) -> None:
    assert list(get(client, "/entries?limit=1")) == ["data", "next"]


# Fields


@pytest.mark.parametrize("key", ENTRY)
def test_a_key_asked_for_alone_is_what_it_is_among_all(client: FlaskClient, key: str) -> None:
    whole, part = get(client, "/entries")["data"], get(client, f"/entries?fields={key}")["data"]
    assert part == [{"id": entry["id"], key: entry[key]} for entry in whole]


def test_what_is_not_asked_for_is_not_read(store: Store) -> None:
    fill(store)
    for found in store.entries(EntryQuery(), PARTS_OF_ENTRY).entries:
        assert not (found.content_html or found.content_text or found.people or found.topics or found.relations)
        assert found.id and found.published


@pytest.mark.parametrize("path", ["/authors", "/topics", "/sources", "/documents", "/stories", "/changes"])
def test_every_list_takes_fields(client: FlaskClient, path: str) -> None:
    name = "entry" if path == "/changes" else None
    for item in get(client, f"{path}?fields=url")["data"]:
        assert len(item if name is None else item[name]) == 2


def test_one_entry_takes_fields_and_what_else_to_tell(client: FlaskClient) -> None:
    entry_id = get(client, "/entries?topic=coding&fields=id")["data"][0]["id"]
    found = get(client, f"/entries/{entry_id}?fields=title&include=revisions,stories,near_topics")
    assert list(found) == ["id", "title", "revisions", "stories", "near_topics"]
    assert [revision["content_text"] for revision in found["revisions"]] == ["一月的第二条。"]


@pytest.mark.parametrize(
    ("beginning", "slugs"), [("ra", ["rag", "rainlin"]), ("周", ["zhou"]), ("检索", ["rag"]), ("", []), ("nobody", [])]
)
def test_topics_and_authors_are_suggested_by_how_they_begin(
    client: FlaskClient, beginning: str, slugs: list[str]
) -> None:
    found = client.get(f"{API}/suggestions", query_string={"q": beginning}).get_json()["data"]
    assert [one["slug"] for one in found] == slugs


# Cursors


@pytest.mark.parametrize(
    "other",
    ["/entries?topic=rag", "/entries?role=any", "/authors", "/topics", "/documents", "/stories", "/sources"],
)
def test_a_cursor_of_another_list_or_filter_is_refused(client: FlaskClient, other: str) -> None:
    cursor = get(client, "/entries?limit=1")["next"].rpartition("cursor=")[2]
    reply = client.get(f"{API}{other}{'&' if '?' in other else '?'}cursor={cursor}")
    assert (reply.status_code, json.loads(reply.data)["parameter"]) == (400, "cursor")


def test_a_cursor_goes_on_whatever_form_and_fields_are_asked_for(client: FlaskClient) -> None:
    whole = [entry["id"] for entry in get(client, "/entries")["data"]]
    cursor = get(client, "/entries?limit=2")["next"].rpartition("cursor=")[2]
    page = get(client, f"/entries?limit=100&fields=id&facets=topic&include=count&cursor={cursor}")
    lines = client.get(f"{API}/entries?fields=id&cursor={cursor}", headers=NDJSON).text.splitlines()
    assert [entry["id"] for entry in page["data"]] == whole[2:] == [json.loads(line)["id"] for line in lines]


def test_an_alias_of_a_filter_is_the_same_filter(client: FlaskClient) -> None:
    cursor = get(client, "/entries?limit=1&author=rainlin")["next"].rpartition("cursor=")[2]
    assert len(get(client, f"/entries?author=@rainlin&cursor={cursor}")["data"]) == 2


# Forms


@pytest.mark.parametrize("path", ["/entries", "/authors", "/topics", "/sources", "/documents", "/stories"])
def test_every_list_comes_a_thing_a_line(client: FlaskClient, path: str) -> None:
    reply = client.get(f"{API}{path}", headers=NDJSON)
    assert reply.content_type == "application/x-ndjson; charset=utf-8"
    assert [json.loads(line) for line in reply.text.splitlines()] == get(client, f"{path}?limit=100")["data"]


def test_a_stream_has_no_end_but_the_last_entry(store: Store) -> None:
    many = [make_draft(f"第 {n} 条", n, published=make_published(date(2024, 1, 1))) for n in range(1, 1101)]
    store.save(make_batch(many), NOW)
    client = make_client(store)
    lines = client.get(f"{API}/entries?fields=id", headers=NDJSON).text.splitlines()
    assert len({json.loads(line)["id"] for line in lines}) == len(lines) == 1100
    assert len(client.get(f"{API}/entries?fields=id&limit=7", headers=NDJSON).text.splitlines()) == 7


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("application/x-ndjson", "application/x-ndjson"),
        ("application/jsonl", "application/x-ndjson"),
        ("text/csv, application/json;q=0.9", "text/csv"),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("image/png", "application/json"),
    ],
)
def test_the_form_is_the_one_liked_best(client: FlaskClient, accept: str, media_type: str) -> None:
    reply = client.get(f"{API}/entries", headers={"Accept": accept})
    assert reply.mimetype == media_type
    assert "Accept" in reply.headers["Vary"].split(", ")


def test_a_table_is_csv_that_no_spreadsheet_runs(client: FlaskClient) -> None:
    reply = client.get(f"{API}/entries?source=letters&fields=title,content_text,authors,revision", headers=CSV)
    rows = list(csv.DictReader(io.StringIO(reply.text, newline="")))
    assert reply.content_type == "text/csv; charset=utf-8"
    assert list(rows[0]) == ["id", "title", "content_text", "authors", "revision"]
    assert rows[0]["title"] == '\'=1+1,"x"\n'
    assert rows[0]["content_text"] == "'=cmd|' /C calc'!A0"
    assert (rows[0]["authors"], rows[0]["revision"]) == ("rainlin", "1")


def test_an_empty_table_has_its_names(client: FlaskClient) -> None:
    assert client.get(f"{API}/entries?topic=robotics&format=csv&fields=url").text == "id,url\r\n"


def test_what_cannot_be_streamed_is_told_before_the_stream_begins(client: FlaskClient) -> None:
    reply = client.get(f"{API}/entries?cursor=AAAAAAAAAAAAAAAA", headers=NDJSON)
    assert (reply.status_code, reply.mimetype) == (400, "application/problem+json")


# What cannot be answered


@pytest.mark.parametrize(
    ("query", "parameter", "allowed"),
    [
        ("fields=id,nme", "fields", "title"),
        ("fields=", "fields", None),
        ("facets=year", "facets", "month"),
        ("include=total", "include", "count"),
        ("format=xml", "format", "ndjson"),
        ("document=%00", "document", None),
        ("document=" + "a" * 256, "document", None),
        ("author=" + ",".join("a" * 21), "author", None),
        ("topic=a%0Ab", "topic", None),
    ],
)
def test_bad_values_are_told_with_what_is_allowed(
    client: FlaskClient, query: str, parameter: str, allowed: str | None
) -> None:
    reply = client.get(f"{API}/entries?{query}")
    problem = json.loads(reply.data)
    assert (reply.status_code, problem["code"], problem["parameter"]) == (400, "invalid_parameter", parameter)
    assert allowed is None or allowed in problem["allowed"]


@pytest.mark.parametrize("path", ["/authors/%00", "/documents/a%01", "/entries/x", "/stories/%0A", "/topics/no-such"])
def test_paths_that_lead_nowhere_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"{API}{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "location"),
    [("/authors/@rainlin", "/authors/rainlin"), ("/topics/RAG", "/topics/rag"), ("/sources/Garden", "/sources/garden")],
)
def test_other_names_lead_to_the_one(client: FlaskClient, path: str, location: str) -> None:
    reply = client.get(f"{API}{path}")
    assert (reply.status_code, reply.headers["Location"]) == (301, f"{API}{location}")
    assert get(client, location)["slug"] == location.rpartition("/")[2]


def test_a_document_is_found_by_name_and_by_id(client: FlaskClient) -> None:
    found = get(client, "/documents/2024-05.md")
    assert get(client, f"/documents/{found['id']}") == found


@pytest.mark.parametrize("path", ["/entries?facets=month", "/authors", "/documents/l.md", "/openapi.json", "/changes"])
def test_lists_and_things_are_asked_for_again_by_their_tag(client: FlaskClient, path: str) -> None:
    first = client.get(f"{API}{path}")
    again = client.get(f"{API}{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
