"""A way to what was edited lately, however old it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

EDITED = sa.text("updated > published AND withdrawn_at IS NULL")


def upgrade() -> None:
    """Add the index; nothing that is written or read changes."""
    op.create_index("entry_edited", "entry", ["updated"], sqlite_where=EDITED, postgresql_where=EDITED)
