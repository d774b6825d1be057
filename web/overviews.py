"""All authors, all topics, all sources with their health, and what this site is: the lists of listings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask import Response
from flask import request

from feeds.addresses import ABOUT
from feeds.addresses import AUTHORS
from feeds.addresses import DOCUMENTS
from feeds.addresses import FEEDS
from feeds.addresses import SOURCES
from feeds.addresses import TOPICS
from feeds.errors import QueryError
from feeds.listing import Site
from feeds.model import DocumentReport
from feeds.model import EntryQuery
from feeds.model import Tally
from web.activity import Plot
from web.activity import plot_of
from web.activity import plots_of_topics
from web.answers import answer_html
from web.descriptions import describe
from web.interface import get_language
from web.selections import saved_listings
from web.state import State
from web.state import get_state
from web.templating import site_in

bp = Blueprint("overviews", __name__)

#: Authors on one page; of documents fewer, as each has more to say.
AUTHORS_ON_PAGE, DOCUMENTS_ON_PAGE = 400, 100
#: The segment of an address behind which the number of a further page of a list stands.
PAGE = "page"


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a list, on a page of its own."""

    number: int
    last: int
    total: int
    #: How many stand on the pages before it.
    behind: int


@dataclass(frozen=True, slots=True)
class Health:
    """A source with how its documents fare."""

    tally: Tally
    documents: int
    problems: int
    #: Left out, for reasons that each document tells.
    skips: int
    failed: tuple[DocumentReport, ...]
    #: The document read last; None where none was.
    latest: DocumentReport | None
    #: The day, where the source is, of the newest entry; None where there is none.
    newest: date | None
    plot: Plot | None


@bp.get(AUTHORS, defaults={"number": None})
@bp.get(f"{AUTHORS}/{PAGE}/<number>")
def authors(number: str | None) -> Response:
    """Everybody in a byline, those with the most entries first."""
    store = get_state().store
    part = _part(store.author_count(), AUTHORS_ON_PAGE, number)
    return answer_html("authors.html", authors=store.authors(AUTHORS_ON_PAGE, part.behind), part=part)


@bp.get(TOPICS)
def topics() -> Response:
    """Every topic with how many entries it has and had lately, also those that have none yet."""
    state = get_state()
    found = busiest(all_topics(state, site_in(get_language())))
    return answer_html("topics.html", topics=found, plots=plots_of_topics(state), rules=_by_slug(state))


@bp.get(FEEDS)
def feeds() -> Response:
    """The saved queries, in the order of their file; of those that name what is not there, why they find nothing."""
    state, site = get_state(), site_in(get_language())
    found, broken = saved_listings(state)
    described = [(selection, describe(selection, site, state)) for selection in found]
    return answer_html("feeds.html", found=described, broken=broken)


@bp.get(SOURCES)
def sources() -> Response:
    """What is read, when it was last, and what is wrong."""
    state = get_state()
    health, unread = state.remembered.get("sources", lambda: _all_health(state))
    return answer_html("sources.html", sources=health, fetched=state.store.source_health(), unread=unread)


@bp.get(DOCUMENTS, defaults={"number": None})
@bp.get(f"{DOCUMENTS}/{PAGE}/<number>")
def documents(number: str | None) -> Response:
    """What was read: entries, what was left out and why, what is wrong; what could not be read comes first."""
    store = get_state().store
    total, failed = store.document_counts()
    part = _part(total, DOCUMENTS_ON_PAGE, number)
    reports = store.worst_documents(DOCUMENTS_ON_PAGE, part.behind)
    return answer_html("documents.html", reports=reports, part=part, failed=failed)


@bp.get(ABOUT)
def about() -> Response:
    """What this site is, how to subscribe, what programs may ask."""
    return answer_html("about.html")


def busiest(tallies: Iterable[Tally]) -> list[Tally]:
    """Those with the most entries first."""
    return sorted(tallies, key=lambda tally: (-tally.entries, tally.name))


def all_topics(state: State, site: Site) -> list[Tally]:
    """Every topic of the rules: those without an entry can be subscribed to as well."""
    known = {tally.slug: tally for tally in state.store.topics()}
    nothing = Tally("", "", 0, None)
    return [replace(known.get(slug, nothing), slug=slug, name=name) for slug, name in site.topics.items()]


def _by_slug(state: State) -> dict[str, object]:
    return {topic.slug: topic for topic in state.topics}


def _all_health(state: State) -> tuple[list[Health], list[DocumentReport]]:
    """All sources, and the documents that belong to none."""
    by_source: defaultdict[str | None, list[DocumentReport]] = defaultdict(list)
    for report in state.store.documents():
        by_source[report.source].append(report)
    tallies = busiest(state.store.sources())
    return [_health(tally, by_source[tally.slug], state) for tally in tallies], by_source[None]


def _health(tally: Tally, mine: Sequence[DocumentReport], state: State) -> Health:
    return Health(
        tally=tally,
        documents=len(mine),
        problems=sum(len(report.problems) for report in mine),
        skips=sum(len(report.skips) for report in mine),
        failed=tuple(report for report in mine if report.failure is not None),
        latest=max(mine, key=lambda report: report.read, default=None),
        newest=tally.newest and tally.newest.astimezone(ZoneInfo(state.store.source(tally.slug).zone)).date(),
        plot=plot_of(EntryQuery(source=tally.slug), state),
    )


def pages_of(path: str, count: int, size: int) -> list[str]:
    """The addresses of all pages of a list."""
    return [path, *(f"{path}/{PAGE}/{number}" for number in range(2, -(-count // size) + 1))]


def _part(total: int, size: int, number: str | None) -> Part:
    """The part of a number, which stood in a parameter once. Raises `QueryError` for one that is not there."""
    words = number or request.args.get(PAGE, "1")
    last = max(1, -(-total // size))
    if not (words.isascii() and words.isdigit() and len(words) < 7 and 1 <= int(words) <= last):
        raise QueryError("page", f"{words!r} is no page of this list", (f"1 to {last}",))
    return Part(int(words), last, total, (int(words) - 1) * size)
