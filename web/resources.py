"""What the API says of things, key by key: all keys always there, null where nothing is known, dates in RFC 3339."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from feeds.addresses import ascii_url
from feeds.addresses import author_path
from feeds.addresses import entry_path
from feeds.addresses import source_path
from feeds.addresses import story_path
from feeds.addresses import topic_path
from feeds.model import DocumentReport
from feeds.model import Entry
from feeds.model import Person
from feeds.model import Story
from feeds.model import Tally
from feeds.model import Telling
from feeds.model import TopicHit
from feeds.titles import display_title
from feeds.topics import Topic
from feeds.topics.sentences import why
from feeds.topics.statistics import TopicStatistics
from web.reasons import near_misses
from web.state import State

Resource = Mapping[str, object]


def entry(found: Entry, state: State) -> Resource:
    """An entry. `published` is always there: where nothing is known it is the moment the entry was first seen, and
    `published_precision` and `published_basis` say so.
    """
    return {
        "id": found.id,
        "url": found.url,
        "title": found.title,
        "display_title": display_title(found),
        "summary": found.summary,
        "content_html": found.content_html,
        "content_text": found.content_text,
        "language": found.language,
        "published": moment(found.published.at),
        "published_date": found.published.date.isoformat() if found.published.date else None,
        "published_precision": found.published.precision.value,
        "published_basis": found.published.basis.value,
        "updated": moment(found.updated),
        "first_seen": moment(found.first_seen),
        "authors": [_person(person, role=person.role.value) for person in found.people],
        "quoted": [_person(person) for person in found.quoted],
        "source": {"slug": found.source.slug, "name": found.source.name},
        "document": {
            "id": found.document.id,
            "name": found.document.name,
            "title": found.document.title,
            "url": found.document.url,
            "position": found.place.position,
        },
        "topics": [_hit(hit, state) for hit in found.topics],
        "links": [{"rel": link.rel.value, "url": link.url, "title": link.title} for link in found.links],
        "media": [{"url": media.url, "kind": media.kind, "alt": media.alt} for media in found.media],
        "relations": [
            {"kind": relation.kind.value, "entry": relation.entry, "url": state.site.url(entry_path(relation.entry))}
            for relation in found.relations
        ],
        "revision": found.revision,
    }


def story(found: Story, state: State) -> Resource:
    """A story without its entries."""
    return {
        "id": found.id,
        "title": display_title(found.lead),
        "entries": found.entries,
        "first_published": moment(found.first),
        "last_published": moment(found.last),
        "keys": list(found.keys),
        "lead": found.lead.id,
        "url": state.site.url(story_path(found.id)),
    }


def telling(found: Telling, state: State) -> Resource:
    """An entry in a story, with what joins it."""
    return {
        "how": found.how,
        "key": found.key,
        "weak": found.is_weak,
        "in_passing": found.hangs,
        "entry": entry(found.entry, state),
    }


def near_topics(found: Entry, state: State) -> Resource:
    """The topics that an entry is nearly in, with why it is not."""
    missed = near_misses(found, state)
    return {"near_topics": [{"slug": m.slug, "name": m.name, "score": m.score, "why": m.why} for m in missed]}


def topic_statistics(found: TopicStatistics, state: State) -> Resource:
    """How topics are spread over entries and months, and which of them stand together."""
    return {
        "entries": found.entries,
        "without_topics": found.without,
        "topics": [
            {
                "slug": one.slug,
                "name": state.site.topic_name(one.slug),
                "entries": one.entries,
                "months": [{"month": month, "entries": number} for month, number in one.months.items()],
                "together": [{"slug": slug, "entries": number} for slug, number in one.together],
            }
            for one in found.topics
        ],
    }


def author(tally: Tally, state: State) -> Resource:
    """An author with the number of entries in whose byline they stand."""
    return {
        "slug": tally.slug,
        "name": tally.name,
        "handle": tally.handle,
        "aliases": list(tally.aliases),
        **_counts(tally),
        "url": state.site.url(author_path(tally.slug)),
    }


def topic(found: Topic, tally: Tally | None, state: State) -> Resource:
    """A topic of the rules; no tally where no entry is in it."""
    return {
        "slug": found.slug,
        "name": state.topic_name(found),
        "name_zh": found.name_zh,
        "name_en": found.name_en,
        "description": found.description or None,
        **_counts(tally),
        "url": state.site.url(topic_path(found.slug)),
    }


def source(tally: Tally, state: State) -> Resource:
    """A source; `home` is its own address, `url` that of its listing here."""
    found = state.store.source(tally.slug)
    return {
        "slug": found.slug,
        "name": found.name,
        "language": found.language,
        "zone": found.zone,
        "home": found.url,
        **_counts(tally),
        "url": state.site.url(source_path(found.slug)),
    }


def document(report: DocumentReport) -> Resource:
    """A document with what its last reading gave."""
    info = report.info
    return {
        "id": report.id,
        "name": info.name,
        "title": info.title,
        "url": info.url,
        "lead": info.lead,
        "cover": info.cover and ascii_url(info.cover),
        "source": report.source,
        "format": info.format,
        "encoding": info.encoding,
        "digest": info.digest,
        "published": info.published.isoformat() if info.published else None,
        "first_seen": moment(report.first_seen),
        "read": moment(report.read),
        "entries": report.entries,
        "skipped": [{"reason": skip.reason, "line": skip.line, "words": skip.words} for skip in report.skips],
        "problems": [{"message": problem.message, "line": problem.line} for problem in report.problems],
        "failure": report.failure,
    }


def moment(at: datetime) -> str:
    """RFC 3339 in UTC with `Z`; fractions of a second are dropped."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _person(person: Person, **role: str) -> Resource:
    return {"slug": person.slug, "name": person.name, "handle": person.handle, **role, "url": person.url}


def _hit(hit: TopicHit, state: State) -> Resource:
    evidence = [{"rule": item.rule, "words": item.words, "place": item.place} for item in hit.evidence]
    name = state.site.topic_name(hit.slug)
    sentence = why(name, hit.evidence, hit.score)
    return {"slug": hit.slug, "name": name, "score": hit.score, "evidence": evidence, "why": sentence}


def _counts(tally: Tally | None) -> Resource:
    if tally is None:
        return {"entries": 0, "newest": None}
    return {"entries": tally.entries, "newest": moment(tally.newest) if tally.newest else None}
