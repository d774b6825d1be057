"""A site that holds the vectors in every format, sent as anybody with a token may send them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace

import feedwright
from feeds.addresses import DOCUMENTS
from feeds.addresses import author_path
from feeds.addresses import entry_path
from feeds.addresses import listing_path
from feeds.addresses import source_path
from feeds.errors import DocumentError
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Upload
from feeds.settings import load_settings
from feeds.store import Store
from tests.attack.carriers import CARRIERS
from tests.attack.carriers import WHOLE

#: Vectors in a document that is one entry: of very many each would swallow the next.
_TOGETHER = 7


def poison(store: Store, vectors: Sequence[str]) -> int:
    """Send them all; how many documents were taken."""
    receiver = feedwright.Receiver(load_settings({"SOURCE_DATE_EPOCH": "1780000000"}))
    taken = 0
    for upload in _uploads(vectors):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries about markup that is none; in service they are logged
            try:
                receiver(upload, store)
            except DocumentError:
                continue  # nothing to read in it
        taken += 1
    return taken


def _uploads(vectors: Sequence[str]) -> Iterator[Upload]:
    for carrier, write in CARRIERS.items():
        format = carrier.partition("-")[0] if carrier.startswith("feed") else carrier
        size = _TOGETHER if carrier in WHOLE else len(vectors)
        groups = [list(vectors[first : first + size]) for first in range(0, len(vectors), size)]
        for number, group in enumerate(groups):
            name = f"{carrier}-{number} {group[0][:40].replace('/', ' ')}.md"
            data = write(group).encode("utf-8", "replace")
            yield Upload(name=name, data=data, format=format)


def paths(store: Store) -> tuple[list[str], list[str]]:
    """The pages of lists, and those of entries."""
    names = [author_path(tally.slug) for tally in store.authors()][:20]
    names += [source_path(tally.slug) for tally in store.sources()]
    names += [listing_path(DOCUMENTS, (report.info.name,)) for report in store.documents()][:20]
    names += [
        "/search?q=alert",
        "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
    ]
    return ["/", "/entries", "/authors", "/sources", "/documents", *names], [entry_path(e.id) for e in entries(store)]


def entries(store: Store) -> Iterator[Entry]:
    """All of them."""
    query = EntryQuery(limit=500)
    while True:
        found = store.entries(query)
        yield from found.entries
        if found.next is None:
            return
        query = replace(query, cursor=found.next)
