"""The command that keeps the store from growing for ever."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import click

from feeds.commands.opening import open_store_of
from feeds.settings import load_settings

#: Days, so many that no date has a year before 1.
_MOST = 100_000


@click.command()
@click.option("--days", type=click.IntRange(1, _MOST), help="Days that are kept; else the setting KEEP_DAYS.")
def prune(days: int | None) -> None:
    """Take entries out that are older than so many days, for good, and drop texts that nobody sees.

    What was published, or first seen, later than that stays. Readers are told that the others are gone; documents that
    still hold them do not bring them back. Without --days and KEEP_DAYS nothing is done.
    """
    from feeds.announcing import announced

    settings = load_settings()
    kept = days or settings.keep_days
    if kept is None:
        raise click.ClickException("say how many days are kept: --days, or the setting KEEP_DAYS; nothing was done")
    now = datetime.now(UTC)
    with open_store_of(settings) as store, announced(store, settings):
        done = store.prune(now - timedelta(days=kept), now)
    click.echo(f"{done.entries} entries taken out, {done.texts} texts and {done.revisions} earlier texts dropped")
