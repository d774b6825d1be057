"""Sources that are fetched, and whose turn it is at each host."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add them, empty."""
    op.create_table(
        "crawl",
        sa.Column("slug", KEY, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text()),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("next_try", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("last_attempt", sa.BigInteger()),
        sa.Column("last_success", sa.BigInteger()),
        sa.Column("last_new", sa.BigInteger()),
        sa.Column("period", sa.BigInteger()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
    )
    op.create_index("crawl_due", "crawl", ["enabled", "next_try", "slug"])
    op.create_table(
        "host",
        sa.Column("name", KEY, primary_key=True),
        sa.Column("owner", sa.Text()),
        sa.Column("free", sa.BigInteger(), nullable=False),
    )
    op.create_index("host_by_free", "host", ["free"])
