from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import etree

from feeds.formats.opml import render
from feeds.listing import Group
from feeds.listing import Outline
from feeds.store import Store
from tests.builders import NOW
from tests.feed_rules import opml_violations
from tests.test_formats import SITE
from tests.visiting import DRAFTS
from tests.visiting import fill
from tests.visiting import make_client

BASE = "https://feeds.example.org"


@pytest.fixture(scope="module")
def client(shared_store: Store) -> FlaskClient:
    return fill(shared_store, NOW)


def outlines(client: FlaskClient, path: str) -> list[tuple[str, str]]:
    """Name and feed of every listing, without folders."""
    reply = client.get(path)
    assert (reply.status_code, reply.content_type) == (200, "text/x-opml; charset=utf-8")
    root = etree.fromstring(reply.data)
    return [(one.get("text", ""), one.get("xmlUrl", "")) for one in root.iter("outline") if one.get("type")]


def test_everything_is_grouped_by_kind(client: FlaskClient) -> None:
    body = etree.fromstring(client.get("/opml").data).find("body")
    assert body is not None
    assert [one.get("text") for one in body] == ["读报", "主题", "作者", "来源"]
    assert [one.get("xmlUrl") for one in body] == [f"{BASE}/entries.rss", None, None, None]
    assert [one.get("xmlUrl") for one in body[3]] == [f"{BASE}/sources/garden.rss"]


def test_saved_queries_are_a_group_of_their_own(store: Store, tmp_path: Path) -> None:
    saved = tmp_path / "feeds.toml"
    saved.write_text('[[feed]]\nname = "小模型"\ntitle = "Small models"\nquery = "rag"\n', encoding="utf-8")
    body = etree.fromstring(make_client(store, FEEDS=str(saved)).get("/opml").data).find("body")
    assert body is not None
    assert [one.get("text") for one in body] == ["读报", "精选", "主题"]
    found = [(one.get("text"), one.get("xmlUrl")) for one in body[1]]
    assert found == [("Small models", f"{BASE}/feeds/%E5%B0%8F%E6%A8%A1%E5%9E%8B.rss")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/sources.opml", [("Garden notes", f"{BASE}/sources/garden.rss")]),
        ("/topics/rag.opml", [("检索增强", f"{BASE}/topics/rag.rss")]),
        ("/authors/王-五.opml", [("王 五", f"{BASE}/authors/%E7%8E%8B-%E4%BA%94.rss")]),
    ],
)
def test_a_list_names_its_feeds(client: FlaskClient, path: str, expected: list[tuple[str, str]]) -> None:
    assert outlines(client, path) == expected


def test_a_listing_of_several_names_has_theirs_too(client: FlaskClient) -> None:
    feeds = [feed.removeprefix(BASE) for _, feed in outlines(client, "/authors/rainlin/topics/rag,coding.opml")]
    assert feeds == [
        "/authors/rainlin/topics/coding,rag.rss",
        "/authors/rainlin.rss",
        "/topics/rag.rss",
        "/topics/coding.rss",
    ]


def test_every_feed_in_a_list_is_there(client: FlaskClient) -> None:
    found = {feed for _, feed in outlines(client, "/opml")}
    assert len(found) > len(DRAFTS)
    assert {client.get(feed.removeprefix(BASE)).status_code for feed in found} == {200}


def test_a_list_has_validators_and_keeps_its_bytes(client: FlaskClient) -> None:
    first = client.get("/opml")
    assert client.get("/opml", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert first.last_modified is not None and first.headers["Access-Control-Allow-Origin"] == "*"


def test_an_empty_store_has_lists_to_import(store: Store) -> None:
    client = make_client(store)
    for path in ("/opml", "/authors.opml", "/sources.opml"):
        assert opml_violations(client.get(path).data) == []


def test_names_are_one_line_and_escaped() -> None:
    data = render("a\n<b>", (Group("x & y", (Outline('"q"\x0b & <i>', "/topics/rag"),)), Group("z", ())), SITE)
    assert opml_violations(data) == []
    root = etree.fromstring(data)
    assert [one.get("text") for one in root.iter("outline")] == ["x & y", '"q" & <i>']
    assert root.findtext("head/title") == "a <b>"
