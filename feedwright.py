"""The command `feedwright`: the one place that knows scrapers, store and web.

Imports wait until a command needs them, so that `--help` answers at once.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import click

if TYPE_CHECKING:
    from flask import Flask

    from feeds.model import Entry
    from feeds.model import EntryQuery
    from feeds.model import Receipt
    from feeds.model import Token
    from feeds.model import Upload
    from feeds.settings import Settings
    from feeds.store import Store
    from feeds.topics import Explanation
    from feeds.topics import Topics
    from feeds.websub import Answer
    from scrapers.fetch import Clock
    from scrapers.ingest import Outcome
    from scrapers.ingest import Plan

_NUMBERS = frozenset({"entries", "new", "changed", "warnings"})
#: Exit status where the command ran and part of the work failed; click uses 1 for errors and 2 for wrong usage.
SOME_FAILED = 3
#: Seconds that a WebSub hub may take to connect, and again to answer.
_HUB_PATIENCE = 5.0


class _Commands(click.Group):
    """Our own errors become one line and exit status 1; only a bug shows a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        from feeds.errors import FeedwrightError

        try:
            return super().invoke(ctx)
        except FeedwrightError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="feedwright")
def main() -> None:
    """Turn what people publish in any shape into entries, and serve them as feeds and a JSON API.

    Settings come from the environment: DATABASE_URL, PUBLIC_BASE_URL, SITE_NAME, SITE_LANGUAGE, PORT,
    WEB_CONCURRENCY, CACHE_BYTES, WRITES_PER_MINUTE, WEBSUB_HUB, TOPICS, AUTHORS, SOURCES, FEEDS,
    FETCH_NETWORKS, CACHE_DIR, IMAGE_PROXY_KEY, SOURCE_DATE_EPOCH.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")


@main.command()
def migrate() -> None:
    """Bring the store's tables up to date (creates the store)."""
    from feeds.store import migrate as migrate_store

    settings = _settings()
    migrate_store(settings.database_url)
    click.echo("The store is up to date.")


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--format", "format_", metavar="NAME", help="Read all documents in this format instead of detecting it.")
@click.option("--source", metavar="SLUG", help="Put all documents into this source instead of asking the rules.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the table.")
def ingest(paths: tuple[str, ...], format_: str | None, source: str | None, as_json: bool) -> None:
    """Read documents (files, folders, shell patterns) into the store.

    Reading the same document again changes nothing. What cannot be read is reported and never stops the rest; then
    the exit status is 3.
    """
    from scrapers.formats import named
    from scrapers.ingest import find_documents
    from scrapers.ingest import ingest as read_all

    settings = _settings()
    if format_ is not None:
        named(format_)
    plan = replace(reading_plan(settings), format=format_, source=source)
    documents = find_documents(paths)
    if not documents:
        raise click.ClickException(f"there are no documents in {', '.join(paths)}")
    gc.set_threshold(100_000, 50, 100)  # documents make many small objects; the usual pace costs a tenth of the time
    with _store(settings, create=True) as store, _announced(store, settings):
        outcomes = list(_with_progress(read_all(documents, store, plan), len(documents)))
    click.echo(_json({"documents": [_outcome(o) for o in outcomes]})) if as_json else _print_outcomes(outcomes)
    if any(outcome.failure for outcome in outcomes):
        sys.exit(SOME_FAILED)


def application() -> Flask:
    """The web application with all that it does, as in `gunicorn 'feedwright:application()'`. Raises `ConfigError`."""
    from web import create_app

    settings = _settings()
    return create_app(settings, ingest=Receiver(settings))


class Receiver:
    """Reads documents that are sent. Parsers and rules are loaded for the first one: the process starts light."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, upload: Upload, store: Store) -> Receipt:
        from feeds.errors import QueryError
        from scrapers.formats import NAMES
        from scrapers.ingest import receive

        if upload.format is not None and upload.format not in NAMES:
            raise QueryError("format", f"{upload.format!r} is no format", NAMES)
        return receive(upload, store, replace(self._rules, now=_now(self._settings)))

    @cached_property
    def _rules(self) -> Plan:
        return reading_plan(self._settings)


def reading_plan(settings: Settings) -> Plan:
    """How documents are read, now."""
    from feeds.aliases import load_aliases
    from feeds.topics import load_topics
    from scrapers.ingest import Plan
    from scrapers.sources import load_sources

    rules = load_topics(settings.topics), load_aliases(settings.authors), load_sources(settings.sources)
    return Plan(*rules, _now(settings))


def _now(settings: Settings) -> datetime:
    return settings.source_date_epoch or datetime.now(UTC)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port; the setting PORT where not given.")
def serve(host: str, port: int | None) -> None:
    """Serve feeds, pages and the API with gunicorn."""
    from feeds.store import open_store

    settings = _settings()
    open_store(settings.database_url, read_only=True).close()
    os.environ["PORT"] = str(port or settings.port)  # what absolute addresses are made of where no public one is set
    address = f"{host}:{os.environ['PORT']}"
    click.echo(f"Serving at http://{address}  (Ctrl-C ends it)")
    _become_gunicorn(address)


@main.command("list")
@click.argument("what", type=click.Choice(["entries", "authors", "topics", "sources", "documents"]), default="entries")
@click.option("--author", metavar="SLUG", multiple=True, help="Only entries by this author; several mean any of them.")
@click.option("--topic", metavar="SLUG", multiple=True, help="Only entries in this topic; several mean any of them.")
@click.option("--source", metavar="SLUG", help="Only entries from this source.")
@click.option("--document", metavar="NAME", help="Only entries of this document.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many entries.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def list_(what: str, as_json: bool, limit: int, **filters: Any) -> None:
    """List entries (newest first), authors, topics, sources or documents."""
    with _store(_settings()) as store:
        if what == "entries":
            rows = [_entry_row(entry) for entry in store.entries(_query(limit, **filters)).entries]
        elif what == "documents":
            rows = [_document_row(report) for report in store.documents()]
        else:
            rows = [{"slug": t.slug, "name": t.name, "entries": t.entries} for t in getattr(store, what)()]
    if as_json:
        click.echo(_json({what: rows}))
        return
    for row in rows:
        click.echo("  ".join(str(value) for value in row.values() if value is not None))


@main.command()
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def show(id: str, as_json: bool) -> None:
    """Show one entry with its text."""
    with _store(_settings()) as store:
        entry = store.entry(_urn(id))
    if as_json:
        click.echo(_json(_entry_object(entry)))
        return
    for name, value in _entry_object(entry).items():
        if name != "text":
            click.echo(f"{name + ':':<11} {', '.join(value) if isinstance(value, list) else value}")
    click.echo(f"\n{entry.content_text}")


@main.command()
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def explain(id: str, as_json: bool) -> None:
    """Tell why an entry is in its topics, and why not in others that came near."""
    from feeds.topics import load_topics

    settings = _settings()
    with _store(settings) as store:
        entry = store.entry(_urn(id))
    topics = load_topics(settings.topics)
    links = [link.url for link in entry.links]
    found = topics.explain(entry.title, entry.content_text, labels=entry.labels, links=links)
    if as_json:
        click.echo(_json({"id": entry.id, "topics": [_explanation(e, topics) for e in found]}))
        return
    for explanation in found:
        click.echo(_explanation(explanation, topics)["why"])
    if not found:
        click.echo("In no topic: none of the words of any topic was found.")


@main.command("explain-query")
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def explain_query(words: tuple[str, ...], as_json: bool) -> None:
    """Tell how a query is read: its parts, its one form, what it says in words, where it stands, what it finds.

    The words are one query, as if typed into a search box; put it into quotes, as a shell has uses of its own for
    parentheses and quotation marks. A mistake is shown with its place, and the exit status is 1.
    """
    from feeds.query import QuerySyntaxError

    settings = _settings()
    with _store(settings) as store:
        try:
            found = _query_object(" ".join(words), settings, store)
        except QuerySyntaxError as error:
            raise click.ClickException(f"{error.problem}\n\n{error.caret}") from error
    if as_json:
        click.echo(_json(found))
        return
    for name, value in found.items():
        lines = value if isinstance(value, list) else str(value).splitlines() or [""]
        click.echo(f"{name + ':':<11} {lines[0]}")
        for line in lines[1:]:
            click.echo(f"{'':<11} {line}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def retopic(as_json: bool) -> None:
    """Find the topics of all entries anew after a change of rules, without reading documents again.

    Ids, dates and "updated" stay as they are; a second run changes nothing.
    """
    from feeds.topics import load_topics

    settings = _settings()
    topics = load_topics(settings.topics)
    with _store(settings) as store, _announced(store, settings):
        done = store.retopic(topics.classify, datetime.now(UTC))
    if as_json:
        counts = {"entries": done.entries, "moved": done.moved, "reasons": done.reasons}
        click.echo(_json({**counts, "gained": dict(done.gained), "lost": dict(done.lost)}))
        return
    for slug in sorted(done.gained.keys() | done.lost.keys()):
        click.echo(f"{slug:<18}  +{done.gained[slug]}  -{done.lost[slug]}")
    click.echo(f"{done.entries} entries: {done.moved} in other topics, {done.reasons} in the same for other reasons")


@main.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the table.")
@click.pass_context
def topics(ctx: click.Context, as_json: bool) -> None:
    """Tell how topics are spread: entries by topic and month, and which topics stand together."""
    from dataclasses import asdict

    from feeds.topics.statistics import lines
    from feeds.topics.statistics import summarise

    if ctx.invoked_subcommand is not None:
        return
    with _store(_settings()) as store:
        found = summarise(store.topic_counts())
    click.echo(_json(asdict(found)) if as_json else "\n".join(lines(found)))


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
    with _store(_settings()) as store:
        done = compare(rules, read_labelled(gold), lambda name: _all(store, EntryQuery(document=name, limit=1000)))
    click.echo("\n".join(lines(done, {topic.slug: topic.name_en for topic in rules}, worst)))


@main.command()
@click.argument("id")
@click.option("--yes", is_flag=True, help="Do not ask.")
def withdraw(id: str, yes: bool) -> None:
    """Withdraw an entry for good: no document that holds it, and no copy of it, brings it back."""
    settings = _settings()
    with _store(settings) as store:
        if not yes:
            click.confirm(f"Withdraw {_called(_urn(id), store)} for good?", abort=True)
        with _announced(store, settings):
            news = store.withdraw(_urn(id), datetime.now(UTC))
    click.echo("Withdrawn for good." if news else "It was withdrawn for good before.")


@main.group()
def tokens() -> None:
    """Tell who may write through the API: send documents, withdraw entries."""


@tokens.command("add")
@click.argument("name")
@click.option("--documents", is_flag=True, help="Allow only to send documents.")
@click.option("--withdraw", is_flag=True, help="Allow only to withdraw entries.")
def add_token(name: str, documents: bool, withdraw: bool) -> None:
    """Make a token called NAME and show it: it is kept nowhere and cannot be shown again.

    Without options it allows everything.
    """
    from feeds.model import Permission
    from feeds.model import Token
    from feeds.tokens import digest
    from feeds.tokens import new_token

    asked = {Permission.DOCUMENTS: documents, Permission.WITHDRAW: withdraw}
    allowed = frozenset(permission for permission, given in asked.items() if given) or frozenset(Permission)
    words = new_token()
    with _store(_settings()) as store:
        if not store.add_token(Token(name, digest(words), allowed, datetime.now(UTC))):
            raise click.ClickException(f"there is a token {name!r}, or was one; choose another name")
    click.echo(words)


@tokens.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def list_tokens(as_json: bool) -> None:
    """List the tokens with what they allow."""
    with _store(_settings()) as store:
        rows = [_token_row(token) for token in store.tokens()]
    if as_json:
        click.echo(_json({"tokens": rows}))
        return
    for row in rows:
        state = f"revoked {row['revoked']}" if row["revoked"] else f"made {row['created']}"
        click.echo(f"{row['name']:<20}  {', '.join(row['allows']):<20}  {state}")


@tokens.command("revoke")
@click.argument("name")
def revoke_token(name: str) -> None:
    """Take the token called NAME back, at once and for good."""
    with _store(_settings()) as store:
        news = store.revoke_token(name, datetime.now(UTC))
    click.echo("Revoked." if news else "It was revoked before.")


def _token_row(token: Token) -> dict[str, Any]:
    revoked = None if token.revoked is None else token.revoked.isoformat(timespec="seconds")
    created = token.created.isoformat(timespec="seconds")
    return {"name": token.name, "allows": sorted(token.permissions), "created": created, "revoked": revoked}


@main.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG...]")
def sync(slugs: tuple[str, ...]) -> None:
    """Fetch every source that is due (or those named, if they are), each once. For a cron; `worker` keeps at it.

    Where some of them failed, the exit status is 3; their entries stay.
    """
    from scrapers.worker.bench import open_bench
    from scrapers.worker.lines import visited_line
    from scrapers.worker.worker import sync as sync_round

    settings, failures = _settings(), 0
    with _store(settings, create=True) as store, open_bench(settings, store, _clock()) as bench:
        for done in sync_round(bench, slugs or None):
            click.echo(visited_line(done))
            failures += done.attempt.error is not None
    if failures:
        sys.exit(SOME_FAILED)


@main.command()
def worker() -> None:
    """Fetch sources as they fall due, until told to stop (SIGTERM, Ctrl-C); any number of workers may run."""
    from scrapers.worker.bench import open_bench
    from scrapers.worker.lines import visited_line
    from scrapers.worker.worker import work

    settings = _settings()
    with _store(settings, create=True) as store, open_bench(settings, store, _clock()) as bench:
        for done in work(bench):
            click.echo(visited_line(done))


@main.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.pass_context
def sources(ctx: click.Context, as_json: bool) -> None:
    """Tell how the sources are that are fetched, those that fail first."""
    from scrapers.worker.lines import health_lines
    from scrapers.worker.lines import health_object

    if ctx.invoked_subcommand is not None:
        return
    with _store(_settings()) as store:
        found = store.source_health()
    now = datetime.now(UTC)
    click.echo(_json({"sources": [health_object(h, now) for h in found]}) if as_json else health_lines(found, now))


@sources.command("add")
@click.argument("url")
@click.option("--write", is_flag=True, help="Add the entry to the file that SOURCES names.")
def add_source(url: str, write: bool) -> None:
    """Look at an address and propose the entry for the sources file: feeds, lists, articles, repositories."""
    from scrapers.worker.bench import open_fetcher
    from scrapers.worker.proposing import append
    from scrapers.worker.proposing import propose

    settings = _settings()
    with open_fetcher(settings, _clock()) as fetcher:
        proposal = propose(url, fetcher)
    click.echo("\n".join(f"# {sentence}" for sentence in proposal.found))
    click.echo(proposal.toml)
    if write:
        append(proposal, settings.sources)


@sources.command("check")
@click.argument("slugs", nargs=-1, metavar="[SLUG...]")
def check_sources(slugs: tuple[str, ...]) -> None:
    """Fetch sources (all, or those named) and show what would be published; nothing is stored."""
    from scrapers.worker.bench import open_fetcher
    from scrapers.worker.proposing import check_lines

    settings, failures = _settings(), 0
    with open_fetcher(settings, _clock()) as fetcher:
        for line in check_lines(settings, fetcher, slugs, datetime.now(UTC)):
            click.echo(line.text, err=line.failed)
            failures += line.failed
    if failures:
        sys.exit(SOME_FAILED)


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", required=True, metavar="URL", help="The address of the other Feedwright.")
@click.option("--token", envvar="PUSH_TOKEN", default="", metavar="TOKEN", help="Better given as PUSH_TOKEN.")
@click.option("--source", metavar="SLUG", help="The source that the document belongs to.")
@click.option("--format", "format_", metavar="NAME", help="The format, instead of detecting it there.")
def push(file: Path, to: str, token: str, source: str | None, format_: str | None) -> None:
    """Send a document to the API of another Feedwright."""
    from scrapers.worker.bench import make_limits
    from scrapers.worker.pushing import push as send

    agent = make_limits(_settings()).agent
    done = send(file, to, token, agent, source=source, format=format_)
    click.echo(_json(done.answer) if done.answer is not None else f"Taken (HTTP {done.status}).")


def _clock() -> Clock:
    """The system's clock; a signal to stop ends every wait."""
    import signal
    import threading

    from scrapers.fetch import Clock

    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    return Clock(lambda: datetime.now(UTC), asked.wait, asked.is_set)


def _called(id: str, store: Store) -> str:
    from feeds.errors import GoneError
    from feeds.titles import display_title

    try:
        return f"“{display_title(store.entry(id))}”"
    except GoneError:
        return id


def _settings() -> Settings:
    from feeds.settings import load_settings

    return load_settings()


@contextmanager
def _store(settings: Settings, *, create: bool = False) -> Iterator[Store]:
    from feeds.errors import SchemaError
    from feeds.store import migrate as migrate_store
    from feeds.store import open_store

    try:
        store = open_store(settings.database_url)
    except SchemaError:
        if not create:
            raise
        migrate_store(settings.database_url)
        store = open_store(settings.database_url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _announced(store: Store, settings: Settings) -> Iterator[None]:
    """Tell the WebSub hub, if there is one, which feeds changed meanwhile: each once, when all is written."""
    if settings.websub_hub is None:
        yield
        return
    before = store.version()
    try:
        yield
    finally:
        from feeds.listing import Site
        from feeds.websub import changed_feeds
        from feeds.websub import publish

        site = Site(settings.public_base_url, settings.site_name, settings.site_language)
        publish(settings.websub_hub, changed_feeds(store.changed_scopes(before), site), _post, time.sleep)


def _post(url: str, form: bytes) -> Answer:
    """Send a form. Raises `OSError` where nothing is answered in time."""
    import httpx

    from feeds.websub import Answer

    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Feedwright"}
    try:
        with (
            httpx.Client(timeout=_HUB_PATIENCE) as client,
            client.stream("POST", url, content=form, headers=headers) as r,
        ):
            return Answer(r.status_code, r.headers.get("Location"))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(f"{type(error).__name__}: {error}") from error


def _query(
    limit: int, author: Sequence[str], topic: Sequence[str], source: str | None, document: str | None
) -> EntryQuery:
    from feeds.model import EntryQuery

    return EntryQuery(authors=tuple(author), topics=tuple(topic), source=source, document=document, limit=limit)


def _with_progress(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    """A bar on the terminal; nothing where standard error is none."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(outcomes, "Reading", total=total, console=console, disable=not console.is_terminal, transient=True)


def _print_outcomes(outcomes: Sequence[Outcome]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(box=None, pad_edge=False)
    for name in ("document", "format", "entries", "new", "changed", "skipped", "warnings"):
        table.add_column(name, overflow="fold", justify="right" if name in _NUMBERS else "left")
    for o in outcomes:
        skipped = ", ".join(f"{count} {reason}" for reason, count in _by_reason(o).items())
        counts = [str(o.entries), str(o.saved.new), str(o.saved.changed)] if o.failure is None else ["failed", "", ""]
        table.add_row(o.name, o.format or "?", *counts, skipped, str(len(o.problems)) if o.problems else "")
    console.print(table)
    for o in outcomes:
        for problem in [*o.problems, *([o.failure] if o.failure else [])]:
            mark = "error" if problem is o.failure else "warning"
            click.echo(f"{mark}: {_place(o.name, problem.line)}: {problem.message}", err=problem is o.failure)
    failed = sum(o.failure is not None for o in outcomes)
    entries, read = sum(o.entries for o in outcomes), len(outcomes) - failed
    click.echo(f"{_number(entries, 'entry', 'entries')} from {_number(read, 'document', 'documents')}, {failed} failed")


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _place(name: str, line: int | None) -> str:
    return name if line is None else f"{name}:{line}"


def _by_reason(outcome: Outcome) -> Counter[str]:
    return Counter(skip.reason for skip in outcome.skips)


def _outcome(o: Outcome) -> dict[str, Any]:
    return {
        "document": o.name,
        "location": o.location,
        "format": o.format,
        "entries": o.entries,
        "new": o.saved.new,
        "changed": o.saved.changed,
        "withdrawn": o.saved.withdrawn,
        "skipped": dict(_by_reason(o)),
        "warnings": [{"line": p.line, "message": p.message} for p in o.problems],
        "failure": {"line": o.failure.line, "message": o.failure.message} if o.failure else None,
    }


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
        "document": _place(entry.document.name, entry.place.lines[0] if entry.place.lines else None),
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


def _query_object(words: str, settings: Settings, store: Store) -> dict[str, Any]:
    from feeds.addresses import SEARCH
    from feeds.addresses import refined_path
    from feeds.formats import FORMATS
    from feeds.model import EntryQuery
    from feeds.query import Directory
    from feeds.query import Query
    from feeds.query import narrowed
    from feeds.query import parse
    from feeds.query import sentence
    from feeds.query.outline import outline
    from feeds.topics import load_topics

    topics, is_zh = load_topics(settings.topics), settings.site_language.lower().startswith("zh")
    names = {topic.slug: topic.name_zh if is_zh else topic.name_en for topic in topics}
    directory = Directory(store, topics, names)
    query = parse(words, directory)
    path = refined_path(SEARCH, Query(query.tree).canonical, query.role)
    stem, mark, parameters = path.partition("?")
    return {
        "tree": "\n".join(outline(query)),
        "canonical": query.canonical,
        "en": sentence(query, directory, "en"),
        "zh": sentence(query, directory, "zh"),
        "page": settings.public_base_url + path,
        "feeds": [f"{settings.public_base_url}{stem}{suffix}{mark}{parameters}" for suffix in FORMATS],
        "entries": store.count(narrowed(EntryQuery(), query)),
    }


def _explanation(explanation: Explanation, topics: Topics) -> dict[str, Any]:
    from feeds.topics.sentences import why
    from feeds.topics.sentences import why_not

    e, name = explanation, topics.get(explanation.slug).name_en
    evidence = [{"rule": found.rule, "words": found.words, "place": found.place} for found in e.evidence]
    told = why(name, e.evidence, e.score) if e.given else why_not(name, e.evidence, e.score, e.needed)
    figures = {"score": e.score, "needed": e.needed, "given": e.given}
    return {"topic": e.slug, **figures, "evidence": evidence, "why": told}


def _all(store: Store, query: EntryQuery) -> Iterator[Entry]:
    """All entries of a query, page by page."""
    while True:
        page = store.entries(query)
        yield from page.entries
        if page.next is None:
            return
        query = replace(query, cursor=page.next)


def _urn(id: str) -> str:
    return id if id.startswith("urn:") else f"urn:uuid:{id}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _become_gunicorn(address: str) -> None:
    from gunicorn.app.wsgiapp import run

    sys.argv = ["gunicorn", "--config", "python:web.server", "--bind", address, "feedwright:application()"]
    run()


def _add_commands() -> None:
    from web.commands.export import export

    main.add_command(export)


_add_commands()

if __name__ == "__main__":
    main()
