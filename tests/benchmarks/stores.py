"""Makes a store of the made archive: `python -m tests.benchmarks.stores URL ENTRIES [TOPICS]`.

The first 10 000 entries are saved as always, and the rate is printed; the others are grown. A SQLite store of a million
takes twenty minutes of one core, and ten gigabytes.
"""

from __future__ import annotations

import sys
import time

from feeds.store import migrate
from feeds.store import open_store
from tests.benchmarks.growing import grow
from tests.benchmarks.growing import settle
from tests.benchmarks.made import NEWEST
from tests.benchmarks.made import Made
from tests.benchmarks.made import batches

#: Entries that are saved through the store.
FIRST = 10_000


def main() -> None:
    """Make a store, and say how long that took."""
    url, entries, *rest = sys.argv[1:]
    made, count = Made(int(rest[0]) if rest else 34), int(entries)
    migrate(url)
    began, used = time.perf_counter(), time.process_time()
    with open_store(url) as store:
        for batch in batches(made, min(count, FIRST)):
            store.save(batch, NEWEST)
    saved = min(count, FIRST)
    taken, used = time.perf_counter() - began, time.process_time() - used
    print(
        f"saved {saved:,} entries: {saved / taken:,.0f} a second, {saved / used:,.0f} a second of processor", flush=True
    )
    settle(url)
    if count > FIRST:
        grow(url, made, count, lambda done: print(f"{done:,} entries", flush=True))


if __name__ == "__main__":
    main()
