"""The first tables. Written out, since what `feeds.store.schema` says moves on and a revision does not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make all tables and the one row of `state`."""
    op.create_table(
        "state",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )
    op.execute("INSERT INTO state (id, version) VALUES (1, 0)")
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("slug", KEY, nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("newest", sa.BigInteger()),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("urn", KEY, nullable=False, unique=True),
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("source.id")),
        sa.Column("location", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("lead", sa.Text()),
        sa.Column("cover", sa.Text()),
        sa.Column("published", sa.Text()),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("skips", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("publications", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text()),
        sa.Column("fingerprint", sa.Text()),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("source_id", "location"),
    )
    op.create_index("document_by_name", "document", ["name"])
    op.create_table(
        "entry",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("source.id"), nullable=False),
        sa.Column("document_id", sa.Integer(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("date", sa.Text()),
        sa.Column("order_key", KEY, nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("quoted", sa.Text(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("natural_keys", sa.Text(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("whole", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content_html", sa.Text(), nullable=False),
        sa.Column("content_text", sa.Text(), nullable=False),
    )
    newest = [sa.text("published DESC"), sa.text("order_key DESC"), sa.text("id DESC")]
    live = sa.text("withdrawn_at IS NULL")
    op.create_index("entry_live", "entry", newest, sqlite_where=live, postgresql_where=live)
    by_source: list[str | sa.TextClause] = ["source_id", *newest]
    op.create_index("entry_live_by_source", "entry", by_source, sqlite_where=live, postgresql_where=live)
    op.create_index("entry_by_document", "entry", ["document_id"])
    op.create_table(
        "standing",
        sa.Column("document_id", sa.Integer(), sa.ForeignKey("document.id"), primary_key=True),
        sa.Column("entry_id", KEY, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger()),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
    )
    op.create_index("standing_by_entry", "standing", ["entry_id"])
    op.create_table(
        "entry_key",
        sa.Column("source_id", sa.Integer(), sa.ForeignKey("source.id"), primary_key=True),
        sa.Column("key", KEY, primary_key=True),
        sa.Column("entry_id", KEY, sa.ForeignKey("entry.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "author",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", KEY, nullable=False, unique=True),
        sa.Column("slug", KEY, nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_at", sa.BigInteger(), nullable=False),
        sa.Column("handle", sa.Text()),
        sa.Column("handle_at", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("quoted", sa.Integer(), nullable=False),
        sa.Column("newest", sa.BigInteger()),
    )
    op.create_table(
        "alias",
        sa.Column("author_id", sa.Integer(), sa.ForeignKey("author.id"), primary_key=True),
        sa.Column("name", KEY, primary_key=True),
        sa.Column("key", KEY, nullable=False),
    )
    op.create_index("alias_by_key", "alias", ["key"])
    op.create_table(
        "topic",
        sa.Column("slug", KEY, primary_key=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("newest", sa.BigInteger()),
    )
    op.create_table(
        "listing",
        sa.Column("author_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("part", KEY, primary_key=True),
        sa.Column("topic", KEY, primary_key=True),
        sa.Column("published", sa.BigInteger(), primary_key=True),
        sa.Column("order_key", KEY, primary_key=True),
        sa.Column("entry_id", KEY, primary_key=True),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "relation",
        sa.Column("entry_id", KEY, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("kind", KEY, primary_key=True),
        sa.Column("other_id", KEY, sa.ForeignKey("entry.id"), primary_key=True),
    )
