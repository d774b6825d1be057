"""A worker in a process of its own, in a hurry: run with the address of the store, a sources file and a name."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path

from feeds.settings import load_settings
from feeds.store import open_store
from scrapers.fetch import Clock
from scrapers.worker import bench as benches
from scrapers.worker.worker import work

INTERVAL = timedelta(seconds=2)
LEASE = timedelta(seconds=8)
#: Seconds, less than a lease has. A fetch that a busy machine makes fail is tried again before its interval is over.
_PATIENCE = 6.0


def main(database: str, sources: Path, name: str) -> None:
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    clock = Clock(lambda: datetime.now(UTC), asked.wait, asked.is_set)
    told = {"DATABASE_URL": database, "SOURCES": str(sources), "PUBLIC_BASE_URL": f"https://{name}.example.org"}
    settings = load_settings({**told, "FETCH_NETWORKS": "127.0.0.0/8"})
    limits = replace(benches.make_limits(settings), delay=0.05, connect=_PATIENCE, read=_PATIENCE, total=_PATIENCE)
    with open_store(database) as store, benches.open_bench(settings, store, clock, limits) as bench:
        often = [replace(r, origin=replace(r.origin, interval=INTERVAL) if r.origin else None) for r in bench.sources]
        for done in work(replace(bench, sources=often, lease=LEASE)):
            print(done.slug, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
