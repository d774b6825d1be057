"""Commands about the sources that are fetched: how they are, a new one, and a look at what they would give."""

from __future__ import annotations

import sys
from datetime import UTC
from datetime import datetime

import click

from feeds.commands.opening import open_store_of
from feeds.commands.printing import SOME_FAILED
from feeds.commands.printing import as_text
from feeds.commands.printing import echo
from feeds.settings import load_settings
from scrapers.commands.clock import system_clock


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.pass_context
def sources(ctx: click.Context, as_json: bool) -> None:
    """Tell how the sources are that are fetched, those that fail first."""
    from feeds.health import as_object
    from scrapers.worker.lines import health_lines

    if ctx.invoked_subcommand is not None:
        return
    with open_store_of(load_settings()) as store:
        found = store.source_health()
    now = datetime.now(UTC)
    echo(as_text({"sources": [as_object(h, now) for h in found]}) if as_json else health_lines(found, now))


@sources.command("add")
@click.argument("url")
@click.option("--write", is_flag=True, help="Add the entry to the file that SOURCES names.")
def add_source(url: str, write: bool) -> None:
    """Look at an address and propose the entry for the sources file: feeds, lists, articles, repositories."""
    from scrapers.worker.bench import open_fetcher
    from scrapers.worker.proposing import append
    from scrapers.worker.proposing import propose

    settings = load_settings()
    with open_fetcher(settings, system_clock()) as fetcher:
        proposal = propose(url, fetcher)
    echo("\n".join(f"# {sentence}" for sentence in proposal.found))
    echo(proposal.toml)
    if write:
        append(proposal, settings.sources)


@sources.command("check")
@click.argument("slugs", nargs=-1, metavar="[SLUG...]")
def check_sources(slugs: tuple[str, ...]) -> None:
    """Fetch sources (all, or those named) and show what would be published; nothing is stored."""
    from scrapers.worker.bench import open_fetcher
    from scrapers.worker.proposing import check_lines

    settings, failures = load_settings(), 0
    with open_fetcher(settings, system_clock()) as fetcher:
        for line in check_lines(settings, fetcher, slugs, datetime.now(UTC)):
            echo(line.text, err=line.failed)
            failures += line.failed
    if failures:
        sys.exit(SOME_FAILED)
