"""The language of pages: what decides it, where it stands, and that no word is forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from feeds.store import Store
from tests.builders import NOW
from tests.site import fill
from tests.site import make_client
from web.interface import LANGUAGES

WEB = Path(__file__).parent.parent / "web"
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "message": None}
_HOLE = re.compile(r"%\(\w+\)[sd]|\{\}|<[^>]+>")


@pytest.fixture(scope="module")
def client(shared_store: Store) -> FlaskClient:
    fill(shared_store, NOW)
    return make_client(shared_store, None)


@pytest.mark.parametrize(
    ("path", "asked", "tag"),
    [
        ("/topics", None, "zh-Hans"),
        ("/topics", "en-US,en;q=0.9", "en"),
        ("/topics", "zh-TW,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("/topics", "fr,en;q=0.5,zh;q=0.4", "en"),
        ("/topics", "fr", "zh-Hans"),
        ("/topics", "*", "en"),
        ("/topics", ";;q=,", "zh-Hans"),
        ("/en/topics", "zh", "en"),
        ("/zh/topics", "en", "zh-Hans"),
        ("/en/", "zh", "en"),
        ("/nothing", "en", "en"),
        ("/zh/nothing", "en", "zh-Hans"),
    ],
)
def test_the_address_decides_then_the_browser_then_the_site(
    client: FlaskClient, path: str, asked: str | None, tag: str
) -> None:
    reply = client.get(path, headers={} if asked is None else {"Accept-Language": asked})
    assert f'<html lang="{tag}">' in reply.text
    assert reply.headers["Content-Language"] == tag


def test_caches_keep_languages_apart_only_where_the_browser_decides(client: FlaskClient) -> None:
    negotiated, named = client.get("/topics"), client.get("/en/topics")
    assert "Accept-Language" in negotiated.vary and "Accept-Language" not in named.vary
    assert "Accept-Language" not in client.get("/topics/rag.rss").vary
    english = client.get("/topics", headers={"Accept-Language": "en"})
    assert english.headers["ETag"] != negotiated.headers["ETag"]
    again = client.get("/topics", headers={"Accept-Language": "en", "If-None-Match": english.headers["ETag"]})
    assert again.status_code == 304 and "Accept-Language" in again.vary


def test_whoever_named_a_language_stays_in_it_and_whoever_did_not_stays_free(client: FlaskClient) -> None:
    for path in ["/", "/entries", "/topics", "/topics/rag", "/authors", "/stories", "/sources", "/documents", "/about"]:
        named = set(re.findall(r'href="(/[^"]*)"', client.get(f"/en{path}").text))
        assert all(href.startswith(("/en/", "/zh/", "/static/", "/api/")) or _is_feed(href) for href in named), named
        free = set(re.findall(r'href="(/[^"]*)"', client.get(path, headers={"Accept-Language": "en"}).text))
        assert [href for href in free if href.startswith(("/en/", "/zh/"))] == [f"/zh{path}"]


def _is_feed(href: str) -> bool:
    return href == "/opml" or href.partition("?")[0].endswith((".rss", ".atom", ".json", ".opml"))


@pytest.mark.parametrize(
    "path", ["/topics/rag.rss?x=1", "/entries.json", "/api/v1/entries?limit=1", "/static/style.css"]
)
def test_what_is_no_page_stands_at_one_address(client: FlaskClient, path: str) -> None:
    reply = client.get(f"/en{path}")
    assert (reply.status_code, reply.headers["Location"]) == (301, path)


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/en/authors/Writer1", "/en/authors/writer1"),
        ("/zh/topics/", "/zh/topics"),
        ("/authors/Writer1", "/authors/writer1"),
    ],
)
def test_a_redirect_keeps_the_language(client: FlaskClient, path: str, location: str) -> None:
    assert client.get(path).headers["Location"] == location


def test_canonical_addresses_name_no_language(client: FlaskClient) -> None:
    for path in ["/entries", "/zh/entries", "/en/entries"]:
        assert '<link rel="canonical" href="https://feeds.example.org/entries">' in client.get(path).text


def test_the_same_page_is_the_same_bytes(client: FlaskClient) -> None:
    for path in ["/en/", "/zh/", "/en/topics", "/zh/topics/rag", "/en/authors", "/zh/sources"]:
        assert client.get(path).data == client.get(path).data


def test_a_site_below_a_path_keeps_languages_below_it(client: FlaskClient) -> None:
    store = client.application.extensions["feedwright"].store
    below = make_client(store, None, PUBLIC_BASE_URL="https://example.org/news")
    page = below.get("/en/topics/rag").text
    assert not re.findall(r'(?:href|src|action)="/(?!news)', page)
    assert 'href="/news/en/topics/coding"' in below.get("/en/topics").text


def test_topics_are_called_by_their_names_in_the_language_of_the_page(client: FlaskClient) -> None:
    assert "<h1>RAG</h1>" in client.get("/en/topics/rag").text
    assert "<h1>检索增强</h1>" in client.get("/zh/topics/rag").text
    assert "<title>检索增强" in client.get("/topics/rag.rss").text or "检索增强" in client.get("/topics/rag.rss").text


def messages() -> dict[str, str | tuple[str, ...]]:
    found: dict[str, str | tuple[str, ...]] = {}
    sources = [("jinja2.ext:babel_extract", path) for path in sorted((WEB / "templates").glob("*.html"))]
    sources += [("python", path) for path in sorted(WEB.glob("*.py"))]
    for method, path in sources:
        for _, message, _, _ in extract_from_file(method, path, keywords=_KEYWORDS):
            found[message if isinstance(message, str) else message[0]] = message
    return found


def catalogue() -> Catalog:
    with (WEB / "translations" / "zh.po").open("rb") as file:
        return read_po(file, locale="zh", abort_invalid=True)


def test_every_message_is_translated_and_nothing_else() -> None:
    known = {entry.id if isinstance(entry.id, str) else entry.id[0]: entry for entry in catalogue() if entry.id}
    wanted = messages()
    assert {"missing": wanted.keys() - known.keys(), "unused": known.keys() - wanted.keys()} == {
        "missing": set(),
        "unused": set(),
    }
    assert [key for key, entry in known.items() if not all(_strings(entry.string)) or entry.fuzzy] == []


def test_translations_keep_what_is_filled_in_and_what_is_markup() -> None:
    for entry in catalogue():
        if entry.id:
            many = _strings(entry.id)[-1]
            for translated in _strings(entry.string):
                assert sorted(_HOLE.findall(translated)) == sorted(_HOLE.findall(many)), entry.id


def _strings(words: str | tuple[str, ...] | list[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def test_every_language_but_the_one_of_the_messages_has_a_catalogue() -> None:
    assert {path.stem for path in (WEB / "translations").glob("*.po")} == set(LANGUAGES) - {"en"}
