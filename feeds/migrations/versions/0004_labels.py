"""The tags and categories that an entry's author gave to it, so that topics are found anew without the document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add them, empty: what they were is read with the document again."""
    op.add_column("entry", sa.Column("labels", sa.Text(), nullable=False, server_default="[]"))
