"""Every listing as a page, as feeds, as archive documents and as a list of feeds.

An address says which entries (`web.selections`) and in which form (`web.shapes`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace

from flask import Blueprint
from flask import request
from werkzeug.wrappers import Response

from feeds.addresses import AUTHORS
from feeds.addresses import ENTRIES
from feeds.addresses import SEARCH
from feeds.addresses import TOPICS
from feeds.errors import NotFoundError
from feeds.formats import ARCHIVED
from feeds.formats import FORMATS
from feeds.formats import OPML_SUFFIX
from feeds.listing import Listing
from feeds.scripts import site_in
from feeds.shapes import ARCHIVE
from feeds.shapes import SCRIPTS
from feeds.shapes import Shape
from web.cache import Rendered
from web.conditional import ARCHIVE_CACHING
from web.conditional import serve
from web.descriptions import describe
from web.interface import speak_as_site
from web.opml import of_listing
from web.pages import archive_page
from web.pages import listing_page
from web.reading import read_archive
from web.reading import read_feed
from web.redirects import moved
from web.refining import asked_for
from web.selections import KINDS
from web.selections import Selection
from web.selections import select
from web.shapes import read_shape
from web.state import State
from web.state import get_state

bp = Blueprint("listings", __name__)

_KIND = f"<any({','.join(KINDS)}):kind>"
#: What can stand behind `/entries`; a suffix alone, or a script and a suffix.
ENDINGS = tuple(f"{script}{suffix}" for script in ("", *(f".{script}" for script in SCRIPTS)) for suffix in FORMATS)
_ENDING = f"<any({','.join(repr(ending) for ending in ENDINGS)}):ending>"
_BOTH = f"{AUTHORS}/<authors>{TOPICS}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, word by word: kinds with their names, and the form."""

    #: Such as ("authors", "a,b"); none for all entries.
    names: tuple[tuple[str, str], ...]
    shape: Shape

    @property
    def slugs(self) -> list[str]:
        """Every name by itself."""
        return [slug for _, names in self.names for slug in names.split(",") if slug]


@bp.get(f"/{_KIND}/<name>")
def listing(kind: str, name: str) -> Response:
    """Entries of authors, of topics, of a source, of a document; `name` holds slugs, the script and the suffix."""
    words, shape = read_shape(name, request.args)
    return _answer(Asked(((kind, words),), shape), name)


@bp.get(f"{_BOTH}/<name>")
def of_both(authors: str, name: str) -> Response:
    """Entries that are by one of the authors and in one of the topics."""
    words, shape = read_shape(name, request.args)
    return _answer(Asked((("authors", authors), ("topics", words)), shape), name)


@bp.get(ENTRIES, defaults={"ending": ""})
@bp.get(f"{ENTRIES}{_ENDING}")
def entries(ending: str) -> Response:
    """All entries."""
    _, shape = read_shape(ending, request.args)
    return _answer(Asked((), shape), ending)


@bp.get(SEARCH, defaults={"ending": ""})
@bp.get(f"{SEARCH}{_ENDING}")
@bp.get(f"{SEARCH}<any('{OPML_SUFFIX}'):ending>")
def search(ending: str) -> Response:
    """Entries that have what is looked for."""
    _, shape = read_shape(ending, request.args)
    return _answer(Asked((("search", ""),), shape), ending)


@bp.get(f"/{_KIND}/<name>/{ARCHIVE}/<part>")
def archive(kind: str, name: str, part: str) -> Response:
    """An archive document of such a listing, or the page of one."""
    return _archive(((kind, name),), part)


@bp.get(f"{_BOTH}/<name>/{ARCHIVE}/<part>")
def archive_of_both(authors: str, name: str, part: str) -> Response:
    """An archive document of authors in topics."""
    return _archive((("authors", authors), ("topics", name)), part)


@bp.get(f"{ENTRIES}/{ARCHIVE}/<part>")
def archive_of_all(part: str) -> Response:
    """An archive document of all entries."""
    return _archive((), part)


@bp.get(f"{SEARCH}/{ARCHIVE}/<part>")
def archive_of_search(part: str) -> Response:
    """An archive document of what was looked for."""
    return _archive((("search", ""),), part)


def _archive(names: tuple[tuple[str, str], ...], part: str) -> Response:
    words, shape = read_shape(part, request.args)
    if shape.suffix and shape.suffix not in ARCHIVED:
        raise NotFoundError("archive", part)
    return _answer(Asked(names, replace(shape, archive=words)), part)


def _answer(asked: Asked, last: str) -> Response:
    """`last` is the last segment of the address: the suffix in other letters moves too."""
    state, shape = get_state(), asked.shape
    spelled = last.endswith(shape.ending)
    selection = _selection(asked, state)
    if (asked.slugs and selection.leads_elsewhere(asked.slugs)) or not spelled:
        return moved(_plain(shape).address(selection.path.partition("?")[0]))
    if not shape.suffix and shape.archive is not None:
        return archive_page(selection, shape.archive)
    if not shape.suffix:
        return listing_page(selection, request.args.get("cursor") or None)
    address = shape.address(selection.path)
    return serve(address, selection.scopes, lambda: _rendered(selection, asked, state))


def _selection(asked: Asked, state: State) -> Selection:
    return asked_for([(kind, names.split(",") if names else []) for kind, names in asked.names], request.args, state)


def _plain(shape: Shape) -> Shape:
    """Without the parameters, which a redirect keeps as they are."""
    return Shape(suffix=shape.suffix, script=shape.script, archive=shape.archive)


def _rendered(selection: Selection, asked: Asked, state: State) -> Rendered:
    shape, selection = asked.shape, _in_words(selection, state)
    if shape.suffix == OPML_SUFFIX:
        return of_listing(selection, _members(asked, state), state)
    if shape.archive is None:
        return _written(read_feed(selection, shape, state.store), shape, state)
    found = read_archive(selection, shape.archive, state.store)
    rendered = _written(found.listing, shape, state)
    return replace(rendered, caching=ARCHIVE_CACHING) if found.closed else rendered


def _in_words(selection: Selection, state: State) -> Selection:
    speak_as_site()
    told = describe(selection, state.site, state)
    return replace(selection, title=told.title, description=told.lead)


def _written(found: Listing, shape: Shape, state: State) -> Rendered:
    form, site = FORMATS[shape.suffix], state.site
    if shape.script:
        found, site = state.scripts.listing(found, shape.script), site_in(site, shape.script)
    return Rendered(form.render(found, site, shape), form.content_type, found.modified)


def _members(asked: Asked, state: State) -> Iterator[Selection]:
    """The listings that one of several names is put together from."""
    for kind, names in asked.names:
        slugs = names.split(",")
        if len(slugs) > 1 or len(asked.names) > 1:
            yield from (select(kind, [slug], state) for slug in slugs)
