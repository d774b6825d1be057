"""The command that makes the store."""

from __future__ import annotations

import click

from feeds.settings import load_settings


@click.command()
def migrate() -> None:
    """Bring the store's tables up to date (creates the store).

    A store that was built with the program (STORE_READONLY) is only looked at: it has to be up to date.
    """
    from feeds.store import migrate as migrate_store
    from feeds.store import open_store

    settings = load_settings()
    if settings.store_readonly:
        open_store(settings.database_url, read_only=True).close()
    else:
        migrate_store(settings.database_url)
    click.echo("The store is up to date.")
