"""The page of a recap while it is read: its lines, what was skipped, and an entry in the making."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from feeds.model import Skip
from feeds.text import excerpt
from scrapers.formats.recap_rules import Rules
from scrapers.markdown import Block

#: Longer paragraphs are text, whatever words stand in them.
_NOTICE_CHARACTERS = 1000
_MARK = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over bullets: a heading, a line of bold words, a line that announces a list."""

    level: int
    words: str
    lines: tuple[int, int]
    #: The addresses of its links.
    urls: tuple[str, ...] = ()
    #: It ends with a colon: it heads the bullets that follow directly, and no more.
    announces: bool = False
    #: The key of the part that it begins or stands for, such as "reddit".
    key: str | None = None
    begins_part: bool = False


@dataclass(slots=True)
class Found:
    """An entry in the making; it grows while the blocks behind it are read."""

    title: str | None
    #: The headings above it.
    path: tuple[Heading, ...]
    #: Texts with their first and last lines, in the order of the document.
    texts: list[tuple[int, int, str]]
    url: str | None = None
    #: The heading that is its title; the address of that counts where the texts have none.
    heading: Heading | None = None
    #: The line with the headline; people can be cited in it.
    headline: str = ""

    @property
    def body(self) -> str:
        """The texts one below the other, with a blank line where the document had something between them."""
        parts: list[str] = []
        before = 0
        for first, last, text in self.texts:
            parts.append("" if not parts else "\n" if first == before + 1 else "\n\n")
            parts.append(text)
            before = last
        return "".join(parts)

    @property
    def lines(self) -> tuple[int, int]:
        """The first line and the last."""
        return self.texts[0][0], max(last for _, last, _ in self.texts)


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a document, what is known of recaps, and what was skipped so far."""

    lines: Sequence[str]
    rules: Rules
    skips: list[Skip] = field(default_factory=list)

    def skip(self, reason: str, first: int, last: int) -> None:
        """Count the piece from line `first` to line `last`, which is no entry."""
        self.skips.append(Skip(reason, first, excerpt(" ".join(self.lines[first - 1 : min(last, first + 9)]), 120)))

    def text(self, block: Block) -> str:
        """The lines of a block; those of a list item or an indented block begin at the margin."""
        lines = self.lines[block.first - 1 : block.last]
        if block.kind == "heading" and block.mark in {"=", "-"}:
            lines = lines[:-1]
        columns = 0 if block.kind == "code" else _indent(lines[0])
        return "\n".join(_dedented(line, columns) for line in lines).rstrip()

    def item(self, block: Block) -> str:
        """The text of a list item without its mark."""
        first, *others = self.lines[block.first - 1 : block.last]
        mark = _MARK.match(first)
        end = mark.end() if mark else 0
        columns = len(first[:end].expandtabs(4))
        return "\n".join([first[end:], *(_dedented(line, columns) for line in others)]).rstrip()

    def notice(self, block: Block) -> str | None:
        """Why a block is no text of the recap; None where it is."""
        if block.kind == "html":
            raw = self.text(block).strip()
            return "comment" if raw.startswith("<!--") and raw.find("-->") == len(raw) - 3 else None
        if block.kind not in {"paragraph", "heading"} or len(block.text) > _NOTICE_CHARACTERS:
            return None
        return self.rules.notice(block.text.replace("*", ""))

    def credit(self, line: str) -> str | None:
        """The address in a line that tells where the document comes from."""
        found = self.rules.credit.fullmatch(line) if len(line) <= _NOTICE_CHARACTERS else None
        return found[1] if found else None


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip(" "))


def _dedented(line: str, columns: int) -> str:
    if not line[:1].isspace() or columns == 0:
        return line
    white = line[: len(line) - len(line.lstrip(" \t"))].expandtabs(4)
    return white[columns:] + line.lstrip(" \t")
