"""The command that tells how a query is read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

import click

from feeds.commands.opening import open_store_of
from feeds.commands.printing import as_text
from feeds.commands.printing import echo
from feeds.settings import load_settings

if TYPE_CHECKING:
    from feeds.settings import Settings
    from feeds.store import Store


@click.command("explain-query")
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of text.")
def explain_query(words: tuple[str, ...], as_json: bool) -> None:
    """Tell how a query is read: its parts, its one form, what it says in words, where it stands, what it finds.

    The words are one query, as if typed into a search box; put it into quotes, as a shell has uses of its own for
    parentheses and quotation marks. A mistake is shown with its place, and the exit status is 1.
    """
    from feeds.query import QuerySyntaxError

    settings = load_settings()
    with open_store_of(settings) as store:
        try:
            found = _query_object(" ".join(words), settings, store)
        except QuerySyntaxError as error:
            raise click.ClickException(f"{error.problem}\n\n{error.caret}") from error
    if as_json:
        echo(as_text(found))
        return
    for name, value in found.items():
        lines = value if isinstance(value, list) else str(value).splitlines() or [""]
        echo(f"{name + ':':<11} {lines[0]}")
        for line in lines[1:]:
            echo(f"{'':<11} {line}")


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
