"""`feedwright export`: the site as files."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.commands.printing import echo

if TYPE_CHECKING:
    from web.export import Exported
    from web.export.files import Address

#: Addresses without a file that are named, of many.
_NAMED = 10


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def export(folder: Path) -> None:
    """Write the whole site into DIR as files, for any web server or CDN.

    See docs/export.md. PUBLIC_BASE_URL is where the files will be served. A second export writes only what changed and
    removes what is gone; files in DIR that no export made stay as they are.
    """
    from feeds.settings import load_settings
    from web.export import export_site

    done = export_site(load_settings(), folder, _with_progress)
    echo(f"{done.written} written, {done.unchanged} unchanged, {done.removed} removed")
    _tell(done)


def _tell(done: Exported) -> None:
    for leaving in done.left[:_NAMED]:
        echo(f"warning: {leaving.path} has no file: {leaving.why}", err=True)
    if len(done.left) > _NAMED:
        echo(f"warning: and {len(done.left) - _NAMED} more have none", err=True)
    if done.moved:
        echo("warning: the store changed meanwhile; export again, so that all files tell of one time", err=True)


def _with_progress(files: Sequence[tuple[str, Address]]) -> Iterable[tuple[str, Address]]:
    """A bar on the terminal; nothing where standard error is none."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(files, "Writing", console=console, disable=not console.is_terminal, transient=True)
