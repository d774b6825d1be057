"""One text as the rules see it: what was found in it, which place each spot belongs to, which companies it names."""

from __future__ import annotations

import re
from bisect import bisect_left
from bisect import bisect_right
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

from feeds.chinese import fold
from feeds.topics.matching import Matcher
from feeds.topics.matching import Span
from feeds.topics.matching import outermost
from feeds.topics.rules import Weights
from feeds.topics.rules import shape_key
from feeds.topics.shapes import find_shapes

#: Addresses, with or without a scheme, and mentions: words inside them are not the author's own.
_NOT_PROSE = re.compile(
    r"https?://[!-~]+|(?<![a-z0-9_.])@[a-z0-9_]+|(?<![a-z0-9@.-])[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,}/[!-~]*"
)
#: A comparison says "unlike" at most so far in front of the name.
_REACH = 10
#: No word of comparison is longer.
_LONGEST = 20
#: From here on characters take two columns.
_WIDE = "\u2e80"
_WIDE_RUN = re.compile("[\u2e80-\U0010ffff]+")
#: How far behind a name the word may stand that makes it one of a comparison.
_BEHIND = 2
#: A first line of at most so many columns is a headline, where the entry has no title.
_HEADLINE = 120
#: The share of all names from which on a company named later is as much the subject as the first.
_OFTEN = 0.3
_SENTENCE_START = re.compile(r"[。！？；!?;\n][^\w]*\Z")
#: The first sentence ends here, if so many letters of it have gone by: "Wow!" says nothing.
_SENTENCE_END = re.compile(r"[。！？；!?;\n]|\. ")
_SHORTEST_LEAD = 12
#: What stands between the names of a list.
_JOINED = re.compile(r"\s*(?:和|与|及|以及|、|/|,|and\b)\s*")
_CLAUSE_END = re.compile(r"[。，；！？,;!?\n]|\. ")


class Reading:
    """A title, a text and addresses, folded into one haystack and searched once."""

    def __init__(
        self, matcher: Matcher, weights: Weights, title: str | None, text: str, links: Sequence[str] = ()
    ) -> None:
        original = "\n".join(((title or "").replace("\n", " "), text.strip()))
        self._folded = fold(original)
        self._original = original if len(original) == len(self._folded) else self._folded
        self._text_at = self._folded.find("\n") + 1
        self._links_at = len(self._folded)
        self._folded += "".join("\n" + fold(link) for link in links)
        self._weights = weights
        #: The length of the text as it looks on a screen: a Chinese character has two columns.
        self.columns = _columns(original)
        self._opening_end = self._find_opening_end()
        self._lead_end = self._find_lead_end()
        #: Where the opening would end if the text were long: a short text has no end of its opening.
        missing = weights.opening_columns - _columns(self._folded[self._text_at : self._opening_end])
        self._full_opening_end = self._opening_end + max(0, missing) // 2
        self._found = matcher.find(self._folded)
        self._words = set(self._found)
        has_any = "/" in self._folded or "@" in self._folded
        found = _NOT_PROSE.finditer(self._folded, 0, self._links_at) if has_any else ()
        self._not_prose = [Span(*m.span()) for m in found]
        self._first_named: dict[str, dict[str, int]] = {"title": {}, "opening": {}}
        #: The name of the place of a span, by its start.
        self._places: dict[int, str] = {}
        self._companies: dict[str, list[Span]] = {}
        self._named_at: dict[int, Span] = {}
        self._compared: list[Span] = []
        self._compared_behind: list[Span] = []

    def know_companies(
        self, companies: Mapping[str, Collection[str]], comparisons: Collection[str], behind: Collection[str] = ()
    ) -> None:
        """Tell whose names the words are; without this no company competes with another.

        `companies` has them by word, `comparisons` stand in front of a name, `behind` follow it.
        """
        named: dict[str, list[Span]] = {}
        for word in self._found:
            for company in companies.get(word, ()):
                named.setdefault(company, []).extend(self._found[word])
        for company, found in sorted(named.items()):
            if spans := [s for s in outermost(found) if self.place(s) != "link"]:
                self._companies[company] = spans
        self._named_at = {span.start: span for spans in self._companies.values() for span in spans}
        for company, spans in self._companies.items():
            for span in reversed(spans):
                self._first_named.setdefault(self.place(span), {})[company] = span.start
        self._compared = sorted(span for word in self.among(comparisons) for span in self.spans(word))
        self._compared_behind = sorted(span for word in self.among(behind) for span in self.spans(word))

    def know_shapes(self, no_speakers: Collection[str]) -> None:
        """Look at the form of the text; what is found stands among the words as `feeds.topics.rules.shape_key`."""
        for name, span in find_shapes(self._folded, self._text_at, self._links_at, no_speakers):
            self._found[shape_key(name)] = [span]
            self._words.add(shape_key(name))

    def spans(self, word: str) -> list[Span]:
        """Where a folded word stands."""
        return self._found.get(word, [])

    def found(self) -> Iterable[str]:
        """Every word found, folded."""
        return self._found

    def among(self, words: Collection[str]) -> Collection[str]:
        """Those of some folded words that stand in the text."""
        return words and self._words.intersection(words)

    def in_prose(self, word: str) -> bool:
        """Whether a folded word stands anywhere but in an address or a mention."""
        return any(self.place(span) != "link" for span in self.spans(word))

    def words(self, span: Span) -> str:
        """The words as the author wrote them."""
        source = self._original if span.end <= self._links_at else self._folded
        return " ".join(source[span.start : span.end].split())

    def place(self, span: Span) -> str:
        """The name of the place: "title", "opening", "body" or "link"."""
        if (known := self._places.get(span.start)) is None:
            known = self._places[span.start] = self._place(span.start)
        return known

    def _place(self, start: int) -> str:
        at = bisect_right(self._not_prose, start, key=_start) - 1
        if start >= self._links_at or (at >= 0 and start < self._not_prose[at].end):
            return "link"
        if start < self._text_at:
            return "title"
        return "opening" if start < self._opening_end else "body"

    def is_lead(self, span: Span) -> bool:
        """Whether a span stands in the first sentence of the text."""
        return self._text_at <= span.start < self._lead_end

    def distance(self, span: Span) -> float:
        """How far into the opening a span stands: 0 at its start, 1 at its end."""
        return max(0, span.start - self._text_at) / max(1, self._full_opening_end - self._text_at)

    def is_compared(self, span: Span) -> bool:
        """Whether a word of comparison stands in front, in the same clause, or right behind."""
        if self._is_compared_behind(span):
            return True
        first = bisect_left(self._compared, span.start - _REACH - _LONGEST, key=_start)
        last = bisect_left(self._compared, span.start, key=_start)
        return any(
            0 <= span.start - word.end <= (_REACH if word.end - word.start > 1 else 1)
            and not _CLAUSE_END.search(self._folded, word.end, span.start)
            for word in self._compared[first:last]
        )

    def _is_compared_behind(self, span: Span) -> bool:
        """Of a list of names, "A and B class", each one."""
        at = bisect_left(self._compared_behind, span.end, key=_start)
        if at < len(self._compared_behind) and self._compared_behind[at].start <= span.end + _BEHIND:
            return True
        joined = _JOINED.match(self._folded, span.end)
        following = self._named_at.get(joined.end()) if joined else None
        return following is not None and self._is_compared_behind(following)

    def prominence(self, company: str) -> float:
        """From 1 (the company that the title or the opening begins with) towards 0 (one in a list of many)."""
        title, opening = self._first_named["title"], self._first_named["opening"]
        if company in title:
            return min(1.0, self._weights.crowd / len(title))
        if title:
            return self._weights.beside_title
        leading = self._leading(opening)
        if company not in opening or company in leading:
            return min(1.0, self._weights.crowd / max(1, len(leading)))
        often = len(self._companies[company]) > 1 and self.company_share(company) >= _OFTEN
        if often or self._begins_sentence(company):
            return min(1.0, self._weights.crowd / len(opening))
        return self._weights.second

    def _begins_sentence(self, company: str) -> bool:
        """Whether a sentence of the opening begins with a name of the company: it is what that sentence is about."""
        return any(
            _SENTENCE_START.search(self._folded, max(0, span.start - _REACH), span.start)
            for span in self._companies[company]
            if span.start < self._opening_end
        )

    def _leading(self, opening: Mapping[str, int]) -> Collection[str]:
        """The companies that the first line names, where it is a headline; else the first one."""
        end = self._folded.find("\n", self._text_at, self._links_at)
        is_headline = end > 0 and _columns(self._folded[self._text_at : end]) <= _HEADLINE
        in_headline = [company for company, at in opening.items() if is_headline and at < end]
        return in_headline or sorted(opening, key=lambda company: opening[company])[:1]

    def company_share(self, company: str) -> float:
        """The share of a company among all hits of companies in the text."""
        total = sum(len(spans) for spans in self._companies.values())
        return len(self._companies.get(company, ())) / total if total else 1.0

    def _find_lead_end(self) -> int:
        end = _SENTENCE_END.search(self._folded, self._text_at + _SHORTEST_LEAD, self._links_at)
        return end.start() if end else self._links_at

    def _find_opening_end(self) -> int:
        used = 0
        for at in range(self._text_at, self._links_at):
            used += 2 if self._folded[at] >= _WIDE else 1
            if used > self._weights.opening_columns:
                return at
        return self._links_at


def _columns(text: str) -> int:
    """Nearly `feeds.text.width`, for a fraction of its time."""
    return len(text) + sum(map(len, _WIDE_RUN.findall(text)))


def _start(span: Span) -> int:
    return span[0]
