"""What machines read in the page of an entry: JSON-LD (schema.org) and Open Graph (ogp.me)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from feeds.addresses import author_path
from feeds.addresses import entry_path
from feeds.addresses import source_path
from feeds.addresses import topic_path
from feeds.model import Entry
from feeds.model import Person
from feeds.model import Precision
from feeds.model import Rel
from feeds.model import Role
from feeds.titles import display_title
from web.state import State

#: What schema.org calls somebody with a role.
_ROLES = {Role.AUTHOR: "author", Role.TRANSLATOR: "translator", Role.EDITOR: "editor"}
#: Of all others it only knows that they took part.
_OTHERS = "contributor"
_SCRIPT_SAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def linked_data(entry: Entry, state: State) -> str:
    """The JSON of a script element of type `application/ld+json`; nothing in it can end the element."""
    found = _article(entry, state)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).translate(_SCRIPT_SAFE)


def open_graph(entry: Entry, state: State) -> list[tuple[str, str]]:
    """Properties and contents of `meta` elements."""
    found = [
        ("og:type", "article"),
        ("og:title", display_title(entry)),
        ("og:url", state.site.url(entry_path(entry.id))),
        ("og:site_name", state.site.name),
        ("og:description", entry.summary),
        ("og:locale", _locale(entry.language)),
    ]
    if image := _image(entry):
        found.append(("og:image", image))
    if _is_dated(entry):
        found.append(("article:published_time", _when(entry)))
    if entry.revision > 1:
        found.append(("article:modified_time", entry.updated.isoformat()))
    found += [("article:author", state.site.url(author_path(who.slug))) for who in entry.people]
    return found + [("article:tag", state.site.topic_name(hit.slug)) for hit in entry.topics]


def _article(entry: Entry, state: State) -> Mapping[str, object]:
    url = state.site.url(entry_path(entry.id))
    found: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Article" if entry.title else "SocialMediaPosting",
        "@id": entry.id,
        "url": url,
        "mainEntityOfPage": url,
        "headline": display_title(entry),
        "description": entry.summary,
        "inLanguage": entry.language,
        "dateModified": entry.updated.isoformat(),
        "isPartOf": {
            "@type": "CreativeWorkSeries",
            "name": entry.source.name,
            "url": state.site.url(source_path(entry.source.slug)),
        },
    }
    if _is_dated(entry):
        found["datePublished"] = _when(entry)
    for who in entry.people:
        found.setdefault(_ROLES.get(who.role, _OTHERS), []).append(_person(who, state))  # type: ignore[attr-defined]
    if entry.topics:
        found["about"] = [
            {"@type": "Thing", "name": state.site.topic_name(hit.slug), "url": state.site.url(topic_path(hit.slug))}
            for hit in entry.topics
        ]
    if image := _image(entry):
        found["image"] = image
    return {**found, **_origins(entry)}


def _origins(entry: Entry) -> Mapping[str, object]:
    """Where the text comes from, as far as its links tell."""
    original = next((link.url for link in entry.links if link.rel is Rel.ORIGINAL), None)
    is_translated = any(who.role is Role.TRANSLATOR for who in entry.people)
    found: dict[str, object] = {}
    if original:
        work = {"@type": "CreativeWork", "url": original}
        found["translationOfWork" if is_translated else "isBasedOn"] = work
    if entry.url and entry.url != original:
        found["sameAs"] = entry.url
    return found


def _person(who: Person, state: State) -> Mapping[str, object]:
    found = {"@type": "Person", "name": who.name, "url": state.site.url(author_path(who.slug))}
    return {**found, "alternateName": f"@{who.handle}"} if who.handle and who.handle != who.name else found


def _image(entry: Entry) -> str | None:
    return next((media.url for media in entry.media if media.kind == "image"), None)


def _is_dated(entry: Entry) -> bool:
    return entry.published.precision is not Precision.UNKNOWN


def _when(entry: Entry) -> str:
    """A day stays a day (ISO 8601)."""
    day = entry.published.date
    if entry.published.precision is Precision.DAY and day is not None:
        return day.isoformat()
    return entry.published.at.isoformat()


def _locale(tag: str) -> str:
    """Open Graph wants `language_TERRITORY`."""
    return {"zh-Hans": "zh_CN", "zh-Hant": "zh_TW", "en": "en_US"}.get(tag, tag.replace("-", "_"))
