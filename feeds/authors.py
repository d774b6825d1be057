"""Who is this? Slugs and aliases of people. Pure; the store keeps the rows.

A handle makes a person; a name without a handle is a person of its own and is never merged into a handle by guessing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container
from dataclasses import replace

from feeds.model import Person

#: Characters of the hash behind a slug that somebody else has.
_SUFFIX = 4
_HANDLE_GAP = re.compile(r"[^\w-]+")


def slugify(name: str) -> str | None:
    """Letters and digits of any script in lower case, a hyphen for whatever stands between; None for nothing.

    A name without letters (an emoji) is spelled by its code points, so that it has an address too.
    """
    folded = unicodedata.normalize("NFKC", name).strip().lower()
    words = "".join(c if _is_word(c) else " " for c in unicodedata.normalize("NFC", folded)).split()
    if words:
        return "-".join(words)
    return "-".join(f"u{ord(c):x}" for c in folded if not c.isspace()) or None


def slug_for(person: Person) -> str | None:
    """The slug that a person should have: the handle's, else the name's. None for neither."""
    if person.known_as:
        return slug_for(replace(person, name=person.known_as, handle=_handle_of(person.known_as), known_as=None))
    handle = plain_handle(person)
    if handle is None:
        return slugify(person.name)
    return _HANDLE_GAP.sub("-", unicodedata.normalize("NFKC", handle).lower()).strip("-") or slugify(handle)


def key_for(person: Person) -> str | None:
    """What makes two mentions one person, across all sources: `@handle` in lower case, else the name's slug."""
    if person.known_as:
        return person.known_as
    handle = plain_handle(person)
    return slugify(person.name) if handle is None else f"@{handle.lower()}"


def plain_handle(person: Person) -> str | None:
    """The handle without @ and spaces; None for none."""
    return (person.handle or "").strip().lstrip("@＠") or None


def own_name(person: Person) -> str | None:
    """The name, unless it is only the handle again."""
    name = person.name.strip()
    handle = plain_handle(person)
    if not name or (handle and name.lstrip("@＠").lower() == handle.lower()):
        return None
    return name


def free_slug(slug: str, key: str, taken: Container[str]) -> str:
    """`slug`, or, where somebody has it, followed by as much of a hash of `key` as it takes.

    A name can be spelled as somebody's handle. Who is met first has the plain slug and keeps it, since a slug never
    changes; everybody else has the same one whenever they come.
    """
    if slug not in taken:
        return slug
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    longer = (f"{slug}-{digest[:length]}" for length in range(_SUFFIX, len(digest) + 1))
    return next(one for one in longer if one not in taken)


def _handle_of(key: str) -> str | None:
    return key if key.startswith("@") else None


def _is_word(character: str) -> bool:
    """Letters, digits, and the marks that belong to letters (vowel signs of Thai, Hindi and others)."""
    return character.isalnum() or unicodedata.category(character) in {"Mn", "Mc"}
