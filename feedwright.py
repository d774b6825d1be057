"""The command `feedwright`: the one place that knows scrapers, store and web.

Each command stands with its layer and is loaded when it is called, so that `--help` answers at once.
"""

from __future__ import annotations

import atexit
import gc
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING
from typing import Any

import click

if TYPE_CHECKING:
    from flask import Flask

    from feeds.model import Receipt
    from feeds.model import Upload
    from feeds.settings import Settings
    from feeds.store import Store
    from scrapers.pipeline import Plan


#: Where the commands stand, and their lines in the list of them: what the help of each begins with.
COMMANDS = {
    "feeds.commands.entries": {
        "explain": "Tell why an entry is in its topics, and why not in others that came near.",
        "list": "List entries (newest first), authors, topics, sources or documents.",
        "show": "Show one entry with its text.",
        "withdraw": "Withdraw an entry for good: no document that holds it, and no copy of it, brings it back.",
    },
    "feeds.commands.pruning": {
        "prune": "Take entries out that are older than so many days, for good, and drop texts that nobody sees.",
    },
    "feeds.commands.queries": {
        "explain-query": "Tell how a query is read: its parts, its one form, what it says in words, where it stands, "
        "what it finds.",
    },
    "feeds.commands.store": {
        "copy-store": "Copy the store at the address FROM into the one at TO, of the same or of the other database.",
        "migrate": "Bring the store's tables up to date (creates the store).",
    },
    "feeds.commands.tokens": {"tokens": "Tell who may write through the API: send documents, withdraw entries."},
    "feeds.commands.topics": {
        "retopic": "Find the topics of all entries anew after a change of rules, without reading documents again.",
        "topics": "Tell how topics are spread: entries by topic and month, and which topics stand together.",
    },
    "scrapers.commands.ingest": {"ingest": "Read documents (files, folders, shell patterns) into the store."},
    "scrapers.commands.pushing": {"push": "Send a document to the API of another Feedwright."},
    "scrapers.commands.sources": {"sources": "Tell how the sources are that are fetched, those that fail first."},
    "scrapers.commands.working": {
        "sync": "Fetch every source that is due (or those named, if they are), each once.",
        "worker": "Fetch sources as they fall due, until told to stop (SIGTERM, Ctrl-C); any number of workers may "
        "run.",
    },
    "web.commands.export": {"export": "Write the whole site into DIR as files, for any web server or CDN."},
    "web.commands.serve": {"serve": "Serve feeds, pages and the API with gunicorn."},
}
_LINES = {name: line for commands in COMMANDS.values() for name, line in commands.items()}


class _Commands(click.Group):
    """Commands are loaded when called; our own errors become one line and status 1; only a bug shows a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_LINES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """What the list of commands needs to know of one."""
        return click.Command(cmd_name, help=_LINES[cmd_name]) if cmd_name in _LINES else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called, with all that it does."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(name) if name in _LINES else command, rest

    def invoke(self, ctx: click.Context) -> Any:
        from feeds.errors import FeedwrightError
        from feeds.visible import visible

        try:
            return super().invoke(ctx)
        except FeedwrightError as error:
            raise click.ClickException(visible(str(error))) from error


def load(name: str) -> click.Command:
    """A command, from where it stands."""
    module = import_module(next(module for module, commands in COMMANDS.items() if name in commands))
    return next(found for found in vars(module).values() if isinstance(found, click.Command) and found.name == name)


def _tell_version(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked:
        from feeds.version import present_version

        click.echo(f"feedwright, version {present_version()}")
        ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_tell_version, help="Tell which.")
def main() -> None:
    """Turn what people publish in any shape into entries, and serve them as feeds and a JSON API.

    Settings come from the environment: DATABASE_URL, PUBLIC_BASE_URL, SITE_NAME, SITE_LANGUAGE, PORT,
    WEB_CONCURRENCY, DATABASE_CONNECTIONS, STORE_READONLY, ALLOW_EPHEMERAL, CACHE_BYTES,
    WRITES_PER_MINUTE, READS_PER_MINUTE, TRUSTED_PROXIES, WEBSUB_HUB, KEEP_DAYS,
    TOPICS, AUTHORS, SOURCES, FEEDS, FETCH_NETWORKS, CACHE_DIR,
    IMAGE_PROXY_KEY, METRICS_TOKEN, SOURCE_DATE_EPOCH.
    """
    from feeds.visible import log_plainly

    log_plainly()
    # Else the interpreter looks through all modules for circles before it ends: a sixth of a short command.
    atexit.register(gc.freeze)


def application() -> Flask:
    """The web application with all that it does, as in `gunicorn 'feedwright:application()'`. Raises `ConfigError`."""
    from feeds.announcing import Announcer
    from feeds.settings import load_settings
    from feeds.visible import log_plainly
    from web import create_app

    log_plainly()
    settings = load_settings()
    return create_app(settings, ingest=Receiver(settings), announced=Announcer(settings).announced)


class Receiver:
    """Reads documents that are sent. Parsers and rules are loaded for the first one: the process starts light."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, upload: Upload, store: Store) -> Receipt:
        from feeds.errors import QueryError
        from scrapers.formats import NAMES
        from scrapers.pipeline import receive
        from scrapers.plans import reading_time

        if upload.format is not None and upload.format not in NAMES:
            raise QueryError("format", f"{upload.format!r} is no format", NAMES)
        return receive(upload, store, replace(self._rules, now=reading_time(self._settings)))

    @cached_property
    def _rules(self) -> Plan:
        from scrapers.plans import reading_plan

        return reading_plan(self._settings)


if __name__ == "__main__":
    main()
