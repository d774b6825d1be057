"""Entries about the same thing: what joins them, what does not, and how stories are kept, shown and collapsed."""

from __future__ import annotations

import random
from collections.abc import Iterable
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.aliases import load_aliases
from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.model import Batch
from feeds.model import Draft
from feeds.model import EntryQuery
from feeds.model import Link
from feeds.model import Rel
from feeds.model import RelationKind
from feeds.names import subject
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from feeds.stories import KEYS
from feeds.stories import about
from feeds.topics import load_topics
from feeds.windows import MOST
from feeds.windows import NAMED
from feeds.windows import SPAN
from feeds.windows import Holder
from feeds.windows import windows
from scrapers.ingest import Plan
from scrapers.ingest import find_documents
from scrapers.ingest import ingest
from scrapers.sources import load_sources
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_instant
from tests.builders import make_person
from tests.builders import make_source
from web import create_app

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
START = datetime(2024, 3, 1, tzinfo=UTC)
REPO = "https://github.com/mira/shed"
VIDEO = "https://youtu.be/a_b-c1d2e3f"
PAPER = "https://arxiv.org/abs/2401.01234"
PAGE = "https://garden.example.org/notes/tomatoes"
OTHER = "https://kitchen.example.org/bread"

#: What an entry is in these tests: a letter, a day, its address, its links, its text.
Told = dict[str, Any]


def told(letter: str, day: float | None = 0, url: str | None = None, *links: str | Link, text: str = "") -> Told:
    return {"letter": letter, "day": day, "url": url, "links": links, "text": text}


def make(one: Told, position: int = 1, **fields: Any) -> Draft:
    """The texts have nothing in common but the letter makes each its own."""
    at = None if one["day"] is None else make_instant(START + timedelta(days=one["day"]))
    links = tuple(link if isinstance(link, Link) else Link(link, Rel.PROJECT) for link in one["links"])
    text = f"{one['letter']}：{one['text'] or '随手记一笔'}"
    return make_draft(text, position, url=one["url"], links=links, published=at, **fields)


def save(store: Store, *entries: Told, **fields: Any) -> None:
    """Each entry in a document of its own, in the order given."""
    for one in entries:
        store.save(batch([one], f"{one['letter']}.md", **fields), NOW)


def batch(entries: Iterable[Told], name: str, source: str = "garden", **fields: Any) -> Batch:
    drafts = [make(one, position, **fields) for position, one in enumerate(entries, 1)]
    return make_batch(drafts, name, make_source(source, source.title()))


def stories(store: Store) -> set[str]:
    """The stories as letters: those that belong, then in brackets those that hang on it."""
    found = set()
    for known in store.stories(1000).stories:
        tellings = store.story(known.id).tellings
        assert len(tellings) == known.entries
        belonging = "".join(sorted(t.entry.content_text[0] for t in tellings if not t.hangs))
        hanging = "".join(sorted(t.entry.content_text[0] for t in tellings if t.hangs))
        found.add(belonging + (f"({hanging})" if hanging else ""))
    return found


def ids(store: Store) -> dict[str, str]:
    return {entry.content_text[0]: entry.id for entry in store.entries(EntryQuery(limit=1000)).entries}


def only_id(store: Store) -> str:
    (known,) = store.stories().stories
    return known.id


# Names


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        pytest.param("Meadow 3 is out", "…", ("meadow3", True), id="title"),
        pytest.param(
            None, "今天试了 Meadow 3，很快。Meadow-3 比 Meadow 2 好。", ("meadow3", True), id="opening and again"
        ),
        pytest.param(None, "meadow3 支持了，运行 meadow3 即可", ("meadow3", True), id="lower case"),
        pytest.param(None, "今天试了 Meadow 3，很快。", ("meadow3", False), id="opening only"),
        pytest.param(None, "刚开源的 shed.c 很小。shed.c 只有一个文件。", ("shed.c", True), id="file"),
        pytest.param(None, "Harvest R+ 发布。大家都在用 Harvest R+", ("harvestr+", True), id="plus"),
        pytest.param(None, "Harbor 8x22B 开源。Harbor 8X22B 很大", ("harbor8x22", True), id="of several"),
        pytest.param("A;Meadow 3 更新", "…", ("meadow3", False), id="one of several headlines"),
        pytest.param(None, "除了 Meadow 3 还有一篇论文。Meadow 3", None, id="besides"),
        pytest.param(None, "性能超过 GPT-4。GPT-4 是去年的", None, id="what everything is compared with"),
        pytest.param(None, "第一句话。后来才提到 Meadow 3。Meadow 3", None, id="not at the beginning"),
        pytest.param("Top 10 books of April 20", "…", None, id="numbers that count"),
        pytest.param(None, "Pump 7B 参数。Pump 7B", None, id="amounts"),
        pytest.param(None, "见 example.org/Meadow-3 和 https://example.org/Meadow-3", None, id="addresses"),
    ],
)
def test_an_entry_is_about_the_name_it_begins_with(
    title: str | None, text: str, expected: tuple[str, bool] | None
) -> None:
    found = subject(title, text)
    assert (found and (found.name, found.is_about)) == expected


def test_an_address_that_spells_the_name_counts_as_a_mention() -> None:
    found = subject(None, "用了几天 Harvest R+，不错。", ["https://models.example.org/acme/harvest-r-plus"])
    assert found is not None and found.is_about


# What an entry is about


def test_what_is_linked_in_passing_is_not_what_an_entry_is_about() -> None:
    links = [Link(REPO, Rel.PROJECT), Link(PAPER, Rel.PAPER), Link(OTHER)]
    assert about(None, "…", PAGE, links, ()).keys == (
        f"url:{PAGE}",
        "repo:github.com/mira/shed",
        "arxiv:2401.01234",
    )


@pytest.mark.parametrize(
    ("title", "links"),
    [
        pytest.param(None, [REPO, "https://github.com/mira/barn"], id="two repositories"),
        pytest.param(None, [f"https://example{n}.org/a" for n in range(KEYS + 1)], id="many pages"),
        pytest.param("花园周报", [REPO], id="its title says so"),
        pytest.param("番茄熟了；罗勒发芽了", [REPO], id="several headlines"),
    ],
)
def test_a_round_up_ties_nothing_together(title: str | None, links: list[str]) -> None:
    assert not about(title, "…", None, [Link(link, Rel.PROJECT) for link in links], ()).ties
    assert about("番茄", "…", None, [Link(REPO, Rel.PROJECT), Link(PAPER, Rel.PAPER)], ()).ties


# Windows


def holders(*days: float, ties: bool = True) -> list[Holder]:
    return [Holder(f"{day:05}", START + timedelta(days=day), True, ties) for day in days]


def parts(key: str, found: Iterable[Holder]) -> list[list[str]]:
    return [[holder.id.lstrip("0") for holder in window] for window in windows(key, found)]


def test_a_key_counts_only_within_its_span() -> None:
    assert parts("url:x", holders(1, 30, 61, 62, 90)) == [["1", "30", "61"], ["62", "90"]]
    assert parts("name:x", holders(1, 16, 17, 32, 99)) == [["1", "16"], ["17", "32"]]


def test_what_too_many_share_is_a_place() -> None:
    assert len(parts("url:x", holders(*range(1, MOST + 1)))) == 1
    assert parts("url:x", holders(*(day / 2 for day in range(2, MOST + 3)))) == []


def test_what_hangs_makes_no_window() -> None:
    assert parts("url:x", [*holders(1, 2, ties=False)]) == []
    assert parts("url:x", [*holders(3), *holders(2, 4, 64, ties=False)]) == [["3", "2", "4"]]
    assert parts("name:x", [*holders(3, 4), *holders(2, 5, ties=False)]) == [["3", "4", "5"]]


def test_without_a_date_an_entry_belongs_to_the_last_window_that_had_begun() -> None:
    undated = Holder("u", START + timedelta(days=400), False, True)
    assert parts("url:x", [*holders(1, 2, 100, 500), undated]) == [["1", "2"], ["100", "u"]]
    assert parts("url:x", [undated, Holder("v", START, False, True)]) == [["v", "u"]]
    passing = Holder("p", START + timedelta(days=400), False, False)
    assert parts("url:x", [*holders(1), passing]) == [["1", "p"]]
    assert parts("name:x", [*holders(1, 2), passing]) == [["1", "2"]]


# Stories


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        pytest.param(PAGE, f"{PAGE}/?utm_source=x", "url", id="page"),
        pytest.param("https://x.com/mira/status/17", "https://vxtwitter.com/mira/status/17", "status", id="status"),
        pytest.param(PAPER, "https://arxiv.org/pdf/2401.01234v2", "arxiv", id="paper"),
        pytest.param(REPO, f"{REPO}/releases/tag/v2", "repo", id="repository"),
        pytest.param(VIDEO, "https://www.youtube.com/watch?v=a_b-c1d2e3f&t=9", "video", id="video"),
    ],
)
def test_entries_that_share_an_exact_key_are_a_story(store: Store, one: str, other: str, how: str) -> None:
    save(store, told("a", 0, one))
    save(store, told("b", 1, None, other), source="letters")
    assert stories(store) == {"ab"}
    found = store.story(only_id(store))
    assert [(t.how, t.is_weak, t.hangs) for t in found.tellings] == [(how, False, False)] * 2
    assert [t.entry.source.slug for t in found.tellings] == ["garden", "letters"]
    assert (found.first, found.last) == (START, START + timedelta(days=1))


def test_a_natural_key_is_an_exact_one(store: Store) -> None:
    status = "https://x.com/mira/status/17"
    store.save(make_batch([make(told("a"), natural_keys=(status,))], "a.md"), NOW)
    save(store, told("b", 1, "https://nitter.net/mira/status/17"))
    assert stories(store) == {"ab"}


def test_links_in_passing_home_pages_and_profiles_join_nothing(store: Store) -> None:
    for letter, url in zip(
        "abcdef", [None, None, "https://x.com/mira", "https://x.com/mira"] + ["https://example.org/"] * 2, strict=True
    ):
        save(store, told(letter, 0, url, Link(PAGE)))
    assert stories(store) == set()


def test_entries_that_are_far_apart_in_time_are_different_stories(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 60, REPO), told("c", 61, REPO), told("d", 70, REPO))
    assert stories(store) == {"ab", "cd"}


def test_no_story_spans_more_than_its_time(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 50, REPO, VIDEO), told("c", 100, VIDEO), told("d", 101, VIDEO))
    assert stories(store) == {"ab", "cd"}


def test_a_round_up_hangs_on_stories_and_glues_none(store: Store) -> None:
    several = [REPO, "https://github.com/mira/barn", VIDEO]
    save(store, told("a", 0, REPO), told("b", 1, None, *several), told("c", 2, VIDEO), told("d", 3, VIDEO))
    assert stories(store) == {"a(b)", "cd(b)"}
    assert {
        t.entry.content_text[0] for known in store.stories_of(ids(store)["b"]) for t in store.story(known.id).tellings
    } == set("abcd")


def test_two_round_ups_alone_are_no_story(store: Store) -> None:
    several = [REPO, "https://github.com/mira/barn"]
    save(store, told("a", 0, None, *several), told("b", 1, None, *several))
    assert stories(store) == set()


def test_a_name_joins_what_has_no_link_and_is_marked_as_weak(store: Store) -> None:
    text = "Meadow 3 发布了。Meadow 3 很快"
    save(store, told("a", 0, PAGE, text=text), told("b", 1, PAGE, text=text), told("c", 2, text=text))
    save(store, told("d", 3, text="听说 Meadow 3 出了"), told("e", 40, text=text))
    assert stories(store) == {"abc(d)"}
    weak = {t.entry.content_text[0]: (t.how, t.is_weak) for t in store.story(only_id(store)).tellings}
    assert weak == {"a": ("url", False), "b": ("url", False), "c": ("name", True), "d": ("name", True)}


def test_a_name_does_not_glue_a_story_of_which_little_has_it(store: Store) -> None:
    text = "Meadow 3 发布了。Meadow 3 很快"
    save(store, told("a", 0, text=text), told("b", 1, text=text))
    save(store, told("c", 2, REPO), told("d", 3, REPO), told("e", 4, REPO, text=text))
    assert stories(store) == {"ab", "cde"}


def test_the_same_words_in_another_source_join(store: Store) -> None:
    text = (
        "周末把阳台改成了小花园，先是搭架子，然后换土，最后种了番茄和罗勒，花了不到两百块钱，邻居们都跑来看，还要走了几株幼苗。"
        * 2
    )
    save(store, told("a", 0, text=text))
    save(store, told("b", 1, text=f"{text}谢谢阅读"), source="letters", people=(make_person("Mira", "mira"),))
    assert stories(store) == {"ab"}
    assert {(t.how, t.is_weak) for t in store.story(only_id(store)).tellings} == {("text", True)}


def test_every_entry_stays_in_its_feed_and_names_others_of_its_story(store: Store) -> None:
    save(store, *(told(letter, day, REPO) for day, letter in enumerate("abcdefghijklmn")))
    found = {entry.content_text[0]: entry for entry in store.entries(EntryQuery(limit=100)).entries}
    assert len(found) == 14
    kinds = [relation.kind for relation in found["c"].relations]
    assert kinds == [RelationKind.SAME_STORY] * 10
    assert store.entry(found["c"].id).relations == found["c"].relations


# Ids


def test_the_id_of_a_story_stays_while_entries_join_leave_and_change(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 1, REPO))
    first = only_id(store)
    save(store, told("c", 2, REPO), told("b", 1, REPO, text="改过"), told("c", 2, PAGE))
    assert stories(store) == {"ab"}
    assert only_id(store) == first


def test_an_earlier_entry_gives_a_story_another_id_and_the_old_one_leads_to_it(store: Store) -> None:
    save(store, told("b", 1, REPO), told("c", 2, REPO))
    old = only_id(store)
    save(store, told("a", 0, REPO))
    assert only_id(store) != old
    assert store.story(old).id == only_id(store)


def test_when_two_stories_become_one_the_earlier_id_counts(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 1, REPO))
    earlier = only_id(store)
    save(store, told("c", 2, VIDEO), told("d", 3, VIDEO))
    (later,) = {known.id for known in store.stories().stories} - {earlier}
    save(store, told("e", 4, REPO, VIDEO))
    assert stories(store) == {"abcde"}
    assert store.story(later).id == only_id(store) == earlier


def test_a_story_that_is_no_more_is_not_found(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 1, REPO))
    old = only_id(store)
    save(store, told("b", 1, PAGE))
    assert stories(store) == set()
    with pytest.raises(NotFoundError):
        store.story(old)
    save(store, told("b", 1, REPO))
    assert only_id(store) == old


# Whatever order, whatever happens in between


def test_withdrawn_entries_leave_their_story_and_come_back(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 1, REPO))
    both = [told("c", 2, REPO), told("d", 3, OTHER)]
    for entries, expected in ((both, {"abc"}), (both[1:], {"ab"}), (both, {"abc"})):
        store.save(batch(entries, "more.md"), NOW)
        assert stories(store) == expected


ENTRIES = st.builds(
    lambda day, urls, name: (day, urls, name),
    st.sampled_from([None, 0, 5, 20, 40, 59, 61, 80, 120]),
    st.lists(st.sampled_from([REPO, VIDEO, PAPER, PAGE, "https://github.com/mira/barn"]), max_size=3, unique=True),
    st.sampled_from(["", "", "Meadow 3 发布了。Meadow 3 很快", "听说 Meadow 3 出了"]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ENTRIES, min_size=2, max_size=9), st.randoms(use_true_random=False))
def test_the_stories_depend_on_the_entries_alone(
    tmp_path_factory: pytest.TempPathFactory, empty_store: Path, drawn: list[Any], chance: random.Random
) -> None:
    """In another order, each entry first about something else, some withdrawn and back in between."""
    entries = [
        told(letter, day, urls[0] if urls else None, *urls[1:], text=text)
        for letter, (day, urls, text) in zip("abcdefghi", drawn, strict=False)
    ]
    with fresh(empty_store, tmp_path_factory) as store:
        save(store, *entries)
        expected = snapshot(store)
    with fresh(empty_store, tmp_path_factory) as store:
        for one in chance.sample(entries, len(entries)):
            if chance.random() < 0.4:
                save(store, {**one, "url": chance.choice([REPO, VIDEO, PAGE]), "links": ()})
        for one in chance.sample(entries, len(entries)):
            if chance.random() < 0.3:
                store.save(batch([one, told("z", 7, REPO)], f"{one['letter']}.md"), NOW)
            save(store, one)
        assert snapshot(store) == expected


def snapshot(store: Store) -> list[Any]:
    found = [store.story(known.id) for known in store.stories(1000).stories]
    return [
        (s.id, s.lead.id, s.entries, s.first, s.last, s.keys, [(t.entry.id, t.how, t.key, t.hangs) for t in s.tellings])
        for s in sorted(found, key=lambda s: s.id)
    ] + sorted((entry.id, entry.relations) for entry in store.entries(EntryQuery(limit=1000)).entries)


def fresh(empty_store: Path, made: pytest.TempPathFactory) -> Store:
    path = made.mktemp("order") / "store.db"
    path.write_bytes(empty_store.read_bytes())
    return open_store(f"sqlite:///{path}")


# Collapsed


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


def test_a_cursor_that_is_none_of_ours_is_refused(library: Store) -> None:
    with pytest.raises(QueryError):
        library.stories(10, "nothing")
    with pytest.raises(QueryError):
        library.stories(0)


def test_the_spans_are_what_the_page_of_stories_was_made_for() -> None:
    assert NAMED < SPAN


# The corpus


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with the five seeds; skips without them."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not beside the project (../shared/corpus)")
    url = f"sqlite:///{tmp_path_factory.mktemp('stories') / 'store.db'}"
    migrate(url)
    with open_store(url) as store:
        plan = Plan(load_topics(), load_aliases(), load_sources(), datetime.now(UTC))
        assert not [o.failure for o in ingest(find_documents([str(CORPUS / "seeds")]), store, plan) if o.failure]
        yield store


def test_the_translations_of_the_seeds_are_found_and_no_others(seeds: Store) -> None:
    entries = {entry.id: entry for entry in seeds.entries(EntryQuery(limit=1000)).entries}
    found = {
        (entries[relation.entry].document.name, entries[relation.entry].place.section, entry.place.section)
        for entry in entries.values()
        for relation in entry.relations
        if relation.kind is RelationKind.TRANSLATION_OF
    }
    assert found == {("001.md", "65", "60"), ("001.md", "65", "73")}


@pytest.mark.parametrize(
    ("key", "documents"),
    [
        ("repo:github.com/karpathy/llm.c", {"001.md", "002.md"}),
        ("name:llama3", {"000.md", "001.md", "002.md"}),
        ("name:commandr+", {"000.md", "001.md"}),
    ],
)
def test_news_of_the_seeds_stand_in_stories_across_documents(seeds: Store, key: str, documents: set[str]) -> None:
    (found,) = [seeds.story(known.id) for known in seeds.stories(1000).stories if key in known.keys]
    assert {told.entry.document.name for told in found.tellings} == documents
