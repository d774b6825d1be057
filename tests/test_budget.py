"""How many entries a feed holds, and how many of them whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.formats import Format
from feeds.listing import MOST_BYTES
from feeds.listing import USUAL_BYTES
from feeds.listing import whole_in
from feeds.listing import within_budget
from feeds.model import Basis
from feeds.model import Entry
from feeds.model import Precision
from feeds.model import Published
from tests.test_formats import NOON
from tests.test_formats import SITE
from tests.test_formats import each_format
from tests.test_formats import make_entry
from tests.test_formats import make_listing


def make_many(number: int, size: int, apart: timedelta) -> tuple[Entry, ...]:
    ats = [NOON - index * apart for index in range(number)]
    return tuple(
        make_entry(index, content_html="x" * size, published=Published(at, Precision.INSTANT, Basis.STATED, at.date()))
        for index, at in enumerate(ats)
    )


@pytest.mark.parametrize(
    ("number", "size", "apart", "expected", "whole"),
    [
        pytest.param(80, 1000, timedelta(days=1), 50, 50, id="fifty small ones"),
        pytest.param(80, 100_000, timedelta(days=1), 5, 5, id="half a megabyte"),
        pytest.param(80, 100_000, timedelta(hours=6), 9, 9, id="two days, whatever they take"),
        pytest.param(80, 100_000, timedelta(0), 80, 9, id="of the two days, what does not fit by its summary"),
        pytest.param(300, 100, timedelta(0), 200, 200, id="but two hundred at most"),
        pytest.param(90, 1000, timedelta(hours=1), 50, 50, id="two days are fewer than fifty"),
        pytest.param(3, 2_000_000, timedelta(0), 3, 1, id="the newest is always whole"),
        pytest.param(0, 0, timedelta(0), 0, 0, id="nothing"),
    ],
)
def test_a_feed_holds_what_readers_take(number: int, size: int, apart: timedelta, expected: int, whole: int) -> None:
    chosen = within_budget(make_many(number, size, apart))
    assert (len(chosen), whole_in(chosen)) == (expected, whole)
    assert [entry.id for entry in chosen] == [make_entry(index).id for index in range(expected)]


@each_format
def test_the_estimate_of_the_size_holds(form: Format) -> None:
    entries = tuple(
        replace(entry, content_html="<p>切 & 分</p>" * 900) for entry in make_many(60, 0, timedelta(days=1))
    )
    chosen = within_budget(entries)
    assert len(form.render(make_listing(*chosen), SITE)) <= USUAL_BYTES < MOST_BYTES


def test_an_entry_stands_in_a_feed_once() -> None:
    assert within_budget((make_entry(1), make_entry(1), make_entry(2))) == (make_entry(1), make_entry(2))


@each_format
def test_what_does_not_fit_whole_is_told_by_its_summary_and_the_document_stays_small(form: Format) -> None:
    entries = make_many(80, 100_000, timedelta(0))
    data = form.render(make_listing(*entries), SITE)
    assert len(data) <= MOST_BYTES
    assert data.count(b"x" * 100_000) == whole_in(entries) == 9
    assert all(entry.id.encode() in data for entry in entries)
