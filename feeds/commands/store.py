"""The command that makes the store."""

from __future__ import annotations

import click

from feeds.settings import load_settings


@click.command()
def migrate() -> None:
    """Bring the store's tables up to date (creates the store)."""
    from feeds.store import migrate as migrate_store

    settings = load_settings()
    migrate_store(settings.database_url)
    click.echo("The store is up to date.")
