"""Stories: entries about the same thing, as pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import Response
from flask import request
from werkzeug.wrappers import Response as BaseResponse

from feeds.addresses import STORIES
from feeds.addresses import story_path
from feeds.archives import Part
from feeds.archives import behind
from feeds.archives import cut
from feeds.archives import month_of
from feeds.archives import read_part
from feeds.errors import NotFoundError
from feeds.model import Entry
from feeds.model import Story
from feeds.model import Telling
from feeds.shapes import ARCHIVE
from feeds.store import Store
from feeds.store.bounds import cursor_at
from web.answers import answer_html
from web.api import entry_urn
from web.interface import gettext
from web.interface import message
from web.redirects import moved
from web.state import State
from web.state import get_state

bp = Blueprint("stories", __name__)

#: What an entry has in common with others, by how it was joined.
_JOINED = {
    "url": message("leads to the same page: {}"),
    "status": message("about the same post: {}"),
    "arxiv": message("about the same paper: arXiv {}"),
    "doi": message("about the same paper: {}"),
    "repo": message("about the same repository: {}"),
    "video": message("about the same video: {}"),
    "name": message("names the same thing"),
    "text": message("says the same in the same words"),
    "translation": message("a translation, or translated"),
    "quote": message("quotes another one, or is quoted"),
}
#: Stories on a page, and of the largest ones.
_NEWEST, _LARGEST = 40, 10
#: At most so many stories stand on a page of the archive.
MOST_STORIES = 200
#: Entries of its story that the page of an entry shows.
_OTHERS = 10


@dataclass(frozen=True, slots=True)
class AlsoTold:
    """A story of an entry, with some of its other entries."""

    story: Story
    others: tuple[Entry, ...]


@bp.get(STORIES)
def newest() -> Response:
    """The stories that began last, and the largest."""
    store = get_state().store
    cursor = request.args.get("cursor") or None
    page = store.stories(_NEWEST, cursor)
    largest = () if cursor else store.largest_stories(_LARGEST)
    older = month_of(page.stories[-1].first).name if page.next else None
    return answer_html("stories.html", stories=page.stories, largest=largest, older=older)


@bp.get(f"{STORIES}/{ARCHIVE}/<name>")
def archive(name: str) -> Response:
    """The stories that began in a month, or in a part of one, the last one first.

    Raises `NotFoundError` where none did.
    """
    found, older = stories_of(read_part(name), get_state().store)
    if not found:
        raise NotFoundError("archive", name)
    return answer_html("stories.html", stories=found, largest=(), older=older and older.name, archived=name)


def archived_stories(store: Store) -> Iterator[Part]:
    """The documents of the archive of stories, the newest first."""
    newest = store.stories(1).stories
    part = month_of(newest[0].first) if newest else None
    while part is not None:
        yield part
        part = stories_of(part, store)[1]


def stories_of(part: Part, store: Store) -> tuple[tuple[Story, ...], Part | None]:
    """The stories that began in a part of a month, and the next older part with any; as `feeds.archives` splits it."""
    cursor: str | None = cursor_at(part.end)
    if part.number > 1:  # those of its day before it are full
        cursor = store.stories_behind(cursor_at(part.end), (part.number - 1) * MOST_STORIES)
    if cursor is None:
        return (), None
    page = store.stories(MOST_STORIES + 1, cursor)
    inside = [story for story in page.stories if story.first >= part.since]
    count, rest = cut(part, [story.first for story in inside], MOST_STORIES)
    return tuple(inside[:count]), rest or _before(part, store)


def _before(part: Part, store: Store) -> Part | None:
    """The document behind all that a part of a month, to its end, can hold."""
    older = store.stories(1, cursor_at(part.since)).stories
    return behind(part, older[0].first) if older else None


@bp.get(f"{STORIES}/<words>")
def story(words: str) -> BaseResponse:
    """A story with all of its entries, the oldest first. Raises `NotFoundError`."""
    found = get_state().store.story(_urn(words))
    path = story_path(found.id)
    return answer_html("story.html", story=found) if path == f"{STORIES}/{words}" else moved(path)


def also_told(entry: Entry, state: State) -> list[AlsoTold]:
    """The stories of an entry, each with its first other entries."""
    found = [state.store.story(known.id, _OTHERS + 1) for known in state.store.stories_of(entry.id)]
    return [
        AlsoTold(story, tuple(t.entry for t in story.tellings if t.entry.id != entry.id)[:_OTHERS]) for story in found
    ]


@bp.app_template_filter("days")
def days(story: Story) -> str:
    """When a story was told, as calendar dates where its leading entry comes from."""
    zone = ZoneInfo(story.lead.source.zone)
    first, last = (at.astimezone(zone).date().isoformat() for at in (story.first, story.last))
    return first if first == last else f"{first} – {last}"


@bp.app_template_filter("joined")
def joined(told: Telling) -> str:
    """What joins an entry to its story, in words."""
    how = _JOINED.get(told.how, _JOINED["url"])
    shown = told.key.partition(":")[2]
    words = gettext(how).format(shown.removeprefix("https://") if told.how == "url" else shown)
    return gettext("%(words)s, among other things") % {"words": words} if told.hangs and not told.is_weak else words


def _urn(words: str) -> str:
    try:
        return entry_urn(words)
    except NotFoundError as error:
        raise NotFoundError("story", words) from error
