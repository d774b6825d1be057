"""The links of an entry: what each leads to, and which one is the entry's own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from functools import lru_cache
from importlib import resources
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

from feeds.chinese import fold
from feeds.model import Link
from feeds.model import Rel
from feeds.text import one_line
from scrapers.post import LinkChoice
from scrapers.reading import Anchor
from scrapers.urls import shown

#: What a clause ends with; the last one in front of a colon introduces the address behind it.
_CLAUSE_END = re.compile(r"[。！？；，,;|｜】]")
_ENDS_LINE = re.compile(r"[\s.,;:!?。，；：！？、）)】」』》]*$")
_WORDS_OF_LABEL = 16
#: No label is longer, with what may stand around it.
_LONGEST_INTRODUCTION = 160
_LONGEST_LABEL = 32
#: A sentence that ends with a label's word is no label; in Latin script it is told by its length.
_WORDS_BEFORE_LABEL = 4
_BRACKETS = "[]「」《》<>()（）【】"
_MARKS = " \t-•*_—–·|｜>👉🔗➡→📄📎📌🌐💻🎬📝🏠⬇👇🚀✨▶☞\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_AND = re.compile(r"\s*(?:及|以及|和|与|、|/|&|\band\b|\bor\b)\s*")
_LIST_MARK = re.compile(r"(?:- |\d+\. )")
#: From this rank on a label leads to something beside the thing itself: a demo, the manual, a translation.
_BESIDE = 2
_TRANSLATED = 3


@dataclass(frozen=True, slots=True)
class _Label:
    rel: Rel
    rank: int


@dataclass(frozen=True, slots=True)
class LabelledLink:
    """A link with the label that introduces it, if one does."""

    link: Link
    #: 0 is best; None where no label introduces the link.
    rank: int | None
    #: Nothing follows it in its line, and it is no aside in brackets.
    stands_out: bool
    in_list: bool


def find_links(anchors: Sequence[Anchor]) -> tuple[LabelledLink, ...]:
    """Each address once, in order, with its role; links to mail and telephones are none."""
    found: dict[str, LabelledLink] = {}
    for anchor in anchors:
        if not anchor.url.lower().startswith(("http://", "https://")):
            continue
        labelled = _labelled(anchor)
        known = found.get(anchor.url)
        if known is None or (known.rank is None and labelled.rank is not None):
            found[anchor.url] = labelled
    return tuple(found.values())


def in_headline(url: str) -> Anchor:
    """A link of the headline, which stands before all of the text."""
    return Anchor(url, "", "", "", "", in_list=False)


def main_link(links: Sequence[LabelledLink], choice: LinkChoice) -> str | None:
    """The entry's own link, by the rule of its format."""
    if choice is LinkChoice.NONE or not links:
        return None
    if choice is LinkChoice.FIRST:
        return links[0].link.url
    labelled = _best_labelled(links)
    if labelled is not None:
        return labelled.link.url
    if choice is LinkChoice.LABEL_OR_FIRST:
        return links[0].link.url
    return _only(links) if choice is LinkChoice.LABEL_OR_ONLY else None


def _best_labelled(links: Sequence[LabelledLink]) -> LabelledLink | None:
    """The best label's link, the first of equals.

    Above a translation or a demo often stands a bare address: the thing itself, which needs no label.
    """
    labelled = [link for link in links if link.rank is not None]
    if not labelled:
        return None
    best = min(labelled, key=lambda link: link.rank or 0)
    if best.rank is None or best.rank < _BESIDE:
        return best
    above = [link for link in takewhile(lambda link: link is not best, links) if link.rank is None and link.stands_out]
    if not above:
        return best
    return above[-1] if best.rank >= _TRANSLATED else above[0]


def _only(links: Sequence[LabelledLink]) -> str | None:
    """The one that a post is about: not a link in passing, nor one of several side by side in a list."""
    outstanding = [link for link in links if link.stands_out]
    listed = [link for link in links if link.in_list]
    if len(listed) > 1 or not outstanding:
        return listed[0].link.url if len(links) == 1 and listed else None
    return outstanding[0].link.url


def _labelled(anchor: Anchor) -> LabelledLink:
    words = one_line(anchor.words)
    if anchor.in_list and not anchor.before:
        words = _LIST_MARK.sub("", words, count=1)
    is_address = not words or words in {anchor.url, shown(anchor.url)} or words.startswith(("http://", "https://"))
    own = _label(words) if not is_address and len(words) <= _WORDS_OF_LABEL else None
    label = _introduction(anchor) or own
    rel = label.rel if label else Rel.RELATED
    return LabelledLink(
        Link(anchor.url, _rel_of_host(_host(anchor.url)) if rel is Rel.RELATED else rel, None if is_address else words),
        label.rank if label else None,
        _ENDS_LINE.match(anchor.behind) is not None and not _in_brackets(anchor),
        anchor.in_list,
    )


def _introduction(anchor: Anchor) -> _Label | None:
    """The label in front of the link, or on the line above where the link begins its line."""
    before = anchor.before[-_LONGEST_INTRODUCTION:].strip(_MARKS)
    line = before or anchor.above[-_LONGEST_INTRODUCTION:].strip(_MARKS)
    introduction = line.rstrip(" *_")
    if introduction.endswith((":", "：")):
        return _label(_CLAUSE_END.split(introduction[:-1])[-1])
    return _whole_label(line) if len(line) <= _LONGEST_LABEL else None


def _label(words: str) -> _Label | None:
    """The best label that the words, or one of several joined by "and", end with."""
    folded = _without_fillers(one_line(fold(words)).strip(_MARKS + _BRACKETS))
    found = [label for part in {folded, *_AND.split(folded)} if (label := _label_at_end(part)) is not None]
    return min(found, key=lambda label: label.rank, default=None)


def _whole_label(words: str) -> _Label | None:
    """The label that is all of the words: no colon tells that it is one."""
    folded = one_line(fold(words)).strip(_MARKS + _BRACKETS)
    return _labels().get(folded)


def _label_at_end(folded: str) -> _Label | None:
    labels = _labels()
    for length in range(min(_longest_label(), len(folded)), 0, -1):
        label = labels.get(folded[-length:])
        if label is not None and _is_label(folded[:-length], folded[-length:]):
            return label
    return None


def _is_label(before: str, label: str) -> bool:
    if not label[0].isascii():
        return True
    return not (before[-1:].isascii() and before[-1:].isalnum()) and len(before.split()) <= _WORDS_BEFORE_LABEL


def _without_fillers(folded: str) -> str:
    for filler in _fillers():
        if folded.endswith(filler) and len(folded) > len(filler):
            return folded.removesuffix(filler).strip(_MARKS)
    return folded


def _in_brackets(anchor: Anchor) -> bool:
    return any(anchor.before.count(opening) > anchor.before.count(closing) for opening, closing in ("()", "（）"))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


@lru_cache(maxsize=1024)
def _rel_of_host(host: str) -> Rel:
    for rel, hosts in _hosts().items():
        if any(host == known or host.endswith("." + known) for known in hosts):
            return Rel(rel)
    return Rel.RELATED


@cache
def _labels() -> Mapping[str, _Label]:
    """Every label, folded; what stands later in the table does not replace what stands earlier."""
    table: dict[str, _Label] = {}
    endings = ("", *_knowledge()["endings"])
    for row in _knowledge()["label"]:
        label = _Label(Rel(row["rel"]), row["rank"])
        for words in (*row.get("words", ()), *(_joined(stem, end) for stem in row.get("stems", ()) for end in endings)):
            table.setdefault(fold(words), label)
    return table


@cache
def _longest_label() -> int:
    return max(map(len, _labels()))


def _joined(stem: str, ending: str) -> str:
    return f"{stem} {ending}" if ending.isascii() and ending and stem[-1].isascii() else stem + ending


@cache
def _fillers() -> tuple[str, ...]:
    return tuple(sorted(map(fold, _knowledge()["fillers"]), key=len, reverse=True))


@cache
def _hosts() -> Mapping[str, tuple[str, ...]]:
    return {rel: tuple(hosts) for rel, hosts in _knowledge()["hosts"].items()}


@cache
def _knowledge() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("scrapers").joinpath("labels.toml").read_text("utf-8"))
