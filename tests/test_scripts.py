from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.model import Link
from feeds.model import Rel
from feeds.scripts import Scripts
from feeds.scripts import convert
from feeds.scripts import convert_html
from feeds.scripts import is_convertible
from feeds.scripts import site_in
from feeds.store import Store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_topics
from tests.test_formats import SITE
from tests.test_formats import make_entry
from tests.test_formats import make_listing
from tests.visiting import make_client

TO_HANT = [
    pytest.param("软件里的头发", "軟件裡的頭髮", id="characters of Taiwan, words as they were"),
    pytest.param("皇后在后面", "皇后在後面", id="a character that two are written with"),
    pytest.param("用 GPT-4 与 LangChain 做检索", "用 GPT-4 與 LangChain 做檢索", id="Latin stays"),
    pytest.param("见 https://例.example/检索?q=发 这里", "見 https://例.example/检索?q=发 這裡", id="addresses stay"),
    pytest.param("見 www.a.example/发。后面", "見 www.a.example/发。後面", id="without a scheme too"),
    pytest.param("plain", "plain", id="nothing to do"),
    pytest.param("", "", id="nothing"),
]
HTML = [
    ("<p>后<b>面</b></p>", "<p>後<b>面</b></p>"),
    ('<a href="https://a.example/后" title="后面">后面</a>', '<a href="https://a.example/后" title="后面">後面</a>'),
    ('<img alt="a > 后" src="https://a.example/i"> 后面', '<img alt="a > 后" src="https://a.example/i"> 後面'),
    ("<pre><code># 后面</code></pre><p>后面</p>", "<pre><code># 后面</code></pre><p>後面</p>"),
    ("<p><code>后</code>面是<kbd>发</kbd></p>", "<p><code>后</code>面是<kbd>发</kbd></p>"),
    ("<p>1 &lt; 2 &amp; 后面</p>", "<p>1 &lt; 2 &amp; 後面</p>"),
    ("后面<br>后面</code>后面", "後面<br>後面</code>後面"),
]


@pytest.fixture(scope="module")
def client(shared_store: Store) -> FlaskClient:
    drafts = (
        make_draft(
            "后面的软件。", 1, title="检索的后面", topics=make_topics("rag"), people=(make_person("范发", None),)
        ),
        make_draft("軟體裡的後端。", 2, language="zh-Hant", title="後端"),
        make_draft("日本語の后と発表。", 3, language="ja"),
        make_draft("In English, 后面 is behind.", 4, language="en"),
    )
    shared_store.save(make_batch(drafts), NOW)
    return make_client(shared_store)


@pytest.mark.parametrize(("text", "expected"), TO_HANT)
def test_plain_text_is_converted(text: str, expected: str) -> None:
    assert convert(text, "zh-Hant") == expected


@pytest.mark.parametrize(("html", "expected"), HTML)
def test_of_html_only_prose_is_converted(html: str, expected: str) -> None:
    assert convert_html(html, "zh-Hant") == expected


@pytest.mark.parametrize("text", ["軟體裡的頭髮與皇后", "軟件裏的頭髮與皇后"], ids=["Taiwan", "Hong Kong"])
def test_the_way_back_takes_the_characters_of_both_places(text: str) -> None:
    assert convert(text, "zh-Hans").endswith("里的头发与皇后")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["后", "发", "<b>", "</b>", "<code>", "</code>", "a", "&amp;", "里 ", '<i x="后">'])))
def test_tags_and_their_order_stay_whatever_stands_between_them(pieces: list[str]) -> None:
    html = "".join(pieces)
    assert re.findall("<[^>]*>|&amp;", convert_html(html, "zh-Hant")) == re.findall("<[^>]*>|&amp;", html)
    once = convert_html(html, "zh-Hant")
    assert convert_html(once, "zh-Hant") == once


@pytest.mark.parametrize(
    ("language", "script", "expected"),
    [
        ("zh-Hans", "zh-Hant", True),
        ("zh-Hant", "zh-Hans", True),
        ("zh-Hant-HK", "zh-Hant", False),
        ("zh-Hans", "zh-Hans", False),
        ("zh", "zh-Hans", True),
        ("ja", "zh-Hant", False),
        ("en", "zh-Hant", False),
        ("und", "zh-Hant", False),
    ],
)
def test_only_chinese_in_the_other_script_is_converted(language: str, script: str, expected: bool) -> None:
    assert is_convertible(language, script) is expected


def test_everything_that_people_read_is_converted_but_their_names() -> None:
    entry = make_entry(
        title="后面",
        content_html="<p>后面</p>",
        summary="后面",
        links=(Link("https://a.example/后", Rel.PROJECT, "后面"),),
    )
    converted = Scripts().entry(entry, "zh-Hant")
    assert (converted.title, converted.content_html, converted.summary) == ("後面", "<p>後面</p>", "後面")
    assert converted.links == (Link("https://a.example/后", Rel.PROJECT, "後面"),)
    assert (converted.id, converted.url, converted.people, converted.updated) == (
        entry.id,
        entry.url,
        entry.people,
        entry.updated,
    )
    assert converted.language == "zh-Hant"
    assert site_in(SITE, "zh-Hant").topics["rag"] == "檢索增強"


def test_a_text_is_converted_once_and_few_are_remembered() -> None:
    scripts = Scripts(most_bytes=3_000)
    entries = [make_entry(n, content_html=f"<p>后面{n}</p>" * 20) for n in range(1, 30)]
    first = [scripts.entry(entry, "zh-Hant") for entry in entries]
    assert [scripts.entry(entry, "zh-Hant") for entry in entries] == first
    assert scripts._bytes <= 3_000 and 0 < len(scripts._known) < 29
    again = scripts.entry(entries[-1], "zh-Hant")
    assert again.content_html is first[-1].content_html or again == first[-1]


def test_a_listing_in_a_script_has_its_language() -> None:
    listing = Scripts().listing(make_listing(make_entry(), title="后面", description="后面。"), "zh-Hant")
    assert (listing.title, listing.description, listing.language("en")) == ("後面", "後面。", "zh-Hant")


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/entries.zh-Hans.rss", "<language>zh-cn<"),
        ("/entries.zh-Hant.rss", "<language>zh-tw<"),
        ("/entries.zh-Hans.atom", 'xml:lang="zh-Hans"'),
        ("/entries.zh-Hant.atom", 'xml:lang="zh-Hant"'),
        ("/entries.zh-Hant.json", '"language":"zh-Hant","items"'),
    ],
)
def test_a_variant_has_its_own_address_language_and_tag(client: FlaskClient, path: str, language: str) -> None:
    reply = client.get(path)
    assert f"https://feeds.example.org{path}" in reply.text and language in reply.text
    plain = client.get(path.replace(".zh-Hans", "").replace(".zh-Hant", ""))
    assert reply.headers["ETag"] != plain.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": reply.headers["ETag"]}).status_code == 304


def test_a_variant_has_the_same_entries_with_the_same_ids(client: FlaskClient) -> None:
    plain, hans, hant = (
        json.loads(client.get(f"/entries{script}.json").data) for script in ("", ".zh-Hans", ".zh-Hant")
    )
    keys = ("id", "url", "date_published", "date_modified", "authors")
    told = [[{key: item.get(key) for key in keys} for item in feed["items"]] for feed in (plain, hans, hant)]
    assert told[0] == told[1] == told[2]
    texts = {item["id"]: item["content_html"] for item in hant["items"]}
    own = {item["id"]: item["content_html"] for item in plain["items"]}
    changed = {own[key] for key in own if own[key] != texts[key]}
    assert changed == {"<p>后面的软件。</p>"}
    assert [item["language"] for item in hans["items"]].count("zh-Hans") == 2
    assert [item["authors"][0]["name"] for item in hant["items"] if item.get("title") == "檢索的後面"] == ["范发"]


def test_topics_are_named_in_the_script_and_keep_their_slug(client: FlaskClient) -> None:
    text = client.get("/topics/rag.zh-Hant.rss").text
    assert '<category domain="https://feeds.example.org/topics/rag">檢索增強</category>' in text


def test_an_edit_is_in_the_variant_at_once(store: Store) -> None:
    store.save(make_batch([make_draft("后面的第一版，说的是同一件事情。")]), NOW)
    client = make_client(store)
    assert "後面的第一版" in client.get("/entries.zh-Hant.rss").text
    store.save(make_batch([make_draft("后面的第二版，说的是同一件事情。")]), NOW)
    assert "後面的第二版" in client.get("/entries.zh-Hant.rss").text


@pytest.mark.parametrize("path", ["/entries.zh-hant.RSS", "/Entries.ZH-HANT.rss"])
def test_a_script_in_other_letters_moves(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Location"] == "/entries.zh-Hant.rss"


def test_an_entry_that_needs_nothing_is_given_back_as_it_is() -> None:
    entry = replace(make_entry(), language="en")
    assert Scripts().entry(entry, "zh-Hant") is entry
