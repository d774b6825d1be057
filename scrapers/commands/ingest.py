"""The command that reads documents into the store."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from feeds.commands.opening import open_store_of
from feeds.commands.printing import SOME_FAILED
from feeds.commands.printing import as_text
from feeds.commands.printing import echo
from feeds.settings import load_settings
from scrapers.commands.outcomes import outcome_object
from scrapers.commands.outcomes import print_outcomes

if TYPE_CHECKING:
    from scrapers.ingest import Outcome


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "format_", metavar="NAME", help="Read all documents in this format instead of detecting it.")
@click.option("--source", metavar="SLUG", help="Put all documents into this source instead of asking the rules.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the table.")
def ingest(paths: tuple[str, ...], format_: str | None, source: str | None, as_json: bool) -> None:
    """Read documents (files, folders, shell patterns) into the store.

    Reading the same document again changes nothing. What cannot be read is reported and never stops the rest; then
    the exit status is 3.
    """
    from feeds.announcing import announced
    from scrapers.formats import named
    from scrapers.ingest import find_documents
    from scrapers.ingest import ingest as read_all
    from scrapers.plans import reading_plan

    settings = load_settings()
    if format_ is not None:
        named(format_)
    plan = replace(reading_plan(settings), format=format_, source=source)
    documents = find_documents(paths)
    if not documents:
        raise click.ClickException(f"there are no documents in {', '.join(paths)}")
    gc.set_threshold(100_000, 50, 100)  # documents make many small objects; the usual pace costs a tenth of the time
    with open_store_of(settings, create=True) as store, announced(store, settings):
        outcomes = list(_with_progress(read_all(documents, store, plan), len(documents)))
    echo(as_text({"documents": [outcome_object(o) for o in outcomes]})) if as_json else print_outcomes(outcomes)
    if any(outcome.failure for outcome in outcomes):
        sys.exit(SOME_FAILED)


def _with_progress(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    """A bar on the terminal; nothing where standard error is none."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(outcomes, "Reading", total=total, console=console, disable=not console.is_terminal, transient=True)
