"""RSS, Atom and RDF by feedparser: what the elements say, as plain values.

feedparser takes quadratic time for some feeds and reads its argument as an address or a file name first. So it gets a
stream; a feed that is well-formed and holds nothing of the kind is read here, any other in a process that can be ended.
Run as a module it reads a feed from its standard input and writes the values as JSON.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from lxml import etree

from feeds.errors import DocumentError

#: Seconds that a feed which is not well-formed may take.
_PATIENCE = 10.0
#: Nobody has a longer name, and no element more attributes; longer ones are what takes quadratic time.
_LONGEST_NAME, _MOST_ATTRIBUTES = 2000, 60
_NAMES = frozenset({"author", "creator", "name", "managingeditor", "webmaster", "contributor", "publisher", "owner"})
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
#: What may stand in front of a document type, however long (XML 1.0, production 27); nothing is tried twice.
_BEFORE_DOCTYPE = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(\[.*?\])?\s*>", re.DOTALL | re.IGNORECASE)
_MOST_ITEMS = 5000
#: Characters: longer feeds are read in a process of their own; a document type stands in the head.
_LARGE, _HEAD = 2_000_000, 65_536
#: The end of a feed that came whole.
_CLOSED = re.compile(r"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)


def read_feed(name: str, text: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What a feed says of itself and of its items, and what is wrong with it.

    Raises `DocumentError` for what is cut off, takes too long, defines entities, or is no feed.
    """
    source = _DECLARATION.sub("", text.replace("\0", ""))
    before = _BEFORE_DOCTYPE.match(source)
    behind = before.end() if before else 0
    doctype = _DOCTYPE.search(source[behind : behind + _HEAD])
    if doctype is not None and "<!ENTITY" in doctype[0].upper():
        raise DocumentError(name, "defines entities of its own, which no feed needs")
    wrong = _malformed(source)
    if wrong is None:
        return (_parsed(source) if len(source) <= _LARGE else _parsed_elsewhere(name, source)), ()
    if _CLOSED.search(source) is None:
        raise DocumentError(name, f"is cut off: the feed has no end ({wrong})")
    return _parsed_elsewhere(name, source), (f"not well-formed ({wrong}); read as well as it goes",)


def _malformed(source: str) -> str | None:
    """Why a feed is left to a process of its own; None where it is well-formed and harmless."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return str(error).partition(", line")[0][:120]
    for element in root.iter(etree.Element):
        local = etree.QName(element).localname.lower()
        if len(element.attrib) > _MOST_ATTRIBUTES:
            return "an element with very many attributes"
        if local in _NAMES and len("".join(map(str, element.itertext()))) > _LONGEST_NAME:
            return "a very long name"
    return None


def _parsed_elsewhere(name: str, source: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "scrapers.kinds.feed_reading"]
    try:
        done = subprocess.run(
            command, input=source.encode("utf-8", "replace"), capture_output=True, timeout=_PATIENCE, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentError(name, f"takes more than {_PATIENCE:.0f} seconds to read") from error
    except subprocess.CalledProcessError as error:
        raise DocumentError(name, "cannot be read as a feed") from error
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _parsed(source: str) -> dict[str, Any]:
    # Loaded late: most documents are no feeds.
    import feedparser

    found = feedparser.parse(
        io.BytesIO(source.encode("utf-8", "replace")),
        sanitize_html=False,
        response_headers={"content-type": "application/xml; charset=utf-8"},
    )
    entries = [_entry(entry) for entry in found.entries[:_MOST_ITEMS]]
    told = found.feed
    return {
        "version": found.get("version", ""),
        "title": told.get("title"),
        "link": told.get("link"),
        "author": _people(told),
        "ttl": told.get("ttl"),
        "entries": entries,
    }


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    contents = [c for c in entry.get("content", []) if c.get("value")]
    source = entry.get("source") or {}
    return {
        "id": entry.get("id"),
        "link": entry.get("link"),
        "title": entry.get("title"),
        "markup": _is_markup(entry.get("title_detail") or {}),
        "body": _longest([_html(c) for c in contents] + [_html(entry.get("summary_detail") or {})]),
        "date": entry.get("published") or entry.get("created") or _updated(entry),
        "people": _people(entry),
        "labels": [t.get("label") or t.get("term") for t in entry.get("tags", []) if t.get("label") or t.get("term")],
        "enclosures": [(e.get("href"), e.get("type", "")) for e in entry.get("enclosures", []) if e.get("href")],
        "via": [link.get("href") for link in entry.get("links", []) if link.get("rel") == "via" and link.get("href")],
        "source": (source.get("link") or source.get("href"), source.get("title")),
    }


def _updated(entry: Mapping[str, Any]) -> str | None:
    """Asked for what is not there, feedparser gives something else, with a warning."""
    return entry.get("updated") if "updated" in entry.keys() else None  # noqa: SIM118


def _longest(bodies: list[str]) -> str:
    """Feeds give a teaser and the whole text, in either element."""
    return max(bodies, key=len, default="")


def _html(detail: Mapping[str, Any]) -> str:
    value = str(detail.get("value") or "")
    if detail.get("type") == "text/plain" and "<" not in value:
        return value.replace("&", "&amp;").replace("\n", "<br>")
    return value


def _is_markup(detail: Mapping[str, Any]) -> bool:
    return detail.get("type") != "text/plain"


def _people(told: Mapping[str, Any]) -> list[tuple[str | None, str | None]]:
    authors = [a for a in told.get("authors", []) if a.get("name")]
    if authors:
        return [(a.get("name"), a.get("href")) for a in authors]
    name = (told.get("author_detail") or {}).get("name") or told.get("author")
    return [(name, None)] if name else []


if __name__ == "__main__":
    json.dump(_parsed(sys.stdin.buffer.read().decode("utf-8", "replace")), sys.stdout)
