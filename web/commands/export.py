"""`feedwright export`: the site as files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feeds.commands.printing import echo

if TYPE_CHECKING:
    from web.export import Exported
    from web.export import Outcome

#: Addresses without a file that are named, of many.
_NAMED = 10


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option("--anew", is_flag=True, help="Make every file again, also what did not change since the last export.")
@click.option("--processes", type=click.IntRange(1, 64), help="How many share the work; one a core otherwise.")
def export(folder: Path, anew: bool, processes: int | None) -> None:
    """Write the whole site into DIR as files, for any web server or CDN.

    See docs/export.md. PUBLIC_BASE_URL is where the files will be served. A second export makes and writes only what
    changed and removes what is gone; files in DIR that no export made stay as they are.
    """
    from feeds.processes import cores
    from feeds.settings import load_settings
    from web.export import export_site

    count = processes or cores()
    done = export_site(load_settings(), folder, _with_progress, processes=count, anew=anew)
    skipped = f" ({done.skipped} of them not made again)" if done.skipped else ""
    echo(f"{done.written} written, {done.unchanged} unchanged{skipped}, {done.removed} removed")
    _tell(done)


def _tell(done: Exported) -> None:
    for leaving in done.left[:_NAMED]:
        echo(f"warning: {leaving.path} has no file: {leaving.why}", err=True)
    if len(done.left) > _NAMED:
        echo(f"warning: and {len(done.left) - _NAMED} more have none", err=True)
    if done.moved:
        echo("warning: the store changed meanwhile; export again, so that all files tell of one time", err=True)


def _with_progress(outcomes: Iterable[Outcome], total: int) -> Iterable[Outcome]:
    """A bar on the terminal; nothing where standard error is none."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(outcomes, "Writing", total, console=console, disable=not console.is_terminal, transient=True)
