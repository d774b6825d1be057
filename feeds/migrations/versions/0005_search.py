"""What entries are found by, see `feeds.store.indexing`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feeds.store.indexing import fill
from feeds.store.searching import TABLES

revision = "0005"
down_revision = "0004"

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables, and put the entries in that are there."""
    op.create_table(
        "search_entry",
        sa.Column("key", ROW, primary_key=True, autoincrement=False),
        sa.Column("entry_id", KEY, unique=True),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("order_key", KEY, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
    )
    connection = op.get_bind()
    for statement in TABLES[connection.dialect.name]:
        op.execute(statement)
    fill(connection)
