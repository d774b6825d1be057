"""Archive documents (RFC 5005): walking them gives each entry once, whatever the months look like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds import archives
from feeds.archives import SETTLED
from feeds.archives import Part
from feeds.archives import fill
from feeds.archives import is_closed
from feeds.archives import month_of
from feeds.archives import read_part
from feeds.errors import NotFoundError
from feeds.listing import MOST_BYTES
from feeds.listing import MOST_ENTRIES
from feeds.model import Draft
from feeds.model import Entry
from feeds.store import Store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_instant
from tests.builders import make_topics
from tests.test_formats import make_entry
from tests.visiting import make_client

BASE = "https://feeds.example.org"
MARCH = datetime(2024, 3, 1, tzinfo=UTC)


def make_dated(number: int, at: datetime, text: str = "", **fields: object) -> Draft:
    return make_draft(f"第 {number} 条。{text}", number, published=make_instant(at), **fields)


def save(store: Store, drafts: list[Draft], name: str = "a.md") -> FlaskClient:
    for first in range(0, len(drafts), 500):
        store.save(make_batch(drafts[first : first + 500], name=f"{first}-{name}"), NOW)
    return make_client(store)


def link(text: str, rel: str) -> str | None:
    found = re.search(rf'<(?:atom:)?link href="{BASE}([^"]+)" rel="{rel}"', text)
    return found[1] if found else None


def walk(client: FlaskClient, path: str, rel: str = "prev-archive") -> Iterator[tuple[str, str]]:
    """Address and text of the documents behind the one at `path`."""
    following = link(client.get(path).text, rel)
    while following:
        reply = client.get(following)
        assert reply.status_code == 200, following
        yield following, reply.text
        following = link(reply.text, rel)


def ids(text: str) -> list[str]:
    return re.findall(r"<guid[^>]*>([^<]+)</guid>", text) or re.findall(r"<entry[^>]*><id>([^<]+)</id>", text)


def all_ids(client: FlaskClient, path: str) -> list[str]:
    """Of every entry of a listing, along the pages of its JSON Feed."""
    found, following = [], f"{path}.json"
    while following:
        feed = client.get(following).get_json()
        found += [item["id"] for item in feed["items"]]
        following = feed.get("next_url", "").removeprefix(BASE)
    return found


SMALL = [make_dated(n, MARCH + timedelta(days=9 * n), topics=make_topics("rag") if n % 3 else ()) for n in range(1, 60)]
CROWDED_MONTH = [make_dated(n, MARCH + timedelta(minutes=61 * n)) for n in range(1, 421)]
CROWDED_DAY = [make_dated(n, MARCH + timedelta(days=4, seconds=n)) for n in range(1, 261)] + [
    make_dated(500, MARCH + timedelta(days=2)),
    make_dated(501, MARCH - timedelta(days=40)),
]
LARGE = [make_dated(n, MARCH + timedelta(hours=30 * n), "长" * 70_000) for n in range(1, 13)]


@pytest.mark.parametrize("suffix", [".rss", ".atom"])
@pytest.mark.parametrize(
    ("drafts", "path"),
    [
        pytest.param(SMALL, "/entries", id="months with gaps between them"),
        pytest.param(SMALL, "/topics/rag", id="a topic"),
        pytest.param(SMALL, "/authors/rainlin/topics/rag", id="an author in a topic"),
        pytest.param(CROWDED_MONTH, "/authors/rainlin", id="a month of four hundred"),
        pytest.param(CROWDED_DAY, "/entries", id="a day of hundreds"),
        pytest.param(LARGE, "/sources/garden", id="texts of two hundred kilobytes"),
    ],
)
def test_walking_the_archive_gives_each_entry_once(store: Store, drafts: list[Draft], path: str, suffix: str) -> None:
    client = save(store, drafts)
    documents = list(walk(client, path + suffix))
    walked = [entry for _, text in documents for entry in ids(text)]
    assert walked == all_ids(client, path)
    assert len(walked) == len(set(walked)) >= 12
    assert all(len(text.encode()) <= MOST_BYTES and len(ids(text)) <= MOST_ENTRIES for _, text in documents)


def test_every_document_leads_to_its_neighbours_and_to_the_feed(store: Store) -> None:
    client = save(store, CROWDED_MONTH + [make_dated(800, MARCH - timedelta(days=70))])
    there = [path for path, _ in walk(client, "/entries.atom")]
    assert there[0] == "/entries/archive/2024-03.atom" and there[-1] == "/entries/archive/2023-12.atom"
    back = [path for path, _ in walk(client, there[-1], "next-archive")]
    assert back == there[-2::-1]
    for path in there:
        text = client.get(path).text
        assert link(text, "current") == "/entries.atom" and link(text, "self") == path
        assert text.count("<fh:archive") == 1 and link(text, "hub") is None


def test_all_documents_of_a_feed_have_its_id(store: Store) -> None:
    client = save(store, SMALL)
    found = {re.search("<id>([^<]+)</id>", text)[1] for _, text in walk(client, "/entries.atom")}  # type: ignore[index]
    assert found == {re.search("<id>([^<]+)</id>", client.get("/entries.atom").text)[1]}  # type: ignore[index]


def test_a_document_does_not_change_when_newer_entries_come(store: Store) -> None:
    client = save(store, CROWDED_MONTH)
    before = {path: client.get(path).headers["ETag"] for path, _ in walk(client, "/entries.rss")}
    later = [make_dated(n, MARCH + timedelta(days=70 + n)) for n in range(3)]
    store.save(make_batch(later, name="later.md"), NOW + timedelta(days=100))
    after = {path: ids(text) for path, text in walk(client, "/entries.rss")}
    assert [path for path in before if path not in after] == []
    assert sum(client.get(path).headers["ETag"] != before[path] for path in before) == 1  # the link to the newer one


def test_what_is_closed_is_kept_for_ever_and_an_open_month_is_not(store: Store) -> None:
    client = save(store, [make_dated(1, MARCH), make_dated(2, MARCH + timedelta(days=31))])
    store.save(make_batch([make_dated(3, NOW + SETTLED)], name="b.md"), NOW + SETTLED + timedelta(days=1))
    closed, open_ = (client.get(f"/entries/archive/2024-{month}.rss") for month in ("03", "06"))
    assert "max-age=31536000" in closed.headers["Cache-Control"] and "immutable" in closed.headers["Cache-Control"]
    assert "s-maxage=86400" in closed.headers["Cache-Control"]
    assert open_.headers["Cache-Control"].startswith("public, max-age=300,")
    again = client.get("/entries/archive/2024-03.rss", headers={"If-None-Match": closed.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, closed.headers["Cache-Control"])


def test_the_newest_document_is_never_closed_since_it_will_link_to_the_next(store: Store) -> None:
    client = save(store, [make_dated(1, MARCH, topics=make_topics("rag"))])
    store.save(make_batch([make_dated(2, NOW + SETTLED)], name="b.md"), NOW + SETTLED + timedelta(days=1))
    path = "/topics/rag/archive/2024-03.atom"
    alone = client.get(path)
    assert "immutable" not in alone.headers["Cache-Control"]
    later = make_dated(3, NOW, topics=make_topics("rag"))
    store.save(make_batch([later], name="c.md"), NOW + SETTLED + timedelta(days=2))
    followed = client.get(path)
    assert link(followed.text, "next-archive") and followed.headers["ETag"] != alone.headers["ETag"]
    assert "immutable" in followed.headers["Cache-Control"]


def test_an_edit_opens_a_document_again() -> None:
    entry = make_entry(1, updated=MARCH, first_seen=MARCH)
    part = month_of(entry.published.at)
    assert is_closed(part, [entry], part.end + SETTLED)
    assert not is_closed(part, [entry], part.end + SETTLED - timedelta(seconds=1))
    edited = replace(entry, updated=part.end + timedelta(days=100))
    assert not is_closed(part, [edited], part.end + timedelta(days=101))


@pytest.mark.parametrize(
    "path",
    [
        "/entries/archive/2019-01.rss",
        "/entries/archive/2024-13.rss",
        "/entries/archive/2024-02-30.rss",
        "/entries/archive/2024-03-05-2.rss",
        "/entries/archive/2024-03-05-1.rss",
        "/entries/archive/x.atom",
        "/entries/archive/2020-01",
        "/entries/archive/2024-03.json",
        "/authors/nobody/archive/2024-03.rss",
    ],
)
def test_an_archive_that_is_not_there_is_not_found(store: Store, path: str) -> None:
    assert save(store, SMALL).get(path).status_code == 404


def test_variants_have_archives_of_their_own(store: Store) -> None:
    client = save(store, SMALL)
    paths = [path for path, _ in walk(client, "/topics/rag.zh-Hant.rss?mode=summary&x=1")]
    assert paths[0].endswith(".zh-Hant.rss?mode=summary") and len(paths) > 5
    assert "content:encoded>" not in client.get(paths[0]).text


def test_an_empty_listing_has_no_archive(store: Store) -> None:
    assert link(save(store, SMALL).get("/topics/robotics.rss").text, "prev-archive") is None


@pytest.mark.parametrize("name", ["2024-03", "2024-12", "2024-03-17", "2024-02-29", "2024-03-17-2", "2024-03-17-40"])
def test_a_name_reads_back(name: str) -> None:
    assert read_part(name).name == name


@pytest.mark.parametrize("name", ["2024-3", "2024-00", "2023-02-29", "2024-03-17-0", "2024-03-2", "24-03", "2024-03\n"])
def test_no_other_name_is_one(name: str) -> None:
    with pytest.raises(NotFoundError):
        read_part(name)


def test_a_year_ends_with_december() -> None:
    assert read_part("2023-12").end == datetime(2024, 1, 1, tzinfo=UTC)
    assert read_part("2024-02-29").end == MARCH


def make_many(minutes: list[int], size: int) -> list[Entry]:
    ats = [MARCH + timedelta(minutes=minute) for minute in sorted(minutes, reverse=True)]
    return [
        make_entry(n, content_html="x" * size, published=replace(make_entry().published, at=at, date=date(2024, 3, 1)))
        for n, at in enumerate(ats)
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 44_639), max_size=40), st.sampled_from([100, 90_000, 400_000]))
def test_the_documents_of_any_month_hold_all_of_it_once(minutes: list[int], size: int) -> None:
    entries = make_many(minutes, size)
    part: Part | None = Part(2024, 3)
    walked: list[Entry] = []
    while part is not None:
        behind = [entry for entry in entries if entry.published.at < part.end and entry not in walked]
        filled = fill(part, behind)
        walked += filled.entries
        part = filled.rest
    assert walked == entries
    assert archives.month_of(MARCH) == Part(2024, 3)
