"""The time in a post's id, and what it says of the document that cites it."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest

from scrapers.statuses import newest_status

NOW = datetime(2026, 4, 1, tzinfo=UTC)
MOMENT = datetime(2026, 3, 20, 12, 30, tzinfo=UTC)


def status(at: datetime, host: str = "x.com") -> str:
    milliseconds = (at - datetime(2010, 11, 4, 1, 42, 54, 657000, UTC)) // timedelta(milliseconds=1)
    return f"https://{host}/somebody/status/{milliseconds << 22 | 4711}"


def test_the_newest_of_several_posts_dates_what_cites_them() -> None:
    text = " ".join(
        [status(MOMENT), status(MOMENT - timedelta(hours=9), "twitter.com"), status(MOMENT - timedelta(days=1))]
    )
    found = newest_status(text, NOW)
    assert found is not None
    assert abs(found - MOMENT) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        status(MOMENT),
        " ".join([status(MOMENT)] * 2 + [status(NOW + timedelta(days=1))]),
        "https://x.com/a/status/123 https://x.com/a/status/124 https://x.com/a/status/125",
    ],
    ids=["none", "too few", "one of the future", "ids without a time"],
)
def test_too_little_is_no_date(text: str) -> None:
    assert newest_status(text, NOW) is None
