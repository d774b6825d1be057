"""Which entry is this? Ids are minted once from what edits leave alone, and known entries are recognised again. Pure.

An id never depends on a number, a position, a date, a file name, a host, a title beside a text, or a row.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable
from collections.abc import Container
from collections.abc import Hashable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from uuid import UUID
from uuid import uuid5

from rapidfuzz.fuzz import ratio

from feeds.model import Content
from feeds.model import Person
from feeds.runs import Runs
from feeds.text import letters

#: Changing it gives every entry of every store a new id, and every reader every entry again.
NAMESPACE = UUID("0429891a-11f7-4883-a7a3-df7baa961916")
#: Letters of the text that an id is made from: edits and additions mostly come behind them.
OPENING = 80
#: The share of letters in common (normalised Indel similarity) from which two texts of one author in one document are
#: one text edited. Measured on real logs and newsletters: 7 000 pairs that have nothing to do with each other stay
#: below 0.6 (half of them below 0.12; English prose 0.45); what was edited lies above
#: 0.65, nearly all of it above 0.85.
NEAR = 0.65
#: The same for texts of fewer letters than `CONTAINED`, where chance is larger.
NEAR_SHORT = 0.85
#: Letters of each text that are compared, so that a document of long articles costs no more than one of posts.
COMPARED = 2000
#: A text taken over whole into a longer one is recognised from this length, if it is at least a quarter of it.
CONTAINED = 30
#: More pairs of texts than this are only compared where they have a run in common.
MANY_PAIRS = 40_000


@dataclass(frozen=True, slots=True)
class Traits:
    """What an entry is recognised by."""

    natural_keys: tuple[str, ...]
    #: The handle in lower case; empty where the author has none, since names are often only inferred.
    author: str
    #: The first letters of the text; of the title or an address where there is no text.
    opening: str
    #: A hash of all letters of title and text.
    whole: str
    #: The letters of title and text that are compared.
    letters: str


@dataclass(frozen=True, slots=True)
class Known:
    """A stored entry that a draft may turn out to be."""

    id: str
    traits: Traits
    #: Whether it stands, or last stood, in the document at hand.
    here: bool
    withdrawn: bool = False


def traits(content: Content, natural_keys: Sequence[str] = ()) -> Traits:
    """What `content` is recognised by."""
    addresses = [*(m.url for m in content.media), content.url or ""]
    return make_traits(content.title, content.content_text, content.people, addresses, natural_keys)


def make_traits(
    title: str | None, text: str, people: Iterable[Person], addresses: Iterable[str], natural_keys: Sequence[str] = ()
) -> Traits:
    """The same from parts; the addresses (pictures, main link) count where there are no words at all."""
    body, head = letters(text), letters(title or "")
    if not body and not head:
        body = letters(" ".join(addresses))
    return Traits(
        natural_keys=tuple(natural_keys),
        author=next((p.handle.lower() for p in people if p.handle), ""),
        opening=(body or head)[:OPENING],
        whole=_hash(head, body),
        letters=(head + body)[:COMPARED],
    )


def lookup_keys(traits: Traits) -> tuple[str, ...]:
    """Short keys, equal where two entries of one source may be the same one; what the store finds entries again by."""
    return (
        *(f"n:{_hash(key)}" for key in traits.natural_keys),
        f"t:{_hash(traits.author, traits.whole)}",
        f"o:{_hash(traits.author, traits.opening)}",
    )


def mint(source: str, traits: Traits, taken: Container[str] = ()) -> str:
    """A new `urn:uuid:` (UUID version 5, RFC 9562) that is not in `taken`.

    Of different texts that begin alike the first one read has the id of the opening, and so has of several versions of
    a text the first one read. This cannot be otherwise across runs: an id is given before the others are known, stays,
    and may hold nothing that an edit changes. Within a run the order of reading is made of the documents themselves
    (`scrapers.ingest`); the ids of the others are made of their whole text, so that no order shows in them.
    """
    return next(candidate for candidate in candidates(source, traits) if candidate not in taken)


def candidates(source: str, traits: Traits) -> Iterator[str]:
    """The ids that an entry may get, the best first; endless."""
    named = ("key", traits.natural_keys[0]) if traits.natural_keys else ("opening", traits.author, traits.opening)
    best = (source, *named)
    yield _urn(*best)
    yield _urn(*best, traits.whole)
    for number in count(2):
        yield _urn(*best, traits.whole, str(number))


def recognise(drafts: Sequence[Traits], known: Iterable[Known]) -> dict[int, str]:
    """The ids of those drafts (by index) that are known entries; each known entry is used once.

    In this order, the surest first: natural key; exact text of the same author; the same opening by the same author;
    in the same document also near-equal text of the same author, exact text under another author, parts of the text
    that nobody else has, near-equal text under another author.
    """
    matching = _Matching(drafts, known)
    matching.by_natural_key()
    matching.by_exact_text()
    matching.by_opening()
    matching.by_near_text()
    matching.by_text_alone()
    matching.by_common_runs()
    matching.by_near_text_alone()
    return matching.found


def similarity(one: str, other: str) -> float:
    """The share of letters in common, 0.0 to 1.0; 0.0 for what is not near. A text inside the other counts as near."""
    near = NEAR if min(len(one), len(other)) >= CONTAINED else NEAR_SHORT
    score = ratio(one, other, score_cutoff=near * 100) / 100
    return score or (NEAR if _contained(one, other) else 0.0)


class _Matching:
    """Drafts and known entries that have not found each other yet."""

    def __init__(self, drafts: Sequence[Traits], known: Iterable[Known]) -> None:
        self.found: dict[int, str] = {}
        self._drafts = dict(enumerate(drafts))
        ordered = sorted(known, key=lambda k: (not k.here, k.withdrawn, k.id))
        self._known = {k.id: k for k in ordered}
        self._texts = [d.letters for d in drafts], [k.traits.letters for k in ordered if k.here]

    def by_natural_key(self) -> None:
        holders = _group(self._known.values(), lambda k: k.traits.natural_keys)
        for index, draft in list(self._drafts.items()):
            self._take_first(index, [k for key in draft.natural_keys for k in holders[key]])

    def by_exact_text(self) -> None:
        holders = _group(self._known.values(), lambda k: [(k.traits.author, k.traits.whole)])
        for index, draft in list(self._drafts.items()):
            fitting = [k for k in holders[draft.author, draft.whole] if k.here or not _differ(draft, k.traits)]
            self._take_first(index, fitting)

    def by_opening(self) -> None:
        """Elsewhere in the source the whole text has to be near as well: series begin alike."""
        self._take_best(lambda traits: (traits.author, traits.opening), _opening_score)

    def by_near_text(self) -> None:
        self._take_best(lambda traits: traits.author, _near_score)

    def by_common_runs(self) -> None:
        """Any near-equal text would have been the better choice."""
        self._take_best(lambda traits: traits.author, lambda draft, known: self._shared(draft, known) * known.here)

    def by_near_text_alone(self) -> None:
        """The author was corrected together with the text."""
        self._take_best(lambda traits: None, _near_score_alone)

    def by_text_alone(self) -> None:
        """The author was corrected; short texts say nothing about who wrote them."""
        holders = _group(self._known.values(), lambda k: [k.traits.whole])
        for index, draft in list(self._drafts.items()):
            if len(draft.letters) >= CONTAINED:
                self._take_first(index, [k for k in holders[draft.whole] if k.here])

    def _take_first(self, index: int, fitting: Iterable[Known]) -> None:
        chosen = next((k for k in fitting if k.id in self._known), None)
        if chosen is not None:
            self._take(index, chosen.id)

    def _take_best(self, group: Callable[[Traits], Hashable], score: Callable[[Traits, Known], float]) -> None:
        """The best pairs first; of equally good ones the first in the document."""
        holders = _group(self._known.values(), lambda k: [group(k.traits)])
        many = sum(len(holders[group(draft)]) for draft in self._drafts.values()) > MANY_PAIRS
        pairs = [
            (-value, index, rank, known.id)
            for index, draft in self._drafts.items()
            for rank, known in enumerate(holders[group(draft)])
            if not _differ(draft, known.traits)
            and not (many and self._shared(draft, known) == 0)
            and (value := score(draft, known)) > 0
        ]
        for _, index, _, known_id in sorted(pairs):
            if index in self._drafts and known_id in self._known:
                self._take(index, known_id)

    @cached_property
    def _runs(self) -> Runs:
        return Runs(*self._texts)

    def _shared(self, draft: Traits, known: Known) -> float:
        return self._runs.shared(draft.letters, known.traits.letters)

    def _take(self, index: int, known_id: str) -> None:
        self.found[index] = known_id
        del self._drafts[index]
        del self._known[known_id]


def _opening_score(draft: Traits, known: Known) -> float:
    near = similarity(draft.letters, known.traits.letters)
    return max(near, NEAR / 2) if known.here else near


def _near_score(draft: Traits, known: Known) -> float:
    return similarity(draft.letters, known.traits.letters) if known.here else 0.0


def _near_score_alone(draft: Traits, known: Known) -> float:
    if not known.here or min(len(draft.letters), len(known.traits.letters)) < CONTAINED:
        return 0.0
    return ratio(draft.letters, known.traits.letters, score_cutoff=NEAR_SHORT * 100) / 100


def _differ(one: Traits, other: Traits) -> bool:
    """Both have identifiers of their own, and none in common: two things, however alike they look."""
    return bool(one.natural_keys and other.natural_keys) and not set(one.natural_keys) & set(other.natural_keys)


def _contained(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= CONTAINED and len(short) * 4 >= len(long) and short in long


def _group(known: Iterable[Known], keys: Callable[[Known], Iterable[Hashable]]) -> defaultdict[Hashable, list[Known]]:
    groups: defaultdict[Hashable, list[Known]] = defaultdict(list)
    for one in known:
        for key in keys(one):
            groups[key].append(one)
    return groups


def _urn(*parts: str) -> str:
    return uuid5(NAMESPACE, "\n".join(parts)).urn


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
