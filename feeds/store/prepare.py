"""A batch made ready for writing, before any connection is open: packed, hashed, with the traits of each draft."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from feeds.authors import key_for
from feeds.authors import plain_handle
from feeds.identity import Traits
from feeds.identity import lookup_keys
from feeds.identity import traits
from feeds.model import Batch
from feeds.model import DocumentInfo
from feeds.model import Draft
from feeds.model import Person
from feeds.model import Precision
from feeds.model import Published
from feeds.store.codec import iso
from feeds.store.codec import pack
from feeds.store.columns import micros
from feeds.store.features import Features
from feeds.store.features import features
from feeds.store.people import Known

_POSITIONS = 99_999_999


@dataclass(frozen=True, slots=True)
class PreparedDraft:
    """A draft with what is compared and written of it."""

    draft: Draft
    traits: Traits
    #: Columns of `entry` that depend on the draft alone.
    columns: Mapping[str, Any]
    place: str
    #: When the document says it was published, in microseconds since 1970.
    at: int | None
    #: Of all that a reader gets but the place, the topics and the relations.
    digest: str
    #: None: to be found out when the entry is written.
    features: Features | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch with its drafts prepared."""

    batch: Batch
    drafts: tuple[PreparedDraft, ...]
    #: Equal for two batches that say the same.
    fingerprint: str


def prepare(batch: Batch, *, wholly: bool = False) -> Prepared:
    """What a save needs and no store; `wholly`: also what is needed of drafts that prove new, or other than before.

    Raises `ValueError` for a naive datetime.
    """
    drafts = tuple(_prepare(draft, wholly) for draft in batch.drafts)
    said = [
        batch.source,
        document_columns(batch.document),
        batch.skips,
        batch.problems,
        [[d.digest, d.columns["topics"], d.place, d.draft.quotes] for d in drafts],
    ]
    return Prepared(batch, drafts, _hash(pack(said)))


def document_columns(info: DocumentInfo) -> dict[str, Any]:
    """The columns of `document` that are told, as they are stored."""
    return {**asdict(info), "published": iso(info.published)}


def with_slugs(people: Sequence[Person], known: Mapping[str, Known]) -> str:
    """The people packed, each with the slug that the store gave."""
    slugs = [known[key].slug if (key := key_for(p)) is not None and key in known else "" for p in people]
    return pack([replace(p, slug=slug) for p, slug in zip(people, slugs, strict=True)])


def publications(batch: Batch) -> str:
    """The names of authors without a handle, packed: one of them may be the name of the series."""
    if batch.anonymous:
        return "[]"
    return pack(sorted({p.name for d in batch.drafts for p in d.people if plain_handle(p) is None}))


def document_key(source_slug: str, name: str) -> str:
    """What a document's entries are ordered by among those of other documents; no matter where it lies."""
    return f"{source_slug}/{name}"


def order_key(document_key: str, position: int) -> str:
    """Greater is shown first: entries of one document together, and in its order. Digits and a to f only."""
    return f"{_hash(document_key)[:16]}{_POSITIONS - position:08d}"


def _prepare(draft: Draft, wholly: bool) -> PreparedDraft:
    found = traits(draft, draft.natural_keys)
    columns = {
        "title": None if draft.title is None else str(draft.title),
        "content_html": str(draft.content_html),
        "content_text": str(draft.content_text),
        "summary": str(draft.summary),
        "language": draft.language,
        "url": draft.url,
        "links": pack(draft.links),
        "media": pack(draft.media),
        "labels": pack(draft.labels),
        "natural_keys": pack(draft.natural_keys),
    }
    digest = _hash(pack([columns, draft.people, draft.quoted, _date(draft.published)]))
    topics = pack(draft.topics)  # not in the digest: they follow from the rules, which change while the draft does not
    columns |= {"topics": topics, "keys": pack(lookup_keys(found)), "whole": found.whole, "digest": digest}
    known = features(draft) if wholly else None
    return PreparedDraft(draft, found, columns, pack(draft.place), _at(draft.published), digest, known)


def _date(published: Published | None) -> list[object] | None:
    if published is None:
        return None
    return [micros(published.at), published.precision, published.basis, iso(published.date)]


def _at(published: Published | None) -> int | None:
    return None if published is None or published.precision is Precision.UNKNOWN else micros(published.at)


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
