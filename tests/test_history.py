"""What becomes of entries: edits are kept, what left is withdrawn, and a mirror can follow all of it."""

from __future__ import annotations

import shutil
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
from feeds.errors import QueryError
from feeds.model import Batch
from feeds.model import Draft
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Precision
from feeds.model import Problem
from feeds.model import Saved
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from feeds.store.revisions import MOST
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_drafts
from tests.builders import make_info
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_source
from tests.builders import make_topics
from web import create_app

LATER = NOW + timedelta(days=3)
GARDEN = "周末把阳台改成了小花园，先是搭架子，然后换土，最后种了番茄和罗勒，花了不到两百块钱。"
BOOK = "昨晚读完一本讲航海史的书，最喜欢的是关于经度的那一章，钟表匠的故事写得像侦探小说。"
BREAD = "第三次烤面包终于成功了：水少放一成，发酵多等一个小时，出炉以后整个屋子都是香的。"
TRAIN = "坐慢车去山里看雪，九个小时，邻座的老人讲了一路他年轻时候修铁路的事情。"
MUSIC = "把旧吉他翻出来换了弦，才发现手指早就忘了和弦，只好从最简单的练习曲重新开始。"
TEXTS = (GARDEN, BOOK, BREAD, TRAIN, MUSIC)


def live(store: Store) -> dict[str, Entry]:
    """All entries by id, page by page."""
    found: dict[str, Entry] = {}
    cursor = None
    while True:
        page = store.entries(EntryQuery(limit=3, cursor=cursor))
        found |= {entry.id: entry for entry in page.entries}
        if (cursor := page.next) is None:
            return found


def ids(store: Store) -> dict[str, str]:
    return {entry.content_text: entry.id for entry in live(store).values()}


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


# Withdrawal for good


def test_what_was_withdrawn_for_good_does_not_come_back(store: Store) -> None:
    batch = make_batch(make_drafts(*TEXTS, topics=make_topics("a")))
    store.save(batch, NOW)
    entry_id = ids(store)[GARDEN]
    assert store.withdraw(entry_id, LATER)
    assert not store.withdraw(entry_id, LATER)
    assert GARDEN not in ids(store)
    assert (store.author("rainlin").entries, store.sources()[0].entries, store.topics()[0].entries) == (4, 4, 4)
    assert store.document("2024-05.md").entries == 4
    store.save(make_batch(make_drafts(*TEXTS[1:])), LATER)
    store.save(batch, LATER)
    with pytest.raises(GoneError):
        store.entry(entry_id)


def renumbered() -> Batch:
    return make_batch(make_drafts(*reversed(TEXTS), published=make_published(date(2024, 5, 3))))


RETURNS = {
    "the same document": [make_batch(make_drafts(*TEXTS), title="May")],
    "renumbered and redated": [renumbered()],
    "edited, and edited again": [
        make_batch(make_drafts("新的开头，写给邻居。" + GARDEN, *TEXTS[1:])),
        make_batch(make_drafts("新的开头，写给邻居。" + GARDEN[:-8] + "，其余照旧。", *TEXTS[1:])),
    ],
    "with a title": [make_batch([make_draft(GARDEN, title="阳台"), *make_drafts(*TEXTS)[1:]])],
    "another author": [make_batch([make_draft(GARDEN, people=(make_person("杨", "yang"),)), *make_drafts(*TEXTS)[1:]])],
    "renamed": [make_batch(make_drafts(*TEXTS), name="may.md")],
    "renamed and edited": [make_batch(make_drafts("新的开头，写给邻居。" + GARDEN, *TEXTS[1:]), name="may.md")],
    "a copy beside it": [make_batch(make_drafts(GARDEN, "又及：" + BOOK), name="copy.md")],
    "twice in its document": [make_batch(make_drafts(GARDEN, *TEXTS))],
    "in another source": [make_batch(make_drafts(*TEXTS), source=make_source("attic"), name="attic.md")],
    "moved to another source": [make_batch(make_drafts(*TEXTS), source=make_source("attic"))],
    "gone and back": [make_batch(make_drafts(*TEXTS[1:])), make_batch(make_drafts(*TEXTS), lead="back")],
}


@pytest.mark.parametrize("history", RETURNS)
def test_no_document_and_no_copy_brings_it_back(store: Store, history: str) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    entry_id = ids(store)[GARDEN]
    store.withdraw(entry_id, NOW)
    for batch in RETURNS[history]:
        store.save(batch, LATER)
        store.save(replace(batch, document=replace(batch.document, lead="again")), LATER)
    assert not [text for text in ids(store) if GARDEN[:-8] in text]
    with pytest.raises(GoneError):
        store.entry(entry_id)
    assert all(
        tally.entries == sum(e.source.slug == tally.slug for e in live(store).values()) for tally in store.sources()
    )


def test_short_words_are_anybodys(store: Store) -> None:
    store.save(make_batch(make_drafts("早安", BOOK)), NOW)
    store.withdraw(ids(store)["早安"], NOW)
    store.save(make_batch(make_drafts("早安", TRAIN), name="june.md", source=make_source("attic")), LATER)
    assert {e.source.slug for e in live(store).values() if e.content_text == "早安"} == {"attic"}


def test_an_entry_that_had_left_can_be_withdrawn_for_good(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK)), NOW)
    entry_id = ids(store)[GARDEN]
    store.save(make_batch(make_drafts(BOOK)), NOW)
    version = store.version()
    assert store.withdraw(entry_id, LATER)
    assert store.version() == version
    store.save(make_batch(make_drafts(GARDEN, BOOK)), LATER)
    assert GARDEN not in ids(store)


def test_nothing_unknown_is_withdrawn(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.withdraw("urn:uuid:00000000-0000-0000-0000-000000000000", NOW)
    assert store.version() == 0


# Leaving and coming back


def test_what_comes_back_edited_keeps_its_history(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK)), NOW)
    entry_id = ids(store)[GARDEN]
    store.save(make_batch(make_drafts(GARDEN + "补记。", BOOK)), NOW)
    store.save(make_batch(make_drafts(BOOK)), LATER)
    store.save(make_batch(make_drafts(GARDEN + "补记。还有。", BOOK)), LATER)
    entry = store.entry(entry_id)
    assert (entry.first_seen, entry.revision) == (NOW, 3)
    assert [revision.number for revision in store.revisions(entry_id)] == [3, 2, 1]


def shrunk(*texts: str, digest: str, **fields: str) -> Batch:
    return make_batch(make_drafts(*texts), digest=digest, **fields)


def test_bytes_that_shrank_suspiciously_never_withdraw_later(store: Store) -> None:
    """Two of five are left and two are new; read again for whatever reason, three of seven would not be suspicious."""
    whole = shrunk(*TEXTS, digest="1" * 64)
    broken = shrunk(GARDEN, BOOK, BREAD[::-1], TRAIN[::-1], digest="2" * 64)
    store.save(whole, NOW)
    assert store.save(broken, NOW).withdrawn == 0
    store.record_failure(make_info(digest="3" * 64), Problem("is binary"), NOW)
    assert store.save(broken, LATER).withdrawn == 0
    assert store.save(replace(broken, drafts=make_drafts(GARDEN, BOOK, BREAD[::-1])), LATER).withdrawn == 0
    assert set(TEXTS) <= set(ids(store))


def test_a_document_that_is_edited_on_is_believed_in_the_end(store: Store) -> None:
    store.save(shrunk(*TEXTS, digest="1" * 64), NOW)
    store.save(shrunk(GARDEN, BOOK, digest="2" * 64), NOW)
    assert store.save(shrunk(GARDEN, BOOK, BREAD, digest="4" * 64), LATER).withdrawn == 2
    assert set(ids(store)) == {GARDEN, BOOK, BREAD}


# Another source


def test_a_document_put_into_another_source_leaves_the_old_one(store: Store) -> None:
    store.save(make_batch(make_drafts(*TEXTS, topics=make_topics("a"))), NOW)
    old = ids(store)
    document_id = store.documents()[0].id
    store.save(make_batch(make_drafts(*TEXTS, topics=make_topics("a")), source=make_source("attic")), LATER)
    assert {e.source.slug for e in live(store).values()} == {"attic"}
    assert sorted(ids(store)) == sorted(TEXTS)
    assert {t.slug: t.entries for t in store.sources()} == {"attic": 5, "garden": 0}
    assert (store.author("rainlin").entries, store.topics()[0].entries) == (5, 5)
    assert [(r.id, r.source, r.entries) for r in store.documents()] == [(document_id, "attic", 5)]
    with pytest.raises(GoneError):
        store.entry(old[GARDEN])


def test_what_stands_elsewhere_in_the_old_source_stays(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK, BREAD)), NOW)
    store.save(make_batch(make_drafts(GARDEN, TRAIN, MUSIC), name="other.md"), NOW)
    store.save(make_batch(make_drafts(GARDEN, BOOK, BREAD), source=make_source("attic")), LATER)
    garden = {e.content_text: e.document.name for e in live(store).values() if e.source.slug == "garden"}
    assert garden == {GARDEN: "other.md", TRAIN: "other.md", MUSIC: "other.md"}


def test_a_document_put_back_into_its_source_has_its_old_ids(store: Store) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    before = ids(store)
    store.save(make_batch(make_drafts(*TEXTS), source=make_source("attic")), NOW)
    store.save(make_batch(make_drafts(*TEXTS)), LATER)
    assert ids(store) == before
    assert len(store.documents()) == 1


# First seen


@pytest.mark.parametrize(
    ("seen", "first"),
    [
        pytest.param(NOW - timedelta(days=40), NOW - timedelta(days=40), id="file"),
        pytest.param(None, NOW, id="unknown"),
        pytest.param(NOW + timedelta(days=1), NOW, id="future"),
        pytest.param(NOW.replace(year=1980), NOW, id="set-by-a-tool"),
    ],
)
def test_an_undated_entry_was_first_seen_when_its_document_was_last_changed(
    store: Store, seen: object, first: object
) -> None:
    batch = replace(make_batch([make_draft(GARDEN, published=None)]), seen=seen)  # type: ignore[arg-type]
    store.save(batch, NOW)
    (entry,) = live(store).values()
    assert (entry.published.at, entry.published.precision, entry.first_seen) == (first, Precision.UNKNOWN, first)
    store.save(replace(batch, seen=LATER, drafts=(make_draft(GARDEN + "补。", published=None),)), LATER)
    assert store.entry(entry.id).published.at == first


# Changes


class Mirror:
    """Holds what the changes told it, and nothing else."""

    def __init__(self, store: Store, limit: int = 2) -> None:
        self.entries: dict[str, Entry] = {}
        self._store, self._limit = store, limit
        self._cursor: str | None = None

    def step(self) -> bool:
        """Follow one page; tell whether there is more."""
        page = self._store.changes(self._cursor, self._limit)
        for change in page.items:
            if change.entry is None:
                self.entries.pop(change.id, None)
            else:
                self.entries[change.id] = change.entry
        self._cursor = page.cursor
        return page.more

    def follow(self) -> dict[str, Entry]:
        while self.step():
            pass
        return self.entries


def test_changes_tell_what_is_new_edited_and_withdrawn_in_order(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK, BREAD)), NOW)
    start = store.changes()
    before = ids(store)
    assert {change.id for change in start.items} == set(before.values())
    assert {change.at for change in start.items} == {NOW}
    store.save(make_batch(make_drafts(GARDEN, BOOK + "补记。")), LATER)
    told = store.changes(start.cursor)
    assert {c.id: c.entry and c.entry.content_text for c in told.items} == {
        before[BREAD]: None,
        before[BOOK]: BOOK + "补记。",
    }
    assert {c.at for c in told.items} == {LATER}
    assert not told.more
    assert store.changes(told.cursor).items == ()
    assert store.changes(told.cursor).cursor == told.cursor


def test_an_entry_changes_with_its_document_its_source_and_its_relations(store: Store) -> None:
    drafts = make_drafts(GARDEN, BOOK)
    quoting = [replace(drafts[0], quotes=(2,)), drafts[1]]
    for batch in (
        make_batch(drafts),
        make_batch(drafts, title="May"),
        make_batch(drafts, source=make_source(name="Gardens")),
        make_batch(quoting, title="May"),
    ):
        cursor = store.changes().cursor
        store.save(batch, NOW)
        assert {c.id: c.entry for c in store.changes(cursor).items} == live(store)
    cursor = store.changes().cursor
    store.withdraw(ids(store)[BOOK], NOW)
    assert {c.id: c.entry for c in store.changes(cursor).items if c.entry} == live(store)


def test_what_was_never_shown_is_no_change(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK)), NOW)
    store.withdraw(ids(store)[GARDEN], NOW)
    cursor = store.changes().cursor
    store.save(make_batch(make_drafts(GARDEN), source=make_source("attic"), name="a.md"), LATER)
    store.save(make_batch(make_drafts(GARDEN + "改。", BOOK)), LATER)
    assert [c.id for c in store.changes(cursor).items] == []


@pytest.mark.parametrize("cursor", ["", "x", "!!", "W10", "WyJ4IiwxLCIiXQ", "é", "A" * 500], ids=str)
def test_a_bad_cursor_is_an_error(store: Store, cursor: str) -> None:
    with pytest.raises(QueryError) as raised:
        store.changes(cursor)
    assert raised.value.parameter == "since"


def test_a_cursor_of_another_store_is_refused(store: Store, tmp_path: Path) -> None:
    store.save(make_batch(), NOW)
    migrate(f"sqlite:///{tmp_path / 'other.db'}")
    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as other, pytest.raises(QueryError, match="another store"):
        other.changes(store.changes().cursor)


def test_a_cursor_of_a_store_that_was_put_back_is_refused(empty_store: Path) -> None:
    with copied(empty_store) as store:
        store.save(make_batch(), NOW)
        cursor = store.changes().cursor
    with copied(empty_store) as older, pytest.raises(QueryError, match="put back"):
        older.changes(cursor)


STEPS = st.one_of(
    st.tuples(
        st.sampled_from(["a.md", "b.md"]),
        st.lists(
            st.tuples(
                st.sampled_from([*TEXTS, GARDEN + "补记。", BOOK + "再补一句。", "早安"]),
                st.sampled_from([(), (2,), (1, 3)]),
                st.sampled_from([(), make_topics("a")]),
            ),
            max_size=5,
        ),
        st.sampled_from(["garden", "attic"]),
        st.sampled_from(["May", "June"]),
    ),
    st.integers(0, 6),
    st.just("follow"),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, min_size=2, max_size=10))
def test_a_mirror_holds_exactly_what_the_listing_holds(empty_store: Path, steps: list[object]) -> None:
    with copied(empty_store) as store:
        mirror = Mirror(store)
        for number, step in enumerate(steps):
            now = NOW + timedelta(hours=number)
            if step == "follow":
                mirror.step()
            elif isinstance(step, int):
                for entry_id in sorted(live(store))[step : step + 1]:
                    store.withdraw(entry_id, now)
            else:
                store.save(_batch(step), now)
        assert mirror.follow() == live(store)


def _batch(step: object) -> Batch:
    name, rows, source, title = step  # type: ignore[misc]
    drafts: list[Draft] = [
        make_draft(text, n, quotes=quotes, topics=topics) for n, (text, quotes, topics) in enumerate(rows, 1)
    ]
    return make_batch(drafts, name=name, source=make_source(source), title=title)


def copied(template: Path) -> Store:
    path = template.parent / "history.db"
    for rest in ("", "-wal", "-shm"):
        Path(f"{path}{rest}").unlink(missing_ok=True)
    shutil.copy(template, path)
    return open_store(f"sqlite:///{path}")


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
