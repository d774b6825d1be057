"""The commands that make the store, and move it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from feeds.settings import load_settings

if TYPE_CHECKING:
    from rich.progress import TaskID


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


@click.command("copy-store")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_store(source: str, target: str) -> None:
    """Copy the store at the address FROM into the one at TO, of the same or of the other database.

    Both are given as in DATABASE_URL. TO must be empty, or not there yet. All ids stay, so that every feed, page and
    answer is the same; or nothing is copied at all.
    """
    from rich.console import Console
    from rich.progress import Progress

    from feeds.store.copying import copy_store as copy

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(table: str, done: int, total: int) -> None:
            if table not in tasks:
                tasks[table] = bar.add_task(table, total=total)
            bar.update(tasks[table], completed=done)

        copied = copy(source, target, tell)
    rows = copied.rows
    click.echo(f"{rows['entry']} entries, {rows['document']} documents, {sum(rows.values())} rows in all.")
