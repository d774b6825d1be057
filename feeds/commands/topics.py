"""Commands about topics: how they are spread, how good the rules are, and giving them anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.commands.opening import open_store_of
from feeds.commands.printing import as_text
from feeds.commands.printing import echo
from feeds.settings import load_settings

if TYPE_CHECKING:
    from feeds.model import Entry
    from feeds.model import EntryQuery
    from feeds.store import Store


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the table.")
@click.pass_context
def topics(ctx: click.Context, as_json: bool) -> None:
    """Tell how topics are spread: entries by topic and month, and which topics stand together."""
    from dataclasses import asdict

    from feeds.topics.statistics import lines
    from feeds.topics.statistics import summarise

    if ctx.invoked_subcommand is not None:
        return
    with open_store_of(load_settings()) as store:
        found = summarise(store.topic_counts())
    echo(as_text(asdict(found)) if as_json else "\n".join(lines(found)))


@topics.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--gold", type=click.Path(path_type=Path), default=Path("gold"), show_default=True, metavar="DIR")
@click.option("--worst", type=click.IntRange(0, 1000), default=20, show_default=True, help="So many errors are listed.")
def check(file: Path, gold: Path, worst: int) -> None:
    """Score the rules in FILE against entries that people labelled, and list the worst errors with their reasons.

    DIR holds a JSON file a document: its name, and the first words and the topics of each entry. The documents must
    have been ingested; with which rules does not matter.
    """
    from feeds.model import EntryQuery
    from feeds.topics import load_topics
    from feeds.topics.checking import check as compare
    from feeds.topics.checking import lines
    from feeds.topics.checking import read_labelled

    rules = load_topics(file)
    with open_store_of(load_settings()) as store:
        done = compare(rules, read_labelled(gold), lambda name: _all(store, EntryQuery(document=name, limit=1000)))
    echo("\n".join(lines(done, {topic.slug: topic.name_en for topic in rules}, worst)))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def retopic(as_json: bool) -> None:
    """Find the topics of all entries anew after a change of rules, without reading documents again.

    Ids, dates and "updated" stay as they are; a second run changes nothing.
    """
    from feeds.announcing import announced
    from feeds.topics import load_topics

    settings = load_settings()
    topics = load_topics(settings.topics)
    with open_store_of(settings) as store, announced(store, settings):
        done = store.retopic(topics.classify, datetime.now(UTC))
    if as_json:
        counts = {"entries": done.entries, "moved": done.moved, "reasons": done.reasons}
        echo(as_text({**counts, "gained": dict(done.gained), "lost": dict(done.lost)}))
        return
    for slug in sorted(done.gained.keys() | done.lost.keys()):
        echo(f"{slug:<18}  +{done.gained[slug]}  -{done.lost[slug]}")
    echo(f"{done.entries} entries: {done.moved} in other topics, {done.reasons} in the same for other reasons")


def _all(store: Store, query: EntryQuery) -> Iterator[Entry]:
    """All entries of a query, page by page."""
    while True:
        page = store.entries(query)
        yield from page.entries
        if page.next is None:
            return
        query = replace(query, cursor=page.next)
