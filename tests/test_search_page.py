"""The page of a search: its form, its marks; and the ways on from listings."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from feeds.model import EntryQuery
from feeds.query import parse
from feeds.search.hits import Span
from feeds.store import Store
from tests.site import make_client
from tests.site import stocked
from web.highlights import highlighter
from web.highlights import marked


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with stocked(tmp_path_factory.mktemp("search")) as store:
        yield store


@pytest.fixture(scope="module")
def client(library: Store) -> FlaskClient:
    return make_client(library)


def test_what_was_found_is_marked_and_nothing_else_is_markup(client: FlaskClient) -> None:
    text = client.get("/search?q=检索增强").text
    assert "<mark>检索增强</mark> &lt;三种&gt; 办法 &amp; 教训" in text
    assert "<h1>Search: 检索增强</h1>" in text
    assert client.get("/search?q=tool7").text.count("<mark>Tool7</mark>") == 1


def test_marks_stand_inside_text_that_is_escaped() -> None:
    assert marked("<a>&b", [Span(0, 1), Span(3, 4)]) == "<mark>&lt;</mark>a&gt;<mark>&amp;</mark>b"
    assert marked("<b>", []) == "&lt;b&gt;"


def test_a_query_without_words_marks_nothing(library: Store) -> None:
    (entry,) = library.entries(EntryQuery(limit=1)).entries
    assert highlighter(None) is None
    assert highlighter(parse("-模型").tree) is None
    highlight = highlighter(parse("检索 OR 小工具").tree)
    assert highlight is not None and "<mark>" in highlight(entry).title + highlight(entry).excerpt


def test_a_search_is_a_feed_as_well(client: FlaskClient) -> None:
    text = client.get("/search?q=小工具").text
    feed = re.findall(r'<link rel="alternate" type="application/rss\+xml" title="[^"]+" href="([^"]+)">', text)[0]
    assert feed.endswith("/search.rss?q=%E5%B0%8F%E5%B7%A5%E5%85%B7")
    reply = client.get(feed.removeprefix("https://feeds.example.org"))
    assert (reply.status_code, reply.text.count("<item>")) == (200, 30)


def test_a_search_for_nothing_is_a_form(client: FlaskClient) -> None:
    text = client.get("/search").text
    assert "autofocus" in text and 'class="card"' not in text and 'aria-label="Subscribe"' not in text


@pytest.mark.parametrize("prefix", ["", "/zh"])
def test_what_is_chosen_in_the_form_becomes_words_of_the_query(client: FlaskClient, prefix: str) -> None:
    reply = client.get(
        f"{prefix}/search?q=小工具&topic=coding&source=&lang=zh&since=2024-01-01&until=&role=&collapse=story"
    )
    assert (reply.status_code, reply.headers["Location"]) == (
        302,
        f"{prefix}/search?q=%E5%B0%8F%E5%B7%A5%E5%85%B7+topic%3Acoding+lang%3Azh+since%3A2024-01-01&collapse=story",
    )
    found = client.get(reply.headers["Location"])
    assert found.status_code == 200 and "Tool" in found.text
    assert client.get("/search?q=&topic=&source=").headers["Location"] == "/search"


def test_a_query_is_told_in_the_language_of_the_page(client: FlaskClient) -> None:
    path = "/entries?q=topic%3Arag+小工具"
    assert "about RAG" in client.get(f"/en{path}").text
    assert "话题为检索增强" in client.get(f"/zh{path}").text


def test_a_wrong_query_has_a_page_that_says_where(client: FlaskClient) -> None:
    reply = client.get("/search?q=author:nobody-here")
    assert reply.status_code == 400 and "nobody-here" in reply.text and 'action="/search"' in reply.text


def test_an_author_leads_to_topics_and_a_topic_to_authors(client: FlaskClient) -> None:
    assert 'href="/authors/writer1/topics/coding"' in client.get("/authors/writer1").text
    assert 'href="/authors/writer1/topics/coding"' in client.get("/topics/coding").text
    both = client.get("/authors/writer1/topics/coding")
    assert "<h1>作者1 × AI coding</h1>" in both.text
    assert 'href="/authors/writer1/topics/coding.rss"' in both.text and "<figure" in both.text


@pytest.mark.parametrize("path", ["/topics", "/authors", "/sources"])
def test_lists_of_listings_can_be_imported(client: FlaskClient, path: str) -> None:
    assert f'href="{path}.opml"' in client.get(path).text
    assert client.get(f"{path}.opml").status_code == 200


def test_listings_can_be_had_in_both_scripts(client: FlaskClient) -> None:
    text = client.get("/topics/rag").text
    for script in ("zh-Hans", "zh-Hant"):
        assert f'href="/topics/rag.{script}.rss"' in text
        assert client.get(f"/topics/rag.{script}.rss").status_code == 200
