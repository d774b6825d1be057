"""A made archive: documents with authors, topics and Chinese words as skewed as real ones.

Nothing in it is anybody's text, and it is the same in every run. `tests.benchmarks.growing` makes a large one of it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from functools import cached_property
from itertools import accumulate
from typing import TypeVar
from zoneinfo import ZoneInfo

from feeds.model import Basis
from feeds.model import Batch
from feeds.model import DocumentInfo
from feeds.model import Draft
from feeds.model import Link
from feeds.model import Person
from feeds.model import Place
from feeds.model import Precision
from feeds.model import Published
from feeds.model import Rel
from feeds.model import Role
from feeds.model import Source
from feeds.model import TopicHit

#: When the newest entry was published; documents go back from there.
NEWEST = datetime(2026, 3, 31, 12, tzinfo=UTC)
#: Entries of one document, and of one day: a million take five and a half years.
IN_DOCUMENT, A_DAY = 200, 500
AUTHORS, SOURCES, WORDS, ENGLISH = 5_000, 20, 20_000, 4_000
_HAN = [chr(0x4E00 + number) for number in range(3_000)]
_T = TypeVar("_T")
_ZONE = ZoneInfo("Asia/Shanghai")
_SYLLABLES = "ka lo mi ren tas ul vo zin pre dor fen gil hux jam nol qui".split()
#: How often an entry is in so many topics.
_TOPICS_OF = (0, 1, 1, 1, 2, 2, 3)


@dataclass(frozen=True)
class Made:
    """What an archive is drawn from: names of people, sources, topics, words, each with how often it is chosen."""

    topics: int = 34
    authors: int = AUTHORS
    chance: random.Random = field(default_factory=lambda: random.Random(20_240_501))

    #: Most of two characters, one in twelve of Latin letters; the first ones are in most texts.
    words: Sequence[str] = field(init=False)
    #: For the entries that are not Chinese.
    english: Sequence[str] = field(init=False)
    #: Authors, those with the most entries first.
    people: Sequence[Person] = field(init=False)

    def __post_init__(self) -> None:
        words = [self._latin() if rank % 12 == 11 else self._han() for rank in range(WORDS)]
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "english", [self._latin() for _ in range(ENGLISH)])
        names = [f"{self._han()}{self._han()[:1]}" for _ in range(self.authors)]
        people = [Person("", name, f"{self._latin()}_{n}", Role.AUTHOR) for n, name in enumerate(names)]
        object.__setattr__(self, "people", people)

    @cached_property
    def topic_slugs(self) -> Sequence[str]:
        """Those with the most entries first."""
        return [topic_slug(number) for number in range(self.topics)]

    def _han(self) -> str:
        return "".join(self.chance.choices(_HAN, cum_weights=_COMMON, k=2))

    def _latin(self) -> str:
        return "".join(self.chance.choices(_SYLLABLES, k=self.chance.randint(2, 4)))


def zipf(size: int, flat: int = 1) -> list[float]:
    """Cumulative weights: the second is chosen half as often as the first, the third a third as often …"""
    return list(accumulate(1 / (rank + flat) for rank in range(size)))


_COMMON = zipf(len(_HAN), 30)


def topic_slug(number: int) -> str:
    """The address of a made topic."""
    return f"made-{number:03d}"


def topic_rules(count: int) -> str:
    """A rules file with the made topics, for `TOPICS`."""
    return "\n".join(
        f'[[topic]]\nslug = "{topic_slug(n)}"\nzh = "题 {n}"\nen = "Topic {n}"\n'
        f'rules = [{{ words = ["题{n}"], weight = 1.0 }}]\n'
        for n in range(count)
    )


def batches(made: Made, entries: int) -> Iterator[Batch]:
    """The documents of an archive with so many entries, the newest first."""
    draw = _Drawing(made)
    for number in range(-(-entries // IN_DOCUMENT)):
        yield draw.document(number, min(IN_DOCUMENT, entries - number * IN_DOCUMENT))


class _Drawing:
    def __init__(self, made: Made) -> None:
        self._made = made
        self._words, self._english = made.words, made.english
        self._weights = {size: zipf(size) for size in (WORDS, ENGLISH, SOURCES, made.topics, made.authors)}

    def document(self, number: int, size: int) -> Batch:
        """Each by itself, whatever was drawn before."""
        chance = random.Random(number)
        source = self._some(chance, range(SOURCES))
        drafts = tuple(self._draft(chance, number, position) for position in range(1, size + 1))
        info = DocumentInfo(f"made-{number:06d}.md", f"made-{number:06d}.md", "posts", f"{number:064x}")
        return Batch(source=Source(f"series-{source}", f"Series {source}"), document=info, drafts=drafts)

    def _draft(self, chance: random.Random, document: int, position: int) -> Draft:
        count = document * IN_DOCUMENT + position
        at = NEWEST - timedelta(days=count / A_DAY)
        kind = chance.random()
        language = "en" if kind < 0.1 else "ja" if kind < 0.101 else "zh-Hans"
        paragraphs = self._paragraphs(chance, self._english if language == "en" else self._words, language)
        text = "\n\n".join(paragraphs)
        author = self._some(chance, self._made.people)
        quoted = [self._some(chance, self._made.people)] if chance.random() < 0.1 else []
        url = f"https://example.org/{chance.randrange(3)}/{count // 12}" if chance.random() < 0.2 else None
        slugs = {self._some(chance, self._made.topic_slugs) for _ in range(chance.choice(_TOPICS_OF))}
        return Draft(
            title=paragraphs[0][:30] if chance.random() < 0.4 else None,
            content_html="".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
            content_text=text,
            summary=text[:120],
            language=language,
            people=(author,),
            quoted=tuple(Person("", who.name, who.handle, Role.QUOTED) for who in quoted),
            url=url,
            links=(Link(url, Rel.ORIGINAL),) if url else (),
            topics=tuple(TopicHit(slug, 1.5) for slug in sorted(slugs)),
            place=Place(position, str(position), None, (position * 10, position * 10 + 5)),
            published=Published(at, Precision.INSTANT, Basis.STATED, at.astimezone(_ZONE).date()),
            natural_keys=(f"https://example.com/status/{count}",) if chance.random() < 0.5 else (),
            quotes=(position - 1,) if position > 1 and chance.random() < 0.03 else (),
        )

    def _paragraphs(self, chance: random.Random, words: Sequence[str], language: str) -> list[str]:
        between, end = (" ", ".") if language == "en" else ("", "。")
        sizes = [chance.randint(20, 70) for _ in range(chance.randint(1, 4))]
        chosen = chance.choices(words, cum_weights=self._weights[len(words)], k=sum(sizes))
        at, found = 0, []
        for size in sizes:
            part = chosen[at : at + size]
            found.append(f"{between.join(part[: size // 2])}，{between.join(part[size // 2 :])}{end}")
            at += size
        return found

    def _some(self, chance: random.Random, among: Sequence[_T]) -> _T:
        return chance.choices(among, cum_weights=self._weights[len(among)])[0]
