"""The links of an entry: what each leads to, and which one is the entry's own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from feeds.chinese import fold
from feeds.model import Link
from feeds.model import Rel
from feeds.text import one_line
from scrapers.post import LinkChoice
from scrapers.reading import Anchor
from scrapers.urls import shown

#: The clause in front of a colon, behind which an address follows.
_INTRODUCTION = re.compile(r"([^。！？；，,;|｜】]*?)\s*[*_]*[:：]\s*[*_]*\s*$")
_ENDS_LINE = re.compile(r"[\s.,;:!?。，；：！？、）)】」』》]*$")
_WORDS_OF_LABEL = 16


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
    labelled = [link for link in links if link.rank is not None]
    if labelled:
        return min(labelled, key=lambda link: link.rank or 0).link.url
    if choice is LinkChoice.LABEL_OR_FIRST:
        return links[0].link.url
    return _only(links) if choice is LinkChoice.LABEL_OR_ONLY else None


def _only(links: Sequence[LabelledLink]) -> str | None:
    """The one that a post is about: not a link in passing, nor one of several side by side in a list."""
    outstanding = [link for link in links if link.stands_out]
    listed = [link for link in links if link.in_list]
    if len(listed) > 1 or not outstanding:
        return listed[0].link.url if len(links) == 1 and listed else None
    return outstanding[0].link.url


def _labelled(anchor: Anchor) -> LabelledLink:
    words = one_line(anchor.words)
    label = _introduction(anchor) or (_label(words) if len(words) <= _WORDS_OF_LABEL else None)
    rel = label.rel if label else Rel.RELATED
    is_address = not words or words in {anchor.url, shown(anchor.url)} or words.startswith(("http://", "https://"))
    return LabelledLink(
        Link(anchor.url, _rel_of_host(anchor.url) if rel is Rel.RELATED else rel, None if is_address else words),
        label.rank if label else None,
        _ENDS_LINE.match(anchor.behind) is not None and not _in_brackets(anchor),
        anchor.in_list,
    )


def _introduction(anchor: Anchor) -> _Label | None:
    """The label in front of the link, or on the line above where the link begins its line."""
    before = anchor.before.strip(" \t-•*👉🔗➡→")
    found = _INTRODUCTION.search(before if before else anchor.above)
    return _label(found[1]) if found else None


def _label(words: str) -> _Label | None:
    folded = one_line(fold(words)).strip(" *_-[]「」《》<>()（）")
    return next((label for text, label in _labels() if _ends_with(folded, text)), None)


def _ends_with(words: str, label: str) -> bool:
    if not words.endswith(label):
        return False
    border = words[: len(words) - len(label)][-1:]
    return not (label[0].isascii() and border.isascii() and border.isalnum())


def _in_brackets(anchor: Anchor) -> bool:
    return any(anchor.before.count(opening) > anchor.before.count(closing) for opening, closing in ("()", "（）"))


def _rel_of_host(url: str) -> Rel:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    for rel, hosts in _hosts().items():
        if any(host == known or host.endswith("." + known) for known in hosts):
            return Rel(rel)
    return Rel.RELATED


@cache
def _labels() -> tuple[tuple[str, _Label], ...]:
    """Longest first, so that 视频来源 is found before 来源."""
    table = {
        fold(words): _Label(Rel(row["rel"]), row["rank"]) for row in _knowledge()["label"] for words in row["words"]
    }
    return tuple(sorted(table.items(), key=lambda item: (-len(item[0]), item[0])))


@cache
def _hosts() -> Mapping[str, tuple[str, ...]]:
    return {rel: tuple(hosts) for rel, hosts in _knowledge()["hosts"].items()}


@cache
def _knowledge() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("scrapers").joinpath("labels.toml").read_text("utf-8"))
