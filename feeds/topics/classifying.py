"""A rule book made ready to be found in texts: folded, with the words of companies among the rules of their topics."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace

from feeds.chinese import fold
from feeds.topics.matching import Matcher
from feeds.topics.matching import fold_all
from feeds.topics.reading import Reading
from feeds.topics.rules import Company
from feeds.topics.rules import Rule
from feeds.topics.rules import RuleBook
from feeds.topics.rules import Topic
from feeds.topics.scoring import Explanation
from feeds.topics.scoring import decide
from feeds.topics.scoring import explain_topic

#: What stands between the tags of one string.
_PARTS = re.compile(r"[/,;，、；>|›]|\s#")
#: What stands between the words of a tag, or in front of it.
_GAPS = re.compile(r"[\s_#-]+")
#: Where a word is used: a topic, and the numbers of its rule and of the element in it.
_Use = tuple[str, int, int]


class Classifier:
    """See `feeds.topics.topics.Topics`."""

    def __init__(self, book: RuleBook) -> None:
        self._weights, self._bars = book.weights, book.bars
        self._topics = {topic.slug: _folded(topic, book) for topic in book.topics}
        self._companies: dict[str, list[str]] = {}
        for company in book.companies:
            for word in dict.fromkeys(fold_all(_names(company))):
                self._companies.setdefault(word, []).append(company.name)
        self._comparisons = frozenset(fold_all(book.comparisons))
        self._comparisons_behind = frozenset(fold_all(book.comparisons_behind))
        self._no_speakers = frozenset(fold_all(book.no_speakers))
        self._labels = {_label(label): topic.slug for topic in reversed(book.topics) for label in _labels(topic)}
        self._uses: dict[str, list[_Use]] = {}
        for topic in self._topics.values():
            for word, use in _uses(topic):
                self._uses.setdefault(word, []).append(use)
        excluded = {word for topic in self._topics.values() for word in topic.exclude}
        excluded |= {word for topic in self._topics.values() for rule in topic.rules for word in rule.unless}
        compared = {*self._comparisons, *self._comparisons_behind}
        self._matcher = Matcher({*self._uses, *excluded, *self._companies, *compared})

    def explain(
        self, title: str | None, text: str, *, labels: Sequence[str] = (), links: Sequence[str] = ()
    ) -> tuple[Explanation, ...]:
        """Every topic of which anything was found, given or not, the best first."""
        reading = Reading(self._matcher, self._weights, title, text, links)
        reading.know_companies(self._companies, self._comparisons, self._comparisons_behind)
        reading.know_shapes(self._no_speakers)
        labelled = self._labelled(labels)
        explained = (
            explain_topic(self._topics[slug], found, reading, self._weights, labelled.get(slug))
            for slug, found in self._found(reading, labelled).items()
        )
        return tuple(decide((one for one in explained if one is not None), self._bars))

    def _found(self, reading: Reading, besides: Iterable[str]) -> dict[str, dict[int, dict[int, list[str]]]]:
        """The topics of which the text has words, with these words by rule and element; and some topics besides."""
        found: dict[str, dict[int, dict[int, list[str]]]] = {slug: {} for slug in besides}
        for word in reading.found():
            for slug, rule, element in self._uses.get(word, ()):
                found.setdefault(slug, {}).setdefault(rule, {}).setdefault(element, []).append(word)
        return found

    def _labelled(self, labels: Sequence[str]) -> dict[str, str]:
        """The topics that tags mean, with the tag as written; of a path such as AI/RAG each part is a tag."""
        keys = [(_label(part), label) for label in reversed(labels) for part in (label, *_PARTS.split(label))]
        return {self._labels[key]: label.strip() for key, label in keys if key in self._labels}


def _folded(topic: Topic, book: RuleBook) -> Topic:
    """`topic` with the rules of its companies, and all words folded."""
    companies = [company for company in book.companies if company.topic == topic.slug]
    owned = [rule for company in companies for rule in _company_rules(company, book)]
    rules = tuple(
        replace(
            rule,
            elements=tuple(tuple(dict.fromkeys(fold_all(words))) for words in rule.elements),
            unless=frozenset(fold_all(rule.unless)),
        )
        for rule in (*topic.rules, *owned)
    )
    return replace(topic, rules=rules, exclude=frozenset(fold_all(topic.exclude)))


def _company_rules(company: Company, book: RuleBook) -> Iterator[Rule]:
    weights = book.weights
    products = (*company.products, *company.models, *company.open_models)
    for words, weight, why, once in (
        (company.names, weights.company, f"name of {company.name}", False),
        (products, weights.product, f"product of {company.name}", False),
        (company.people, weights.person, f"person of {company.name}", False),
        (company.hints, weights.hint, f"hint at {company.name}", True),
    ):
        if words:
            yield Rule("words", (words,), weight, why, names=True, company=company.name, once=once)


def _names(company: Company) -> tuple[str, ...]:
    return (*company.names, *company.people, *company.products, *company.models, *company.open_models, *company.hints)


def _label(words: str) -> str:
    """One form for a tag: `#Open_Source  Models` and open-source-models are the same."""
    return _GAPS.sub(" ", fold(words)).strip()


def _labels(topic: Topic) -> tuple[str, ...]:
    return (topic.slug, topic.name_zh, topic.name_en, *topic.labels)


def _uses(topic: Topic) -> Iterator[tuple[str, _Use]]:
    for rule, of_rule in enumerate(topic.rules):
        for element, words in enumerate(of_rule.elements):
            yield from ((word, (topic.slug, rule, element)) for word in words)
