"""What the words found are worth: from spans to a score for a topic, with the evidence. Pure."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from typing import NamedTuple

from feeds.model import Evidence
from feeds.topics.matching import Span
from feeds.topics.matching import near
from feeds.topics.matching import outermost
from feeds.topics.matching import outside
from feeds.topics.reading import Reading
from feeds.topics.rules import Rule
from feeds.topics.rules import Topic
from feeds.topics.rules import Weights
from feeds.topics.sentences import AGAINST

#: More distinct words of one rule than this say nothing new.
_MOST_WORDS = 3
#: So much evidence is kept of a topic: the strongest.
_MOST_EVIDENCE = 6
#: How fast further signs of one topic lose worth: in the title and the opening, and in the body.
_HEAD_FADES = 0.2
_BODY_FADES = 0.5
#: The share of all companies' hits in a body below which a company is only mentioned.
_SHARE = 0.3
#: What a company may gain by having most of them.
_MOST_SHARE = 1.2
#: How often a word counts in a body whose rule counts once.
_MOST_ONCE = 2


#: The words of a rule that a text has, by the number of the element that they belong to.
_Elements = Mapping[int, Sequence[str]]
#: The same of a whole topic, by the number of the rule.
Found = Mapping[int, _Elements]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a topic came to be given, or not."""

    slug: str
    #: The sum of the weights that hit, over the topic's threshold.
    score: float
    #: The sum that the topic asks for.
    threshold: float
    #: The score that was enough, or would have been: an entry's fifth topic takes more than its first.
    needed: float
    given: bool
    #: The strongest first.
    evidence: tuple[Evidence, ...]


class _Hit(NamedTuple):
    rule: Rule
    span: Span
    place: str
    #: The weight of the rule, by place and rivals.
    worth: float

    def counts_by_density(self) -> bool:
        return self.place == "body" and not self.rule.anywhere


class _Scored(NamedTuple):
    value: float
    evidence: Evidence


def explain_topic(
    topic: Topic, found: Found, reading: Reading, weights: Weights, labelled: str | None = None
) -> Explanation | None:
    """The score of `topic` for a text that was read; `labelled` is the tag that means the topic. None without a hit."""
    masks = [span for phrase in reading.among(topic.exclude) for span in reading.spans(phrase)]
    groups: dict[str | int, list[_Hit]] = {}
    for number, elements in sorted(found.items()):
        rule = topic.rules[number]
        groups.setdefault(rule.company or number, []).extend(_hits(rule, elements, reading, weights, masks))
    scored = [part for hits in groups.values() for part in _outside_body(hits, reading)]
    scored += _in_body(groups.values(), reading, weights)
    if labelled is not None:
        scored.append(_Scored(weights.label * topic.threshold, Evidence("tag of the entry", labelled, "label")))
    if not scored:
        return None
    score = round(_total(scored, weights) / topic.threshold, 3)
    strongest = sorted(scored, key=lambda part: (-abs(part.value), part.evidence.rule, part.evidence.words))
    evidence = tuple(dict.fromkeys(part.evidence for part in strongest))[:_MOST_EVIDENCE]
    return Explanation(topic.slug, score, topic.threshold, 1.0, score >= 1.0, evidence)


def decide(explained: Iterable[Explanation], bars: Sequence[float]) -> Iterator[Explanation]:
    """Which topics are given, the best first: most entries have one to four, so that each further one takes more.

    What the author's own tag says needs no more than that.
    """
    given = 0
    for one in sorted(explained, key=lambda e: (-e.score, e.slug)):
        needed = bars[min(given, len(bars) - 1)]
        enough = one.score >= needed or any(found.place == "label" for found in one.evidence)
        given += enough
        yield replace(one, needed=needed, given=enough)


def _hits(rule: Rule, elements: _Elements, reading: Reading, weights: Weights, masks: list[Span]) -> list[_Hit]:
    if len(elements) < len(rule.elements) or any(reading.in_prose(word) for word in reading.among(rule.unless)):
        return []
    groups = [[span for word in words for span in reading.spans(word)] for _, words in sorted(elements.items())]
    if not (spans := outermost(outside(_FINDERS[rule.kind](groups, rule), masks))):
        return []
    placed = ((span, reading.place(span)) for span in spans)
    hits = [
        _Hit(rule, span, place, _worth(rule, span, place, reading, weights))
        for span, place in placed
        if not rule.places or place in rule.places
    ]
    prose = [hit for hit in hits if hit.place != "link"]
    return prose if prose and rule.kind != "links" else hits


def _worth(rule: Rule, span: Span, place: str, reading: Reading, weights: Weights) -> float:
    """What the place makes of the rule's weight; of a name, what being a rival or compared leaves of it."""
    worth = _PLACES[place](span, reading, weights)
    if rule.kind == "links":
        worth = min(1.0, weights.link_columns / max(1, reading.columns))
    if rule.anywhere:
        worth = max(worth, weights.lead)
    if rule.names and reading.is_compared(span):
        worth *= weights.compared
    if rule.company and place in ("title", "opening"):
        worth *= reading.prominence(rule.company)
    return rule.weight * worth


def _in_opening(span: Span, reading: Reading, weights: Weights) -> float:
    if reading.is_lead(span):
        return weights.lead
    return weights.opening * (1 - (1 - weights.opening_end) * reading.distance(span))


#: What a place is worth. In the body every word counts the same: how many there are decides; see `_density`.
_PLACES: Mapping[str, Callable[[Span, Reading, Weights], float]] = {
    "title": lambda span, reading, weights: weights.title,
    "opening": _in_opening,
    "body": lambda span, reading, weights: 1.0,
    "link": lambda span, reading, weights: weights.link,
}


def _outside_body(hits: list[_Hit], reading: Reading) -> list[_Scored]:
    """What the hits of one rule, or of one company, add in title, opening and addresses: each word by its best."""
    hits = [hit for hit in hits if not hit.counts_by_density()]
    if not hits:
        return []
    once = _best_by_word([hit for hit in hits if hit.rule.once], reading)[:1]
    return _best_by_word([hit for hit in hits if not hit.rule.once], reading) + once


def _in_body(groups: Iterable[list[_Hit]], reading: Reading, weights: Weights) -> list[_Scored]:
    """What the body adds: all words of the topic together, and each company and each objection by itself."""
    together: list[_Hit] = []
    scored = []
    for hits in groups:
        if not (dense := _often_enough([hit for hit in hits if hit.counts_by_density()])):
            continue
        if any(hit.rule.company or hit.worth < 0 for hit in dense):
            scored.append(_density(dense, reading, weights))
        else:
            together += dense
    return [*scored, _density(together, reading, weights)] if together else scored


def _often_enough(hits: list[_Hit]) -> list[_Hit]:
    """Without the repetitions of what counts once."""
    return [hit for hit in hits if not hit.rule.once] + [hit for hit in hits if hit.rule.once][:_MOST_ONCE]


def _words(groups: list[list[Span]], rule: Rule) -> list[Span]:
    return groups[0]


def _near(groups: list[list[Span]], rule: Rule) -> list[Span]:
    return near(groups, rule.within)


def _all(groups: list[list[Span]], rule: Rule) -> list[Span]:
    """One hit, where the last of the words first appears: only then all have been said."""
    return [max(min(group) for group in groups)]


_Finder = Callable[[list[list[Span]], Rule], list[Span]]
_FINDERS: dict[str, _Finder] = {"words": _words, "links": _words, "near": _near, "all": _all, "shape": _words}


def _total(scored: list[_Scored], weights: Weights) -> float:
    """Many weak signs in a body are no strong one: only one that the body is full of is enough by itself."""
    body = [part.value for part in scored if part.evidence.place == "body"]
    head = _together((part.value for part in scored if part.evidence.place != "body"), _HEAD_FADES)
    return min(_together(body, _BODY_FADES), weights.body_most) + head


def _together(values: Iterable[float], fades: float) -> float:
    """The strongest whole, each further one less; what speaks against the topic always whole."""
    signs = sorted(values, reverse=True)
    return sum(value / (1 + rank * fades) if value > 0 else value for rank, value in enumerate(signs))


def _best_by_word(hits: list[_Hit], reading: Reading) -> list[_Scored]:
    """Each word once, in its best place; further words of the same rule count less and less."""
    if not hits:
        return []
    best: dict[str, tuple[_Hit, str]] = {}
    for hit in hits:
        words = reading.words(hit.span)
        known = best.get(key := words.casefold())
        if abs(hit.worth) > (0 if known is None else abs(known[0].worth)):
            best[key] = hit, words
    ranked = sorted(best.values(), key=lambda one: (-abs(one[0].worth), one[1]))[:_MOST_WORDS]
    return [
        _Scored(hit.worth / (1 + rank / 3), Evidence(_told(hit), words, hit.place))
        for rank, (hit, words) in enumerate(ranked)
    ]


def _told(hit: _Hit) -> str:
    return AGAINST + hit.rule.why if hit.worth < 0 else hit.rule.why


def _density(hits: list[_Hit], reading: Reading, weights: Weights) -> _Scored:
    """Hits of the body together, by their density: a long text names many things in passing."""
    wanted = weights.body_hits + reading.columns / weights.body_columns
    worth = min(1.0, sum(hit.worth for hit in hits) / wanted) * weights.body
    if (company := hits[0].rule.company) is not None:
        worth *= min(_MOST_SHARE, reading.company_share(company) / _SHARE)
    strongest = max(hits, key=lambda hit: abs(hit.worth))
    words = dict.fromkeys(reading.words(hit.span) for hit in hits if hit.rule is strongest.rule)
    return _Scored(worth, Evidence(_told(strongest), ", ".join(list(words)[:3]), "body"))
