"""The command that reads documents into the store."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from collections.abc import Sequence
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
from scrapers.fingerprint import fingerprint
from scrapers.paths import find_documents
from scrapers.paths import in_order
from scrapers.plans import reading_time
from scrapers.unchanged import Unchanged
from scrapers.unchanged import way_of

if TYPE_CHECKING:
    from pathlib import Path

    from feeds.settings import Settings
    from feeds.store import Store
    from scrapers.outcome import Outcome


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "format_", metavar="NAME", help="Read all documents in this format instead of detecting it.")
@click.option("--source", metavar="SLUG", help="Put all documents into this source instead of asking the rules.")
@click.option("--again", is_flag=True, help="Read also what has not changed since it was read last.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the table.")
def ingest(paths: tuple[str, ...], format_: str | None, source: str | None, again: bool, as_json: bool) -> None:
    """Read documents (files, folders, shell patterns) into the store.

    Reading the same document again changes nothing; it is not even read, as long as the rules and the program are the
    same too. What cannot be read is reported and never stops the rest; then the exit status is 3.
    """
    # Modules and documents make many small objects; looking for circles at the usual pace costs a tenth of the time.
    gc.set_threshold(100_000, 50, 100)
    settings = load_settings()
    documents = find_documents(paths)
    if not documents:
        raise click.ClickException(f"there are no documents in {', '.join(paths)}")
    with open_store_of(settings, create=True) as store:
        outcomes = None if again else _unchanged(documents, store, settings, format_, source)
        if outcomes is None:
            outcomes = _read(documents, store, settings, format_, source, again)
    echo(as_text({"documents": [outcome_object(o) for o in outcomes]})) if as_json else print_outcomes(outcomes)
    if any(outcome.failure for outcome in outcomes):
        sys.exit(SOME_FAILED)


def _unchanged(
    documents: Sequence[Path], store: Store, settings: Settings, format: str | None, source: str | None
) -> list[Outcome] | None:
    """What all of them give, where none must be read: then nothing that reads is loaded."""
    way = way_of(fingerprint(settings), format, source)
    return Unchanged(documents, store, way, reading_time(settings)).all(in_order(documents))


def _read(
    documents: Sequence[Path], store: Store, settings: Settings, format: str | None, source: str | None, again: bool
) -> list[Outcome]:
    from feeds.announcing import announced
    from feeds.processes import cores
    from scrapers.ahead import PROCESSES
    from scrapers.formats import named
    from scrapers.ingest import ingest as read_all
    from scrapers.plans import reading_plan

    if format is not None:
        named(format)
    plan = replace(reading_plan(settings), format=format, source=source, again=again)
    gc.freeze()  # what was loaded stays; looking through it again and again costs a twentieth of the time
    with announced(store, settings):
        processes = min(PROCESSES, cores())
        return list(_with_progress(read_all(documents, store, plan, processes), len(documents)))


def _with_progress(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    """A bar on the terminal; nothing where standard error is none."""
    if not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(outcomes, "Reading", total=total, console=Console(stderr=True), transient=True)
