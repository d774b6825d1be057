"""Alembic revisions of the store; `feeds.store.migrate` runs them."""
