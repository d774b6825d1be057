"""Answers of the API: one thing as JSON; a list as a page in JSON, or all of it as NDJSON or CSV, streamed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlencode

from flask import Response
from flask import request

from web.api.cursors import key_cursor
from web.api.cursors import read_key
from web.api.cursors import seal
from web.api.cursors import unseal
from web.api.given import Given
from web.api.given import Parameter
from web.api.parameters import CURSOR
from web.api.parameters import DEFAULT_LIMIT
from web.api.parameters import FORM
from web.api.parameters import LIMIT
from web.api.resources import Keys
from web.api.resources import Resource
from web.api.resources import T
from web.api.resources import shown
from web.cache import Rendered
from web.conditional import REVALIDATE
from web.conditional import answer
from web.state import State

JSON = "application/json"
NDJSON = "application/x-ndjson"
CSV = "text/csv"
#: By what a client may call them; the first one of a form is what we call it.
MEDIA_TYPES = {
    JSON: "json",
    NDJSON: "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    CSV: "csv",
}
#: Things of a stream that are read at once.
_STEP = 500
#: The key that tells most of a part of a thing.
_NAMES = ("slug", "name", "entry", "url", "message", "reason")
#: What a spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection), also in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a list, and the cursor behind it; None at the end."""

    items: Sequence[Resource]
    next: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as an answer sees it."""

    #: The part behind a cursor, with at most so many.
    read: Callable[[str | None, int], Slice]
    #: What its cursors belong to; see `Given.scope`.
    scope: str
    #: The keys of its things.
    keys: Sequence[str]
    #: What a page tells beside its things.
    more: Callable[[], Mapping[str, object]] = dict


def answer_list(listed: Listed, given: Given, state: State) -> Response:
    """The list in the form that is asked for."""
    after = unseal(given[CURSOR], listed.scope) if given[CURSOR] else None
    form = given[FORM] or _accepted()
    if form == "json":
        response = _page(listed, after, given[LIMIT] or DEFAULT_LIMIT, state)
    else:
        response = _stream(form, listed, after, given[LIMIT])
    response.vary.add("Accept")
    return response


def answer_json(value: Mapping[str, object]) -> Response:
    """A value as JSON, with a tag to ask again with."""
    return answer(rendered(value), REVALIDATE)


def rendered(value: Mapping[str, object]) -> Rendered:
    """A value as JSON, in letters as they are."""
    return Rendered(_json(value).encode() + b"\n", f"{JSON}; charset=utf-8")


def by_key(
    keys: Keys[T],
    read: Callable[[str, int], Sequence[T]],
    given: Given,
    state: State,
    only: Parameter[tuple[str, ...]],
    path: str,
) -> Response:
    """A list in the order of the first of `keys`: what comes and goes between two pages moves nothing.

    `read` gives the things behind a key, at most so many.
    """
    name, key_of = next(iter(keys.items()))

    def part(cursor: str | None, limit: int) -> Slice:
        found = read(read_key(cursor) if cursor else "", limit + 1)
        more = len(found) > limit
        following = key_cursor(str(key_of(found[limit - 1], state))) if more else None
        return Slice([shown(keys, one, state, given[only]) for one in found[:limit]], following)

    return answer_list(Listed(part, path, kept_keys(keys, given[only])), given, state)


def kept_keys(keys: Iterable[str], only: Sequence[str]) -> list[str]:
    """The keys that are shown where only these are asked for; the first one always is."""
    return [key for index, key in enumerate(keys) if not only or key in only or index == 0]


def link(cursor: str, state: State, parameter: str = "cursor") -> str:
    """The address of the same request behind a cursor. It begins with the path, for the client to join with the address
    that it used: it may reach us by another one than PUBLIC_BASE_URL, and the Host header is not to be trusted.
    """
    parameters = {**request.args.to_dict(), parameter: cursor}
    return f"{state.site.local(request.path)}?{urlencode(parameters)}"


def _page(listed: Listed, after: str | None, limit: int, state: State) -> Response:
    found = listed.read(after, limit)
    following = link(seal(found.next, listed.scope), state) if found.next else None
    response = answer_json({"data": found.items, "next": following, **listed.more()})
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _accepted() -> str:
    """The form that the client likes best; JSON for those who like everything, or nothing that we have."""
    accepted = request.accept_mimetypes
    best = max(MEDIA_TYPES, key=lambda name: accepted[name] if accepted[name] > accepted[JSON] else -1.0)
    return MEDIA_TYPES[best] if accepted[best] > accepted[JSON] else "json"


def _stream(form: str, listed: Listed, after: str | None, most: int | None) -> Response:
    """The first part is read before the answer begins, so that what cannot be answered is still told by the status."""
    parts = _parts(listed, after, most)
    first = next(parts)
    written = _lines(chain([first], parts)) if form == "ndjson" else _rows(listed.keys, chain([first], parts))
    media_type = NDJSON if form == "ndjson" else CSV
    response = Response(written, content_type=f"{media_type}; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _parts(listed: Listed, after: str | None, most: int | None) -> Iterator[Sequence[Resource]]:
    left, cursor = most, after
    while True:
        found = listed.read(cursor, _STEP if left is None else min(_STEP, left))
        yield found.items
        left = None if left is None else left - len(found.items)
        if found.next is None or left == 0:
            return
        cursor = found.next


def _lines(parts: Iterable[Sequence[Resource]]) -> Iterator[str]:
    for part in parts:
        yield "".join(f"{_json(item)}\n" for item in part)


def _rows(keys: Sequence[str], parts: Iterable[Sequence[Resource]]) -> Iterator[str]:
    """RFC 4180, with a line of names; what has parts is told by their names, with semicolons between them."""
    yield _csv([keys])
    for part in parts:
        yield _csv([_cell(item[key]) for key in keys] for item in part)


def _csv(rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def _cell(value: object) -> object:
    """A number as it is; words so that no spreadsheet takes them for a formula."""
    if value is None or isinstance(value, int | float):
        return value
    words = _words(value)
    return f"'{words}" if words.startswith(_FORMULA) else words


def _words(value: object) -> str:
    if isinstance(value, Mapping):
        return str(
            next((value[key] for key in ("slug", "name", "entry", "url", "message", "reason") if key in value), "")
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(map(_words, value))
    return str(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
