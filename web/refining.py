"""What the parameters of an address ask of a listing: a query, a role, one entry of each story."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace

from feeds.addresses import ENTRIES
from feeds.addresses import SEARCH
from feeds.addresses import refined_path
from feeds.errors import QueryError
from feeds.model import EntryQuery
from feeds.query import Query
from feeds.query import names_authors
from feeds.query import narrowed
from feeds.query import parse
from feeds.query import sentence
from feeds.query import words
from feeds.query.narrowing import as_tree
from web.naming import directory
from web.parameters import ROLES
from web.parameters import read_collapse
from web.selections import Selection
from web.selections import collapsed
from web.selections import combined
from web.selections import select
from web.selections import select_entries
from web.selections import select_search
from web.state import State


def asked_for(names: Sequence[tuple[str, Sequence[str]]], given: Mapping[str, str], state: State) -> Selection:
    """A listing of any kind with what its parameters ask for: `q`, `role` and `collapse`.

    `names` are such as `[("authors", ["ada"]), ("topics", ["rag", "agents"])]`, `[("feeds", ["NAME"])]`,
    `[("search", [])]`, or none for all entries. Raises `NotFoundError` and `QueryError`.
    """
    parts = [select_search() if f"/{kind}" == SEARCH else select(kind, slugs, state) for kind, slugs in names]
    chosen = combined(*parts) if len(parts) == 2 else parts[0] if parts else select_entries(state)
    return collapsed(refined(chosen, given, state)) if read_collapse(given) else refined(chosen, given, state)


def refined(selection: Selection, given: Mapping[str, str], state: State) -> Selection:
    """The entries of a listing for which `q` holds too, by people in that `role`. Raises `QueryError`.

    A role that makes no difference is left out of the address.
    """
    names = directory(state)
    language = state.settings.site_language
    asked = parse(given.get("q", ""), names)
    is_search = selection.path == SEARCH
    base = EntryQuery() if is_search and asked.tree is not None else selection.query
    query = narrowed(replace(base, role=_role(given) or base.role), asked)
    if not (query.authors or names_authors(query.where)):
        query = replace(query, role=base.role)
    if query == selection.query:
        return selection
    role = query.role if query.role != base.role else None
    told = words(replace(asked, role=role), names, language)
    described = sentence(Query(as_tree(query), role), names, language)
    return replace(
        selection,
        path=refined_path(selection.path, Query(asked.tree).canonical, role),
        title=told if selection.path in {SEARCH, ENTRIES} else f"{selection.title} · {told}",
        description=described if query.document is None else f"{selection.title}: {described}",
        query=query,
        words=Query(asked.tree).canonical,
        count=None,
    )


def _role(given: Mapping[str, str]) -> str | None:
    role = given.get("role") or None
    if role is not None and role not in ROLES:
        raise QueryError("role", f"{role!r} is no role", ROLES)
    return role
