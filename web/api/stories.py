"""Stories: entries about the same thing."""

from __future__ import annotations

from flask import Response
from flask import redirect
from werkzeug.wrappers import Response as BaseResponse

from feeds.addresses import API
from feeds.addresses import story_path
from web.api.answering import Listed
from web.api.answering import Slice
from web.api.answering import answer_json
from web.api.answering import answer_list
from web.api.answering import kept_keys
from web.api.given import Given
from web.api.parameters import SAMPLE_STORY
from web.api.parameters import fields_of
from web.api.parameters import path_id
from web.api.resources import STORY
from web.api.resources import shown
from web.api.resources import telling
from web.state import State

FIELDS = fields_of(STORY)
ID = path_id("story", SAMPLE_STORY)
_PATH = "/stories"


def stories(given: Given, state: State) -> Response:
    """Stories without their entries, those that began last first."""
    only = given[FIELDS]

    def read(cursor: str | None, limit: int) -> Slice:
        page = state.store.stories(limit, cursor)
        return Slice([shown(STORY, found, state, only) for found in page.stories], page.next)

    return answer_list(Listed(read, _PATH, kept_keys(STORY, only)), given, state)


def story(given: Given, state: State) -> BaseResponse:
    """One story with its entries; an id that it had leads to the one it has now."""
    found = state.store.story(given[ID])
    if found.id != given[ID]:
        return redirect(state.site.local(API + story_path(found.id)), 301)
    tellings = [telling(told, state) for told in found.tellings]
    return answer_json({**shown(STORY, found, state), "tellings": tellings})
