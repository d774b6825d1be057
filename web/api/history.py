"""What became of entries: their texts, and the changes that mirrors follow."""

from __future__ import annotations

from flask import Response

from feeds.model import Change
from web.api.answering import answer_json
from web.api.answering import link
from web.api.given import Given
from web.api.parameters import CHANGES_SINCE
from web.api.parameters import DEFAULT_LIMIT
from web.api.parameters import LIMIT
from web.api.parameters import SAMPLE_ENTRY
from web.api.parameters import fields_of
from web.api.parameters import path_id
from web.api.resources import ENTRY
from web.api.resources import Resource
from web.api.resources import moment
from web.api.resources import shown
from web.history import Edit
from web.history import edits
from web.state import State

ID = path_id("entry", SAMPLE_ENTRY)
FIELDS = fields_of(ENTRY)


def revisions(given: Given, state: State) -> Response:
    """The texts that an entry has had, the newest first, each with its difference from the one before."""
    return answer_json({"data": revisions_of(given[ID], state), "next": None})


def revisions_of(entry_id: str, state: State) -> list[Resource]:
    """The same as values."""
    return [_revision(edit) for edit in edits(state.store.revisions(entry_id))]


def changes(given: Given, state: State) -> Response:
    """What changed, the oldest first. `cursor` is where to go on later, `next` where to go on now."""
    found = state.store.changes(given[CHANGES_SINCE], given[LIMIT] or DEFAULT_LIMIT)
    following = link(found.cursor, state, CHANGES_SINCE.name) if found.more else None
    data = [_change(change, given, state) for change in found.items]
    response = answer_json({"data": data, "next": following, "cursor": found.cursor})
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _revision(edit: Edit) -> Resource:
    return {
        "revision": edit.revision.number,
        "updated": moment(edit.revision.updated),
        "title": edit.revision.title,
        "content_text": edit.revision.content_text,
        "content_html": edit.revision.content_html,
        "difference": [{"kind": piece.kind.value, "text": piece.words} for piece in edit.pieces],
    }


def _change(change: Change, given: Given, state: State) -> Resource:
    return {
        "kind": "withdrawn" if change.entry is None else "upsert",
        "id": change.id,
        "at": moment(change.at),
        "entry": None if change.entry is None else shown(ENTRY, change.entry, state, given[FIELDS]),
    }
