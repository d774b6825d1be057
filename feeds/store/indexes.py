"""The indexes of the tables. `feeds/migrations` makes them; a test compares the two.

No statement names them, and their conditions make SQLAlchemy load the dialects of both databases: so they stand by
themselves, and only who compares tables with a database loads them.
"""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy import text

from feeds.store.schema import alias
from feeds.store.schema import author
from feeds.store.schema import crawl
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import entry_about
from feeds.store.schema import host
from feeds.store.schema import listing_version
from feeds.store.schema import metadata as metadata
from feeds.store.schema import standing
from feeds.store.schema import story
from feeds.store.schema import story_alias
from feeds.store.schema import story_entry

Index("listing_version_by_version", listing_version.c.version)

_FAILED = text("failure IS NOT NULL")
Index("document_by_name", document.c.name)
Index("document_by_first_seen", document.c.first_seen)
Index("document_failed", document.c.name, sqlite_where=_FAILED, postgresql_where=_FAILED)
Index("document_by_location", document.c.location)

_LIVE = text("withdrawn_at IS NULL")
#: The order of all listings.
_NEWEST_FIRST = (entry.c.published.desc(), entry.c.order_key.desc(), entry.c.id.desc())
Index("entry_live", *_NEWEST_FIRST, sqlite_where=_LIVE, postgresql_where=_LIVE)
Index("entry_live_by_source", entry.c.source_id, *_NEWEST_FIRST, sqlite_where=_LIVE, postgresql_where=_LIVE)
Index("entry_live_by_language", entry.c.language, *_NEWEST_FIRST, sqlite_where=_LIVE, postgresql_where=_LIVE)
#: For counting months.
Index("entry_live_by_date", entry.c.date, sqlite_where=_LIVE, postgresql_where=_LIVE)
Index("entry_by_document", entry.c.document_id)
#: What was edited, by when.
_EDITED = text("updated > published AND withdrawn_at IS NULL")
Index("entry_edited", entry.c.updated, sqlite_where=_EDITED, postgresql_where=_EDITED)
Index("entry_by_change", entry.c.changed, entry.c.id)
Index(
    "entry_for_good",
    entry.c.id,
    sqlite_where=text("withdrawn_for_good = 1"),
    postgresql_where=text("withdrawn_for_good"),
)

_WRITES = text("entries > 0")
Index("author_by_entries", author.c.entries.desc(), author.c.slug, sqlite_where=_WRITES, postgresql_where=_WRITES)
Index("alias_by_key", alias.c.key)

Index("standing_by_entry", standing.c.entry_id)
Index("entry_about_by_entry", entry_about.c.entry_id)

Index("story_by_first", story.c.first.desc(), story.c.id.desc())
Index("story_by_last", story.c.last.desc(), story.c.id.desc())
Index("story_by_entries", story.c.entries.desc(), story.c.last.desc(), story.c.id.desc())
Index("story_entry_by_entry", story_entry.c.entry_id)
Index("story_alias_by_story", story_alias.c.story_id)

Index("crawl_due", crawl.c.enabled, crawl.c.next_try, crawl.c.slug)
Index("host_by_free", host.c.free)
