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

#: A timeline's handle; a host stands behind it where there are many (`@name@host.example`, `@name.bsky.social`). No
#: other dot is in one: `@app.route` is code.
_HANDLE = r"@([A-Za-z0-9_]{1,30}(?:@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|\.bsky\.social)?)"
_TIME = (
    r"(?:\d+\s*(?:秒|秒鐘|分|分钟|分鐘|小时|小時|天|周|週|[smhdw])(?:前)?|\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月\d{1,2}日"
    r"|[A-Z][a-z]{2} \d{1,2}(?:, \d{4})?|昨天|前天|yesterday|(?:上午|下午)?\d{1,2}:\d{2}(?: ?[AP]M)?)"
)
#: A handle alone on its line, or with the time of its post.
_ALONE = re.compile(rf"\s*{_HANDLE}(?:\s*[·•]\s*(?:{_TIME})?)?\s*$")
_ONE_LINE_WITH_TIME = re.compile(rf"(\S.{{0,50}}?)\s*{_HANDLE}\s*[·•\-]\s*{_TIME}\s*$")
_ONE_LINE = re.compile(rf"([^\s@].{{0,50}}?)\s+[(（]?{_HANDLE}[)）]?\s*$")
_TIMESTAMP = re.compile(rf"\s*(?:[·•]|[·•]?\s*{_TIME})\s*$")
#: Words of a timeline between a post and the one that it quotes or repeats.
_QUOTE_MARK = re.compile(
    r"\s*(?:引用(?:推文|帖子)?|轉推|转推|转发|轉發|Quote[ds]?(?: \w+)?|Quoting"
    r"|(?:\S.{0,40}\s)?(?:Re(?:tweet|post)ed|转推了|轉推了))\s*[:：]?\s*$",
    re.IGNORECASE,
)
SEPARATOR = re.compile(r"\s*(?:(?:-\s?){3,}|(?:\*\s?){3,}|(?:_\s?){3,}|[—－]{3,})\s*$")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_LINKED = re.compile(r"(?<!!)\[([^\]\[]*)\]\([^()\s]*\)")
_CODE = re.compile(r"\s*(?:@\w|(?:async\s+)?(?:def|class)\b)")
#: List marks, headings, addresses, and lines that end in the middle or at the end of a sentence.
_NO_NAME = re.compile(r"\s*(?:[-*•>#|]|\d+[.、)/]|!\[|https?://|.*(?:https?://|[。！？；：，、:;,(（]\s*$))")
_SENTENCE = re.compile(r"[，。；：！？]|[,;:!?] ")
#: What a sentence goes on with behind a mention.
_MENTION = re.compile(r"\s*@[A-Za-z0-9_]{1,30}\s*$")
_GOES_ON = re.compile(r"[ \t\u3000]|[,.:;!?)'’、，。：；！？）」』》]|[的等和与與及]|以及|(?:and|or|who|whose)\b")
_LAST_WORD = re.compile(r"[A-Za-z]+$")
_IMAGE = re.compile(r"\s*(?:!\[[^\]]*\]\([^()]*\)|<img\b[^>]*>)\s*$", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Byline:
    """The lines that begin a post: from `first` up to, not including, `text`."""

    first: int
    text: int
    name: str | None
    handle: str
    #: The document itself says that the post before quotes this one.
    quoted: bool = False
    #: Blank lines stand between name and handle; a blank line stands below the handle.
    apart: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Bylines:
    """Finds the bylines of one document."""

    lines: Sequence[str]
    #: The same lines without the marks of links and bold.
    bare: Sequence[str]
    #: The names each handle (in lower case) has where only a byline can stand; they are believed elsewhere too.
    known: Mapping[str, frozenset[str]]

    def find(self, first: int, end: int) -> Iterator[Byline]:
        """The bylines between two lines; one in the middle of a post has words below it."""
        fenced = _fenced(self.lines, first, end)
        own: Byline | None = None
        at = begin = self._behind_picture(first, end)
        while at < end:
            byline = None if at in fenced else self.at(at, begin, end, own)
            if byline is None:
                at += 1
                continue
            own = own or byline
            yield replace(byline, first=first) if byline.first == begin else byline
            at = byline.text

    def at(self, at: int, first: int, end: int, own: Byline | None = None) -> Byline | None:
        """The byline that begins at a line of a span; `own` is the span's first one."""
        if not self.lines[at].strip():
            return None
        before = self._line_before(at, first)
        above = self.lines[before] if before is not None else ""
        quoted = _QUOTE_MARK.match(above) is not None
        fresh = before is None or quoted or SEPARATOR.match(above) is not None
        found = self._one_line(at, fresh) or self._two_lines(at, first, end, fresh, own)
        if found is None or not (fresh or skip_blank(self.lines, found.text, end) < end):
            return None
        begin = before if before is not None and fresh else at
        return replace(found, first=begin, text=self._behind_timestamps(found.text, end), quoted=quoted)

    def handle(self, at: int, end: int) -> str | None:
        """The handle that stands alone on a line."""
        return alone(self.bare[at]) if at < end else None

    def _one_line(self, at: int, fresh: bool) -> Byline | None:
        """`Name @handle·2h` anywhere, `Name @handle` only where a post must begin."""
        found = _ONE_LINE_WITH_TIME.match(self.bare[at]) or (fresh and _ONE_LINE.match(self.bare[at])) or None
        if found is None or _NO_NAME.match(found[1]) or _leads_on_in_latin(found[1].strip()):
            return None
        return Byline(at, at + 1, found[1].strip(" *"), found[2])

    def _two_lines(self, at: int, first: int, end: int, fresh: bool, own: Byline | None) -> Byline | None:
        """A name, then a handle alone on its line.

        Where a post must begin (behind the date, a separator or a mark of quotation) any short line is a name, and
        blank lines may stand between the two. Elsewhere the same two lines can be a sentence broken around a mention.
        """
        if fresh and (handle := self.handle(at, end)):
            return Byline(at, at + 1, None, handle) if self._stands_alone(at, first, end, handle, own) else None
        second = skip_blank(self.lines, at + 1, end)
        handle = self.handle(second, end)
        name = self.bare[at].strip(" *\t")
        if handle is None or _NO_NAME.match(self.bare[at]) or not name or width(name) > 60:
            return None
        closed = second + 1 < end and not self.lines[second + 1].strip()
        found = Byline(at, second + 1, name, handle, apart=second > at + 1, closed=closed)
        if own is None and at == first:
            return found
        if self._goes_on(second + 1, end) or self._is_list(second + 1, end):
            return None
        return found if fresh or self._names_author(at, first, found, own) else None

    def _stands_alone(self, at: int, first: int, end: int, handle: str, own: Byline | None) -> bool:
        """Whether a handle without a name begins a post: the first of its span may, others must be known authors."""
        if self._goes_on(at + 1, end) or (at + 1 < end and _CODE.match(self.lines[at + 1])):
            return False
        return own is None and at == first or handle.lower() in self.known

    def _names_author(self, at: int, first: int, found: Byline, own: Byline | None) -> bool:
        """Whether name and handle inside a text begin a post, rather than break a sentence around a mention."""
        name, handle = found.name or "", found.handle.lower()
        known = name in self.known.get(handle, ())
        if not self._begins_paragraph(at, first):
            above = self.lines[at - 1]
            return known and above == above.rstrip() and not _leads_on(above) and not _NO_NAME.match(name)
        if known:
            return True
        if _SENTENCE.search(name) or _leads_on(name) or width(name) > 40:
            return False
        if _alike(name, handle):
            return True
        broken = self.lines[at] != self.lines[at].rstrip() and self.lines[found.text - 1][-1:].strip()
        in_style = own is not None and (own.apart, own.closed) == (found.apart, found.closed)
        return handle not in self.known and not broken and (in_style or not (found.apart or found.closed))

    def _is_list(self, at: int, end: int) -> bool:
        """Whether another handle follows, or another name with its handle: people that the text lists."""
        if self.handle(at, end) is not None:
            return True
        if self.handle(at + 1, end) is None or not self.lines[at].strip() or self._goes_on(at + 2, end):
            return False
        name = self.bare[at]
        return name == name.rstrip() and not (_NO_NAME.match(name) or _SENTENCE.search(name) or _leads_on(name))

    def _begins_paragraph(self, at: int, first: int) -> bool:
        above = self.lines[at - 1] if at > first else ""
        return not above.strip() or SEPARATOR.match(above) is not None or _QUOTE_MARK.match(above) is not None

    def _line_before(self, at: int, first: int) -> int | None:
        return next((i for i in range(at - 1, first - 1, -1) if self.lines[i].strip()), None)

    def _behind_picture(self, first: int, end: int) -> int:
        """A portrait above the first name is no post."""
        at = skip_blank(self.lines, first, end)
        while at < end and _IMAGE.match(self.lines[at]):
            at = skip_blank(self.lines, at + 1, end)
        return at

    def _goes_on(self, at: int, end: int) -> bool:
        return at < end and self.lines[at].strip() != "" and _GOES_ON.match(self.lines[at]) is not None

    def _behind_timestamps(self, at: int, end: int) -> int:
        while at < end and _TIMESTAMP.match(self.lines[at]):
            at += 1
        return at


def find_bylines(lines: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[list[Byline]]:
    """The bylines of each span of lines (first, last but one); each span begins where a post must begin.

    Two passes, so that a name once seen where it cannot be anything else is believed everywhere in the document.
    """
    bare = [bare_line(line) for line in lines]
    sure = Bylines(lines, bare, {})
    known: dict[str, set[str]] = {}
    for first, end in spans:
        begins = [i + 1 for i in range(first, end) if SEPARATOR.match(lines[i])]
        for at in (skip_blank(lines, begin, end) for begin in [first, *begins]):
            byline = sure.at(at, at, end) if at < end else None
            if byline is not None and byline.name:
                known.setdefault(byline.handle.lower(), set()).add(byline.name)
    finder = Bylines(lines, bare, {handle: frozenset(names) for handle, names in known.items()})
    return [list(finder.find(first, end)) for first, end in spans]


def bare_line(line: str) -> str:
    """A line as a reader sees it: links by their words, no bold marks, no escapes, the wide at sign as the narrow."""
    if not any(mark in line for mark in "[*\\＠"):
        return line
    return _ESCAPE.sub(r"\1", _LINKED.sub(r"\1", line).replace("**", "")).replace("＠", "@")


def alone(bare: str) -> str | None:
    """The handle that is all of a line, as `bare_line` gives it."""
    found = _ALONE.match(bare)
    return found[1] if found else None


def _fenced(lines: Sequence[str], first: int, end: int) -> frozenset[int]:
    """The lines inside code fences; a fence that nothing closes fences nothing."""
    inside: set[int] = set()
    opened: tuple[int, str] | None = None
    for i in range(first, end):
        fence = _FENCE.match(lines[i])
        if fence is None:
            continue
        if opened is None:
            opened = (i, fence[1])
        elif fence[1] == opened[1]:
            inside.update(range(opened[0], i + 1))
            opened = None
    return frozenset(inside)


def mend_sentences(text: str) -> str:
    """Put the sentences together again that a timeline's copy broke around a mention; the text has no bylines left."""
    lines = text.split("\n")
    code = _fenced(lines, 0, len(lines))
    mended: list[str] = []
    open_end = False
    for i, line in enumerate(lines):
        above = mended[-1] if mended else ""
        mention = i not in code and _MENTION.match(line) is not None
        broken = mention and (_waits(above) or (_leads_on(above.strip()) and above.strip() != ""))
        if broken or (open_end and line.strip() and _GOES_ON.match(line)):
            words = line.strip() if mention else line
            parted = above.endswith((" ", "(", "（")) or not (mention or words[0].isalnum())
            mended[-1] += words if parted else f" {words}"
        else:
            mended.append(line)
        open_end = mention or (open_end and not line.strip(" \t"))
    return "\n".join(mended)


def _waits(line: str) -> bool:
    """The line stops where a word must follow: behind a space, an opening bracket or a list mark."""
    return line.strip() != "" and line.endswith((" ", "(", "（", "、"))


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
    return name.endswith(_function_words()[0]) or _leads_on_in_latin(name)


def _leads_on_in_latin(name: str) -> bool:
    last = _LAST_WORD.search(name)
    return last is not None and last[0].lower() in _function_words()[1]


@cache
def _function_words() -> tuple[tuple[str, ...], frozenset[str]]:
    data = tomllib.loads(resources.files("scrapers.formats").joinpath("handles.toml").read_text("utf-8"))
    return tuple(data["leads_on_zh"]), frozenset(data["leads_on_latin"])
