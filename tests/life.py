"""Five posts of somebody's life, and what tests ask of a store that holds them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_url as parse_url
from feeds.store.schema import metadata
from tests.builders import NOW

LATER = NOW + timedelta(days=3)
GARDEN = "周末把阳台改成了小花园，先是搭架子，然后换土，最后种了番茄和罗勒，花了不到两百块钱。"
BOOK = "昨晚读完一本讲航海史的书，最喜欢的是关于经度的那一章，钟表匠的故事写得像侦探小说。"
BREAD = "第三次烤面包终于成功了：水少放一成，发酵多等一个小时，出炉以后整个屋子都是香的。"
TRAIN = "坐慢车去山里看雪，九个小时，邻座的老人讲了一路他年轻时候修铁路的事情。"
MUSIC = "把旧吉他翻出来换了弦，才发现手指早就忘了和弦，只好从最简单的练习曲重新开始。"
TEXTS = (GARDEN, BOOK, BREAD, TRAIN, MUSIC)


def texts(store: Store, **query: object) -> list[str]:
    return [entry.content_text for entry in entries(store, **query)]


def entries(store: Store, **query: object) -> tuple[Entry, ...]:
    return store.entries(EntryQuery(**query)).entries  # type: ignore[arg-type]


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


def dump(url: str) -> list[str]:
    engine = make_engine(parse_url(url))
    with reading(engine) as connection:
        rows = [repr(row) for table in metadata.sorted_tables for row in connection.execute(table.select())]
    engine.dispose()
    return rows


def statements(store: Store, action: Callable[[], object]) -> int:
    return len(watched(store, action))


def watched(store: Store, action: Callable[[], object]) -> list[tuple[str, object]]:
    """The statements that an action sends, without transaction control."""
    seen: list[tuple[str, object]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> None:
        seen.append((statement, parameters))

    engine = store._access.engine()
    event.listen(engine, "before_cursor_execute", note)
    action()
    event.remove(engine, "before_cursor_execute", note)
    return [(statement, parameters) for statement, parameters in seen if not statement.startswith("BEGIN")]


def only_on_sqlite(store_url: str) -> None:
    if not store_url.startswith("sqlite:"):
        pytest.skip("a question that only SQLite answers")


def query_plan(store: Store, query: EntryQuery) -> list[str]:
    statement, parameters = watched(store, lambda: store.entries(query))[0]
    with reading(store._access.engine()) as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def copied(template: Path) -> Store:
    """A store of its own from a file, in the place of the one before: property tests need many, one after the other."""
    path = template.parent / "copy.db"
    for rest in ("", "-wal", "-shm"):
        Path(f"{path}{rest}").unlink(missing_ok=True)
    shutil.copy(template, path)
    return open_store(f"sqlite:///{path}")


def fresh(path: Path) -> Store:
    """A new store in a file."""
    migrate(f"sqlite:///{path}")
    return open_store(f"sqlite:///{path}")
