"""The tables, with types that both databases agree on: what `feeds.store.making` makes, and a test compares with what
`feeds/migrations` makes of older ones.

Their indexes stand in `feeds.store.indexes`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy import Boolean
from sqlalchemy import Column
from sqlalchemy import ForeignKey
from sqlalchemy import Integer
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy import Text
from sqlalchemy import UniqueConstraint
from sqlalchemy import text

from feeds.store.columns import Instant
from feeds.store.columns import Key

#: The Alembic revision that this code reads and writes.
HEAD = "0011"

metadata = MetaData()

#: Columns have a value of their own where a program that is older leaves them out.
_NO = text("false")

#: One row. The version counts the writing transactions that changed something a reader can see; `lineage` is drawn when
#: the store is made, so that a cursor of one store is not taken for one of another.
state = Table(
    "state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("lineage", Text, nullable=False, server_default=""),
)

#: When a listing last changed, by its scopes (`feeds.model.Scope`): the version of the store, and the moment, in whole
#: seconds of which each change has its own. The scope "store" is a part of every listing.
listing_version = Table(
    "listing_version",
    metadata,
    Column("kind", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("changed_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

source = Table(
    "source",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", Key, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("url", Text),
    Column("entries", Integer, nullable=False),
    Column("newest", Instant),
)

#: A document that was never read has no source. `skips`, `problems` and `publications` are JSON. `fingerprint` is the
#: hash of the batch that was saved last; without one the next reading is written whatever it is. `reading` tells what
#: that batch was made of (see `feeds.model.Batch`), and means nothing without a fingerprint. `shrunk` is the digest of
#: the bytes that last lacked suspiciously many entries.
document = Table(
    "document",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("urn", Key, nullable=False, unique=True),
    Column("source_id", ForeignKey("source.id")),
    Column("location", Key, nullable=False),
    Column("name", Key, nullable=False),
    Column("format", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("title", Text),
    Column("url", Text),
    Column("lead", Text),
    Column("cover", Text),
    Column("published", Text),
    Column("entries", Integer, nullable=False),
    Column("skips", Text, nullable=False),
    Column("problems", Text, nullable=False),
    Column("publications", Text, nullable=False),
    Column("failure", Text),
    Column("fingerprint", Text),
    Column("reading", Text),
    Column("shrunk", Text),
    Column("anonymous", Boolean, nullable=False, server_default=_NO),
    Column("first_seen", Instant, nullable=False),
    Column("read", Instant, nullable=False),
    UniqueConstraint("source_id", "location"),
)

#: An entry with all that a reader gets, so that it is read by one statement. `people` to `place` and `keys` are JSON;
#: `order_key` orders the entries of one instant; `digest` tells whether a draft differs, `whole` whether letters do.
#: `document_id` is the document that leads: of several that hold the entry the one whose text counts. `changed` is the
#: version of the store at which a reader last could see a change, 0 for what nobody ever saw; `changed_at` is when.
entry = Table(
    "entry",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("document_id", ForeignKey("document.id"), nullable=False),
    Column("published", Instant, nullable=False),
    Column("precision", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("date", Text),
    Column("order_key", Key, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("withdrawn_for_good", Boolean, nullable=False, server_default=_NO),
    Column("changed", BigInteger, nullable=False, server_default="0"),
    Column("changed_at", Instant, nullable=False, server_default="0"),
    Column("revision", Integer, nullable=False),
    Column("title", Text),
    Column("summary", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("url", Text),
    Column("people", Text, nullable=False),
    Column("quoted", Text, nullable=False),
    Column("links", Text, nullable=False),
    Column("media", Text, nullable=False),
    Column("topics", Text, nullable=False),
    Column("labels", Text, nullable=False, server_default="[]"),
    Column("place", Text, nullable=False),
    Column("natural_keys", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("whole", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("content_html", Text, nullable=False),
    Column("content_text", Text, nullable=False),
)

#: The earlier texts of edited entries; the present one stands in `entry`.
revision = Table(
    "revision",
    metadata,
    Column("entry_id", Key, ForeignKey("entry.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("title", Text),
    Column("summary", Text, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("content_html", Text, nullable=False),
    Column("content_text", Text, nullable=False),
)

#: Which documents an entry stands in; most stand in one. `digest` and `place` are of the draft as last read there,
#: `at` is when that document says it was published (microseconds). The highest `turn` leads; see `feeds.store.decide`.
standing = Table(
    "standing",
    metadata,
    Column("document_id", ForeignKey("document.id"), primary_key=True),
    Column("entry_id", Key, ForeignKey("entry.id"), primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("at", BigInteger),
    Column("digest", Text, nullable=False),
    Column("place", Text, nullable=False),
)

#: What entries are found again by, wherever in the source they turn up; see `feeds.identity.lookup_keys`.
entry_key = Table(
    "entry_key",
    metadata,
    Column("source_id", ForeignKey("source.id"), primary_key=True),
    Column("key", Key, primary_key=True),
    Column("entry_id", Key, ForeignKey("entry.id"), primary_key=True),
    sqlite_with_rowid=False,
)

#: `entries` counts those with the author in the byline, `quoted` those that quote them. The name is that of the newest
#: entry that had one, the spelling of the handle that of the oldest.
author = Table(
    "author",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Key, nullable=False, unique=True),
    Column("slug", Key, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("name_at", BigInteger, nullable=False),
    Column("handle", Text),
    Column("handle_at", BigInteger, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("quoted", Integer, nullable=False),
    Column("newest", Instant),
)

#: Every name an author was seen with; `key` is its slug.
alias = Table(
    "alias",
    metadata,
    Column("author_id", ForeignKey("author.id"), primary_key=True),
    Column("name", Key, primary_key=True),
    Column("key", Key, nullable=False),
)

topic = Table(
    "topic",
    metadata,
    Column("slug", Key, primary_key=True),
    Column("entries", Integer, nullable=False),
    Column("newest", Instant),
)

#: Every listing by author, by topic or by both is one walk along the primary key: author 0 and topic "" mean any, and
#: `part` is "byline", "quoted", or "" where the author is any. Rows are derived from live entries and hold no foreign
#: keys, which would cost a look-up each.
listing = Table(
    "listing",
    metadata,
    Column("author_id", Integer, primary_key=True, autoincrement=False),
    Column("part", Key, primary_key=True),
    Column("topic", Key, primary_key=True),
    Column("published", Instant, primary_key=True),
    Column("order_key", Key, primary_key=True),
    Column("entry_id", Key, primary_key=True),
    Column("source_id", Integer, nullable=False),
    sqlite_with_rowid=False,
)

#: Which row of the full text (see `feeds.store.searching`) an entry is found by. `key` grows with the second of
#: publication; a row without an entry is a text that is shown no more. `digest` is of all that the row is made of.
search_entry = Table(
    "search_entry",
    metadata,
    Column("key", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("entry_id", Key, unique=True),
    Column("published", Instant, nullable=False),
    Column("order_key", Key, nullable=False),
    Column("digest", Text, nullable=False),
)

#: Both directions are rows.
relation = Table(
    "relation",
    metadata,
    Column("entry_id", Key, ForeignKey("entry.id"), primary_key=True),
    Column("kind", Key, primary_key=True),
    Column("other_id", Key, ForeignKey("entry.id"), primary_key=True),
)

#: The keys of what live entries are about, see `feeds.stories`. `tie` tells whether the entry ties others together by
#: the key or only hangs on them; it is NULL for keys that only find entries of the same words and translations. `dated`
#: tells whether `published` is known, rather than when the entry was first seen.
entry_about = Table(
    "entry_about",
    metadata,
    Column("key", Key, primary_key=True),
    Column("published", Instant, primary_key=True),
    Column("entry_id", Key, ForeignKey("entry.id"), primary_key=True),
    Column("dated", Boolean, nullable=False),
    Column("tie", Boolean),
    sqlite_with_rowid=False,
)

#: Stories are derived from live entries. `lead` is the entry that stands for the story, `keys` is JSON.
story = Table(
    "story",
    metadata,
    Column("id", Key, primary_key=True),
    Column("lead", Key, ForeignKey("entry.id"), nullable=False),
    Column("entries", Integer, nullable=False),
    Column("first", Instant, nullable=False),
    Column("last", Instant, nullable=False),
    Column("keys", Text, nullable=False),
)

#: `position` counts the entries of a story from 1, those that hang on it last; an entry belongs to one story at most,
#: and may hang on others.
story_entry = Table(
    "story_entry",
    metadata,
    Column("story_id", Key, ForeignKey("story.id"), primary_key=True),
    Column("entry_id", Key, ForeignKey("entry.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("how", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("weak", Boolean, nullable=False),
    Column("hangs", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

#: Ids that stories had, with the story that each leads to now.
story_alias = Table(
    "story_alias",
    metadata,
    Column("id", Key, primary_key=True),
    Column("story_id", Key, ForeignKey("story.id"), nullable=False),
)

#: Who may write through the API. `digest` is the hash of the token, which nobody has but its owner; `scopes` is JSON.
token = Table(
    "token",
    metadata,
    Column("name", Key, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("revoked", Instant),
)

#: Sources that are fetched; see `feeds.store.crawling`. `memory` is the worker's own (JSON), `period` is in seconds.
crawl = Table(
    "crawl",
    metadata,
    Column("slug", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("licence", Text),
    Column("enabled", Boolean, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("next_try", Instant, nullable=False),
    Column("owner", Text),
    Column("lease_until", Instant),
    Column("last_attempt", Instant),
    Column("last_success", Instant),
    Column("last_new", Instant),
    Column("period", BigInteger),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    Column("attempts", BigInteger, nullable=False),
    Column("unchanged", BigInteger, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("memory", Text, nullable=False),
)

#: Whose turn it is at a host, and from when on it may be asked.
host = Table(
    "host",
    metadata,
    Column("name", Key, primary_key=True),
    Column("owner", Text),
    Column("free", Instant, nullable=False),
)
