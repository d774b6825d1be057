"""Why an entry is in its topics, and why not in others that came near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feeds.model import Entry
from feeds.model import Evidence
from feeds.topics.sentences import AGAINST
from feeds.topics.sentences import why
from feeds.topics.sentences import why_not
from web.state import State

#: A topic with less of the score it takes did not come near.
_NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Sign:
    """Words of an entry that speak for a topic, or against it."""

    words: tuple[str, ...]
    #: "title", "opening", "body", "link" or "label".
    place: str
    #: What they are a sign of.
    rule: str
    is_against: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """A topic and the sentence that says why the entry is in it, or is not."""

    slug: str
    name: str
    score: float
    why: str
    signs: tuple[Sign, ...] = ()
    #: The score that would have been enough; None for a topic that was given.
    needed: float | None = None


def reasons(entry: Entry, state: State) -> list[Reason]:
    """Of each topic of an entry, from the evidence kept with it."""
    named = ((hit, state.site.topic_name(hit.slug)) for hit in entry.topics)
    return [
        Reason(hit.slug, name, hit.score, why(name, hit.evidence, hit.score), _signs(hit.evidence))
        for hit, name in named
    ]


def near_misses(entry: Entry, state: State) -> list[Reason]:
    """The topics that the present rules nearly give to an entry, the nearest first."""
    links = tuple(link.url for link in entry.links)
    explained = state.topics.explain(entry.title, entry.content_text, labels=entry.labels, links=links)
    given = {hit.slug for hit in entry.topics}
    missed = (e for e in explained if not e.given and e.slug not in given and e.score >= _NEAR)
    named = ((e, state.site.topic_name(e.slug)) for e in missed)
    return [
        Reason(e.slug, name, e.score, why_not(name, e.evidence, e.score, e.needed), _signs(e.evidence), e.needed)
        for e, name in named
    ]


def _signs(evidence: Sequence[Evidence]) -> tuple[Sign, ...]:
    """Words of one rule in one place together, those for the topic first."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in evidence:
        found.setdefault((one.rule, one.place), []).append(one.words)
    signs = [
        Sign(tuple(dict.fromkeys(words)), place, rule.removeprefix(AGAINST), rule.startswith(AGAINST))
        for (rule, place), words in found.items()
    ]
    return tuple(sorted(signs, key=lambda sign: sign.is_against))
