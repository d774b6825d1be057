"""Who speaks from which line on, in text copied from a timeline: a display name, a @handle, the words.

What makes it hard is that a `@handle` on a line of its own is either the author of the next post or somebody mentioned
in the middle of a sentence: the copy breaks its lines around both. See `Bylines._two_lines`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from functools import cache
from importlib import resources

from feeds.text import letters
from feeds.text import width

#: A handle alone on its line.
HANDLE = re.compile(r"\s*\[?@([A-Za-z0-9_]{1,30})(?:\]\([^)]*\))?\s*$")
_TIME = (
    r"(?:\d+\s*(?:秒|分钟|小时|天|周|[smhdw])(?:前)?|\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月\d{1,2}日"
    r"|[A-Z][a-z]{2} \d{1,2}(?:, \d{4})?)"
)
_ONE_LINE_WITH_TIME = re.compile(rf"(\S.{{0,50}}?)\s*@([A-Za-z0-9_]{{1,30}})\s*[·•\-]\s*{_TIME}\s*$")
_ONE_LINE = re.compile(r"([^\s@].{0,50}?)\s+[(（]?@([A-Za-z0-9_]{1,30})[)）]?\s*$")
_TIMESTAMP = re.compile(rf"\s*(?:[·•]|[·•]?\s*{_TIME})\s*$")
_QUOTE_MARK = re.compile(r"\s*(?:引用|引用推文|Quote|转推|轉推)\s*[:：]?\s*$")
SEPARATOR = re.compile(r"\s*(?:-\s?){3,}\s*$")
#: List marks, headings, addresses, and lines that end in the middle or at the end of a sentence.
_NO_NAME = re.compile(r"\s*(?:[-*•>#]|\d+[.、)/]|https?://|.*(?:https?://|[。！？；：，、:;,(（]\s*$))")
_SENTENCE = re.compile(r"[，。；：！？]|[,;:!?] ")
#: What a sentence goes on with behind a mention.
_GOES_ON = re.compile(r"[ \t\u3000]|[,.:;!?)'’、，。：；！？）」』》]")
_LAST_WORD = re.compile(r"[A-Za-z]+$")


@dataclass(frozen=True, slots=True)
class Byline:
    """The lines that begin a post: from `first` up to, not including, `text`."""

    first: int
    text: int
    name: str | None
    handle: str
    #: The document itself says that the post before quotes this one.
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Bylines:
    """Finds the bylines of one document."""

    lines: Sequence[str]
    #: The names each handle (in lower case) has where only a byline can stand; they are believed elsewhere too.
    known: Mapping[str, frozenset[str]]

    def find(self, first: int, end: int) -> Iterator[Byline]:
        """The bylines between two lines, each with words below it."""
        at = first
        while at < end:
            byline = self._at(at, first, end)
            if byline is None or not any(line.strip() for line in self.lines[byline.text : end]):
                at += 1
                continue
            yield byline
            at = byline.text

    def _at(self, at: int, first: int, end: int) -> Byline | None:
        if not self.lines[at].strip() or not self._begins_paragraph(at, first):
            return None
        before = self._line_before(at, first)
        quoted = before is not None and _QUOTE_MARK.match(self.lines[before]) is not None
        fresh = before is None or quoted or SEPARATOR.match(self.lines[before]) is not None
        found = self._one_line(at, fresh) or self._two_lines(at, end, fresh)
        if found is None:
            return None
        begin = before if before is not None and fresh else at
        return replace(found, first=begin, text=self._behind_timestamps(found.text, end), quoted=quoted)

    def _one_line(self, at: int, fresh: bool) -> Byline | None:
        """`Name @handle·2h` anywhere, `Name @handle` only where a post must begin."""
        found = _ONE_LINE_WITH_TIME.match(self.lines[at]) or (fresh and _ONE_LINE.match(self.lines[at])) or None
        if found is None or _NO_NAME.match(found[1]):
            return None
        return Byline(at, at + 1, found[1].strip(" *"), found[2])

    def _two_lines(self, at: int, end: int, fresh: bool) -> Byline | None:
        """A name, then a handle alone on its line.

        Where a post must begin (behind the date, a separator or a mark of quotation) any short line is a name, and
        blank lines may stand between the two. Elsewhere the same two lines can be a sentence broken around a mention.
        """
        if fresh and (alone := HANDLE.match(self.lines[at])):
            return None if self._goes_on(at + 1, end) else Byline(at, at + 1, None, alone[1])
        second = skip_blank(self.lines, at + 1, end)
        handle = HANDLE.match(self.lines[second]) if second < end else None
        name = self.lines[at].strip(" *\t")
        if handle is None or _NO_NAME.match(self.lines[at]) or width(name) > 60:
            return None
        if not fresh and not self._names_author(at, second, end, name, handle[1]):
            return None
        return Byline(at, second + 1, name, handle[1])

    def _names_author(self, at: int, second: int, end: int, name: str, handle: str) -> bool:
        """Whether name and handle inside a text begin a post, rather than break a sentence around a mention."""
        if self._goes_on(second + 1, end):
            return False
        if name in self.known.get(handle.lower(), ()):
            return True
        if handle.lower() in self.known or _SENTENCE.search(name) or _leads_on(name) or width(name) > 40:
            return False
        apart = second > at + 1
        ends_paragraph = second + 1 < end and not self.lines[second + 1].strip()
        broken = self.lines[at] != self.lines[at].rstrip()
        return not (apart or ends_paragraph or broken) or _alike(name, handle)

    def _begins_paragraph(self, at: int, first: int) -> bool:
        above = self.lines[at - 1] if at > first else ""
        return not above.strip() or SEPARATOR.match(above) is not None or _QUOTE_MARK.match(above) is not None

    def _line_before(self, at: int, first: int) -> int | None:
        return next((i for i in range(at - 1, first - 1, -1) if self.lines[i].strip()), None)

    def _goes_on(self, at: int, end: int) -> bool:
        return at < end and _GOES_ON.match(self.lines[at]) is not None

    def _behind_timestamps(self, at: int, end: int) -> int:
        while at < end and _TIMESTAMP.match(self.lines[at]):
            at += 1
        return at


def find_bylines(lines: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[list[Byline]]:
    """The bylines of each span of lines (first, last but one); each span begins where a post must begin.

    Two passes, so that a name once seen where it cannot be anything else is believed everywhere in the document.
    """
    known: dict[str, set[str]] = {}
    for first, end in spans:
        for at in (i for i in range(first, end) if i == first or SEPARATOR.match(lines[i])):
            begin = skip_blank(lines, at if at == first and not SEPARATOR.match(lines[at]) else at + 1, end)
            byline = next(Bylines(lines, {}).find(begin, min(begin + 1, end) and end), None) if begin < end else None
            if byline is not None and byline.first == begin and byline.name:
                known.setdefault(byline.handle.lower(), set()).add(byline.name)
    finder = Bylines(lines, {handle: frozenset(names) for handle, names in known.items()})
    return [list(finder.find(first, end)) for first, end in spans]


def skip_blank(lines: Sequence[str], at: int, end: int) -> int:
    """The next line from `at` on that is not blank; `end` where there is none."""
    while at < end and not lines[at].strip():
        at += 1
    return at


def _alike(name: str, handle: str) -> bool:
    """A handle made of its owner's name: it holds one of the words, or the name holds it, spelling apart."""
    owner = letters(handle)
    words = [letters(word) for word in name.split()]
    return any(len(word) >= 3 and word in owner for word in words) or (len(owner) >= 3 and owner in letters(name))


def _leads_on(name: str) -> bool:
    zh, latin = _function_words()
    last = _LAST_WORD.search(name)
    return name.endswith(zh) or (last is not None and last[0].lower() in latin)


@cache
def _function_words() -> tuple[tuple[str, ...], frozenset[str]]:
    data = tomllib.loads(resources.files("scrapers.formats").joinpath("handles.toml").read_text("utf-8"))
    return tuple(data["leads_on_zh"]), frozenset(data["leads_on_latin"])
