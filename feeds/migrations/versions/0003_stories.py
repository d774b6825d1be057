"""What entries are about, and the stories that they make."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add them, and have every document read again: what entries are about is found when they are written."""
    op.create_table(
        "entry_about",
        sa.Column("key", KEY, primary_key=True),
        sa.Column("published", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("entry_id", KEY, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("dated", sa.Boolean(), nullable=False),
        sa.Column("tie", sa.Boolean()),
        sqlite_with_rowid=False,
    )
    op.create_index("entry_about_by_entry", "entry_about", ["entry_id"])
    op.create_table(
        "story",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("lead", KEY, sa.ForeignKey("entry.id"), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
    )
    op.create_index("story_by_first", "story", [sa.text("first DESC"), sa.text("id DESC")])
    op.create_index("story_by_last", "story", [sa.text("last DESC"), sa.text("id DESC")])
    op.create_index("story_by_entries", "story", [sa.text("entries DESC"), sa.text("last DESC"), sa.text("id DESC")])
    op.create_table(
        "story_entry",
        sa.Column("story_id", KEY, sa.ForeignKey("story.id"), primary_key=True),
        sa.Column("entry_id", KEY, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("weak", sa.Boolean(), nullable=False),
        sa.Column("hangs", sa.Boolean(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("story_entry_by_entry", "story_entry", ["entry_id"])
    op.create_table(
        "story_alias",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("story_id", KEY, sa.ForeignKey("story.id"), nullable=False),
    )
    op.create_index("story_alias_by_story", "story_alias", ["story_id"])
    op.execute("UPDATE document SET fingerprint = NULL")
