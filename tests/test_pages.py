"""Pages for people: what stands on them beside the entries, and how large they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from feeds.model import EntryQuery
from feeds.model import Problem
from feeds.store import Store
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_info
from tests.builders import make_person
from tests.builders import make_published
from tests.site import ARTICLE
from tests.site import PICTURE
from tests.site import drafts
from tests.site import fill
from tests.site import make_client
from tests.site import stocked
from web import sitemap

BASE = "https://feeds.example.org"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with stocked(tmp_path_factory.mktemp("pages")) as store:
        yield store


@pytest.fixture(scope="module")
def client(library: Store) -> FlaskClient:
    return make_client(library)


def path_of(store: Store, words: str) -> str:
    entries = store.entries(EntryQuery(limit=100)).entries
    return next(f"/entries/{e.id.removeprefix('urn:uuid:')}" for e in entries if words in e.content_text)


# Subscribing


@pytest.mark.parametrize("path", ["/entries", "/authors/writer1", "/topics/rag", "/sources/garden"])
def test_every_listing_offers_its_feeds_its_address_and_readers(client: FlaskClient, path: str) -> None:
    text = client.get(path).text
    for suffix in (".rss", ".atom", ".json"):
        assert f'href="{path}{suffix}"' in text
    assert f'readonly value="{BASE}{path}.rss"' in text
    feed = f"{BASE}{path}.rss".replace(":", "%3A").replace("/", "%2F")
    for address in (f"feedly.com/i/subscription/feed%2F{feed}", f"inoreader.com/?add_feed={feed}"):
        assert address in text


def test_a_page_shown_in_a_language_offers_the_feeds_that_are_the_same_for_all(client: FlaskClient) -> None:
    assert 'href="/topics/rag.rss"' in client.get("/zh/topics/rag").text


# An entry


def test_people_stand_by_role(client: FlaskClient, library: Store) -> None:
    text = client.get(path_of(library, "切分")).text
    found = re.findall(r"<dt>([a-z]+)</dt>\n<dd>.*?<bdi>(.*?)</bdi>", text)
    assert found == [("author", "林小雨"), ("translator", "李译"), ("interviewee", "王问"), ("quoted", "Ann Example")]


def test_an_entry_leads_to_the_ones_before_and_after_it_of_its_author(client: FlaskClient, library: Store) -> None:
    """Writer 1 wrote in the weeks 1, 11 and 21 before May."""
    text = client.get(path_of(library, "第 11 周")).text
    assert f'rel="prev" href="{path_of(library, "第 21 周")}"' in text
    assert f'rel="next" href="{path_of(library, "第 1 周")}"' in text
    assert 'rel="next"' not in client.get(path_of(library, "第 1 周")).text
    assert 'rel="prev"' not in client.get(path_of(library, "第 21 周")).text


def test_neighbours_of_one_moment_are_told_apart(store: Store, now: datetime) -> None:
    store.save(make_batch([make_draft(f"同一天的第 {n} 条", n) for n in range(1, 6)]), now)
    newest_first = [entry.id for entry in store.entries(EntryQuery()).entries]
    for index, id in enumerate(newest_first):
        beside = store.neighbours(id, "rainlin")
        assert (beside.newer and beside.newer.id) == (newest_first[index - 1] if index else None)
        assert (beside.older and beside.older.id) == (newest_first[index + 1] if index < 4 else None)
    assert store.neighbours(newest_first[2], "nobody") == store.neighbours("urn:uuid:none", "rainlin")


def test_machines_read_who_what_and_when(client: FlaskClient, library: Store) -> None:
    text = client.get(path_of(library, "切分")).text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)
    assert found is not None and "<" not in found[1]
    data = json.loads(found[1])
    assert (data["@type"], data["headline"]) == ("Article", ARTICLE.title)
    assert (data["datePublished"], data["inLanguage"]) == ("2024-05-01", "zh-Hans")
    assert [who["name"] for who in data["author"]] == ["林小雨"]
    assert [who["name"] for who in data["translator"]] == ["李译"]
    assert [who["name"] for who in data["contributor"]] == ["王问"]
    assert data["translationOfWork"]["url"] == "https://blog.example.com/rag"
    properties = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', text))
    assert properties["og:title"] == "检索增强 &lt;三种&gt; 办法 &amp; 教训"
    assert properties["og:url"] == BASE + path_of(library, "切分")
    assert properties["article:published_time"] == "2024-05-01"
    assert properties["og:locale"] == "zh_CN"


def test_a_post_without_a_date_claims_none(store: Store, now: datetime) -> None:
    store.save(make_batch([make_draft("不知何时写的一条。", published=None)]), now)
    text = make_client(store).get(path_of(store, "不知何时")).text
    assert "datePublished" not in text and "published_time" not in text
    assert "SocialMediaPosting" in text


def test_why_a_topic_is_said_in_the_language_of_the_page(client: FlaskClient, library: Store) -> None:
    path = path_of(library, "切分")
    assert "“检索增强” in the title (检索); “向量库” further down (向量库)" in client.get(f"/en{path}").text
    assert "“检索增强” 在标题中 (检索); “向量库” 在正文中 (向量库)" in client.get(f"/zh{path}").text


def test_pictures_wait_and_tell_nobody_where_they_are_shown(client: FlaskClient, library: Store) -> None:
    reply = client.get(path_of(library, "切分"))
    assert 'loading="lazy"' in reply.text
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert PICTURE.replace("&", "&amp;") in reply.text


# Overviews


def test_all_authors_stand_on_pages_of_bounded_size(store: Store, now: datetime) -> None:
    people = [make_draft(f"第 {n} 位写的话。", n, people=(make_person(f"人{n}", f"p{n}"),)) for n in range(1, 451)]
    store.save(make_batch(people), now)
    client = make_client(store)
    first, second = client.get("/authors"), client.get("/authors?page=2")
    names = re.findall(r"<bdi>(人\d+)</bdi>", first.text + second.text)
    assert (len(names), len(set(names))) == (450, 450)
    assert max(len(first.data), len(second.data)) < 100_000
    assert "Page 2 of 2" in second.text and "450 authors" in first.text
    assert [client.get(f"/authors?page={words}").status_code for words in ("0", "3", "x", "１")] == [400] * 4


def test_all_topics_have_a_row_with_counts_and_a_plot_where_there_is_anything(client: FlaskClient) -> None:
    text = client.get("/topics").text
    rows = re.findall(r'<tr>\n<th scope="row"><a href="/topics/([^"]+)">.*?</tr>', text, re.DOTALL)
    assert {"rag", "coding", "robotics"} <= set(rows)
    coding = text[text.index('"/topics/coding"') :].partition("</tr>")[0]
    assert re.search(r'<td class="number">20</td>', coding)
    assert 'aria-label="17 entries in half a year"' in coding
    robotics = text[text.index('"/topics/robotics"') :].partition("</tr>")[0]
    assert "<svg" not in robotics


def test_sources_tell_how_they_fare(store: Store, now: datetime) -> None:
    fill(store, now)
    store.save(make_batch(name="other.md", problems=[Problem("2024-02-30 is no date", 4)]), now + timedelta(hours=1))
    store.record_failure(make_info("broken.md"), Problem("is binary"), now)
    text = make_client(store).get("/sources").text
    for words in ["<strong>2</strong> documents", "<strong>1</strong> problem", "last read 2024-05-20 09:30 UTC"]:
        assert words in text
    assert "broken.md</strong> is binary" in text


def test_listing_pages_are_small(library: Store, client: FlaskClient) -> None:
    for path in ["/", "/entries", "/topics/coding", "/authors", "/topics", "/sources", "/documents", "/stories"]:
        assert len(client.get(path).data) < 100_000
        assert client.get(path).text.count('rel="stylesheet"') == 1


def test_an_archive_page_of_as_many_chinese_posts_as_there_can_be_is_small(store: Store, now: datetime) -> None:
    many = make_published(date(2024, 3, 5))
    posts = [make_draft(f"第 {n} 条。" + "切分决定检索的好坏，" * 30, n, published=many) for n in range(1, 201)]
    store.save(make_batch(posts), now)
    page = make_client(store).get("/entries/archive/2024-03")
    assert page.text.count("<article") == 200 and "切分决定检索" in page.text
    assert len(page.data) < 100_000


# Errors


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_error_page_has_a_way_on(store: Store, now: datetime, language: str) -> None:
    fill(store, now)
    gone = path_of(store, "第 3 周")
    store.withdraw(f"urn:uuid:{gone.rpartition('/')[2]}", now)
    client = make_client(store, language)
    for path, status in [("/authors/writer", 404), (gone, 410), ("/entries?cursor=x", 400)]:
        reply = client.get(path)
        assert reply.status_code == status
        for way in ('action="/search"', 'href="/topics"', 'href="/authors"', 'href="/entries"', 'content="noindex"'):
            assert way in reply.text
    assert 'href="/authors/writer' in client.get("/authors/writer").text


def test_a_bug_has_a_page_with_a_way_on(store: Store) -> None:
    client = make_client(store)
    client.application.testing = False
    client.application.view_functions["overviews.about"] = lambda: 1 / 0
    reply = client.get("/about")
    assert reply.status_code == 500
    assert "Something broke here" in reply.text and 'href="/topics"' in reply.text


# Machines that look for pages


def test_the_site_map_leads_to_every_entry_and_listing(client: FlaskClient, library: Store) -> None:
    index = ElementTree.fromstring(client.get("/sitemap.xml").data)
    parts = [loc.text or "" for loc in index.iter(f"{NAMESPACE}loc")]
    found: list[str] = []
    for part in parts:
        urls = ElementTree.fromstring(client.get(part.removeprefix(BASE)).data)
        found += [loc.text or "" for loc in urls.iter(f"{NAMESPACE}loc")]
    entries = {BASE + path_of(library, draft.content_text) for draft in drafts()}
    assert entries <= set(found) and len(found) == len(set(found))
    assert {f"{BASE}/", f"{BASE}/topics/rag", f"{BASE}/authors/writer1", f"{BASE}/sources/garden"} <= set(found)
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").text


def test_a_large_site_map_is_cut_into_parts_that_hold_each_entry_once(
    library: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "_PART", 4)
    client = make_client(library)
    parts = re.findall(f"{BASE}(/sitemaps/[^<]+)", client.get("/sitemap.xml").text)
    assert len([part for part in parts if "entries-" in part]) == 16
    found = [url for part in parts for url in re.findall(f"{BASE}/entries/[^<]+", client.get(part).text)]
    assert len(found) == len(set(found)) == len(drafts())
    for name in ("entries", "entries-g", "entries-00", "listings-99", "entriesa"):
        assert client.get(f"/sitemaps/{name}.xml").status_code == 404
