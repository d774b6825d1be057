"""A page of a listing beside the plain statement that finds it: `python -m tests.benchmarks.statements FILE`.

For SQLite, whose work is that of the process.

The statement is the best that can be written by hand: one walk along an index, all columns, nothing made of the rows.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from feeds.model import EntryQuery
from feeds.store import open_store
from feeds.store.engine import make_engine
from feeds.store.engine import store_url
from tests.benchmarks.made import Made
from tests.benchmarks.made import topic_slug

ROUNDS = 60
_ALL = "SELECT * FROM entry WHERE withdrawn_at IS NULL ORDER BY published DESC, order_key DESC, id DESC LIMIT 51"
_LISTED = (
    "SELECT e.* FROM (SELECT entry_id, published, order_key FROM listing WHERE author_id = {author} AND part = '{part}'"
    " AND topic = '{topic}' ORDER BY published DESC, order_key DESC, entry_id DESC LIMIT 51) l"
    " JOIN entry e ON e.id = l.entry_id ORDER BY l.published DESC, l.order_key DESC, l.entry_id DESC"
)


def main() -> None:
    """Print the p50 of both in milliseconds, and the ratio."""
    url = f"sqlite:///{sys.argv[1]}"
    engine = make_engine(store_url(url), read_only=True)
    with open_store(url, read_only=True) as store, engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        slug = store.author(f"@{Made().people[0].handle}").slug
        author = driver.execute(f"SELECT id FROM author WHERE slug = '{slug}'").fetchone()[0]
        topic = topic_slug(0)
        cases = {
            "all": (_ALL, EntryQuery()),
            "author": (_LISTED.format(author=author, part="byline", topic=""), EntryQuery(authors=(slug,))),
            "topic": (_LISTED.format(author=0, part="", topic=topic), EntryQuery(topics=(topic,))),
            "author × topic": (
                _LISTED.format(author=author, part="byline", topic=topic),
                EntryQuery(authors=(slug,), topics=(topic,)),
            ),
        }
        print(f"{'milliseconds, p50':<20}{'statement':>12}{'page':>10}{'ratio':>8}")
        for name, (statement, query) in cases.items():
            pairs = [
                (_seconds(lambda: driver.execute(statement).fetchall()), _seconds(lambda: store.entries(query)))  # noqa: B023
                for _ in range(ROUNDS)
            ]
            plain, ours = (1000 * statistics.median(column) for column in zip(*pairs, strict=True))
            print(f"{name:<20}{plain:>12.2f}{ours:>10.2f}{ours / plain:>8.2f}")


def _seconds(action: Callable[[], object]) -> float:
    """Of the processor: on a busy machine that of the clock says nothing about a millisecond."""
    start = time.thread_time()
    action()
    return time.thread_time() - start


if __name__ == "__main__":
    main()
