"""How entries relate: which is a translation of which, which say the same in the same words. Pure.

A translation keeps what is not translated: names in Latin letters, numbers, code. These anchors stand in the same order
in both texts. A text about the same thing shares some of them, in an order of its own.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from functools import cache
from functools import lru_cache
from heapq import nsmallest
from math import sqrt

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import ratio

from feeds.canonical import exact_keys
from feeds.chinese import fold
from feeds.identity import COMPARED
from feeds.model import Link
from feeds.model import Rel
from feeds.text import letters

#: The score from which a text is a translation: the geometric mean of the share of its anchors that stand in the
#: original in the same order, and the share of the original's strong anchors that it has. Measured on all pairs of an
#: English and a Chinese entry of real logs, newsletters and recaps: translations, also with a summary around them, have
#: 0.72 to 1.0; a list of the original's findings has 0.61, everything else at most 0.5.
TRANSLATED = 0.67
#: Anchors that the sparser text must have, in all and different ones, and strong ones of the other: fewer are shared by
#: accident.
ANCHORS, DIFFERENT, STRONG = 10, 8, 4
#: Characters that anchors are looked for in, so that a book costs no more than an essay.
READ = 12_000
#: A translation appears within this time after the original.
SOON = timedelta(days=14)
#: The characters of the sparser text for one of the other: Chinese takes far fewer than English, a summary fewer still.
SHORTEST, LONGEST = 0.15, 2.0
#: The share of letters in common from which two entries say the same thing in the same words: what was reprinted with
#: another greeting or ending. Of 60 000 pairs of real entries that are different ones none has more than 0.51.
SAME_WORDS = 0.85
#: Texts of fewer letters say the same by accident.
TELLING = 60
#: How far apart two entries of the same words may be; later the same words are a habit ("the books of this month").
LATE = timedelta(days=60)
#: Hashes kept of a text to find texts like it by, and anchors kept to find translations by: of two texts of the same
#: words hardly ever none are in common.
SKETCH, MARKS = 8, 6

_SHINGLE = 12
_ADDRESS = re.compile(r"(?:https?://|www\.|(?:[a-z0-9-]+\.)+[a-z]{2,}/)[^\s，。）)]*|@\w+", re.IGNORECASE | re.ASCII)
_ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[.+#_-]+[A-Za-z0-9]+)*[+#]*|[0-9]+(?:[.,][0-9]+)*")
#: With digits, with capitals inside, or code: no sentence has these by itself.
_STRONG = re.compile(r".*[0-9]|..*[A-Z]|.*[a-z][._+#][A-Za-z+#]")
_LATIN = frozenset({"en", "es", "fr", "de", "pt", "it"})
_HEAD = 200


@dataclass(frozen=True, slots=True)
class Anchors:
    """What of a text survives translation."""

    #: All words in Latin letters and numbers, in order, in one form.
    words: tuple[str, ...]
    #: Those among them that no English sentence has by itself.
    strong: frozenset[str]
    #: The length of the text without white space.
    length: int


@dataclass(frozen=True, slots=True)
class Relatable:
    """What of an entry decides what it is related to."""

    id: str
    #: A BCP 47 tag.
    language: str
    #: None where nobody knows.
    published: datetime | None
    #: See `body`.
    body: str
    anchors: Anchors
    #: Keys (`feeds.canonical`) of the pages that the entry itself is: its own status, the page it was read from.
    own: frozenset[str]
    #: Keys of what it calls its original, and of what it calls a translation.
    originals: frozenset[str]
    translations: frozenset[str]
    #: It says of itself that it was translated.
    is_translated: bool = False

    @property
    def tongue(self) -> str:
        """The language without script and region."""
        return self.language.partition("-")[0]


def relatable(
    id: str,
    language: str,
    published: datetime | None,
    title: str | None,
    text: str,
    url: str | None,
    links: Sequence[Link],
    natural_keys: Sequence[str],
    is_translated: bool = False,
) -> Relatable:
    """The parts of an entry that count. An address that stands in its text is not its own page but what it is about."""
    linked = {key for link in links for key in exact_keys(link.url)}
    pages = {key for natural in natural_keys for key in exact_keys(natural)}
    mine = set(exact_keys(url)) if url else set()
    originals = mine | {key for link in links if link.rel is Rel.ORIGINAL for key in exact_keys(link.url)}
    return Relatable(
        id=id,
        language=language,
        published=published,
        body=body(text),
        anchors=anchors(title, text),
        own=_readable(pages | (mine - linked)),
        originals=_readable(originals - pages),
        translations=_readable(key for link in links if link.rel is Rel.TRANSLATION for key in exact_keys(link.url)),
        is_translated=is_translated or "[译]" in (title or text[:_HEAD]),
    )


def anchors(title: str | None, text: str) -> Anchors:
    """The anchors of an entry."""
    plain = _without_addresses(f"{title or ''}\n{text}"[:READ])
    found = [_form(word) for word in _ANCHOR.findall(plain) if len(word) > 1]
    return Anchors(
        tuple(word for word, _ in found),
        frozenset(word for word, strong in found if strong),
        len("".join(plain.split())),
    )


def translation(one: Relatable, other: Relatable) -> tuple[str, str] | None:
    """Which of two entries is a translation of which, as (translation, original); None where neither is.

    By what their links say, else by their words, if one appeared within `SOON` of the other.
    """
    if one.tongue == other.tongue:
        return None
    for translated, original in ((one, other), (other, one)):
        if translated.originals & original.own or original.translations & translated.own:
            return translated.id, original.id
    if one.published is None or other.published is None or abs(one.published - other.published) > SOON:
        return None
    if translation_score(one.anchors, other.anchors) < TRANSLATED:
        return None
    original, translated = sorted((one, other), key=_originality)
    return translated.id, original.id


def translation_score(one: Anchors, other: Anchors) -> float:
    """How surely one text is a translation of the other, 0.0 to 1.0, see `TRANSLATED`.

    0.0 where there are too few anchors to tell or the lengths do not fit. The text with fewer anchors is the one whose
    language does not use Latin letters, so that all it has are anchors.
    """
    sparse, dense = sorted((one, other), key=lambda a: len(a.words))
    if len(sparse.words) < ANCHORS or len(set(sparse.words)) < DIFFERENT or len(dense.strong) < STRONG:
        return 0.0
    if not SHORTEST <= sparse.length / dense.length <= LONGEST:
        return 0.0
    kept = LCSseq.similarity(dense.words, sparse.words) / len(sparse.words)
    return sqrt(kept * len(dense.strong.intersection(sparse.words)) / len(dense.strong))


def marks(entry: Relatable) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys under which an entry is found as one half of a translation, and keys of the other halves it looks for."""
    found = entry.anchors
    if len(found.words) < ANCHORS:
        return (), ()
    least = sorted(found.strong, key=lambda word: (zlib.crc32(word.encode()), word))[:MARKS]
    mine, theirs = ("latin", "other") if entry.tongue in _LATIN else ("other", "latin")
    return tuple(f"mark:{mine}:{word}" for word in least), tuple(f"mark:{theirs}:{word}" for word in least)


def body(text: str) -> str:
    """What of a text is compared: its first letters, in one case and script, without addresses."""
    return letters(fold(_without_addresses(text[: COMPARED * 2])))[:COMPARED]


def _without_addresses(text: str) -> str:
    # To look takes a hundredth of the time that the pattern takes where there is none.
    return _ADDRESS.sub(" ", text) if "." in text or "@" in text or "://" in text else text


def same_words(one: str, other: str) -> bool:
    """Whether two bodies say the same in the same words."""
    if min(len(one), len(other)) < TELLING:
        return False
    return ratio(one, other, score_cutoff=SAME_WORDS * 100) > 0


def sketch(body: str) -> tuple[str, ...]:
    """Keys of which two bodies of the same words have at least one in common; none for short ones."""
    if len(body) < TELLING:
        return ()
    coded = body.encode("utf-32-le", "surrogatepass")
    shingles = map(coded.__getitem__, _shingles()[: len(body) - _SHINGLE + 1])
    return tuple(f"text:{piece:08x}" for piece in nsmallest(SKETCH, set(map(zlib.crc32, shingles))))


@cache
def _shingles() -> list[slice]:
    """Where the pieces of a body lie when each letter takes four bytes."""
    return [slice(4 * at, 4 * (at + _SHINGLE)) for at in range(COMPARED)]


def _originality(entry: Relatable) -> tuple[object, ...]:
    """The original comes first: by day, since most dates are no more exact; what says so is the translation."""
    assert entry.published is not None
    return entry.is_translated, entry.published.date(), entry.tongue not in _LATIN, entry.published, entry.id


def _readable(keys: Iterable[str]) -> frozenset[str]:
    """Only pages with a text can be translated: a repository, a video or a paper is what many are about."""
    return frozenset(key for key in keys if key.startswith(("status:", "url:")))


@lru_cache(maxsize=8192)
def _form(word: str) -> tuple[str, bool]:
    """One form of an anchor, and whether it is strong: `1,000` is `1000`, `GPT-2` is `GPT2`, `LLMs` are `LLM`."""
    strong = _STRONG.match(word) is not None
    if word[0].isdigit():
        return re.sub(r",(?=[0-9]{3})", "", word), strong
    plain = re.sub(r"[-_]", "", word)
    return (plain[:-1] if plain.endswith("s") and plain[:-1].isupper() else plain).casefold(), strong
