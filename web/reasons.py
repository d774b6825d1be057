"""Why an entry is in its topics, and why not in others that came near."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.model import Entry
from feeds.topics.sentences import why
from feeds.topics.sentences import why_not
from web.state import State

#: A topic with less of the score it takes did not come near.
_NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Reason:
    """A topic and the sentence that says why the entry is in it, or is not."""

    slug: str
    name: str
    score: float
    why: str


def reasons(entry: Entry, state: State) -> list[Reason]:
    """Of each topic of an entry, from the evidence kept with it."""
    named = ((hit, state.site.topic_name(hit.slug)) for hit in entry.topics)
    return [Reason(hit.slug, name, hit.score, why(name, hit.evidence, hit.score)) for hit, name in named]


def near_misses(entry: Entry, state: State) -> list[Reason]:
    """The topics that the present rules nearly give to an entry, the nearest first."""
    links = [link.url for link in entry.links]
    explained = state.topics.explain(entry.title, entry.content_text, labels=entry.labels, links=links)
    given = {hit.slug for hit in entry.topics}
    missed = (e for e in explained if not e.given and e.slug not in given and e.score >= _NEAR)
    named = ((e, state.site.topic_name(e.slug)) for e in missed)
    return [Reason(e.slug, name, e.score, why_not(name, e.evidence, e.score, e.needed)) for e, name in named]
