"""Commands about entries: what there is, one of them, why it is in its topics, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any

import click

from feeds.commands.opening import open_store_of
from feeds.commands.printing import as_text
from feeds.commands.printing import echo
from feeds.commands.printing import placed
from feeds.settings import load_settings

if TYPE_CHECKING:
    from feeds.model import Entry
    from feeds.model import EntryQuery
    from feeds.store import Store
    from feeds.topics import Topics
    from feeds.topics.scoring import Explanation


@click.command("list")
@click.argument("what", type=click.Choice(["entries", "authors", "topics", "sources", "documents"]), default="entries")
@click.option("--author", metavar="SLUG", multiple=True, help="Only entries by this author; several mean any of them.")
@click.option("--topic", metavar="SLUG", multiple=True, help="Only entries in this topic; several mean any of them.")
@click.option("--source", metavar="SLUG", help="Only entries from this source.")
@click.option("--document", metavar="NAME", help="Only entries of this document.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many entries.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def list_(what: str, as_json: bool, limit: int, **filters: Any) -> None:
    """List entries (newest first), authors, topics, sources or documents."""
    with open_store_of(load_settings()) as store:
        if what == "entries":
            rows = [_entry_row(entry) for entry in store.entries(_query(limit, **filters)).entries]
        elif what == "documents":
            rows = [_document_row(report) for report in store.documents()]
        else:
            rows = [{"slug": t.slug, "name": t.name, "entries": t.entries} for t in getattr(store, what)()]
    if as_json:
        echo(as_text({what: rows}))
        return
    for row in rows:
        echo("  ".join(str(value) for value in row.values() if value is not None))


@click.command()
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def show(id: str, as_json: bool) -> None:
    """Show one entry with its text."""
    with open_store_of(load_settings()) as store:
        entry = store.entry(_urn(id))
    if as_json:
        echo(as_text(_entry_object(entry)))
        return
    for name, value in _entry_object(entry).items():
        if name != "text":
            echo(f"{name + ':':<11} {', '.join(value) if isinstance(value, list) else value}")
    echo(f"\n{entry.content_text}")


@click.command()
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def explain(id: str, as_json: bool) -> None:
    """Tell why an entry is in its topics, and why not in others that came near."""
    from feeds.topics import load_topics

    settings = load_settings()
    with open_store_of(settings) as store:
        entry = store.entry(_urn(id))
    topics = load_topics(settings.topics)
    links = [link.url for link in entry.links]
    found = topics.explain(entry.title, entry.content_text, labels=entry.labels, links=links)
    if as_json:
        echo(as_text({"id": entry.id, "topics": [_explanation(e, topics) for e in found]}))
        return
    for explanation in found:
        echo(_explanation(explanation, topics)["why"])
    if not found:
        echo("In no topic: none of the words of any topic was found.")


@click.command()
@click.argument("id")
@click.option("--yes", is_flag=True, help="Do not ask.")
def withdraw(id: str, yes: bool) -> None:
    """Withdraw an entry for good: no document that holds it, and no copy of it, brings it back."""
    from feeds.announcing import announced

    settings = load_settings()
    with open_store_of(settings) as store:
        if not yes:
            click.confirm(f"Withdraw {_called(_urn(id), store)} for good?", abort=True)
        with announced(store, settings):
            news = store.withdraw(_urn(id), datetime.now(UTC))
    echo("Withdrawn for good." if news else "It was withdrawn for good before.")


def _query(
    limit: int, author: Sequence[str], topic: Sequence[str], source: str | None, document: str | None
) -> EntryQuery:
    from feeds.model import EntryQuery

    return EntryQuery(authors=tuple(author), topics=tuple(topic), source=source, document=document, limit=limit)


def _entry_row(entry: Entry) -> dict[str, Any]:
    from feeds.titles import display_title

    date = entry.published.date.isoformat() if entry.published.date else "undated   "
    people = ", ".join(person.name for person in entry.people)
    return {"id": entry.id, "date": date, "title": display_title(entry), "people": people or None}


def _entry_object(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "people": [f"{p.name} ({p.role})" for p in entry.people],
        "published": entry.published.date.isoformat() if entry.published.date else "unknown",
        "updated": entry.updated.isoformat(),
        "source": entry.source.slug,
        "document": placed(entry.document.name, entry.place.lines[0] if entry.place.lines else None),
        "url": entry.url,
        "topics": [hit.slug for hit in entry.topics],
        "text": entry.content_text,
    }


def _document_row(report: Any) -> dict[str, Any]:
    return {
        "name": report.info.name,
        "format": report.info.format,
        "entries": report.entries,
        "skipped": len(report.skips),
        "warnings": len(report.problems),
        "failure": report.failure,
    }


def _explanation(explanation: Explanation, topics: Topics) -> dict[str, Any]:
    from feeds.topics.sentences import why
    from feeds.topics.sentences import why_not

    e, name = explanation, topics.get(explanation.slug).name_en
    evidence = [{"rule": found.rule, "words": found.words, "place": found.place} for found in e.evidence]
    told = why(name, e.evidence, e.score) if e.given else why_not(name, e.evidence, e.score, e.needed)
    figures = {"score": e.score, "needed": e.needed, "given": e.given}
    return {"topic": e.slug, **figures, "evidence": evidence, "why": told}


def _called(id: str, store: Store) -> str:
    from feeds.errors import GoneError
    from feeds.titles import display_title

    try:
        return f"“{display_title(store.entry(id))}”"
    except GoneError:
        return id


def _urn(id: str) -> str:
    return id if id.startswith("urn:") else f"urn:uuid:{id}"
