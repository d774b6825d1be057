"""Where to go on from a listing: who writes about a topic, and what somebody writes about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from feeds.addresses import author_path
from feeds.addresses import topic_path
from feeds.listing import Site
from feeds.model import Entry
from feeds.model import EntryQuery
from web.activity import is_narrower

#: Links beside a listing.
_MOST = 12


@dataclass(frozen=True, slots=True)
class Companion:
    """A narrower listing, and how many entries of the page are in it."""

    name: str
    path: str
    entries: int


def companions(query: EntryQuery, entries: Iterable[Entry], site: Site) -> list[Companion]:
    """Of the entries of a page of an author their topics, of a topic their authors: what both together hold.

    Counted are the entries of the page alone: that costs nothing, however large the archive.
    """
    if is_narrower(query) or len(query.authors) + len(query.topics) != 1:
        return []
    if query.authors:
        found = Counter(hit.slug for entry in entries for hit in entry.topics)
        author = author_path(query.authors[0])
        return [Companion(site.topic_name(slug), author + topic_path(slug), n) for slug, n in found.most_common(_MOST)]
    people = {who.slug: who.name for entry in entries for who in entry.people}
    writing = Counter(slug for entry in entries for slug in {who.slug for who in entry.people})
    topic = topic_path(query.topics[0])
    by_name = sorted(writing.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST]
    return [Companion(people[slug], author_path(slug) + topic, n) for slug, n in by_name]
