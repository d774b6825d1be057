from __future__ import annotations

import hashlib
import io
import json
import locale
import logging
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from feeds.formats import ATOM
from feeds.formats import FORMATS
from feeds.formats import JSON_FEED
from feeds.formats import RSS
from feeds.formats import Format
from feeds.listing import Listing
from feeds.listing import Site
from feeds.model import Basis
from feeds.model import DocumentRef
from feeds.model import Entry
from feeds.model import Link
from feeds.model import Media
from feeds.model import Person
from feeds.model import Place
from feeds.model import Precision
from feeds.model import Published
from feeds.model import Rel
from feeds.model import Role
from feeds.model import Source
from feeds.model import TopicHit
from tests.parsed import as_read

NOON = datetime(2024, 4, 20, 12, tzinfo=UTC)
SITE = Site("https://feeds.example.org", "读报", topics={"rag": "检索增强", "agents": "智能体"})
XML_FORMATS = [RSS, ATOM]
ATOM_NS = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"

each_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
each_xml = pytest.mark.parametrize("form", XML_FORMATS, ids=lambda form: form.name)


def make_entry(number: int = 1, **changes: Any) -> Entry:
    at = NOON - timedelta(days=number)
    entry = Entry(
        id=f"urn:uuid:00000000-0000-5000-8000-{number:012d}",
        title=f"第 {number} 篇",
        content_html="<p>切分决定检索。</p>",
        content_text="切分决定检索。",
        summary="切分决定检索。",
        language="zh-Hans",
        people=(Person("chen", "陈例", None, Role.AUTHOR),),
        url=f"https://blog.example.com/{number}",
        topics=(TopicHit("rag", 1.5),),
        place=Place(number),
        source=Source("weekly", "周刊", url="https://weekly.example.com"),
        document=DocumentRef("urn:uuid:0", "weekly-1.md", "周刊第一期", "https://weekly.example.com/1"),
        published=Published(at, Precision.DAY, Basis.STATED, at.date()),
        updated=at,
        first_seen=NOON,
    )
    return replace(entry, **changes)


def make_listing(*entries: Entry, **changes: Any) -> Listing:
    listing = Listing(path="/authors/chen", title="陈例", description="Entries by 陈例.", entries=entries)
    return replace(listing, **changes)


def render_xml(form: Format, *entries: Entry) -> etree._Element:
    strict = etree.XMLParser(recover=False, resolve_entities=False)
    return etree.fromstring(form.render(make_listing(*entries), SITE), strict)


def render_item(entry: Entry) -> etree._Element:
    found = render_xml(RSS, entry).find("channel/item")
    assert found is not None
    return found


def render_atom_entry(entry: Entry) -> etree._Element:
    found = render_xml(ATOM, entry).find(f"{ATOM_NS}entry")
    assert found is not None
    return found


def render_json(*entries: Entry) -> dict[str, Any]:
    feed: dict[str, Any] = json.loads(JSON_FEED.render(make_listing(*entries), SITE))
    return feed


SAMPLE = (
    make_entry(1, title="a < b & <i>c</i>", topics=(TopicHit("rag", 2.0), TopicHit("agents", 1.0))),
    make_entry(2, title=None, url=None, language="en", people=()),
    make_entry(
        3,
        people=(Person("li", "李译", "li", Role.TRANSLATOR), Person("chen", "陈例", None, Role.AUTHOR)),
        links=(Link("https://a.example/1", Rel.ORIGINAL, "原文"), Link("https://a.example/2", Rel.PROJECT)),
        media=(Media("https://a.example/i.png"),),
    ),
)


def print_digests() -> None:
    """For a process of its own; see the test on determinism."""
    for form in FORMATS.values():
        print(hashlib.sha256(form.render(make_listing(*SAMPLE), SITE)).hexdigest())


def test_all_formats_tell_the_same_of_the_same_entries_in_the_same_order() -> None:
    rss, atom, json_feed = (as_read(form.render(make_listing(*SAMPLE), SITE)) for form in FORMATS.values())
    assert rss == atom == json_feed
    assert [found[0] for found in rss] == [entry.id for entry in SAMPLE]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_bytes_depend_on_nothing_but_the_entries(zone: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_digests()
    ours = capsys.readouterr().out
    elsewhere = {**os.environ, "TZ": zone, "PYTHONHASHSEED": "7", "LC_ALL": "C.UTF-8"}
    script = "from tests import test_formats; test_formats.print_digests()"
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parent.parent,
        env=elsewhere,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == ours


@each_format
def test_no_date_is_the_time_of_rendering(form: Format) -> None:
    text = form.render(make_listing(*SAMPLE), SITE).decode()
    assert str(datetime.now(UTC).year) not in text.replace("2024", "")


@each_format
def test_the_locale_of_the_process_is_not_touched(form: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise AssertionError("other threads see this")

    monkeypatch.setattr(locale, "setlocale", refuse)
    assert form.render(make_listing(*SAMPLE), SITE)


@each_format
def test_ids_do_not_depend_on_the_host(form: Format) -> None:
    here = form.render(make_listing(*SAMPLE), SITE).decode()
    there = form.render(make_listing(*SAMPLE), replace(SITE, base_url="http://other.example/x")).decode()
    assert here.replace("https://feeds.example.org", "http://other.example/x") == there


def test_the_id_of_a_feed_is_fixed_for_ever() -> None:
    assert render_xml(ATOM).findtext(f"{ATOM_NS}id") == "urn:uuid:43c4d1b3-9d58-52ee-a9aa-5d4d0174a021"


@each_format
def test_an_empty_listing_is_an_empty_feed_dated_by_the_store(form: Format) -> None:
    data = form.render(make_listing(since=NOON), SITE)
    assert as_read(data) == []
    assert form is JSON_FEED or b"2024" in data


def test_the_date_of_a_feed_is_that_of_its_newest_text() -> None:
    entries = make_entry(1), make_entry(2, updated=NOON + timedelta(hours=1, microseconds=5))
    assert render_xml(RSS, *entries).findtext("channel/lastBuildDate") == "Sat, 20 Apr 2024 13:00:00 +0000"
    assert (render_xml(ATOM, *entries).findtext(f"{ATOM_NS}updated") or "").startswith("2024-04-20T13:00:00.")


@each_xml
def test_xml_declares_its_encoding_in_the_first_byte(form: Format) -> None:
    assert form.render(make_listing(*SAMPLE), SITE).startswith(b"<?xml version='1.0' encoding='UTF-8'?>")


def test_rss_channel_points_to_the_page_and_to_itself() -> None:
    channel = render_xml(RSS, *SAMPLE).find("channel")
    assert channel is not None
    assert channel.findtext("link") == "https://feeds.example.org/authors/chen"
    assert [link.attrib for link in channel.findall(f"{ATOM_NS}link")] == [
        {"href": "https://feeds.example.org/authors/chen.rss", "rel": "self", "type": "application/rss+xml"}
    ]
    assert channel.findtext("title") == "陈例 · 读报"
    assert channel.findtext("language") == "zh-cn"
    assert channel.findtext("ttl") == "5"
    assert channel.findtext("generator") == "Feedwright"


def test_rss_has_the_summary_as_html_beside_the_full_text() -> None:
    item = render_item(make_entry(title="a < b", summary="x < y & z", content_html="<p>x &lt; y &amp; z, and more</p>"))
    assert item.findtext("title") == "a < b"
    assert item.findtext("description") == "x &lt; y &amp; z"
    assert item.findtext(CONTENT) == "<p>x &lt; y &amp; z, and more</p>"


def test_rss_names_people_one_by_one_the_author_first_and_without_addresses() -> None:
    item = render_item(SAMPLE[2])
    assert [element.text for element in item.findall(f"{DC}creator")] == ["陈例", "李译"]
    assert item.find("author") is None


def test_rss_ids_are_no_links_and_categories_have_a_domain() -> None:
    item = render_item(make_entry())
    guid, category, source = item.find("guid"), item.find("category"), item.find("source")
    assert guid is not None and guid.attrib == {"isPermaLink": "false"}
    assert category is not None and category.text == "检索增强"
    assert category.attrib == {"domain": "https://feeds.example.org/topics/rag"}
    assert source is not None and source.attrib == {"url": "https://feeds.example.org/sources/weekly.rss"}


def test_atom_keeps_what_a_link_is() -> None:
    links = [dict(link.attrib) for link in render_atom_entry(SAMPLE[2]).findall(f"{ATOM_NS}link")]
    assert links == [
        {"href": "https://blog.example.com/3", "rel": "alternate"},
        {"href": "https://a.example/1", "rel": "via", "title": "原文"},
        {"href": "https://weekly.example.com/1", "rel": "via", "title": "周刊第一期"},
        {"href": "https://a.example/2", "rel": "related"},
    ]


def test_atom_feed_links_to_itself_to_the_page_and_to_the_other_formats() -> None:
    links = [(link.get("rel"), link.get("type")) for link in render_xml(ATOM).findall(f"{ATOM_NS}link")]
    assert links == [
        ("self", "application/atom+xml"),
        ("alternate", "application/rss+xml"),
        ("alternate", "application/feed+json"),
        ("alternate", "text/html"),
    ]


def test_atom_says_which_texts_are_markup() -> None:
    entry = render_atom_entry(make_entry(title="a < b", summary="x < y", content_html="<p>x</p>"))
    content, summary = entry.find(f"{ATOM_NS}content"), entry.find(f"{ATOM_NS}summary")
    assert content is not None and (content.get("type"), content.text) == ("html", "<p>x</p>")
    assert summary is not None and (summary.get("type"), summary.text) == ("text", "x < y")
    assert entry.findtext(f"{ATOM_NS}title") == "a < b"


def test_atom_names_the_feed_of_the_source_but_not_in_that_feed_itself() -> None:
    entry = make_entry()
    source = render_atom_entry(entry).find(f"{ATOM_NS}source")
    assert source is not None
    assert source.findtext(f"{ATOM_NS}title") == "周刊"
    own = ATOM.render(make_listing(entry, path="/sources/weekly"), SITE)
    assert source.findtext(f"{ATOM_NS}id") == feedparser.parse(io.BytesIO(own)).feed.id
    assert b"<source" not in own


def test_the_language_of_an_entry_is_given_where_it_is_not_that_of_the_feed() -> None:
    english, chinese = make_entry(1, language="en"), make_entry(2)
    assert render_xml(ATOM, english, chinese).get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-Hans"
    tagged = render_xml(ATOM, english, chinese).findall(f"{ATOM_NS}entry")
    assert [entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in tagged] == ["en", None]
    assert render_json(english)["language"] == "en"


def test_a_post_without_title_gets_one_only_where_the_format_demands_it() -> None:
    post = make_entry(title=None, content_text="今天试了一个新的代码助手：它先写测试。然后改代码。")
    assert render_item(post).find("title") is None
    assert "title" not in render_json(post)["items"][0]
    assert render_atom_entry(post).findtext(f"{ATOM_NS}title") == "今天试了一个新的代码助手：它先写测试"


def test_an_entry_without_a_link_of_its_own_links_to_its_page() -> None:
    page = "https://feeds.example.org/entries/00000000-0000-5000-8000-000000000001"
    assert render_item(make_entry(url=None)).findtext("link") == page


def test_addresses_are_ascii_and_absolute() -> None:
    entry = make_entry(
        url="https://例子.example/文章?q=检索&x=1%20a#顶", links=(Link("mailto:a@b.example"), Link("/x"))
    )
    item = render_item(entry)
    assert item.findtext("link") == (
        "https://xn--fsqu00a.example/%E6%96%87%E7%AB%A0?q=%E6%A3%80%E7%B4%A2&x=1%20a#%E9%A1%B6"
    )
    hrefs = [link.get("href", "") for link in render_atom_entry(entry).iter(f"{ATOM_NS}link")]
    assert all(href.startswith("https://") for href in hrefs)


def test_an_undated_entry_is_dated_by_when_it_was_first_seen_in_every_format() -> None:
    entry = make_entry(published=Published(NOON, Precision.UNKNOWN, Basis.FIRST_SEEN, None), updated=NOON)
    assert {as_read(form.render(make_listing(entry), SITE))[0][2] for form in FORMATS.values()} == {
        "2024-04-20T12:00:00Z"
    }


def test_json_feed_has_the_keys_of_the_specification_and_no_null() -> None:
    feed = render_json(*SAMPLE)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://feeds.example.org/authors/chen.json"
    assert feed["home_page_url"] == "https://feeds.example.org/authors/chen"
    known = {"id", "url", "title", "content_html", "summary", "image", "date_published", "date_modified"}
    for item in feed["items"]:
        assert set(item) <= known | {"authors", "tags", "language"}
        assert None not in item.values()
        assert item["content_html"]


def test_json_feed_does_not_escape_chinese() -> None:
    assert "陈例".encode() in JSON_FEED.render(make_listing(*SAMPLE), SITE)


BAD = ["\0", "\x0b", "\x1b", "\x7f", "\x85", "\x9f", "\ud800", "\ufffe", "\uffff", "\ufeff", "]]>", "😀", "𠮷"]


@each_format
@pytest.mark.parametrize("bad", BAD, ids=lambda bad: ascii(bad))
def test_no_character_in_any_text_breaks_a_feed(form: Format, bad: str) -> None:
    text = f"前{bad}后"
    broken = make_entry(
        1,
        title=text,
        content_html=text,
        content_text=text,
        summary=text,
        url=f"https://a.example/{text}",
        people=(Person("chen", text, None, Role.AUTHOR),),
        links=(Link(f"https://b.example/{text}", Rel.RELATED, text),),
        media=(Media(f"https://b.example/{text}.png"),),
        source=Source("weekly", text, url=f"https://c.example/{text}"),
    )
    found = as_read(form.render(make_listing(broken, make_entry(2), title=text, description=text), SITE))
    assert [entry[0] for entry in found] == [broken.id, make_entry(2).id]


@each_format
def test_an_entry_that_cannot_be_written_is_left_out_and_the_others_stay(
    form: Format, caplog: pytest.LogCaptureFixture
) -> None:
    naive = Published(datetime(2024, 4, 20), Precision.DAY, Basis.STATED, None)
    with caplog.at_level(logging.ERROR):
        found = as_read(form.render(make_listing(make_entry(1, published=naive), make_entry(2)), SITE))
    assert [entry[0] for entry in found] == [make_entry(2).id]
    assert make_entry(1).id in caplog.text
