"""The topics of a rules file, and the question which of them a text belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from feeds.chinese import fold
from feeds.errors import NotFoundError
from feeds.model import TopicHit
from feeds.topics.matching import Matcher
from feeds.topics.reading import Reading
from feeds.topics.rules import Company
from feeds.topics.rules import Rule
from feeds.topics.rules import RuleBook
from feeds.topics.rules import Topic
from feeds.topics.scoring import Explanation
from feeds.topics.scoring import explain_topic


class Topics:
    """All topics in the order of the file. Making it is cheap; the first text builds what matching needs."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._by_slug = {topic.slug: topic for topic in book.topics}

    def __iter__(self) -> Iterator[Topic]:
        return iter(self._book.topics)

    def __len__(self) -> int:
        return len(self._book.topics)

    def get(self, slug: str) -> Topic:
        """The topic of that slug. Raises `NotFoundError`."""
        try:
            return self._by_slug[slug]
        except KeyError:
            raise NotFoundError("topic", slug) from None

    def classify(
        self, title: str | None, text: str, *, labels: Sequence[str] = (), links: Sequence[str] = ()
    ) -> tuple[TopicHit, ...]:
        """The topics that an entry belongs to, the best first.

        `text` is plain, `labels` are tags and categories that its author gave to this entry, `links` its addresses.
        """
        explained = self.explain(title, text, labels=labels, links=links)
        return tuple(TopicHit(e.slug, e.score, e.evidence) for e in explained if e.given)

    def explain(
        self, title: str | None, text: str, *, labels: Sequence[str] = (), links: Sequence[str] = ()
    ) -> tuple[Explanation, ...]:
        """Every topic of which anything was found, given or not, the best first."""
        matching = self._matching
        reading = Reading(matching.matcher, self._book.weights, title, text, links)
        reading.know_companies(matching.companies, matching.comparisons)
        labelled = matching.labelled(labels)
        touched = set(labelled).union(*(matching.topics_by_word.get(word, ()) for word in reading.found()))
        explained = [
            explanation
            for slug in touched
            if (explanation := explain_topic(matching.topics[slug], reading, self._book.weights, labelled.get(slug)))
        ]
        return tuple(sorted(explained, key=lambda e: (-e.score, e.slug)))

    @cached_property
    def _matching(self) -> _Matching:
        return _Matching(self._book)


class _Matching:
    """A rule book made ready: everything folded, the words of companies among the rules of their topics."""

    def __init__(self, book: RuleBook) -> None:
        self.topics = {topic.slug: _folded(topic, book) for topic in book.topics}
        self.companies = {c.name: tuple(map(fold, _names(c))) for c in book.companies}
        self.comparisons = tuple(map(fold, book.comparisons))
        self._labels = {fold(label): topic.slug for topic in reversed(book.topics) for label in _labels(topic)}
        self.topics_by_word: dict[str, set[str]] = {}
        for topic in self.topics.values():
            for word in _words(topic.rules):
                self.topics_by_word.setdefault(word, set()).add(topic.slug)
        excluded = {word for topic in self.topics.values() for word in topic.exclude}
        excluded |= {word for topic in self.topics.values() for rule in topic.rules for word in rule.unless}
        named = {word for words in self.companies.values() for word in words}
        self.matcher = Matcher({*self.topics_by_word, *excluded, *named, *self.comparisons})

    def labelled(self, labels: Sequence[str]) -> dict[str, str]:
        """The topics that tags mean, with the tag as written."""
        keys = {label: fold(label.strip().lstrip("#")) for label in labels}
        return {self._labels[key]: label for label, key in keys.items() if key in self._labels}


def _folded(topic: Topic, book: RuleBook) -> Topic:
    """`topic` with the rules of its companies, and all words folded."""
    companies = [company for company in book.companies if company.topic == topic.slug]
    owned = [rule for company in companies for rule in _company_rules(company, book)]
    rules = tuple(
        replace(
            rule,
            elements=tuple(tuple(dict.fromkeys(map(fold, words))) for words in rule.elements),
            unless=tuple(map(fold, rule.unless)),
        )
        for rule in (*topic.rules, *owned)
    )
    return replace(topic, rules=rules, exclude=tuple(map(fold, topic.exclude)))


def _company_rules(company: Company, book: RuleBook) -> Iterator[Rule]:
    weights = book.weights
    products = (*company.products, *company.models, *company.open_models)
    for words, weight, why in (
        (company.names, weights.company, f"name of {company.name}"),
        (products, weights.product, f"product of {company.name}"),
        (company.people, weights.person, f"person of {company.name}"),
        (company.hints, weights.hint, f"hint at {company.name}"),
    ):
        if words:
            yield Rule("words", (words,), weight, why, names=True, company=company.name)


def _names(company: Company) -> tuple[str, ...]:
    return (*company.names, *company.people, *company.products, *company.models, *company.open_models, *company.hints)


def _labels(topic: Topic) -> tuple[str, ...]:
    return (topic.slug, topic.name_zh, topic.name_en, *topic.labels)


def _words(rules: tuple[Rule, ...]) -> Iterator[str]:
    return (word for rule in rules for element in rule.elements for word in element)
