"""What was published or edited since: each entry once, in order, over however many pages, whatever else is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest

from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.query import parse
from feeds.store import Store
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_topics

FIRST = datetime(2024, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WORDS = "番茄 罗勒 薄荷 香菜 韭菜 菠菜 黄瓜 豆角 辣椒 茄子 南瓜 冬瓜".split()
#: Those that are edited, and on which day.
EDITED = {1: 9, 2: 20, 5: 20, 6: 15, 9: 12}
#: Before the first, between, at the days of edits, after the last.
DAYS = (-1, 0, 4, 9, 12, 16, 20, 21)
QUERIES = {
    "all": EntryQuery(),
    "author": EntryQuery(authors=("yang",)),
    "topic": EntryQuery(topics=("garden",)),
    "both": EntryQuery(authors=("yang",), topics=("garden",)),
    "words": EntryQuery(where=parse("种了").tree),
    "words of a topic": EntryQuery(where=parse("种了").tree, topics=("garden",)),
    "language": EntryQuery(languages=("zh",)),
    "source": EntryQuery(source="garden"),
    "since": EntryQuery(since=FIRST + 3 * DAY),
    "until": EntryQuery(until=FIRST + 8 * DAY),
}


@pytest.fixture
def edited(store: Store) -> Store:
    """An entry a day, each in a document of its own; some are edited later, long after they were published."""
    for number, word in enumerate(WORDS):
        save(store, number, f"今天种了{word}，浇了水，记下来等它发芽。", FIRST + number * DAY)
    for number, day in EDITED.items():
        save(store, number, f"今天种了{WORDS[number]}，浇了水，记下来等它发芽。已经发芽了！", FIRST + day * DAY)
    return store


def save(store: Store, number: int, text: str, now: datetime) -> None:
    draft = make_draft(
        text,
        people=(make_person("杨", "yang") if number % 2 else make_person(),),
        topics=make_topics("garden") if number % 3 else (),
        published=make_published(date(2024, 5, 1) + number * DAY),
        url=f"https://github.com/mira/bed-{number % 4}",
    )
    store.save(make_batch([draft], name=f"{number}.md"), now)


def walked(store: Store, query: EntryQuery) -> list[Entry]:
    """All pages of a query."""
    page = store.entries(query)
    found = list(page.entries)
    while page.next is not None:
        page = store.entries(replace(query, cursor=page.next))
        found += page.entries
    return found


@pytest.mark.parametrize("name", QUERIES)
def test_what_is_asked_by_its_update_is_what_was_updated(edited: Store, name: str) -> None:
    everything = edited.entries(replace(QUERIES[name], limit=100)).entries
    assert sum(one.updated > one.published.at for one in everything) > 1
    for day in DAYS:
        since = FIRST + day * DAY
        expected = [one.id for one in everything if one.updated >= since]
        query = replace(QUERIES[name], updated_since=since)
        for limit in (1, 3, 100):
            assert [one.id for one in walked(edited, replace(query, limit=limit))] == expected, (day, limit)
        assert edited.count(query) == len(expected)


@pytest.mark.parametrize("name", QUERIES)
def test_of_what_was_updated_the_first_of_each_story_is_chosen(edited: Store, name: str) -> None:
    story_of = {entry_id: number for number, ids in enumerate(stories_of(edited)) for entry_id in ids}
    assert len(stories_of(edited)) == 4
    everything = edited.entries(replace(QUERIES[name], limit=100)).entries
    for day in DAYS:
        since = FIRST + day * DAY
        listed = [one.id for one in everything if one.updated >= since]
        expected = [one for at, one in enumerate(listed) if story_of[one] not in map(story_of.get, listed[at + 1 :])]
        query = replace(QUERIES[name], updated_since=since, collapse=True)
        for limit in (1, 3, 100):
            assert [one.id for one in walked(edited, replace(query, limit=limit))] == expected, (day, limit)
        assert edited.count(query) == len(expected)


def stories_of(store: Store) -> list[set[str]]:
    return [{telling.entry.id for telling in store.story(known.id).tellings} for known in store.stories(100).stories]
