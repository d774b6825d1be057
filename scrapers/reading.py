"""What a reader sees of HTML: its text in lines, and where in a line each link stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field

from bs4 import Tag
from bs4.element import NavigableString
from bs4.element import PageElement

_PARAGRAPHS = frozenset(
    "address article aside blockquote details div dl fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hr "
    "main nav ol p pre section table ul".split()
)
_LINES = frozenset("br dd dt li tr summary caption".split())
#: Characters of a line that are kept on either side of a link: labels are short, and a line can hold many links.
_AROUND = 200
#: What a numbered list may begin with; browsers read no longer ones either.
_NUMBER = re.compile("[0-9]{1,9}")
_CJK = r"[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_JOIN = re.compile(rf"(?<={_CJK})[ \t]*\n\s*(?={_CJK})")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link with its surroundings."""

    url: str
    #: The words of the link.
    words: str
    #: What stands in its line before and behind it, and the line above where nothing stands before it.
    before: str
    behind: str
    above: str
    in_list: bool


@dataclass(slots=True)
class _Line:
    """A line that grows: pieces are joined once, since a line can have very many."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    in_list: bool = False
    #: Begin, end and address of each link.
    links: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def ends_blank(self) -> bool:
        return not self.pieces or self.pieces[-1].endswith((" ", "\t"))

    def append(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a tree, and its links in order."""

    text: str
    anchors: tuple[Anchor, ...]


def read(root: Tag) -> Reading:
    """Read a tree: a line a block or line break, blank lines between blocks, list marks written out, pictures left out.

    Space is put in only where the tree has it: a mark inside a Chinese sentence parts no words.
    """
    reader = _Reader()
    reader.element(root, pre=False)
    lines = reader.finished()
    return Reading(_joined(lines), tuple(_anchors(lines)))


class _Reader:
    def __init__(self) -> None:
        self._lines: list[_Line | None] = [_Line()]
        self._depth = 0
        self._mark = ""

    def element(self, element: Tag, *, pre: bool) -> None:
        for child in element.children:
            self._child(child, element, pre=pre or element.name == "pre")

    def finished(self) -> list[_Line | None]:
        """The lines; None is a blank one."""
        return self._lines

    def _child(self, child: PageElement, parent: Tag, *, pre: bool) -> None:
        if isinstance(child, NavigableString):
            if type(child) is NavigableString:
                self._text(str(child), pre=pre)
        elif isinstance(child, Tag):
            self._tag(child, parent, pre=pre)

    def _tag(self, tag: Tag, parent: Tag, *, pre: bool) -> None:
        if tag.name in _PARAGRAPHS:
            tight = self._depth > 0 and tag.name in {"ul", "ol", "p"} and parent.name == "li"
            self._break(blank=not tight)
            self._list(tag, pre=pre) if tag.name in {"ul", "ol"} else self.element(tag, pre=pre)
            self._break(blank=not tight)
        elif tag.name in _LINES:
            self._break(blank=False)
            self.element(tag, pre=pre)
            if tag.name != "br":
                self._break(blank=False)
        elif tag.name == "a" and tag.get("href"):
            self._link(tag, pre=pre)
        elif tag.name in {"td", "th"}:
            self._text("\t" if self._line().length else "", pre=True)
            self.element(tag, pre=pre)
        else:
            self.element(tag, pre=pre)

    def _list(self, tag: Tag, *, pre: bool) -> None:
        self._depth += 1
        begins = str(tag.get("start") or "")
        number = int(begins) if _NUMBER.fullmatch(begins) else 1
        for child in tag.children:
            if isinstance(child, Tag) and child.name == "li":
                self._mark = f"{number}. " if tag.name == "ol" else "- "
                number += 1
            self._child(child, tag, pre=pre)
        self._depth -= 1
        self._mark = ""

    def _link(self, tag: Tag, *, pre: bool) -> None:
        begin_line = self._line()
        self._write_mark(begin_line)
        begin = begin_line.length
        self.element(tag, pre=pre)
        line = self._line()
        line.links.append((begin if line is begin_line else 0, line.length, str(tag["href"])))

    def _text(self, text: str, *, pre: bool) -> None:
        if pre:
            for i, part in enumerate(text.split("\n")):
                if i:
                    self._break(blank=False, keep_empty=True)
                self._append(part)
            return
        words = re.sub(r"\s+", " ", _JOIN.sub("", text))
        line = self._line()
        if line.ends_blank:
            words = words.lstrip(" ")
        self._append(words)

    def _append(self, text: str) -> None:
        if not text:
            return
        line = self._line()
        self._write_mark(line)
        line.append(text)
        line.in_list = line.in_list or self._depth > 0

    def _write_mark(self, line: _Line) -> None:
        if self._mark and not line.length:
            line.append(self._mark)
            self._mark = ""

    def _line(self) -> _Line:
        line = self._lines[-1]
        if line is None:
            line = _Line()
            self._lines.append(line)
        return line

    def _break(self, *, blank: bool, keep_empty: bool = False) -> None:
        last = self._lines[-1]
        if last is not None and (last.length or last.links or keep_empty):
            self._lines.append(None if blank else _Line())
        elif last is not None and blank and len(self._lines) > 1:
            self._lines[-1] = None


def _joined(lines: list[_Line | None]) -> str:
    text = "\n".join("" if line is None else line.text.rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n ")


def _anchors(lines: list[_Line | None]) -> Iterator[Anchor]:
    above = ""
    for line in lines:
        if line is None:
            continue
        text = line.text
        for begin, end, url in line.links:
            before = text[max(0, begin - _AROUND) : begin]
            yield Anchor(
                url, text[begin:end].strip(), before, text[end : end + _AROUND], above[-_AROUND:], line.in_list
            )
        above = text if text.strip() else above
