"""A title for an entry that has none: Atom, lists of links and pages cannot do without."""

from __future__ import annotations

import re

from feeds.model import Entry
from feeds.text import clean_text
from feeds.text import excerpt
from feeds.text import one_line
from feeds.text import width

#: Forty Chinese characters or eighty Latin ones.
TITLE_COLUMNS = 80
#: An opening shorter than this ("哈！") says too little to stand alone.
_TELLING_COLUMNS = 16

_ADDRESS = re.compile(r"https?://[^\s，。、；：！？）」』】》”]*", re.IGNORECASE)
#: A point behind digits numbers what follows ("1. ") far more often than it ends a sentence.
_SENTENCE = re.compile(r".+?(?:[。！？!?…]+[”’」』）)\"]*|(?<!\d)\.(?=\s|$))")
#: The sign of a heading, a quotation or a list in front of a line: people write Markdown where nothing renders it.
_LINE_SIGN = re.compile(r"(?:#{1,6}|[>*•·-])\s+")
#: A handle on a line of its own is a mention inside a sentence: so posts come out of the sites they are copied from.
_MENTION = re.compile(r"[ \t]*\n(@\w+)[ \t]*(?:\n(?!\n)|$)")


def display_title(entry: Entry) -> str:
    """The entry's title, or one made of its opening words; one line of plain text, never empty, never an address."""
    return (
        one_line(clean_text(entry.title or ""))
        or _opening(clean_text(entry.content_text))
        or _of_links(entry)
        or _of_facts(entry)
    )


def _opening(text: str) -> str:
    line = _first_lines(_MENTION.sub(r" \1 ", _ADDRESS.sub(" ", text)))
    found = _SENTENCE.match(line)
    sentence = found[0] if found and width(found[0]) >= _TELLING_COLUMNS else line
    return excerpt(sentence, TITLE_COLUMNS).rstrip("。.：:").rstrip() or line


def _first_lines(text: str) -> str:
    """The first line, with the next ones where it says too little; empty where there are only marks."""
    told = ""
    for line in map(one_line, text.splitlines()):
        told = f"{told} {_LINE_SIGN.sub('', line, count=1)}".strip() if _tells(line) else told
        if width(told) >= _TELLING_COLUMNS:
            break
    return told


def _tells(line: str) -> bool:
    """Symbols and emoji do say something, marks alone do not."""
    return any(c.isalnum() or ord(c) > 0x2190 for c in line)


def _of_links(entry: Entry) -> str:
    """What an entry that is nothing but a link or a picture calls it, else the place that the link leads to."""
    names = [link.title for link in entry.links] + [media.alt for media in entry.media]
    for name in names:
        if name and (words := one_line(clean_text(name))) and not _ADDRESS.match(words):
            return excerpt(words, TITLE_COLUMNS)
    found = _ADDRESS.search(entry.content_text)
    return excerpt(clean_text(re.sub(r"^https?://(www\.)?|[/?#]+$", "", found[0])), TITLE_COLUMNS) if found else ""


def _of_facts(entry: Entry) -> str:
    who = next((person.name for person in entry.people if person.name), entry.source.name)
    when = entry.published.date
    return one_line(clean_text(who if when is None else f"{who}, {when.isoformat()}")) or entry.id
