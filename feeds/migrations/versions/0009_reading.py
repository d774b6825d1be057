"""What the last reading of each document depended on: what has not changed since need not be read again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add it, empty: every document is read once more."""
    op.add_column("document", sa.Column("reading", sa.Text()))
