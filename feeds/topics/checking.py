"""How well rules agree with labels that people gave: precision and recall by topic, and the worst errors with why.

A labelled set is a folder of JSON files, one a document: its name, and of each entry the first and last words, the
title and the topics. An entry of the store is matched by its first words, or by its title where it has no words before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any
from typing import Protocol

from feeds.errors import ConfigError
from feeds.model import Entry
from feeds.topics.scoring import Explanation
from feeds.topics.sentences import why
from feeds.topics.sentences import why_not
from feeds.topics.topics import Topics

#: First words may stand behind so many other letters: a heading, a byline.
_SLACK = 60
_MARKUP = re.compile(r"!\[[^\]]*\]\([^)]*\)?|\]\([^)]*\)?|<[^>]*>?|https?://[^\s，。、）)】」』]+")


class _Asked(Protocol):
    """Gives the entries of a document by its name."""

    def __call__(self, document: str) -> Iterable[Entry]: ...


@dataclass(frozen=True, slots=True)
class Labelled:
    """An entry with the topics that people gave to it."""

    document: str
    key: str
    starts_with: str
    ends_with: str
    title: str
    topics: frozenset[str]
    #: Topics that are no error either.
    acceptable: frozenset[str]


@dataclass(slots=True)
class Agreement:
    """How often rules and labels agree, of one topic or of all."""

    right: int = 0
    extra: int = 0
    missing: int = 0

    @property
    def precision(self) -> float:
        """The share of what the rules gave that people gave too."""
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        """The share of what people gave that the rules found."""
        return self.right / (self.right + self.missing) if self.right + self.missing else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        errors = self.extra + self.missing
        return 2 * self.right / (2 * self.right + errors) if self.right + errors else 1.0


@dataclass(frozen=True, slots=True)
class Mistake:
    """A topic that the rules gave and people did not, or the other way round."""

    labelled: Labelled
    slug: str
    given: bool
    #: None where nothing at all was found.
    explanation: Explanation | None

    @property
    def size(self) -> float:
        """How far the score is from right."""
        if self.explanation is None:
            return 1.0
        return abs(self.explanation.score - self.explanation.needed)


@dataclass(slots=True)
class Check:
    """What checking a rules file gave."""

    entries: int = 0
    #: Labelled entries that the store does not have.
    unmatched: int = 0
    total: Agreement = field(default_factory=Agreement)
    by_topic: dict[str, Agreement] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)


def read_labelled(folder: Path) -> Iterator[tuple[str, tuple[Labelled, ...]]]:
    """The labelled entries of each document. Raises `ConfigError` for a folder or a file that holds none."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise ConfigError(str(folder), "has no labelled set: give a folder of JSON files, one a document")
    for file in files:
        try:
            given = json.loads(file.read_text(encoding="utf-8"))
            name = Path(given["document"]).name
            yield name, tuple(_labelled(name, one) for one in given["entries"] if one.get("topics") is not None)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(str(file), f"is no labelled set: {type(error).__name__} {error}") from error


def check(topics: Topics, labelled: Iterable[tuple[str, Sequence[Labelled]]], entries: _Asked) -> Check:
    """Compare the topics that rules give to the stored entries with those that people gave."""
    done = Check()
    for document, wanted in labelled:
        for one, found in match(wanted, entries(document)):
            if found is None:
                done.unmatched += 1
            else:
                _compare(done, topics, one, found)
    done.mistakes.sort(key=lambda mistake: (-mistake.size, mistake.labelled.document, mistake.labelled.key))
    return done


def match(wanted: Iterable[Labelled], entries: Iterable[Entry]) -> Iterator[tuple[Labelled, Entry | None]]:
    """Each labelled entry with the stored one it is; none is taken twice."""
    pool = [(_letters(entry.title), _letters(entry.content_text), entry) for entry in entries]
    for one in wanted:
        taken = _find(one, pool)
        yield one, None if taken is None else pool.pop(taken)[2]


def lines(done: Check, names: Mapping[str, str], most: int) -> Iterator[str]:
    """The report for people, the worst topics first; `names` are those of the topics."""
    yield f"{'topic':<18}  precision  recall  right  extra  missing"
    for slug, found in sorted(done.by_topic.items(), key=lambda item: (item[1].f1, item[0])):
        yield _row(slug, found)
    yield _row("all", done.total)
    yield f"{done.entries} entries compared, F1 {done.total.f1:.3f}, {done.unmatched} not in the store"
    for mistake in done.mistakes[:most]:
        yield _told(mistake, names.get(mistake.slug, mistake.slug))


def _labelled(document: str, given: dict[str, Any]) -> Labelled:
    return Labelled(
        document=document,
        key=str(given["key"]),
        starts_with=given["starts_with"],
        ends_with=given.get("ends_with") or "",
        title=given.get("title") or "",
        topics=frozenset(given["topics"]),
        acceptable=frozenset(given.get("topics_also_acceptable") or ()),
    )


def _find(one: Labelled, pool: Sequence[tuple[str, str, Entry]]) -> int | None:
    """The position in the pool: by title and first words, else by first words alone, else by the title alone."""
    first, title = _letters(one.starts_with), _letters(one.title)
    if not (first or title):  # nothing but an address: its last words are all there is
        last = _letters(one.ends_with)
        return next((at for at, (_, body, _) in enumerate(pool) if last and last in body), None)
    begins = [at for at, (t, body, _) in enumerate(pool) if first and first in _head(t, body, len(first) + len(title))]
    titled = [at for at, (t, _, _) in enumerate(pool) if title and t == title]
    both = [at for at in begins if at in titled]
    return next(iter(both or begins or ([] if first else titled)), None)


def _head(title: str, body: str, length: int) -> str:
    return (title + body)[: len(title) + length + _SLACK]


def _letters(text: str | None) -> str:
    return "".join(character for character in _MARKUP.sub("", text or "").casefold() if character.isalnum())


def _compare(done: Check, topics: Topics, one: Labelled, entry: Entry) -> None:
    addresses = [link.url for link in entry.links]
    explained = topics.explain(entry.title, entry.content_text, labels=entry.labels, links=addresses)
    by_slug = {explanation.slug: explanation for explanation in explained}
    given = {slug for slug, explanation in by_slug.items() if explanation.given}
    given -= one.acceptable - one.topics
    done.entries += 1
    for slug in sorted(given | one.topics):
        for agreement in (done.total, done.by_topic.setdefault(slug, Agreement())):
            agreement.right += slug in given and slug in one.topics
            agreement.extra += slug not in one.topics
            agreement.missing += slug not in given
        if (slug in given) != (slug in one.topics):
            done.mistakes.append(Mistake(one, slug, slug in given, by_slug.get(slug)))


def _row(name: str, found: Agreement) -> str:
    figures = f"{found.precision:>9.2f}  {found.recall:>6.2f}  {found.right:>5}  {found.extra:>5}  {found.missing:>7}"
    return f"{name:<18}  {figures}"


def _told(mistake: Mistake, name: str) -> str:
    place = f"{mistake.labelled.document} {mistake.labelled.key}"
    found = mistake.explanation
    if found is None:
        return f"{place}: Missing in {name}: none of its words was found."
    if mistake.given:
        return f"{place}: Too much. {why(name, found.evidence, found.score)}"
    return f"{place}: Missing. {why_not(name, found.evidence, found.score, found.needed)}"
