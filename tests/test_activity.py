"""Entries week by week: what is counted, where weeks begin, and that the work is bounded."""

from __future__ import annotations

from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest

from feeds.model import EntryQuery
from feeds.store import Store
from feeds.store import activity
from feeds.store.activity import Span
from feeds.store.activity import Weeks
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_topics
from tests.site import make_app
from web.activity import Plot
from web.activity import plot_of

MONDAY = date(2024, 4, 29)


def save(store: Store, now: datetime, days: list[date | None], **fields: object) -> None:
    drafts = [
        make_draft(f"第 {n} 条，写于某日的话。", n, published=None if day is None else make_published(day), **fields)
        for n, day in enumerate(days, 1)
    ]
    store.save(make_batch(drafts), now)


def span(store: Store, weeks: int) -> Span:
    until = store.newest_dated()
    assert until is not None
    return Span(until, weeks)


def test_weeks_begin_on_monday_where_the_source_is(store: Store, now: datetime) -> None:
    """The first moment of a Monday in Shanghai is Sunday in UTC."""
    save(store, now, [MONDAY, MONDAY + timedelta(days=6), MONDAY - timedelta(days=1), MONDAY - timedelta(days=21)])
    weeks = store.weeks(span(store, 5))
    assert weeks == Weeks(MONDAY - timedelta(weeks=4), (0, 1, 0, 1, 2))
    assert weeks.last == MONDAY


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "UTC"])
def test_a_day_stays_in_its_week_in_summer_and_in_winter(store: Store, now: datetime, zone: str) -> None:
    mondays = [date(2024, 1, 1) + timedelta(weeks=n) for n in range(20)]
    drafts = [
        make_draft(f"第 {n} 周的话，随手写下。", n, published=make_published(day, zone))
        for n, day in enumerate(mondays, 1)
    ]
    store.save(make_batch(drafts), now)
    until = store.newest_dated()
    assert until is not None
    assert store.weeks(Span(until, 20, zone)).counts == (1,) * 20


def test_authors_topics_and_sources_are_counted_apart(store: Store, now: datetime) -> None:
    drafts = [
        make_draft("甲写的第一条随手记。", 1, topics=make_topics("rag")),
        make_draft("甲写的第二条随手记。", 2),
        make_draft("乙写的一条随手记录。", 3, people=(make_person("乙", "yi"),), topics=make_topics("rag")),
    ]
    store.save(make_batch(drafts), now)
    here = span(store, 1)
    assert store.weeks(here).counts == (3,)
    assert store.weeks(here, by="rainlin").counts == (2,)
    assert store.weeks(here, topic="rag").counts == (2,)
    assert store.weeks(here, by="yi", topic="rag").counts == (1,)
    assert store.weeks(here, of="garden").counts == (3,)
    assert store.weeks(here, by="nobody").counts == (0,)
    assert {slug: w.counts for slug, w in store.topic_weeks(here, ["rag", "coding"]).items()} == {
        "rag": (2,),
        "coding": (0,),
    }
    assert store.topic_weeks(here, []) == {}


def test_what_has_no_date_does_not_move_the_end(store: Store, now: datetime) -> None:
    save(store, now, [MONDAY, None])
    assert store.newest_dated() == make_published(MONDAY).at
    assert store.weeks(span(store, 2)).counts == (0, 1)


def test_an_empty_store_and_an_undated_one_have_no_plot(store: Store, now: datetime) -> None:
    assert store.newest_dated() is None
    save(store, now, [None])
    assert store.newest_dated() is None
    with make_app(store).app_context() as context:
        assert plot_of(EntryQuery(), context.app.extensions["feedwright"]) is None


def test_of_a_busy_listing_fewer_weeks_are_told_each_in_full(
    store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "MOST", 5)
    save(store, now, [MONDAY - timedelta(weeks=n // 3) for n in range(9)])
    weeks = store.weeks(span(store, 8))
    assert weeks.counts == (3,)
    assert weeks.first == MONDAY


def test_a_plot_says_in_words_what_it_draws() -> None:
    plot = Plot(Weeks(MONDAY, (0, 4, 0, 1, 2, 2, 2, 3)))
    assert (plot.entries, plot.most, plot.recent, plot.trend) == (14, 4, 9, 4)
    assert plot.path.count("M") == 6
    assert plot.last == MONDAY + timedelta(weeks=7)
    assert Plot(Weeks(MONDAY, (1, 1000))).path.startswith("M0 32v-2h5v2z")


def test_listings_of_several_or_of_less_have_no_plot(store: Store, now: datetime) -> None:
    save(store, now, [MONDAY])
    with make_app(store).app_context() as context:
        state = context.app.extensions["feedwright"]
        for query in [EntryQuery(authors=("a", "b")), EntryQuery(document="x.md"), EntryQuery(collapse=True)]:
            assert plot_of(query, state) is None
        found = plot_of(EntryQuery(authors=("rainlin",)), state)
        assert found is not None and len(found.weeks.counts) == 26
