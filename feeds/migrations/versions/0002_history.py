"""Earlier texts of entries, withdrawal for good, and the version at which a reader last saw an entry change."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add them; for a mirror all entries that are there changed at the store's present version."""
    op.add_column("state", sa.Column("lineage", sa.Text(), nullable=False, server_default=""))
    op.execute(sa.text("UPDATE state SET lineage = :made").bindparams(made=uuid4().hex))
    op.add_column("document", sa.Column("shrunk", sa.Text()))
    op.add_column("document", sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column(
        "entry", sa.Column("withdrawn_for_good", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column("entry", sa.Column("changed", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("entry", sa.Column("changed_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE entry SET changed = (SELECT version FROM state), changed_at = COALESCE(withdrawn_at, updated)")
    op.create_index("entry_by_change", "entry", ["changed", "id"])
    op.create_index(
        "entry_for_good",
        "entry",
        ["id"],
        sqlite_where=sa.text("withdrawn_for_good = 1"),
        postgresql_where=sa.text("withdrawn_for_good"),
    )
    op.create_index("document_by_location", "document", ["location"])
    op.create_table(
        "revision",
        sa.Column("entry_id", KEY, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("title", sa.Text()),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("content_html", sa.Text(), nullable=False),
        sa.Column("content_text", sa.Text(), nullable=False),
    )
