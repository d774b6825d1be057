"""How lively a listing is: entries a week as a small drawing, with the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from datetime import date

from feeds.model import EntryQuery
from feeds.store.activity import Span
from feeds.store.activity import Weeks
from web.state import State

#: Weeks on the page of a listing, and beside the name of a topic in a table.
_LONG, _SHORT = 52, 26
#: A plot of fewer weeks than this looks like a mistake.
_FEWEST = 26
#: Weeks that are compared with as many before them.
_RECENT = 4
#: Of the drawing; its width follows from the number of weeks.
_HEIGHT, _BAR, _STEP = 32, 5, 7


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing of bars, one a week."""

    weeks: Weeks
    width: int = field(init=False)
    #: The `d` of an SVG path.
    path: str = field(init=False)

    height = _HEIGHT

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", len(self.weeks.counts) * _STEP)
        object.__setattr__(self, "path", _path(self.weeks.counts))

    @property
    def entries(self) -> int:
        """In all weeks together."""
        return sum(self.weeks.counts)

    @property
    def most(self) -> int:
        """In the busiest week."""
        return max(self.weeks.counts, default=0)

    @property
    def first(self) -> date:
        """The Monday of the first week."""
        return self.weeks.first

    @property
    def last(self) -> date:
        """The Monday of the last week."""
        return self.weeks.last

    @property
    def recent(self) -> int:
        """In the last four weeks."""
        return sum(self.weeks.counts[-_RECENT:])

    @property
    def trend(self) -> int:
        """How many more in the last four weeks than in the four before."""
        return self.recent - sum(self.weeks.counts[-2 * _RECENT : -_RECENT])


def plot_of(query: EntryQuery, state: State) -> Plot | None:
    """The year before the newest dated entry of a listing of one author, topic or source, or of all entries.

    None where a listing is of several, or has no dated entry.
    """
    if len(query.authors) > 1 or len(query.topics) > 1 or is_narrower(query):
        return None
    which = {"by": next(iter(query.authors), None), "topic": next(iter(query.topics), None), "of": query.source}
    until = state.store.newest_dated(**which)
    return None if until is None else Plot(_without_silence(state.store.weeks(Span(until, _LONG), **which)))


def plots_of_topics(state: State) -> dict[str, Plot]:
    """The half year before the newest dated entry of all, of each topic."""
    return state.remembered.get("plots of topics", lambda: _plots_of_topics(state))


def _plots_of_topics(state: State) -> dict[str, Plot]:
    until = state.store.newest_dated()
    slugs = [tally.slug for tally in state.store.topics()]
    if until is None or not slugs:
        return {}
    return {slug: Plot(weeks) for slug, weeks in state.store.topic_weeks(Span(until, _SHORT), slugs).items()}


def is_narrower(query: EntryQuery) -> bool:
    """Whether something else is asked for too, which no index counts."""
    plain = EntryQuery(authors=query.authors, topics=query.topics, source=query.source, limit=query.limit)
    return plain != query or bool(query.source and (query.authors or query.topics))


def _without_silence(weeks: Weeks) -> Weeks:
    """Without the empty weeks in front, but for some."""
    silent = next((index for index, count in enumerate(weeks.counts) if count), 0)
    cut = max(0, min(silent, len(weeks.counts) - _FEWEST))
    return Weeks(date.fromordinal(weeks.first.toordinal() + 7 * cut), weeks.counts[cut:])


def _path(counts: tuple[int, ...]) -> str:
    """A bar is at least two units high, so that a single entry is seen beside a hundred."""
    most = max(counts, default=0)
    bars = []
    for index, count in enumerate(counts):
        if count:
            height = max(2, round(count * _HEIGHT / most))
            bars.append(f"M{index * _STEP} {_HEIGHT}v-{height}h{_BAR}v{height}z")
    return "".join(bars)
