"""Entries in the other Chinese script: the same texts, the same words, other characters (OpenCC).

Characters are converted, words are not: `s2tw` writes 軟件 where `s2twp` would say 軟體, and what an author said stays
what he said; the way back (`tw2s`) knows the characters of Taiwan and Hong Kong alike. Names of people in bylines stay
as they are: a surname that OpenCC takes for a word (范, 于, 余) would be wrong, and readers filter by them.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import replace
from threading import Lock

from feeds.chinese import converter
from feeds.listing import Listing
from feeds.listing import Site
from feeds.model import Entry

#: What OpenCC calls the way to a script.
_WAYS = {"zh-Hans": "tw2s", "zh-Hant": "s2tw"}
#: Elements whose text is for machines, or shown as it was typed.
_VERBATIM = frozenset({"code", "pre", "kbd", "samp", "tt", "var"})
_TAG = re.compile(r"""(<(/?)([A-Za-z][A-Za-z0-9]*)(?:[^<>"']|"[^"]*"|'[^']*')*>)""")
_ADDRESS = re.compile(r"""((?:https?://|www\.)[^\s<>"'，。、；：！？（）「」『』《》【】]+)""", re.IGNORECASE)
#: Texts are kept converted up to so many bytes; the most asked for are the newest, and stand in several feeds.
_MOST_BYTES = 16 * 1024 * 1024


class Scripts:
    """Converts listings, and remembers the texts of entries. Safe to share between threads."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = Lock()

    def listing(self, listing: Listing, script: str) -> Listing:
        """The listing in a script, with the same entries under the same ids."""
        return replace(
            listing,
            title=convert(listing.title, script),
            description=convert(listing.description, script),
            entries=tuple(self.entry(entry, script) for entry in listing.entries),
            script=script,
        )

    def entry(self, entry: Entry, script: str) -> Entry:
        """The entry in a script; one that is in no other Chinese script is given back as it is."""
        if not is_convertible(entry.language, script):
            return entry
        links = tuple(replace(link, title=link.title and convert(link.title, script)) for link in entry.links)
        title = entry.document.title and convert(entry.document.title, script)
        return replace(
            entry,
            title=entry.title and convert(entry.title, script),
            content_html=self._remembered(entry.content_html, script, convert_html),
            content_text=self._remembered(entry.content_text, script, convert),
            summary=convert(entry.summary, script),
            language=script,
            links=links,
            document=replace(entry.document, title=title),
        )

    def _remembered(self, text: str, script: str, convert: Callable[[str, str], str]) -> str:
        key = (script, text)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        converted = convert(text, script)
        with self._lock:
            self._remember(key, converted)
        return converted

    def _remember(self, key: tuple[str, str], converted: str) -> None:
        if key not in self._known:
            self._known[key] = converted
            self._bytes += _size(key[1], converted)
        while self._bytes > self._most:
            (_, text), gone = self._known.popitem(last=False)
            self._bytes -= _size(text, gone)


def site_in(site: Site, script: str) -> Site:
    """The site with its name and those of its topics in a script; addresses stay."""
    topics: Mapping[str, str] = {slug: convert(name, script) for slug, name in site.topics.items()}
    return replace(site, name=convert(site.name, script), topics=topics)


def is_convertible(language: str, script: str) -> bool:
    """Whether a text of this language is Chinese and in another script, as far as its tag tells."""
    tag = language.lower()
    return (tag == "zh" or tag.startswith("zh-")) and not tag.startswith(script.lower())


def convert(text: str, script: str) -> str:
    """Plain text in a script; addresses and whatever is not Chinese stay."""
    if text.isascii():
        return text
    way = converter(_WAYS[script])
    parts = _ADDRESS.split(text)
    return "".join(part if index % 2 else way.convert(part) for index, part in enumerate(parts))


def convert_html(html: str, script: str) -> str:
    """HTML, well-formed as the store has it, in a script; tags with their attributes and code stay."""
    if html.isascii():
        return html
    told: list[str] = []
    at = depth = 0
    for tag in _TAG.finditer(html):
        words = html[at : tag.start()]
        told += (words if depth else convert(words, script), tag[0])
        if tag[3].lower() in _VERBATIM:
            depth = max(0, depth + (-1 if tag[2] else 1))
        at = tag.end()
    told.append(convert(html[at:], script))
    return "".join(told)


def _size(*texts: str) -> int:
    return sum(2 * len(text) for text in texts)
