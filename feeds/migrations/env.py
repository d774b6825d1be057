"""What Alembic runs: the revisions, on the connection that `feeds.store.migrate` or a test hands over."""

from __future__ import annotations

from alembic import context

from feeds.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
