"""The command that serves."""

from __future__ import annotations

import os
import sys

import click

from feeds.settings import load_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port; the setting PORT where not given.")
def serve(host: str, port: int | None) -> None:
    """Serve feeds, pages and the API with gunicorn."""
    from feeds.store import open_store

    settings = load_settings()
    open_store(settings.database_url, read_only=True).close()
    os.environ["PORT"] = str(port or settings.port)  # what absolute addresses are made of where no public one is set
    address = f"{host}:{os.environ['PORT']}"
    click.echo(f"Serving at http://{address}  (Ctrl-C ends it)")
    _become_gunicorn(address)


def _become_gunicorn(address: str) -> None:
    from gunicorn.app.wsgiapp import run

    sys.argv = [
        "gunicorn",
        "--config",
        "python:web.server",
        "--bind",
        address,
        "--keep-alive",
        "5",
        "feedwright:application()",
    ]
    run()
