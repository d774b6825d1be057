"""What feeds of all kinds have in common: the identifiers of items, their people, their enclosures."""

from __future__ import annotations

import html as escaping
import re
from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from feeds.canonical import canonical
from feeds.canonical import exact_keys
from scrapers.post import RawPerson
from scrapers.post import RawPost

_WEB = re.compile(r"https?://", re.IGNORECASE)
_FRONT_PAGE = re.compile(r"https?://[^/?#]*/?(?:#.*)?", re.IGNORECASE)
_MAIL = re.compile(r"\S+@\S+\.\S+")
_NAME_WITH_MAIL = re.compile(r"(?:\S+@\S+\s*\((?P<behind>[^)]+)\)|(?P<before>[^<(]+?)\s*[<(]\S+@\S+[>)])")
_LONGEST_NAME = 200
_MOST_ENCLOSURES = 100
#: More people than this have written no item.
_MOST_PEOPLE = 100
#: A guid that only counts is given to another item tomorrow.
_COUNTER = re.compile(r"\d{1,5}")


def natural_keys(guid: str | None, link: str | None) -> tuple[str, ...]:
    """What an item is recognised by: its own id, and where it leads, in one spelling.

    An address that many items may share, such as a home page, identifies none.
    """
    told = (guid or "").strip()
    by_link = _keys(link or "")
    if by_link and _COUNTER.fullmatch(told):
        told = ""
    by_guid = (canonical(told) if _WEB.match(told) else told,) if told and len(told) <= 2000 else ()
    if _WEB.match(told) and not _keys(told):
        by_guid = ()
    return tuple(dict.fromkeys((*by_guid, *(canonical(link or "") for _ in by_link[:1]))))


def _keys(address: str) -> tuple[str, ...]:
    """Nothing for the front page of a site, whatever is told of it."""
    if not _WEB.match(address) or _FRONT_PAGE.fullmatch(address):
        return ()
    return exact_keys(address)


def without_shared_keys(posts: Sequence[RawPost]) -> tuple[RawPost, ...]:
    """The posts without identifiers that several of them claim."""
    holders = Counter(key for post in posts for key in post.natural_keys)
    return tuple(replace(p, natural_keys=tuple(k for k in p.natural_keys if holders[k] == 1)) for p in posts)


def person(name: str | None, url: str | None = None) -> RawPerson | None:
    """Somebody as a feed names them; nobody's mail address is published."""
    words = (name or "").strip()[:_LONGEST_NAME]
    if found := _NAME_WITH_MAIL.fullmatch(words):
        words = (found["behind"] or found["before"]).strip(" \"'")
    if not words or _MAIL.fullmatch(words):
        return None
    return RawPerson(words, url=url if url and _WEB.match(url) else None)


def people(found: Iterable[tuple[str | None, str | None]]) -> tuple[RawPerson, ...]:
    """Those who can be named."""
    return tuple(
        dict.fromkeys(one for name, url in islice(found, _MOST_PEOPLE) if (one := person(name, url)) is not None)
    )


def with_enclosures(body: str, enclosures: Iterable[tuple[str, str]]) -> str:
    """The body with the films, sounds and pictures that belong to it and do not stand in it."""
    added = [
        _shown(url, kind) for url, kind in islice(enclosures, _MOST_ENCLOSURES) if _WEB.match(url) and url not in body
    ]
    return "\n".join([body, *filter(None, added)])


def _shown(url: str, kind: str) -> str:
    address, sort = escaping.escape(url), kind.partition("/")[0]
    if sort == "image":
        return f'<p><img src="{address}" alt=""></p>'
    return f'<p><{sort} src="{address}" controls></{sort}></p>' if sort in {"audio", "video"} else ""
