"""Which entries an address asks for: listings of every kind, with queries, roles and saved queries."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from feeds.errors import ConfigError
from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.model import ALL
from feeds.model import Scope
from feeds.saved import load_saved
from feeds.saved import read_saved
from feeds.settings import load_settings
from feeds.store import Store
from tests.searchable import fill
from web import create_app
from web.refining import asked_for
from web.selections import Selection
from web.state import State

SAVED = """
[[feed]]
name = "whistles"
title = "Whistles"
query = "GPT-4 OR GPT-4.5"

[[feed]]
name = "ben"
title = "Ben, also quoted"
description = "All there is of Ben."
query = "author:benfield role:any"
"""


@pytest.fixture
def app(store: Store, store_url: str, tmp_path: Path) -> Flask:
    """An application with entries to look for, and saved queries."""
    fill(store)
    feeds = tmp_path / "feeds.toml"
    feeds.write_text(SAVED, "utf-8")
    settings = {"DATABASE_URL": store_url, "PUBLIC_BASE_URL": "https://example.org", "FEEDS": str(feeds)}
    return create_app(load_settings({**settings, "SITE_LANGUAGE": "en"}), store)


@pytest.fixture
def state(app: Flask) -> State:
    """What its views share."""
    found: State = app.extensions["feedwright"]
    return found


def entries(selection: Selection, state: State) -> int:
    return len(state.store.entries(selection.query).entries)


@pytest.mark.parametrize(
    ("names", "given", "path", "scopes", "count"),
    [
        ([], {}, "/entries", (ALL,), 16),
        ([("authors", ["stonebrook"])], {}, "/authors/stonebrook", (Scope("author", "stonebrook"),), 6),
        (
            [("authors", ["benfield", "stonebrook"]), ("topics", ["agents", "open-models"])],
            {},
            "/authors/benfield,stonebrook/topics/agents,open-models",
            (Scope("author", "benfield"), Scope("author", "stonebrook")),
            6,
        ),
        ([("sources", ["garden"])], {"q": "芯"}, "/sources/garden?q=%E8%8A%AF", (Scope("source", "garden"),), 2),
        (
            [("documents", ["2024-05.md"])],
            {"q": "GPT-4"},
            "/documents/2024-05.md?q=gpt-4",
            (Scope("document", "2024-05.md"),),
            2,
        ),
        ([], {"q": " ＧＰＴ－４ "}, "/entries?q=gpt-4", (ALL,), 2),
        ([], {"q": "author:石小川"}, "/entries?q=author%3Astonebrook", (Scope("author", "stonebrook"),), 6),
        (
            [],
            {"q": "role:any author:benfield"},
            "/entries?q=author%3Abenfield&role=any",
            (Scope("author", "benfield"),),
            7,
        ),
        (
            [("authors", ["benfield"])],
            {"role": "any", "q": "模型", "collapse": "story"},
            "/authors/benfield?q=%E6%A8%A1%E5%9E%8B&role=any&collapse=story",
            (Scope("author", "benfield"),),
            2,
        ),
        ([("authors", ["benfield"])], {"role": "byline"}, "/authors/benfield", (Scope("author", "benfield"),), 7),
        ([], {"role": "quoted"}, "/entries", (ALL,), 16),
        ([("search", [])], {}, "/search", (ALL,), 0),
        ([("search", [])], {"q": "*"}, "/search", (ALL,), 0),
        ([("search", [])], {"q": "模型"}, "/search?q=%E6%A8%A1%E5%9E%8B", (ALL,), 4),
        ([("feeds", ["whistles"])], {}, "/feeds/whistles", (ALL,), 3),
        ([("feeds", ["whistles"])], {"q": "whistle"}, "/feeds/whistles?q=whistle", (ALL,), 1),
        ([("feeds", ["ben"])], {}, "/feeds/ben", (Scope("author", "benfield"),), 7),
    ],
)
def test_an_address_has_one_form_and_what_it_depends_on(
    state: State,
    names: list[tuple[str, list[str]]],
    given: dict[str, str],
    path: str,
    scopes: tuple[Scope, ...],
    count: int,
) -> None:
    selection = asked_for(names, given, state)
    assert (selection.path, selection.scopes, entries(selection, state)) == (path, scopes, count)


def test_a_listing_says_in_words_what_it_holds(state: State) -> None:
    found = asked_for([("authors", ["benfield"])], {"q": "模型 -视频"}, state)
    assert found.title == "Ben Field · with “模型”, without “视频”"
    assert found.description == "Entries by Ben Field, with “模型”, without “视频”, newest first."
    searched = asked_for([("search", [])], {"q": "模型"}, state)
    assert (searched.title, searched.words) == ("with “模型”", "模型")
    assert asked_for([("feeds", ["ben"])], {}, state).description == "All there is of Ben."


@pytest.mark.parametrize(
    ("names", "given"),
    [
        ([], {"q": "(a"}),
        ([], {"q": "author:nobody"}),
        ([], {"role": "boss"}),
        ([("authors", ["benfield"])], {"role": "quoted", "q": "role:any"}),
    ],
)
def test_a_mistake_is_refused(state: State, names: list[tuple[str, list[str]]], given: dict[str, str]) -> None:
    with pytest.raises(QueryError):
        asked_for(names, given, state)


def test_an_unknown_saved_query_is_not_found(state: State) -> None:
    with pytest.raises(NotFoundError, match="whistle"):
        asked_for([("feeds", ["whistle"])], {}, state)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/search", 200, 'action="/search"'),
        ("/search?q=GPT-4", 200, 'value="gpt-4"'),
        ("/search.atom?q=GPT-4", 200, "https://example.org/search.atom?q=gpt-4"),
        ("/search.rss?q=(", 400, "this parenthesis is never closed (character 1"),
        ("/feeds/whistles.json", 200, "https://example.org/feeds/whistles.json"),
        ("/feeds/whistle", 404, "Whistles"),
        ("/feeds/Whistles", 301, "/feeds/whistles"),
        ("/authors/benfield/topics/agents.rss", 200, "https://example.org/authors/benfield/topics/agents.rss"),
        ("/topics/agents?q=author:benfield", 200, "GPT-4 at the kitchen table"),
        ('/entries?q=a" OR 1=1', 200, "No entries yet"),
    ],
)
def test_addresses_answer(app: Flask, address: str, status: int, words: str) -> None:
    answer = app.test_client().get(address)
    assert answer.status_code == status
    assert words in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('[[feed]]\nname = "a"\n', ":1", "needs a query"),
        ('[[feed]]\nquery = "a"\n', ":1", "needs a name"),
        (
            '[[feed]]\nname = "a"\nquery = "a"\n\n[[feed]]\nname = "b"\n\nquery = "a OR"\n',
            ":8",
            "nothing stands behind OR",
        ),
        ('[[feed]]\nname = "a"\nquery = "a"\n[[feed]]\nquery = "b"\nname = "a"\n', ":6", "another one above"),
        ('[[feed]]\nname = "A b"\nquery = "a"\n', ":2", "cannot stand in an address"),
        ('[[feed]]\nname = "a.rss"\nquery = "a"\n', ":2", "cannot stand in an address"),
        ('[[feed]]\nname = "a"\nquery = "a"\ncolour = "red"\n', ":4", "there is no 'colour'"),
        ('[[feed]]\nname = "a"\nquery = ["a"]\n', ":3", "one line of text"),
        ('[[feed]]\nname = "a"\nquery = "since:7d"\n', ":3", "means another day tomorrow"),
        ('[feed]\nname = "a"\n', "", "write each saved query as [[feed]]"),
        ("feed = 3\n", "", "write each saved query as [[feed]]"),
        ("[[feed]\n", "", "line 1"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(text: str, line: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_saved(text, "feeds.toml")
    assert str(caught.value).startswith(f"feeds.toml{line}: ")
    assert problem in str(caught.value)


def test_no_file_is_no_saved_query(tmp_path: Path) -> None:
    assert load_saved(None) == {}
    (tmp_path / "feeds.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_saved(tmp_path / "feeds.toml")
