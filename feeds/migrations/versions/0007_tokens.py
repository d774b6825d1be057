"""Tokens that allow writing through the API, and the months of entries in an index of their own, to be counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add them; nobody has a token yet."""
    op.create_table(
        "token",
        sa.Column("name", KEY, primary_key=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger()),
    )
    live = sa.text("withdrawn_at IS NULL")
    op.create_index("entry_live_by_date", "entry", ["date"], sqlite_where=live, postgresql_where=live)
