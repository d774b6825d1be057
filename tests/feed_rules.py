"""What feeds must keep to, beside what the tests of each format say: the rules of RFC 4287, RFC 5005, the RSS profile,
JSON Feed 1.1, OPML 2.0, and those by which the W3C feed validator warns (https://validator.w3.org/feed/docs/).

Each function gives the names of the rules that a document breaks; none where it is well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.entities import name2codepoint
from typing import Any

from lxml import etree
from lxml import html as html_parser

from feeds.listing import MOST_BYTES

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

Element = etree._Element

_ID = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_URL = re.compile(r"https?://[0-9a-zA-Z.\-:]+(/(%[0-9A-Fa-f]{2}|[0-9a-zA-Z;/?:@&=+$.\-_!~*'(),])*)?"
                  r"(\?(%[0-9A-Fa-f]{2}|[0-9a-zA-Z;/?:@&=+$.\-_!~*'(),])*)?"
                  r"(#(%[0-9A-Fa-f]{2}|[0-9a-zA-Z;/?:@&=+$.\-_!~*'(),])*)?")  # fmt: skip
_RFC_822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
                      r"\d\d:\d\d:\d\d \+0000")  # fmt: skip
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SCRIPTING = {"script", "style", "form", "iframe", "object", "embed", "link", "meta", "base"}
_ADDRESSED = {"href", "src", "poster", "cite", "action", "data"}
_END_TAG = re.compile(r"</(a|b|i|p|em|strong|div|span|code|br|h\d|li|ul)>", re.IGNORECASE)
#: Plain texts as they stand in the document; those of a type other than "text" say so.
_WRITTEN = re.compile(r'<(?:title|category|source|summary)(?: (?:domain|url)="[^"]*"| type="text")?>([^<]*)<')
_FILE_TYPE = re.compile("(audio|video)/[a-z0-9.+-]+")
_RSS_LANGUAGES = {"zh-cn", "zh-tw", "en", "ja", "de", "fr", "es"}
_JSON_KEYS = set(
    "version title home_page_url feed_url description next_url favicon authors language hubs items".split()
)
_ITEM_KEYS = set(
    "id url title content_html content_text summary image date_published date_modified authors tags language "
    "attachments".split()
)


def rss_violations(data: bytes, address: str, now: datetime) -> list[str]:
    """Of an RSS document that stands at `address`, absolute."""
    root = _root(data)
    channel = root[0]
    items = channel.findall("item")
    return sorted(
        {*_of_bytes(data), *_of_channel(channel, address, now), *_of_items(items, now), *_once(items, "guid")}
    )


def atom_violations(data: bytes, address: str, now: datetime) -> list[str]:
    """Of an Atom document that stands at `address`, absolute."""
    root = _root(data)
    entries = root.findall(f"{ATOM}entry")
    found = {*_of_bytes(data), *_of_feed(root, entries, address, now), *_once(entries, f"{ATOM}id")}
    updated = [entry.findtext(f"{ATOM}updated") for entry in entries]
    if len(set(updated)) < len(updated):
        found.add("two entries with one updated")
    for entry in entries:
        found |= set(_of_entry(entry, now))
    return sorted(found)


def json_violations(data: bytes, address: str, now: datetime) -> list[str]:
    """Of a JSON Feed that stands at `address`, absolute."""
    feed = json.loads(data)
    found = set(_of_bytes(data))
    found |= {"a key of its own" for key in feed if key not in _JSON_KEYS}
    found |= {"no " + key for key in ("title", "home_page_url", "language") if not feed.get(key)}
    found |= {"another address" for _ in [0] if feed["feed_url"] != address}
    found |= {"another version" for _ in [0] if feed["version"] != "https://jsonfeed.org/version/1.1"}
    ids = [item["id"] for item in feed["items"]]
    found |= {"two entries with one id" for _ in [0] if len(set(ids)) < len(ids)}
    for item in feed["items"]:
        found |= set(_of_json_item(item, now))
    return sorted(found)


def opml_violations(data: bytes) -> list[str]:
    """Of an OPML document."""
    root = _root(data)
    found = set()
    if root.get("version") != "2.0" or not root.findtext("head/title") or not root.findall("body/outline"):
        found.add("not OPML 2.0")
    for outline in root.iter("outline"):
        if not outline.get("text") or (set(outline.attrib) != {"text"} and not outline.get("title")):
            found.add("an outline without a name")
        if outline.get("type") not in {None, "rss"} or (outline.get("type") is None) != (len(outline) > 0):
            found.add("an outline that is neither feed nor folder")
        for name in ("xmlUrl", "htmlUrl"):
            if outline.get("type") and not _URL.fullmatch(outline.get(name, "")):
                found.add(f"no {name}")
    return sorted(found)


def _root(data: bytes) -> Element:
    return etree.fromstring(data, etree.XMLParser(recover=False, resolve_entities=False, huge_tree=True))


def _of_bytes(data: bytes) -> Iterator[str]:
    if len(data) > MOST_BYTES:
        yield "too large"
    if _FORBIDDEN.search(data.decode("utf-8")):
        yield "forbidden characters"
    if any(_looks_like_markup(written) for written in _WRITTEN.findall(data.decode("utf-8"))):
        yield "what looks like markup"


def _of_channel(channel: Element, address: str, now: datetime) -> Iterator[str]:
    for name in ("title", "link", "description", "language", "lastBuildDate", "ttl", "generator", "docs"):
        if len(channel.findall(name)) != 1 or not _text(channel.find(name)):
            yield f"no {name}"
    if channel.findtext("language") not in _RSS_LANGUAGES:
        yield "a language that readers do not know"
    names = [child.tag for child in channel]
    if "item" in names and set(names[names.index("item") :]) != {"item"}:
        yield "what belongs to the channel behind items"
    yield from _of_links(channel, address)
    yield from _of_rfc_822(channel.findtext("lastBuildDate") or "", now)
    yield from _plain(channel.find("title"))
    yield from _plain(channel.find("description"))


def _of_links(feed: Element, address: str) -> Iterator[str]:
    links = [(link.get("rel"), link.get("href") or "") for link in feed.findall(f"{ATOM}link")]
    if [href for rel, href in links if rel == "self"] != [address]:
        yield "another address"
    if not all(_URL.fullmatch(href) for _, href in links):
        yield "a relative link"
    is_archive, rels = feed.find(f"{HISTORY}archive") is not None, {rel for rel, _ in links}
    if is_archive != ("current" in rels) or (is_archive and "hub" in rels):
        yield "an archive that is none"


def _of_items(items: list[Element], now: datetime) -> Iterator[str]:
    for item in items:
        yield from _of_item(item, now)


def _of_item(item: Element, now: datetime) -> Iterator[str]:
    for name in ("title", "link", "description", "guid", "pubDate", "source", "enclosure", CONTENT, f"{DC}language"):
        if len(item.findall(name)) > (0 if name == "author" else 1):
            yield f"two of {name}"
    guid, source = item.find("guid"), item.find("source")
    if guid is None or guid.get("isPermaLink") != "false" or not _ID.fullmatch(guid.text or ""):
        yield "no id"
    if not item.findtext("description") or not _URL.fullmatch(item.findtext("link") or ""):
        yield "no description or link"
    if source is None or not _URL.fullmatch(source.get("url") or "") or not _text(source):
        yield "no source"
    if item.find("author") is not None or not all(map(_text, item.findall(f"{DC}creator"))):
        yield "an author without a name"
    names = [child.tag for child in item]
    if CONTENT in names and names.index(CONTENT) < names.index("description"):
        yield "content before the description"
    yield from _of_rfc_822(item.findtext("pubDate") or "", now)
    for name in ("title", "category", "source"):
        for element in item.findall(name):
            yield from _plain(element)
            yield from () if _text(element) else ("blank",)
    yield from _of_html(item.findtext("description") or "")
    yield from _of_html(item.findtext(CONTENT) or "")
    yield from _of_media(item)


def _of_media(item: Element) -> Iterator[str]:
    for enclosure in item.findall("enclosure"):
        if not (enclosure.get("length") or "").isdigit() or not _FILE_TYPE.fullmatch(enclosure.get("type") or ""):
            yield "an enclosure that is no file"
    for media in (*item.findall(f"{MEDIA}content"), *item.findall(f"{MEDIA}thumbnail"), *item.findall("enclosure")):
        if not _URL.fullmatch(media.get("url") or "") or media.get("medium") not in {None, "image", "video", "audio"}:
            yield "media without an address"


def _of_feed(feed: Element, entries: list[Element], address: str, now: datetime) -> Iterator[str]:
    for name in ("id", "title", "updated", "author", "generator", "subtitle"):
        if not _text(feed.find(ATOM + name)) and not feed.findtext(f"{ATOM}{name}/{ATOM}name"):
            yield f"no {name}"
    if not _ID.fullmatch(feed.findtext(f"{ATOM}id") or "") or not feed.get(LANG):
        yield "no id or language"
    alternates = [(link.get("type"), link.get("hreflang")) for link in feed.findall(f"{ATOM}link[@rel='alternate']")]
    if len(set(alternates)) < len(alternates):
        yield "two alternates of one type"
    updated = feed.findtext(f"{ATOM}updated") or ""
    if entries and updated != max(entry.findtext(f"{ATOM}updated") or "" for entry in entries):
        yield "the date of the feed is not that of its newest text"
    yield from _of_links(feed, address)
    yield from _of_rfc_3339(updated, now)
    yield from _construct(feed.find(f"{ATOM}title"))


def _of_entry(entry: Element, now: datetime) -> Iterator[str]:
    published, updated = (entry.findtext(ATOM + name) or "" for name in ("published", "updated"))
    yield from _of_rfc_3339(published, now)
    yield from _of_rfc_3339(updated, now)
    if published[:19] > updated[:19]:
        yield "updated before it was published"
    if not _ID.fullmatch(entry.findtext(f"{ATOM}id") or ""):
        yield "no id"
    if entry.get(LANG) == "und":
        yield "a language that readers do not know"
    if len(entry.findall(f"{ATOM}link[@rel='alternate']")) != 1:
        yield "not one alternate"
    for link in entry.iter(f"{ATOM}link"):
        if not _URL.fullmatch(link.get("href") or "") or _END_TAG.search(link.get("title") or ""):
            yield "a link that is none"
    yield from _of_categories(entry)
    for name in ("title", "summary", "content"):
        if name != "content" or entry.find(f"{ATOM}content") is not None:
            yield from _construct(entry.find(ATOM + name))
    source = entry.find(f"{ATOM}source")
    if source is not None and not all(source.findtext(ATOM + name) for name in ("id", "title", "updated")):
        yield "a source without what it needs"


def _of_categories(entry: Element) -> Iterator[str]:
    for category in entry.findall(f"{ATOM}category"):
        if not category.get("term") or not category.get("label") or not _URL.fullmatch(category.get("scheme") or ""):
            yield "a category without a scheme"


def _of_json_item(item: dict[str, Any], now: datetime) -> Iterator[str]:
    if set(item) - _ITEM_KEYS or None in item.values():
        yield "a key of its own"
    if not _ID.fullmatch(item["id"]) or not _URL.fullmatch(item["url"]):
        yield "no id or url"
    if not (item.get("content_html") or item.get("content_text")):
        yield "no content"
    if not all(author.get("name") and _URL.fullmatch(author["url"]) for author in item.get("authors", [])):
        yield "an author without a name"
    for file in item.get("attachments", []):
        if not _FILE_TYPE.fullmatch(file["mime_type"]) or not _URL.fullmatch(file["url"]):
            yield "an attachment that is no file"
    for name in ("date_published", "date_modified"):
        yield from _of_rfc_3339(item[name], now)
    yield from _of_html(item.get("content_html", ""))


def _once(entries: list[Element], name: str) -> Iterator[str]:
    ids = [entry.findtext(name) for entry in entries]
    if len(set(ids)) < len(ids):
        yield "two entries with one id"


def _of_rfc_822(words: str, now: datetime) -> Iterator[str]:
    if not _RFC_822.fullmatch(words):
        yield f"{words!r} is no date of RFC 822"
        return
    moment = parsedate_to_datetime(words)
    if moment > now or moment.year < 1990 or moment.strftime("%a") != words[:3]:
        yield f"{words!r} cannot be"


def _of_rfc_3339(words: str, now: datetime) -> Iterator[str]:
    if not _RFC_3339.fullmatch(words):
        yield f"{words!r} is no date of RFC 3339"
        return
    moment = datetime.fromisoformat(words).replace(microsecond=0, tzinfo=UTC)
    if moment > now or moment.year < 1990:
        yield f"{words!r} cannot be"


def _construct(element: Element | None) -> Iterator[str]:
    """A text construct of Atom (RFC 4287, section 3.1)."""
    if element is None or not _text(element):
        yield "blank"
    elif element.get("type", "text") == "html":
        yield from _of_html(_text(element))
    elif element.get("type", "text") == "text":
        yield from _plain(element)
    else:
        yield "another type"


def _plain(element: Element | None) -> Iterator[str]:
    """Plain text that no reader takes for markup; how it is written is looked at in `_of_bytes`."""
    if element is not None and _END_TAG.search(_text(element)):
        yield f"markup in {element.tag}"


def _looks_like_markup(written: str) -> bool:
    """With numeric references the validator, and readers that guess, know that it is none."""
    entities = (name for name in re.findall(r"&amp;(#?\w+)", written) if name in name2codepoint or not name.isalpha())
    return "&#x" not in written and bool(next(entities, None) or re.search("&lt;[/a-zA-Z]", written))


def _of_html(markup: str) -> Iterator[str]:
    if not markup.strip():
        return
    for element in html_parser.fragment_fromstring(markup, create_parent="div").iter():
        if not isinstance(element.tag, str) or element.tag in _SCRIPTING:
            yield "active content"
            continue
        for name, value in element.attrib.items():
            if name.startswith("on") or name in {"style", "class", "id"}:
                yield "an active attribute"
            if name in _ADDRESSED and not re.match("(https?|mailto|tel):", value):
                yield "a relative address"


def _text(element: Element | None) -> str:
    return "" if element is None else "".join(str(piece) for piece in element.itertext())
