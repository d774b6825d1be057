"""What the words found are worth: from spans to a score for a topic, with the evidence. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from feeds.model import Evidence
from feeds.topics.matching import Span
from feeds.topics.matching import near
from feeds.topics.matching import outermost
from feeds.topics.matching import outside
from feeds.topics.reading import Reading
from feeds.topics.rules import Rule
from feeds.topics.rules import Topic
from feeds.topics.rules import Weights

#: More distinct words of one rule than this say nothing new.
_MOST_WORDS = 3
#: So much evidence is kept of a topic: the strongest.
_MOST_EVIDENCE = 6
#: The share of all companies' hits in a body below which a company is only mentioned.
_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a topic came to be given, or not."""

    slug: str
    #: The sum of the weights that hit, over the threshold: given from 1.0 on.
    score: float
    #: The sum that the topic asks for.
    threshold: float
    given: bool
    #: The strongest first.
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    rule: Rule
    span: Span
    place: str
    #: The weight of the rule, by place and rivals.
    worth: float

    def counts_by_density(self) -> bool:
        return self.place == "body" and not self.rule.anywhere


@dataclass(frozen=True, slots=True)
class _Scored:
    value: float
    evidence: Evidence


def explain_topic(topic: Topic, reading: Reading, weights: Weights, labelled: str | None = None) -> Explanation | None:
    """The score of `topic` for a text that was read; `labelled` is the tag that means the topic. None without a hit."""
    masks = [span for phrase in topic.exclude for span in reading.spans(phrase)]
    groups: dict[str | Rule, list[_Hit]] = {}
    for rule in topic.rules:
        groups.setdefault(rule.company or rule, []).extend(_hits(rule, reading, weights, masks))
    scored = [part for hits in groups.values() for part in _score(hits, reading, weights)]
    if labelled is not None:
        scored.append(_Scored(weights.label * topic.threshold, Evidence("tag of the entry", labelled, "label")))
    if not scored:
        return None
    score = round(_total(scored, weights) / topic.threshold, 3)
    strongest = sorted(scored, key=lambda part: (-abs(part.value), part.evidence.rule, part.evidence.words))
    evidence = tuple(dict.fromkeys(part.evidence for part in strongest))[:_MOST_EVIDENCE]
    return Explanation(topic.slug, score, topic.threshold, score >= 1.0, evidence)


def _hits(rule: Rule, reading: Reading, weights: Weights, masks: list[Span]) -> list[_Hit]:
    if any(reading.in_prose(word) for word in rule.unless):
        return []
    spans = outermost(outside(_FINDERS[rule.kind](rule, reading), masks))
    hits = [_Hit(rule, span, reading.place(span), _worth(rule, span, reading, weights)) for span in spans]
    hits = [hit for hit in hits if not rule.places or hit.place in rule.places]
    prose = [hit for hit in hits if hit.place != "link"]
    return prose if prose and rule.kind != "links" else hits


def _worth(rule: Rule, span: Span, reading: Reading, weights: Weights) -> float:
    """What the place makes of the rule's weight; in the body, what being a rival or compared leaves of it."""
    place = reading.place(span)
    opening = weights.opening * (1 - (1 - weights.opening_end) * reading.distance(span))
    worth = {"title": weights.title, "opening": opening, "link": weights.link}.get(place, 1.0)
    if rule.kind == "links":
        worth = min(1.0, weights.link_columns / max(1, reading.columns))
    if rule.anywhere:
        worth = max(worth, weights.opening)
    if rule.names and reading.is_compared(span):
        worth *= weights.compared
    if rule.company and place in ("title", "opening"):
        worth *= reading.prominence(rule.company)
    return rule.weight * worth


def _score(hits: list[_Hit], reading: Reading, weights: Weights) -> list[_Scored]:
    """What the hits of one rule, or of one company, add: each word by its best place, and how dense the body is."""
    body = [hit for hit in hits if hit.counts_by_density()]
    head = [hit for hit in hits if not hit.counts_by_density()]
    return _best_by_word(head, reading) + _density(body, reading, weights)


def _words(rule: Rule, reading: Reading) -> list[Span]:
    return [span for word in rule.elements[0] for span in reading.spans(word)]


def _near(rule: Rule, reading: Reading) -> list[Span]:
    groups = [[span for word in element for span in reading.spans(word)] for element in rule.elements]
    return near(groups, rule.within) if all(groups) else []


def _all(rule: Rule, reading: Reading) -> list[Span]:
    """One hit, where the last of the words first appears: only then all have been said."""
    groups = [[span for word in element for span in reading.spans(word)] for element in rule.elements]
    return [max(min(group) for group in groups)] if all(groups) else []


_Finder = Callable[[Rule, Reading], list[Span]]
_FINDERS: dict[str, _Finder] = {"words": _words, "links": _words, "near": _near, "all": _all}


def _total(scored: list[_Scored], weights: Weights) -> float:
    body = sum(part.value for part in scored if part.evidence.place == "body")
    return min(body, weights.body_most) + sum(part.value for part in scored if part.evidence.place != "body")


def _best_by_word(hits: list[_Hit], reading: Reading) -> list[_Scored]:
    """Each word once, in its best place; further words of the same rule count less and less."""
    best: dict[str, _Scored] = {}
    for hit in hits:
        words = reading.words(hit.span)
        if abs(hit.worth) > abs(best[words.casefold()].value if words.casefold() in best else 0):
            best[words.casefold()] = _Scored(hit.worth, Evidence(hit.rule.why, words, hit.place))
    ranked = sorted(best.values(), key=lambda part: (-abs(part.value), part.evidence.words))[:_MOST_WORDS]
    return [_Scored(part.value / (1 + rank / 3), part.evidence) for rank, part in enumerate(ranked)]


def _density(hits: list[_Hit], reading: Reading, weights: Weights) -> list[_Scored]:
    """All hits of the body together, by their density: a long text names many things in passing."""
    if not hits:
        return []
    wanted = weights.body_hits + reading.columns / weights.body_columns
    worth = weights.body * sum(hit.worth for hit in hits) / max(wanted, len(hits))
    if (company := hits[0].rule.company) is not None:
        worth *= min(1.0, reading.company_share(company) / _SHARE)
    words = dict.fromkeys(reading.words(hit.span) for hit in hits)
    return [_Scored(worth, Evidence(hits[0].rule.why, ", ".join(list(words)[:3]), "body"))]
