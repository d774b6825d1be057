from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.parse import urljoin
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feeds.model import Evidence
from feeds.model import Link
from feeds.model import Media
from feeds.model import Problem
from feeds.model import Rel
from feeds.model import Role
from feeds.model import Skip
from feeds.model import TopicHit
from feeds.settings import Settings
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_info
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_topics
from web import create_app

BASE = "https://feeds.example.org"
FEEDS = ["/entries.rss", "/entries.atom", "/entries.json"]
TYPES = ["application/rss+xml", "application/atom+xml", "application/feed+json"]
RAG = TopicHit("rag", 2.0, (Evidence("检索", "检索增强", "title"),))
#: One of each: an article with everything, a post, an undated post in another language that quotes it.
DRAFTS = (
    make_draft(
        "切分决定检索的好坏。",
        1,
        title="检索增强 <三种> 办法 & 教训",
        people=(make_person(), make_person("李译", None, Role.TRANSLATOR)),
        quoted=(make_person("Ann Example", "ann_ex", Role.QUOTED, "https://x.example/ann/1"),),
        url="https://blog.example.com/rag",
        links=(
            Link("https://blog.example.com/rag", Rel.ORIGINAL, "原文"),
            Link("https://code.example.com/x", Rel.PROJECT),
        ),
        media=(Media("https://blog.example.com/i.png", alt="图"),),
        topics=(RAG,),
    ),
    make_draft(
        "今天试了一个新的代码助手。", 2, topics=make_topics("coding"), published=make_published(date(2024, 5, 2))
    ),
    make_draft(
        "A note on a small tool, without any date.",
        3,
        language="en",
        people=(make_person("王 五", None),),
        published=None,
        quotes=(2,),
    ),
)
SKIPS = (Skip("empty slot", 90, "### 9"), Skip("empty slot", 95))


def make_client(store: Store, **environ: str) -> FlaskClient:
    app = create_app(make_settings(**environ), store)
    app.testing = True
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def make_settings(**environ: str) -> Settings:
    return load_settings({"PUBLIC_BASE_URL": BASE, "SITE_NAME": "读报", **environ})


def fill(store: Store, now: datetime) -> FlaskClient:
    problems = (Problem("2024-02-30 is no date", 44),)
    store.save(make_batch(DRAFTS, skips=SKIPS, problems=problems, url="https://notes.example.com/5"), now)
    return make_client(store)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """For tests that only read."""
    url = f"sqlite:///{tmp_path_factory.mktemp('web') / 'store.db'}"
    migrate(url)
    with open_store(url) as store:
        yield fill(store, NOW)


@pytest.fixture
def own_client(store: Store, now: datetime) -> FlaskClient:
    """For tests that write into the store or change the application."""
    return fill(store, now)


def ids(client: FlaskClient, query: str = "") -> list[str]:
    return [entry["id"] for entry in get_data(client, f"/api/v1/entries{query}")]


def get_data(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    reply = client.get(path)
    assert reply.status_code == 200, reply.text
    data: list[dict[str, Any]] = reply.get_json()["data"]
    return data


def find(client: FlaskClient, words: str) -> dict[str, Any]:
    return next(entry for entry in get_data(client, "/api/v1/entries") if words in entry["content_text"])


def page_of(entry: dict[str, Any]) -> str:
    return f"/entries/{entry['id'].removeprefix('urn:uuid:')}"


# Listings


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


# Pages


def test_the_front_page_leads_to_authors_topics_and_sources(client: FlaskClient) -> None:
    text = client.get("/").text
    for path in ["/authors/rainlin", "/authors/%E7%8E%8B-%E4%BA%94", "/topics/rag", "/sources/garden"]:
        assert f'href="{path}"' in text
    assert "读报" in text and "检索增强 &lt;三种&gt; 办法 &amp; 教训" in text


def test_the_own_feeds_of_a_page_come_first(client: FlaskClient) -> None:
    found = re.findall(
        r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">', client.get("/topics/rag").text
    )
    own = [(kind, f"{BASE}/topics/rag{suffix}") for kind, suffix in zip(TYPES, [".rss", ".atom", ".json"], strict=True)]
    assert found[:3] == own
    assert [url for _, url in found[3:]] == [BASE + path for path in FEEDS]


def test_a_page_and_its_feed_show_the_same_entries(client: FlaskClient) -> None:
    pages = re.findall(r'href="/entries/([0-9a-f-]{36})"', client.get("/entries").text)
    feed = [item["id"].removeprefix("urn:uuid:") for item in client.get("/entries.json").get_json()["items"]]
    assert list(dict.fromkeys(pages)) == feed


def test_an_entry_has_a_page_with_all_that_is_known(client: FlaskClient) -> None:
    text = client.get(page_of(find(client, "切分"))).text
    shown = [
        "切分决定检索的好坏",
        "林小雨",
        "李译",
        "(translator)",
        "Ann Example",
        "https://x.example/ann/1",
        "2024-05-01",
    ]
    shown += ["https://code.example.com/x", "“检索增强” in the title", "lines 10–15", "https://notes.example.com/5"]
    assert [words for words in shown if words not in text] == []


def test_related_entries_are_linked_by_their_titles(client: FlaskClient) -> None:
    text = client.get(page_of(find(client, "small tool"))).text
    assert page_of(find(client, "代码助手")) in text and "今天试了一个新的代码助手" in text
    assert "undated, found 2024-05-20" in text


@pytest.mark.parametrize("form", ["urn:uuid:{}", "{}/"])
def test_an_entry_has_one_address(client: FlaskClient, form: str) -> None:
    page = page_of(find(client, "切分"))
    uuid = page.rpartition("/")[2]
    for words in (form.format(uuid), form.format(uuid.upper())):
        assert client.get(f"/entries/{words}", follow_redirects=True).request.path == page


def test_what_was_withdrawn_is_gone(own_client: FlaskClient, store: Store, now: datetime) -> None:
    entry = find(own_client, "代码助手")
    store.save(make_batch([DRAFTS[0], replace(DRAFTS[2], quotes=())]), now + timedelta(hours=1))
    assert own_client.get(page_of(entry)).status_code == 410
    reply = own_client.get(f"/api/v1/entries/{entry['id']}")
    assert (reply.status_code, reply.get_json()["code"]) == (410, "gone")
    assert entry["id"] not in own_client.get("/entries.rss").text
    assert own_client.get("/authors/rainlin").status_code == 200


def test_older_entries_are_on_further_pages(store: Store, now: datetime) -> None:
    days = [make_published(date(2023, 1, 1) + timedelta(days=n)) for n in range(120)]
    store.save(make_batch([make_draft(f"第 {n} 条", n + 1, published=day) for n, day in enumerate(days)]), now)
    client = make_client(store)
    path, seen = "/entries", []
    while path:
        address, _, last = path.partition("#")
        text = client.get(address).text
        behind = text.partition(f'id="{last}"')[2].partition("</article>")[2] if last else text
        seen += dict.fromkeys(re.findall(r'href="/entries/([0-9a-f-]{36})"', behind))
        older = re.search(r'rel="next" href="([^"]+)"', text)
        path = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) == 120


def test_a_cursor_that_is_none_is_a_bad_request(client: FlaskClient) -> None:
    assert client.get("/entries?cursor=nonsense").status_code == 400


def test_documents_show_what_was_left_out_and_what_is_wrong(
    own_client: FlaskClient, store: Store, now: datetime
) -> None:
    store.record_failure(make_info("broken.md"), Problem("is binary", 3), now)
    text = own_client.get("/documents").text
    for words in [
        "2024-05.md",
        "3 entries",
        "line 44",
        "2024-02-30 is no date",
        "2 empty slot",
        "line 90",
        "broken.md",
        "is binary",
        "broken.md:3: is binary",
    ]:
        assert words in text
    assert text.count("is binary") == 1


def test_a_document_is_a_listing_of_its_entries_in_its_own_words(
    own_client: FlaskClient, store: Store, now: datetime
) -> None:
    name = "週報, 第 7 期.md"
    info = {"lead": "本期说的是工具。", "cover": "https://a.example/i.png", "format": "newsletter"}
    store.save(make_batch([make_draft("只在这一期里的一条")], name, **info), now)
    path = f"/documents/{quote(name, safe='')}"
    page, feed = own_client.get(path), own_client.get(f"{path}.json").get_json()
    for words in ["本期说的是工具。", 'src="https://a.example/i.png"', "newsletter", "只在这一期里的一条"]:
        assert words in page.text
    assert [item["content_html"] for item in feed["items"]] == ["<p>只在这一期里的一条</p>"]
    assert f'href="{path}"' in own_client.get("/documents").text
    told = next(found for found in get_data(own_client, "/api/v1/documents") if found["name"] == name)
    assert (told["lead"], told["cover"]) == ("本期说的是工具。", "https://a.example/i.png")
    assert own_client.get("/documents/nothing.md").status_code == 404


@pytest.mark.parametrize(
    ("path", "count"),
    [("/entries", 3), ("/authors/rainlin", 2), ("/topics/rag", 1), ("/topics/robotics", 0), ("/sources/garden", 3)],
)
def test_a_listing_tells_how_much_it_holds(client: FlaskClient, path: str, count: int) -> None:
    words = re.search(r"<li><strong>(\d+)</strong> entr(?:y|ies)</li>", client.get(path).text)
    assert words is not None and int(words[1]) == count


@pytest.mark.parametrize("path", ["/", "/entries", "/documents", "/topics/rag", "/nothing"])
def test_pages_run_our_one_script_and_look_right_by_our_stylesheet_alone(client: FlaskClient, path: str) -> None:
    reply = client.get(path)
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", reply.text)
    scripts = re.findall(r"<script[^>]*>", reply.text)
    assert len(scripts) == 1 and re.fullmatch(r'<script src="/static/site\.js\?v=\w+" defer>', scripts[0])
    shared = re.findall(r'(?:rel="stylesheet" href|<script src)="([^"]+)"', reply.text)
    assert [address.partition("?")[0] for address in shared] == ["/static/style.css", "/static/site.js"]
    assert [client.get(address).status_code for address in shared] == [200, 200]


def test_a_site_below_a_path_links_below_it(store: Store, now: datetime) -> None:
    store.save(make_batch(DRAFTS), now)
    client = make_client(store, PUBLIC_BASE_URL="https://example.org/news")
    page = client.get("/topics/rag")
    assert not re.findall(r'(?:href|src)="/(?!news)', page.text)
    assert client.get("/topics/RAG").headers["Location"] == "/news/topics/rag"
    assert "https://example.org/news/topics/rag.rss" in client.get("/topics/rag.rss").text


# The API


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
