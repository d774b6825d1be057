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
_SENTENCE = re.compile(r".+?(?:[。！？!?…]+[”’」』）)\"]*|\.(?=\s|$))")


def display_title(entry: Entry) -> str:
    """The entry's title, or one made of its opening words; one line of plain text, never empty, never an address."""
    return (
        one_line(clean_text(entry.title or ""))
        or _opening(clean_text(entry.content_text))
        or _of_links(entry)
        or _of_facts(entry)
    )


def _opening(text: str) -> str:
    line = one_line(_ADDRESS.sub(" ", text))
    if not any(c.isalnum() or ord(c) > 0x2190 for c in line):  # only marks are left; symbols and emoji do say something
        return ""
    found = _SENTENCE.match(line)
    sentence = found[0] if found and width(found[0]) >= _TELLING_COLUMNS else line
    return excerpt(sentence, TITLE_COLUMNS).rstrip("。.").rstrip() or line


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
