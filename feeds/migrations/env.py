"""What Alembic runs: the revisions, on the connection that `feeds.store.migrate` or a test hands over.

Who hands it over begins the transactions and ends them.
"""

from __future__ import annotations

from alembic import context

from feeds.store.indexes import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
