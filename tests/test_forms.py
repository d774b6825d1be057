"""Addresses and forms of listings: aliases, suffixes, parameters, hubs, older pages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from datetime import timedelta
from urllib.parse import urljoin
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from lxml import etree

from feeds.addresses import ascii_url
from feeds.formats import ATOM
from feeds.formats import FORMATS
from feeds.formats import JSON_FEED
from feeds.formats import RSS
from feeds.formats.items import feed_id
from feeds.model import Media
from feeds.shapes import Shape
from feeds.store import Store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_published
from tests.test_formats import SITE
from tests.test_formats import make_entry
from tests.test_formats import make_listing
from tests.test_formats import render_xml
from tests.visiting import fill
from tests.visiting import make_client
from web.aliases import canonical

BASE = "https://feeds.example.org"
HUB = "https://hub.example/"


@pytest.fixture(scope="module")
def client(shared_store: Store) -> FlaskClient:
    return fill(shared_store, NOW)


#: What could be made an address on another host of.
PIECES = ["feed", "author", "//", "evil.example", "\\", "..", "%2f", "rss", "@", ":", "x", "?", "http:"]


# Aliases


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/feed", "/entries.rss"),
        ("/feed/", "/entries.rss"),
        ("/FEED", "/entries.rss"),
        ("/rss", "/entries.rss"),
        ("/rss/", "/entries.rss"),
        ("/rss.xml", "/entries.rss"),
        ("/feed.xml", "/entries.rss"),
        ("/index.xml", "/entries.rss"),
        ("/atom", "/entries.atom"),
        ("/atom.xml", "/entries.atom"),
        ("/feed/atom/", "/entries.atom"),
        ("/feed.json", "/entries.json"),
        ("/feed?x=1", "/entries.rss?x=1"),
        ("/entries/feed/", "/entries.rss"),
        ("/entries.RSS", "/entries.rss"),
        ("/entries.opml", "/opml"),
        ("/OPML", "/opml"),
        ("/Topics.opml", "/topics.opml"),
        ("/author/rainlin", "/authors/rainlin"),
        ("/author/rainlin/feed/", "/authors/rainlin.rss"),
        ("/author/rainlin/rss/", "/authors/rainlin.rss"),
        ("/authors/rainlin/feed", "/authors/rainlin.rss"),
        ("/authors/rainlin/feed/atom/", "/authors/rainlin.atom"),
        ("/authors/rainlin.ATOM", "/authors/rainlin.atom"),
        ("/tag/rag", "/topics/rag"),
        ("/tag/rag/rss/", "/topics/rag.rss"),
        ("/tags/rag/feed.json", "/topics/rag.json"),
        ("/topic/rag.rss", "/topics/rag.rss"),
        ("/category/rag/atom.xml", "/topics/rag.atom"),
        ("/source/garden/index.xml", "/sources/garden.rss"),
        ("/author/rainlin/topics/rag/feed", "/authors/rainlin/topics/rag.rss"),
        ("/authors/RainLin/topics/RAG.zh-hant.rss", "/authors/rainlin/topics/rag.zh-Hant.rss"),
        ("/author/王-五/feed/", "/authors/%E7%8E%8B-%E4%BA%94.rss"),
    ],
)
def test_what_people_try_leads_to_the_one_address(client: FlaskClient, path: str, location: str) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.headers["Location"]) == (301, location)
    assert client.get(location).status_code == 200


@pytest.mark.parametrize("path", ["/feed", "/feed/", "/tag/rag/rss/", "/authors/rainlin.RSS", "/author/rainlin/feed/"])
def test_one_redirect_is_enough(client: FlaskClient, path: str) -> None:
    assert len(client.get(path, follow_redirects=True).history) == 1


@pytest.mark.parametrize("path", ["/entries", "/authors/rainlin", "/authors/rainlin.rss", "/topics", "/", "/documents"])
def test_the_one_address_is_no_alias(path: str) -> None:
    assert canonical(path.strip("/")) in {None, path}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES)))
def test_no_alias_leads_off_the_site(client: FlaskClient, pieces: list[str]) -> None:
    reply = client.get("/", environ_overrides={"PATH_INFO": "/" + "/".join(pieces)})
    location = urljoin(f"{BASE}/", reply.headers.get("Location", "/"))
    assert urlsplit(location).netloc == urlsplit(BASE).netloc


def test_a_post_is_never_redirected(client: FlaskClient) -> None:
    assert client.post("/feed/").status_code == 404


# Forms


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_author_in_a_topic_is_a_listing(client: FlaskClient, suffix: str) -> None:
    reply = client.get(f"/authors/rainlin,王-五/topics/rag,coding{suffix}")
    assert reply.status_code == 200
    items = client.get("/authors/rainlin/topics/rag.json").get_json()["items"]
    assert [item["title"] for item in items] == ["检索增强 <三种> 办法 & 教训"]
    assert client.get("/authors/rainlin/topics/rag").status_code == 200


def test_one_of_two_that_is_unknown_is_not_found_with_what_was_meant(client: FlaskClient) -> None:
    reply = client.get("/authors/rainlin/topics/rga.rss")
    assert reply.status_code == 404 and f"{BASE}/topics/rag" in reply.text


@pytest.mark.parametrize(
    ("shape", "address"),
    [
        (Shape(), "/topics/a,b?q=x"),
        (Shape(suffix=".rss"), "/topics/a,b.rss?q=x"),
        (Shape(suffix=".rss", script="zh-Hant"), "/topics/a,b.zh-Hant.rss?q=x"),
        (Shape(suffix=".atom", archive="2024-03"), "/topics/a,b/archive/2024-03.atom?q=x"),
        (
            Shape(suffix=".json", script="zh-Hans", summary=True, titles=True, cursor="abc"),
            "/topics/a,b.zh-Hans.json?q=x&titles=derived&mode=summary&cursor=abc",
        ),
    ],
    ids=str,
)
def test_a_form_has_one_address(shape: Shape, address: str) -> None:
    assert shape.address("/topics/a,b?q=x") == address


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "query", ["mode=summary&titles=derived", "titles=derived&x=1&mode=summary", "mode=summary&titles=derived&cursor="]
)
def test_parameters_in_any_order_are_one_feed_that_says_its_address(
    client: FlaskClient, suffix: str, query: str
) -> None:
    reply = client.get(f"/entries{suffix}?{query}")
    own = f"{BASE}/entries{suffix}?titles=derived&mode=summary"
    assert own in reply.text or own.replace("&", "&amp;") in reply.text
    assert reply.data == client.get(f"/entries{suffix}?mode=summary&titles=derived").data
    assert reply.data != client.get(f"/entries{suffix}").data


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("query", ["mode=all", "mode=", "titles=none", "titles", "mode=SUMMARY"])
def test_values_that_mean_nothing_are_ignored(client: FlaskClient, suffix: str, query: str) -> None:
    assert client.get(f"/entries{suffix}?{query}").data == client.get(f"/entries{suffix}").data


def test_summaries_stand_alone_where_they_are_asked_for() -> None:
    shape, entry = Shape(summary=True), make_entry(content_html="<p>whole</p>", summary="short")
    for form in FORMATS.values():
        data = form.render(make_listing(entry), SITE, shape)
        assert b"whole" not in data and b"short" in data
    item = json.loads(JSON_FEED.render(make_listing(entry), SITE, shape))["items"][0]
    assert item["content_text"] == item["summary"] == "short"


def test_derived_titles_stand_where_there_is_none() -> None:
    entry = make_entry(title=None, content_text="今天试了一个新的代码助手，很好用。")
    for form in (RSS, JSON_FEED):
        data = form.render(make_listing(entry), SITE, Shape(titles=True)).decode()
        assert data.count("今天试了一个新的代码助手") > form.render(make_listing(entry), SITE).decode().count(
            "今天试了一个新的代码助手"
        )


def test_variants_are_feeds_of_their_own_and_documents_of_one_are_not() -> None:
    ids = [feed_id("/entries", shape) for shape in (Shape(), Shape(script="zh-Hant"), Shape(summary=True))]
    assert len(set(ids)) == 3
    same = (Shape(suffix=".rss"), Shape(suffix=".atom", archive="2024-03"), Shape(suffix=".json", cursor="x"))
    assert {feed_id("/entries", shape) for shape in same} == {feed_id("/entries")}


# Hubs, pages, media


def test_a_hub_is_named_in_every_feed_that_can_be_subscribed_to() -> None:
    site = replace(SITE, hub=HUB)
    for written in FORMATS.values():
        assert HUB in written.render(make_listing(make_entry()), site).decode()
        assert HUB not in written.render(make_listing(make_entry()), SITE).decode()
        assert HUB not in written.render(make_listing(make_entry()), site, Shape(cursor="x")).decode()
    assert json.loads(JSON_FEED.render(make_listing(), site))["hubs"] == [{"type": "WebSub", "url": HUB}]
    links = render_links(RSS.render(make_listing(), site)) + render_links(ATOM.render(make_listing(), site))
    assert links.count(("hub", HUB)) == 2


def render_links(data: bytes) -> list[tuple[str | None, str | None]]:
    found = etree.fromstring(data).iter("{http://www.w3.org/2005/Atom}link")
    return [(link.get("rel"), link.get("href")) for link in found]


def test_json_feed_leads_through_all_entries_once(store: Store) -> None:
    drafts = [
        make_draft(f"第 {n} 条", n, published=make_published(date(2024, 1, 1) + timedelta(days=n)))
        for n in range(1, 121)
    ]
    large = [
        make_draft(f"长文 {n}。" + "长" * 60_000, n, published=make_published(date(2020, 1, n))) for n in range(1, 7)
    ]
    store.save(make_batch(drafts), NOW)
    store.save(make_batch(large, name="large.md"), NOW)
    client, path, pages = make_client(store), "/entries.zh-Hant.json?mode=summary", []
    while path:
        feed = client.get(path).get_json()
        assert feed["feed_url"] == BASE + path
        pages.append([item["id"] for item in feed["items"]])
        path = feed.get("next_url", "").removeprefix(BASE)
    found = [one for page in pages for one in page]
    assert len(found) == len(set(found)) == 126
    assert [len(page) for page in pages][:2] == [50, 50]


def test_a_file_is_an_enclosure_and_a_picture_is_none() -> None:
    entry = make_entry(
        media=(
            Media("https://a.example/i.png"),
            Media("https://a.example/talk.MP3?x=1", "audio"),
            Media("https://a.example/b.mp4", "video"),
            Media("https://a.example/player", "video"),
        )
    )
    item = render_xml(RSS, entry).find("channel/item")
    assert item is not None
    assert [dict(one.attrib) for one in item.findall("enclosure")] == [
        {"url": "https://a.example/talk.MP3?x=1", "length": "0", "type": "audio/mpeg"}
    ]
    media = "{http://search.yahoo.com/mrss/}"
    assert [(one.get("medium"), one.get("type")) for one in item.findall(f"{media}content")] == [
        ("image", None),
        ("audio", "audio/mpeg"),
        ("video", "video/mp4"),
        ("video", None),
    ]
    assert [one.get("url") for one in item.findall(f"{media}thumbnail")] == ["https://a.example/i.png"]
    feed = json.loads(JSON_FEED.render(make_listing(entry), SITE))
    assert [one["mime_type"] for one in feed["items"][0]["attachments"]] == ["audio/mpeg", "video/mp4"]
    links = render_links(ATOM.render(make_listing(entry), SITE))
    assert [href for rel, href in links if rel == "enclosure"] == [
        "https://a.example/talk.MP3?x=1",
        "https://a.example/b.mp4",
    ]


def test_a_language_that_nobody_can_tell_is_not_told() -> None:
    entries = make_entry(1, language="und"), make_entry(2, language="en")
    for form in FORMATS.values():
        data = form.render(make_listing(*entries), SITE).decode()
        assert '"und"' not in data and ">und<" not in data
    assert make_listing(*entries).language("zh-Hans") == "en"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/[x]?y=[1]#[2]", "https://a.example/%5Bx%5D?y=%5B1%5D#%5B2%5D"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/a%20b", "https://a.example/a%20b"),
        ("https://a.example/#a#b", "https://a.example/#a%23b"),
        ("https://a.example/a|b{c}^`", "https://a.example/a%7Cb%7Bc%7D%5E%60"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
        ("http://[x/", None),
        ("http://" + "a" * 70 + "é.example/", None),
        ("ftp://a.example/", None),
    ],
)
def test_an_address_has_only_characters_that_addresses_have(url: str, expected: str | None) -> None:
    assert ascii_url(url) == expected
