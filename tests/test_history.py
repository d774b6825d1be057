"""What becomes of entries that are edited: their earlier texts, and the differences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.differences import Kind
from feeds.differences import difference
from feeds.errors import GoneError
from feeds.errors import NotFoundError
from feeds.model import Draft
from feeds.model import Saved
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store.revisions import MOST
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_drafts
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_topics
from tests.life import BOOK
from tests.life import BREAD
from tests.life import GARDEN
from tests.life import LATER
from tests.life import TEXTS
from tests.life import copied
from tests.life import ids
from tests.life import live
from web import create_app

# Revisions


def test_an_edit_keeps_the_text_before_it(store: Store) -> None:
    store.save(make_batch([make_draft(GARDEN, title="阳台")]), NOW)
    (entry_id,) = live(store)
    store.save(make_batch([make_draft(GARDEN + "下次种辣椒。", title="阳台")]), LATER)
    newest, oldest = store.revisions(entry_id)
    assert (newest.number, newest.title, newest.content_text, newest.updated) == (
        2,
        "阳台",
        GARDEN + "下次种辣椒。",
        LATER,
    )
    assert (oldest.number, oldest.content_text, oldest.updated) == (1, GARDEN, make_published().at)
    assert (oldest.content_html, oldest.summary) == (f"<p>{GARDEN}</p>", GARDEN[:40])


def test_what_is_no_edit_keeps_nothing(store: Store) -> None:
    store.save(make_batch([make_draft(GARDEN)]), NOW)
    (entry_id,) = live(store)
    store.save(make_batch([make_draft(GARDEN, 3, topics=make_topics("a"), content_html="<p>x</p>")]), LATER)
    assert [revision.number for revision in store.revisions(entry_id)] == [1]


def test_of_many_revisions_the_first_and_the_latest_are_kept(store: Store) -> None:
    for number in range(30):
        store.save(make_batch([make_draft(f"{GARDEN}第{number}次记录。")]), NOW + timedelta(hours=number))
    (entry_id,) = live(store)
    numbers = [revision.number for revision in store.revisions(entry_id)]
    assert numbers == [30, *range(29, 29 - MOST + 1, -1), 1]


def test_a_revision_is_written_with_the_edit_or_not_at_all(store: Store) -> None:
    store.save(make_batch([make_draft(GARDEN)]), NOW)
    (entry_id,) = live(store)
    broken = make_draft(GARDEN + "补记。", people=(make_person("\ud800", None),))
    with pytest.raises(Exception):  # noqa: B017 (whatever the database makes of it)
        store.save(make_batch([broken]), LATER)
    assert [revision.content_text for revision in store.revisions(entry_id)] == [GARDEN]


def test_revisions_of_what_is_not_there_or_withdrawn(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK)), NOW)
    store.withdraw(ids(store)[GARDEN], NOW)
    with pytest.raises(NotFoundError):
        store.revisions("urn:uuid:0")
    with pytest.raises(GoneError):
        store.revisions(next(change.id for change in store.changes().items if change.entry is None))


# Differences


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        pytest.param("同样。", "同样。", ["=同样。"], id="same"),
        pytest.param("", "新的。", ["+新的。"], id="from-nothing"),
        pytest.param("旧的。", "", ["-旧的。"], id="to-nothing"),
        pytest.param(
            "天气很好。去公园。", "天气不错。去公园。", ["=天气", "-很好", "+不错", "=。去公园。"], id="chinese"
        ),
        pytest.param(
            "The old cat sat. Done.", "The young cat sat. Done.", ["=The ", "-old", "+young", "=cat"], id="words"
        ),
        pytest.param("一。三。", "一。二。三。", ["=一。", "+二。", "=三。"], id="sentence-between"),
        pytest.param(GARDEN, BOOK, [f"-{GARDEN}", f"+{BOOK}"], id="nothing-in-common"),
    ],
)
def test_a_difference_reads_in_order(old: str, new: str, pieces: list[str]) -> None:
    marks = {Kind.SAME: "=", Kind.INSERTED: "+", Kind.DELETED: "-"}
    found = [marks[kind] + words for kind, words in difference(old, new)]
    assert [piece[: len(words)] for piece, words in zip(found, pieces, strict=False)] == [
        words if words != "=cat" else "= ca" for words in pieces
    ]


@given(st.text(alphabet="一二三。a b\n.", max_size=60), st.text(alphabet="一二三。a b\n.", max_size=60))
def test_a_difference_holds_both_texts(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(p.words for p in pieces if p.kind is not Kind.INSERTED) == old
    assert "".join(p.words for p in pieces if p.kind is not Kind.DELETED) == new
    assert all(p.words for p in pieces)
    assert all(one.kind is not other.kind for one, other in zip(pieces, pieces[1:], strict=False))


@pytest.mark.parametrize("texts", [("甲乙" * 100_000, "乙甲" * 100_000), ("甲。乙。" * 50_000, "乙。甲。" * 50_000)])
def test_large_texts_are_compared_within_bounds(texts: tuple[str, str]) -> None:
    pieces = difference(*texts)
    assert "".join(p.words for p in pieces if p.kind is not Kind.INSERTED) == texts[0]


# Whatever is done to a document


def _reordered(drafts: list[Draft], number: int) -> list[Draft]:
    return drafts[number:] + drafts[:number][::-1]


def _with_head(draft: Draft, number: int) -> Draft:
    text = f"{HEADS[number]}{draft.content_text.rpartition('〗')[2]}"
    return replace(draft, content_text=text, content_html=f"<p>{text}</p>")


def _continued(draft: Draft, number: int) -> Draft:
    return replace(draft, content_text=draft.content_text + HEADS[number].strip("〖〗") + "。")


HEADS = ("", "〖周末〗", "〖旧事重提〗", "〖给邻居的信〗", "〖三月〗")
ONE = {
    "head": _with_head,
    "continued": _continued,
    "title": lambda draft, number: replace(draft, title=HEADS[number] or None),
    "date": lambda draft, number: replace(draft, published=make_published(date(2024, 4, 1 + number))),
    "name": lambda draft, number: replace(draft, people=(make_person(f"林{number}"),)),
}
DONE = st.tuples(st.sampled_from(["order", *ONE]), st.integers(0, 4), st.sets(st.integers(0, 4)))


@settings(max_examples=40, deadline=None)
@given(st.lists(DONE, min_size=1, max_size=8))
def test_whatever_is_edited_renumbered_and_reordered_every_entry_keeps_its_id(
    empty_store: Path, done: list[tuple[str, int, set[int]]]
) -> None:
    with copied(empty_store) as store:
        drafts = list(make_drafts(*TEXTS))
        store.save(make_batch(drafts), NOW)
        before = ids(store)
        for what, number, which in done:
            if what == "order":
                drafts = _reordered(drafts, number)
            else:
                drafts = [ONE[what](d, number) if n in which else d for n, d in enumerate(drafts)]
            placed = [replace(d, place=replace(d.place, position=n)) for n, d in enumerate(drafts, 1)]
            assert store.save(make_batch(placed), LATER).new == 0
        assert {text: next(i for t, i in ids(store).items() if text in t) for text in TEXTS} == before


# The API and the page


@pytest.fixture
def client(store: Store) -> Iterator[FlaskClient]:
    """An edited entry, one as it was, one withdrawn."""
    store.save(make_batch(make_drafts(GARDEN, BOOK, BREAD, title="札记")), NOW)
    store.save(make_batch(make_drafts(GARDEN, BOOK.replace("侦探", "推理"), title="札记")), LATER)
    app = create_app(load_settings({"PUBLIC_BASE_URL": "https://feeds.example.org"}), store)
    with app.test_client() as made:
        yield made


def test_the_api_gives_revisions_with_differences(client: FlaskClient, store: Store) -> None:
    entry_id = next(e.id for e in live(store).values() if e.revision == 2)
    answer = client.get(f"/api/v1/entries/{entry_id}/revisions").get_json()
    assert answer["next"] is None
    newest, oldest = answer["data"]
    assert list(newest) == ["revision", "updated", "title", "content_text", "content_html", "difference"]
    assert (newest["revision"], oldest["revision"], oldest["difference"]) == (2, 1, [])
    changed = [(p["kind"], p["text"]) for p in newest["difference"] if p["kind"] != "same"]
    assert changed == [("deleted", "侦探"), ("inserted", "推理")]
    assert client.get("/api/v1/entries/urn:uuid:0/revisions").status_code == 404
    gone = next(c.id for c in store.changes().items if c.entry is None)
    assert client.get(f"/api/v1/entries/{gone}/revisions").status_code == 410
    assert client.get(f"/api/v1/entries/{entry_id}/revisions?limit=3").status_code == 400


def test_the_page_of_an_edited_entry_shows_what_changed(client: FlaskClient, store: Store) -> None:
    pages = {e.revision: client.get(f"/entries/{e.id.removeprefix('urn:uuid:')}").text for e in live(store).values()}
    assert "<del>侦探</del><ins>推理</ins>" in pages[2]
    assert "<ins>" not in pages[1]


def test_the_api_tells_changes_page_by_page(client: FlaskClient, store: Store) -> None:
    told, url, cursors = [], "/api/v1/changes?limit=2", []
    while url:
        answer = client.get(url).get_json()
        told += answer["data"]
        cursors.append(answer["cursor"])
        url = answer["next"]
    assert {c["kind"] for c in told} == {"upsert", "withdrawn"}
    assert [c["entry"] is None for c in told] == [c["kind"] == "withdrawn" for c in told]
    listed = client.get("/api/v1/entries").get_json()["data"]
    assert sorted((c["entry"] for c in told if c["entry"]), key=str) == sorted(listed, key=str)
    assert client.get(f"/api/v1/changes?since={cursors[-1]}").get_json()["data"] == []
    assert all(c["at"].endswith("Z") for c in told)


@pytest.mark.parametrize("query", ["since=nonsense", "limit=0", "limit=101", "cursor=x", "since=a&since=b"])
def test_bad_parameters_of_changes_are_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/changes?{query}")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_saving_says_what_it_absorbed(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK)), NOW)
    store.withdraw(ids(store)[GARDEN], NOW)
    assert store.save(make_batch(make_drafts(GARDEN + "改。", BOOK)), LATER) == Saved(unchanged=2)
