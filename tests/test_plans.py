"""Every statement of a listing is a walk along an index: the plans that both databases make are read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from feeds.model import Batch
from feeds.model import EntryQuery
from feeds.model import Problem
from feeds.model import Scope
from feeds.query import narrowed
from feeds.query import parse
from feeds.store import Store
from feeds.store import finding
from feeds.store import migrate
from feeds.store import open_store
from feeds.store.activity import Span
from feeds.store.bounds import cursor_at
from feeds.store.engine import reading
from feeds.store.searching import Way
from tests.benchmarks.made import NEWEST
from tests.benchmarks.made import Made
from tests.benchmarks.made import batches
from tests.builders import make_batch
from tests.builders import make_draft

MADE = Made(topics=6, authors=30)
WORD, OTHER = MADE.words[40], MADE.words[900]
#: Tables that grow with the archive.
LARGE = {
    *("entry", "listing", "search_entry", "search_text", "entry_about", "story", "story_entry", "relation"),
    *("standing", "document", "author", "alias", "listing_version", "revision"),
}
#: What may be read from one end to the other in its order, since a page is the first part of it.
IN_ORDER = (
    *("entry USING INDEX entry_live", "entry USING COVERING INDEX entry_live", "search_text VIRTUAL TABLE"),
    *("story USING INDEX story_by", "author USING INDEX", "document USING COVERING INDEX document_by_first_seen"),
)
#: A document is small; of words the page that was found is sorted, with all of its last second.
SORTED = {"document", *("word", "words", "either", "not a word", "one without another", "word and language")}
Statement = tuple[str, Any]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store that knows nothing of the numbers of its rows."""
    path = tmp_path_factory.mktemp("plans") / "store.db"
    migrate(f"sqlite:///{path}")
    with open_store(f"sqlite:///{path}") as store:
        for batch in batches(MADE, 60):
            store.save(batch, NEWEST)
    yield path


@pytest.fixture
def library(store_url: str, store: Store, request: pytest.FixtureRequest) -> Iterator[Store]:
    """The same entries in each database."""
    if store_url.startswith("sqlite:"):
        with open_store(f"sqlite:///{request.getfixturevalue('filled')}") as opened:
            yield opened
        return
    for batch in batches(MADE, 60):
        store.save(batch, NEWEST)
    yield store


def queries() -> dict[str, EntryQuery]:
    slugs = MADE.topic_slugs
    author = str(MADE.people[0].handle)
    found = {
        "all": EntryQuery(),
        "author": EntryQuery(authors=(author,)),
        "quoted": EntryQuery(authors=(author,), role="any"),
        "topic": EntryQuery(topics=(slugs[0],)),
        "topics": EntryQuery(topics=tuple(slugs[:3])),
        "author and topic": EntryQuery(authors=(author,), topics=(slugs[0],)),
        "source": EntryQuery(source="series-0"),
        "document": EntryQuery(document="made-000000.md"),
        "one a story": EntryQuery(collapse=True),
        "language": EntryQuery(languages=("en",)),
        "languages": EntryQuery(languages=("zh", "en")),
        "topic and language": EntryQuery(topics=(slugs[0],), languages=("ja",)),
        "source and language": EntryQuery(source="series-0", languages=("ja",)),
        "since": EntryQuery(since=NEWEST - timedelta(days=1)),
        "updated": EntryQuery(updated_since=NEWEST - timedelta(days=1)),
    }
    words = {
        "word": WORD,
        "words": f"{WORD} {OTHER}",
        "either": f"{WORD} OR {OTHER}",
        "not a word": f"-{WORD}",
        "one without another": f"{WORD} -{OTHER}",
        "language in words": "lang:en",
        "word and language": f"{WORD} lang:ja",
        "word of a topic": f"{WORD} topic:{slugs[0]}",
        "word of an author": f"{WORD} author:{author}",
        "word of a source": f"{WORD} source:series-0",
        "not a topic": f"-topic:{slugs[0]}",
        "either topic": f"topic:{slugs[0]} OR topic:{slugs[1]}",
        "until": "until:2026-03-30",
    }
    return found | {name: narrowed(EntryQuery(), parse(query)) for name, query in words.items()}


QUERIES = queries()
#: Other questions whose cost must not grow.
QUESTIONS: dict[str, Callable[[Store], object]] = {
    "entry": lambda store: store.entry(store.entries(EntryQuery(limit=1)).entries[0].id),
    "neighbours": lambda store: store.neighbours(
        store.entries(EntryQuery(limit=1)).entries[0].id, store.authors(1)[0].slug
    ),
    "newest": lambda store: store.newest(EntryQuery(cursor=cursor_at(NEWEST))),
    "busiest authors": lambda store: store.authors(12),
    "authors after": lambda store: store.authors_after("b", 12),
    "author": lambda store: store.author(MADE.people[0].name),
    "documents after": lambda store: store.documents_after("", 12),
    "beginning": lambda store: store.beginning(),
    "stories": lambda store: store.stories(10, cursor_at(NEWEST)),
    "largest stories": lambda store: store.largest_stories(5),
    "changes": lambda store: store.changes(None, 10),
    "weeks": lambda store: store.weeks(Span(NEWEST, 52), topic=MADE.topic_slugs[0]),
    "newest dated": lambda store: store.newest_dated(topic=MADE.topic_slugs[0]),
    "version": lambda store: store.listing_version([Scope("topic", MADE.topic_slugs[0])]),
}


@pytest.mark.parametrize("name", QUERIES)
def test_no_listing_reads_a_whole_table(library: Store, name: str) -> None:
    query = replace(QUERIES[name], limit=5)
    sent = watched(library, lambda: library.entries(query))
    sent += watched(library, lambda: library.entries(replace(query, cursor=cursor_at(NEWEST - timedelta(hours=1)))))
    assert sent
    assert [found for one in sent for found in scans(library, one)] == []
    assert name in SORTED or [found for one in sent for found in sorts(library, one)] == []


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("name", [name for name in QUERIES if name.startswith(("word", "either", "one without"))])
def test_no_way_of_a_search_reads_a_whole_table(
    library: Store, name: str, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way is Way.GATHERED and is_sqlite(library):
        pytest.skip("SQLite gathers no hits")
    if way is Way.LISTING and " of a" not in name:
        pytest.skip("there is no listing")
    monkeypatch.setattr(finding, "way_to", lambda *asked: way)
    sent = watched(library, lambda: library.entries(replace(QUERIES[name], limit=5)))
    assert sent
    assert [found for one in sent for found in scans(library, one)] == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_of_a_page_reads_a_whole_table(library: Store, name: str) -> None:
    sent = watched(library, lambda: QUESTIONS[name](library))
    assert sent
    assert [found for one in sent for found in scans(library, one)] == []


#: What changes the store and must not take longer as the archive grows.
CHANGES: dict[str, Callable[[Store], object]] = {
    "new document": lambda store: store.save(make_batch([make_draft("一篇新的"), make_draft("又一篇", 2)]), NEWEST),
    "known document": lambda store: store.save(next(batches(MADE, 60)), NEWEST),
    "changed document": lambda store: store.save(edited(next(batches(MADE, 60)), 1), NEWEST),
    "document with less": lambda store: store.save(edited(next(batches(MADE, 60)), 10), NEWEST),
    "withdrawn": lambda store: store.withdraw(store.entries(EntryQuery(limit=1)).entries[0].id, NEWEST),
    "failure": lambda store: store.record_failure(make_batch([]).document, Problem("of a test"), NEWEST),
}


@pytest.mark.parametrize("name", CHANGES)
def test_no_change_reads_a_whole_table(store: Store, name: str) -> None:
    for batch in batches(MADE, 60):
        store.save(batch, NEWEST)
    sent = watched(store, lambda: CHANGES[name](store))
    assert len(sent) > 5 or name == "known document"
    assert [found for one in sent for found in scans(store, one)] == []


@pytest.mark.parametrize("name", [*sorted(CHANGES.keys() - {"known document"}), "retopic", "prune"])
def test_who_changes_entries_waits_for_a_turn_before_anything_is_locked(store: Store, name: str) -> None:
    if is_sqlite(store):
        pytest.skip("a file has one writer")
    for batch in batches(MADE, 60):
        store.save(batch, NEWEST)
    more: dict[str, Callable[[Store], object]] = {
        "retopic": lambda store: store.retopic(lambda *words, **more: (), NEWEST),
        "prune": lambda store: store.prune(NEWEST - timedelta(hours=1), NEWEST + timedelta(days=1)),
    }
    sent = [statement for statement, _ in watched(store, lambda: (CHANGES | more)[name](store))]
    turn = next(at for at, statement in enumerate(sent) if "pg_advisory_xact_lock" in statement)
    assert not any(statement.startswith(("INSERT", "UPDATE", "DELETE")) for statement in sent[:turn])
    assert any(statement.startswith(("INSERT", "UPDATE", "DELETE")) for statement in sent[turn:])


def edited(batch: Batch, less: int) -> Batch:
    """The same without its first entries, and with other words in the next one."""
    first, *rest = batch.drafts[less:]
    return replace(batch, drafts=(replace(first, content_text=f"{first.content_text}，改了一点"), *rest))


def test_a_whole_table_that_is_read_is_seen(library: Store) -> None:
    whole = ("SELECT * FROM entry ORDER BY summary LIMIT 5", ())
    assert scans(library, whole)
    assert not is_sqlite(library) or sorts(library, whole)


def is_sqlite(store: Store) -> bool:
    return store._access.engine().dialect.name == "sqlite"


def watched(store: Store, action: Callable[[], object]) -> list[Statement]:
    """The statements that an action sends, without transaction control; of many rows with the first one."""
    seen: list[Statement] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> None:
        seen.append((statement, parameters))

    engine = store._access.engine()
    event.listen(engine, "before_cursor_execute", note)
    try:
        action()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [
        (statement, parameters[0] if isinstance(parameters, list) else parameters)
        for statement, parameters in seen
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"))
    ]


def scans(store: Store, statement: Statement) -> list[str]:
    """The large tables that a statement reads from one end to the other."""
    if is_sqlite(store):
        if statement[0].startswith("INSERT"):  # of which the plan tells what a change of the key, which is none, needs
            return []
        details = [row[3] for row in sqlite_plan(store, statement)]
        read = [detail.removeprefix("SCAN ") for detail in details if detail.startswith("SCAN ")]
        return [what for what in read if what.split()[0] in LARGE and not what.startswith(IN_ORDER)]
    return [node["Relation Name"] for node in server_plan(store, statement) if node["Node Type"] == "Seq Scan"]


def sorts(store: Store, statement: Statement) -> list[str]:
    """What a statement on SQLite sorts that is not the page already found."""
    if not is_sqlite(store):
        return []
    by_parent: dict[int, list[str]] = {}
    for _, parent, _, detail in sqlite_plan(store, statement):
        by_parent.setdefault(parent, []).append(detail)
    sorted_here = [lines for lines in by_parent.values() if "USE TEMP B-TREE FOR ORDER BY" in lines]
    return [" | ".join(lines) for lines in sorted_here if not is_page(lines)]


def is_page(lines: list[str]) -> bool:
    """Whether the first table is a page, or was looked up by the ids of one."""
    outer = next(line for line in lines if line.startswith(("SCAN", "SEARCH")))
    by_id = r"SEARCH (entry|relation|story_entry) .*\((id|entry_id)=\?"
    return bool(re.match(rf"SCAN (walk|newest|merged|\(subquery)|{by_id}", outer))


def sqlite_plan(store: Store, statement: Statement) -> list[tuple[int, int, int, str]]:
    with reading(store._access.engine()) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1])]


def server_plan(store: Store, statement: Statement) -> list[dict[str, Any]]:
    """The nodes that read large tables; small ones would be read whole whatever indexes there are."""
    with reading(store._access.engine()) as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement[0]}", statement[1]).scalar_one()
    plan = told if isinstance(told, list) else json.loads(told)
    return [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") in LARGE]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)
