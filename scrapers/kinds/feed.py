"""Feeds in XML: RSS 0.9 to 2.0, RDF and Atom, as the wild has them. An item is a post."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from feeds.errors import DocumentError
from feeds.model import Link
from feeds.model import Problem
from feeds.model import Rel
from feeds.model import Skip
from scrapers.document import Document
from scrapers.kinds.feed_reading import read_feed
from scrapers.kinds.items import natural_keys
from scrapers.kinds.items import people
from scrapers.kinds.items import with_enclosures
from scrapers.kinds.items import without_shared_keys
from scrapers.post import LinkChoice
from scrapers.post import Markup
from scrapers.post import RawPost
from scrapers.post import Scraped
from scrapers.trees import tree
from scrapers.weight import is_heavy

NAME = "feed"
#: Nothing is tried twice: a head of many comments would take exponential time otherwise.
_ROOT = re.compile(
    r"(?>\s+|<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*+<(?:[\w.-]+:)?(?:rss|feed|rdf)\b",
    re.DOTALL | re.IGNORECASE,
)
_HEAD = 8192


def recognise(document: Document) -> float:
    """Sure where the first element is that of a feed."""
    head = document.text[:_HEAD]
    return 1.0 if head.lstrip().startswith("<") and _ROOT.match(head) else 0.0


def scrape(document: Document) -> Scraped:
    """The items as posts, the newest as the feed has them. Raises `DocumentError` for what is no feed."""
    told, wrong = read_feed(document.name, document.text)
    if not told["version"] and not told["entries"]:
        raise DocumentError(document.name, "is no feed")
    base = told["link"] or (document.location if document.location.startswith("http") else None)
    posts, skips = [], []
    for number, entry in enumerate(told["entries"], 1):
        post = _post(entry, told, base, number)
        if post is None:
            skips.append(Skip("item without words", number, str(entry["id"] or "")[:60]))
            continue
        posts.append(post)
    return Scraped(
        posts=without_shared_keys(posts),
        skips=tuple(skips),
        problems=tuple(Problem(message, 1) for message in wrong),
        title=_plain(told["title"]),
        url=_address(told["link"], document.location),
        publication=_plain(told["title"]),
    )


def _post(entry: Mapping[str, Any], told: Mapping[str, Any], base: str | None, number: int) -> RawPost | None:
    title = _plain(entry["title"]) if entry["markup"] else (entry["title"] or "").strip()
    link = _address(entry["link"], base)
    body = with_enclosures(entry["body"], entry["enclosures"])
    if not title and not body.strip():
        return None
    return RawPost(
        title=_own_title(title, body),
        body=body,
        markup=Markup.HTML,
        people=people(entry["people"]) or people(told["author"]),
        date=entry["date"],
        url=link,
        base=link,
        link_choice=LinkChoice.NONE,
        links=tuple(_links(entry, link, base)),
        labels=tuple(dict.fromkeys(label for label in entry["labels"] if len(label) <= 100)),
        natural_keys=natural_keys(entry["id"], link),
        section=str(number),
        lines=(number, number),
    )


def _own_title(title: str | None, body: str) -> str | None:
    """None where the title only repeats the words: posts have none, and their feeds make one up."""
    if not title:
        return None
    words = re.sub(r"\W+", "", tree(body).get_text()) if body and not is_heavy(body) else ""
    shortened = re.sub(r"\W+", "", title)
    return None if words and shortened and words.startswith(shortened) and _is_post(title, words) else title


def _is_post(title: str, words: str) -> bool:
    cut = title.rstrip().endswith(("…", "..."))
    return cut or len(words) <= len(re.sub(r"\W+", "", title)) + 2


def _links(entry: Mapping[str, Any], own: str | None, base: str | None) -> Iterator[Link]:
    """Where an item came from."""
    for address in entry["via"]:
        if (found := _address(address, base)) is not None and found != own:
            yield Link(found, Rel.SOURCE)
    address, title = entry["source"]
    if (found := _address(address, base)) is not None and found != own:
        yield Link(found, Rel.SOURCE, _plain(title))


def _plain(markup: str | None) -> str | None:
    if not markup:
        return None
    return " ".join(tree(f"<p>{markup}</p>").get_text().split()) or None


def _address(address: str | None, base: str | None) -> str | None:
    if not address:
        return None
    try:
        joined = urljoin(base or "", address.strip())
    except ValueError:
        return None
    return joined if joined.lower().startswith(("http://", "https://")) else None
