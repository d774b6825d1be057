"""Ways to walk: entries by language, authors by their entries, documents by their beginning and those that failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

LIVE = sa.text("withdrawn_at IS NULL")
WRITES = sa.text("entries > 0")
FAILED = sa.text("failure IS NOT NULL")


def upgrade() -> None:
    """Add the indexes; nothing that is written or read changes."""
    order = [sa.text(f"{column} DESC") for column in ("published", "order_key", "id")]
    by_language: list[str | sa.TextClause] = ["language", *order]
    op.create_index("entry_live_by_language", "entry", by_language, sqlite_where=LIVE, postgresql_where=LIVE)
    by_entries: list[str | sa.TextClause] = [sa.text("entries DESC"), "slug"]
    op.create_index("author_by_entries", "author", by_entries, sqlite_where=WRITES, postgresql_where=WRITES)
    op.create_index("document_by_first_seen", "document", ["first_seen"])
    op.create_index("document_failed", "document", ["name"], sqlite_where=FAILED, postgresql_where=FAILED)
