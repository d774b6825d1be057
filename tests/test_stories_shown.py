"""Stories as readers get them: collapsed listings, the API, pages and feeds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from feeds.errors import QueryError
from feeds.model import EntryQuery
from feeds.settings import load_settings
from feeds.store import Store
from feeds.windows import NAMED
from feeds.windows import SPAN
from tests.builders import NOW
from tests.builders import make_person
from tests.tellings import REPO
from tests.tellings import VIDEO
from tests.tellings import batch
from tests.tellings import ids
from tests.tellings import save
from tests.tellings import stories
from tests.tellings import told
from web import create_app
from web.stories import archived_stories


@pytest.fixture
def library(store: Store) -> Store:
    """Eight entries: a, b, c of one story, d and e of another, f hangs on both, g and h of none."""
    barn = "https://github.com/mira/barn"
    rain, mira = {"people": (make_person("Rain", "rain"),)}, {"people": (make_person("Mira", "mira"),)}
    save(store, told("a", 0, REPO), told("b", 2, REPO), told("g", 3), **rain)
    save(store, told("c", 1, REPO), told("d", 4, VIDEO), told("e", 5, VIDEO), **mira)
    save(store, told("f", 6, None, REPO, barn, VIDEO), told("h", 7), **mira)
    return store


def letters(store: Store, **query: Any) -> str:
    return "".join(e.content_text[0] for e in store.entries(EntryQuery(**query)).entries)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({}, "hfdga", id="all"),
        pytest.param({"source": "garden"}, "hfdga", id="source"),
        pytest.param({"authors": ("rain",)}, "ga", id="author"),
        pytest.param({"authors": ("mira",)}, "hfdc", id="an author who was not the first"),
        pytest.param({"authors": ("mira", "rain")}, "hfdga", id="two authors"),
        pytest.param({"document": "b.md"}, "b", id="document"),
        pytest.param({"document": "c.md", "authors": ("mira",)}, "c", id="document and author"),
    ],
)
def test_collapsed_a_listing_has_the_first_entry_it_holds_of_each_story(
    library: Store, query: dict[str, Any], expected: str
) -> None:
    assert stories(library) == {"abc(f)", "de(f)"}
    assert letters(library, collapse=True, **query) == expected
    assert set(expected) < set(letters(library, **query)) or len(letters(library, **query)) == 1


@pytest.mark.parametrize("query", [{}, {"authors": ("mira", "rain")}], ids=["all", "authors"])
def test_a_cursor_walks_a_collapsed_listing_too(library: Store, query: dict[str, Any]) -> None:
    walked, cursor = "", None
    while True:
        page = library.entries(EntryQuery(limit=2, cursor=cursor, collapse=True, **query))
        walked += "".join(entry.content_text[0] for entry in page.entries)
        cursor = page.next
        if cursor is None:
            break
    assert walked == "hfdga"


# On the web


@pytest.fixture
def client(library: Store) -> FlaskClient:
    client = create_app(load_settings({"PUBLIC_BASE_URL": "https://site.example"}), library).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_the_api_lists_stories_with_a_cursor(client: FlaskClient) -> None:
    first = client.get("/api/v1/stories?limit=1").get_json()
    second = client.get(first["next"]).get_json()
    assert [len(first["data"]), len(second["data"]), second["next"]] == [1, 1, None]
    newest, older = first["data"][0], second["data"][0]
    assert (newest["entries"], older["entries"]) == (3, 4)
    assert older["keys"] == ["repo:github.com/mira/shed"]
    assert older["first_published"] == "2024-03-01T00:00:00Z"
    assert older["last_published"] == "2024-03-03T00:00:00Z"
    assert older["title"] == "a：随手记一笔"
    assert older["url"] == f"https://site.example/stories/{older['id'].removeprefix('urn:uuid:')}"


def test_the_api_gives_a_story_with_its_entries(client: FlaskClient, library: Store) -> None:
    story_id = client.get("/api/v1/stories").get_json()["data"][1]["id"]
    found = client.get(f"/api/v1/stories/{story_id.removeprefix('urn:uuid:')}").get_json()
    assert client.get(f"/api/v1/stories/{story_id}").get_json() == found
    assert [t["entry"]["content_text"][0] for t in found["tellings"]] == ["a", "c", "b", "f"]
    assert [t["in_passing"] for t in found["tellings"]] == [False, False, False, True]
    a = found["tellings"][0]["entry"]
    same = [relation for relation in a["relations"] if relation["kind"] == "same_story"]
    assert {relation["entry"] for relation in same} == {ids(library)[letter] for letter in "bcf"}
    assert same[0]["url"].startswith("https://site.example/entries/")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/stories?limit=0", 400),
        ("/api/v1/stories?cursor=x", 400),
        ("/api/v1/stories?sort=size", 400),
        ("/api/v1/stories/nothing", 404),
        ("/api/v1/stories/00000000-0000-4000-8000-000000000000", 404),
        ("/api/v1/entries?collapse=day", 400),
        ("/entries?collapse=day", 400),
        ("/entries.rss?collapse=day", 400),
        ("/stories/nothing", 404),
        ("/stories?cursor=x", 400),
    ],
)
def test_what_cannot_be_answered_says_so(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_an_old_id_redirects(client: FlaskClient, library: Store) -> None:
    old = client.get("/api/v1/stories").get_json()["data"][1]["id"].removeprefix("urn:uuid:")
    save(library, told("y", -1, REPO))
    for prefix in ("", "/api/v1"):
        answer = client.get(f"{prefix}/stories/{old}")
        assert answer.status_code == 301
        assert client.get(answer.headers["Location"]).status_code == 200


def test_pages_show_stories(client: FlaskClient, library: Store) -> None:
    listed = client.get("/stories").get_data(as_text=True)
    assert listed.count("a：随手记一笔") == 2  # among the largest and among the newest
    path = client.get("/api/v1/stories").get_json()["data"][1]["url"].removeprefix("https://site.example")
    page = client.get(path).get_data(as_text=True)
    assert page.index("a：随手") < page.index("c：随手") < page.index("b：随手") < page.index("f：随手")
    assert "about the same repository: github.com/mira/shed" in page
    entry = client.get(f"/entries/{ids(library)['b'].removeprefix('urn:uuid:')}").get_data(as_text=True)
    assert "Also about this" in entry and path in entry and "same story" not in entry


def test_a_collapsed_listing_is_a_page_and_a_feed_of_its_own(client: FlaskClient) -> None:
    page = client.get("/entries?collapse=story").get_data(as_text=True)
    assert "/entries.rss?collapse=story" in page and "b：随手记一笔" not in page
    feed = client.get("/entries.json?collapse=story").get_json()
    assert [item["content_html"][3] for item in feed["items"]] == list("hfdga")
    assert feed["feed_url"] == "https://site.example/entries.json?collapse=story"
    assert len(client.get("/entries.json").get_json()["items"]) == 8
    assert client.get("/entries.json?collapse=story").get_json() == feed
    data = client.get("/api/v1/entries?collapse=story&limit=2").get_json()
    assert [entry["content_text"][0] for entry in data["data"]] == ["h", "f"]
    assert "collapse=story" in data["next"]


@pytest.mark.parametrize("most", [1, 2, 3, 200])
def test_the_archive_of_stories_has_each_once_on_pages_of_a_bounded_size(
    store: Store, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("web.stories.MOST_STORIES", most)
    days = [-40, -1, 0, 0.1, 0.2, 4, 4.5, 9]
    pages = [f"https://garden.example.org/notes/{day}" for day in days]
    told_twice = [told(f"{day}{half}", day, page) for day, page in zip(days, pages, strict=True) for half in "ab"]
    store.save(batch(told_twice, "a.md"), NOW)
    client = create_app(load_settings({}), store).test_client()
    following: str | None = "/stories/archive/2024-03"
    shown: list[list[str]] = []
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, following
        shown.append(re.findall(r'href="/stories/([0-9a-f-]{36})"', answer.text))
        found = re.search(r'rel="next" href="([^"]+)"', answer.text)
        following = found[1] if found else None
    newest_first = [one.id.removeprefix("urn:uuid:") for one in store.stories(100).stories]
    assert [story for page in shown for story in page] == newest_first
    assert len(newest_first) == len(days) and max(map(len, shown)) <= most
    assert [part.name for part in archived_stories(store)][:1] == ["2024-03"]
    assert len(list(archived_stories(store))) == len(shown)


@pytest.mark.parametrize("name", ["2024-05", "2024-03-05-2", "2019-01", "x"])
def test_an_archive_of_stories_that_is_not_there_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/stories/archive/{name}").status_code == 404


def test_a_cursor_that_is_none_of_ours_is_refused(library: Store) -> None:
    with pytest.raises(QueryError):
        library.stories(10, "nothing")
    with pytest.raises(QueryError):
        library.stories(0)


def test_the_spans_are_what_the_page_of_stories_was_made_for() -> None:
    assert NAMED < SPAN


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/entries.json?collapse=story", "全部条目（每事一条） · "),
        ("/entries.json?q=rag&collapse=story", "含“rag”（每事一条） · "),
        ("/entries.json?q=rag", "含“rag” · "),
    ],
)
def test_a_feed_says_in_the_language_of_the_site_that_it_has_one_entry_a_story(
    client: FlaskClient, path: str, title: str
) -> None:
    assert client.get(path).get_json()["title"].startswith(title)
