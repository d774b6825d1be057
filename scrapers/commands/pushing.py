"""The command that sends a document to another Feedwright."""

from __future__ import annotations

from pathlib import Path

import click

from feeds.commands.printing import as_text
from feeds.commands.printing import echo
from feeds.settings import load_settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", required=True, metavar="URL", help="The address of the other Feedwright.")
@click.option("--token", envvar="PUSH_TOKEN", default="", metavar="TOKEN", help="Better given as PUSH_TOKEN.")
@click.option("--source", metavar="SLUG", help="The source that the document belongs to.")
@click.option("--format", "format_", metavar="NAME", help="The format, instead of detecting it there.")
def push(file: Path, to: str, token: str, source: str | None, format_: str | None) -> None:
    """Send a document to the API of another Feedwright."""
    from scrapers.worker.bench import make_limits
    from scrapers.worker.pushing import push as send

    agent = make_limits(load_settings()).agent
    done = send(file, to, token, agent, source=source, format=format_)
    echo(as_text(done.answer) if done.answer is not None else f"Taken (HTTP {done.status}).")
