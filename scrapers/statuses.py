"""When a post was written, from its id: Twitter's ids hold the time (Snowflake, announced 2010-06-01)."""

from __future__ import annotations

import re
from datetime import UTC
from datetime import datetime
from datetime import timedelta

_STATUS = re.compile(r"(?:twitter|x)\.com/[A-Za-z0-9_]{1,30}/status(?:es)?/(\d{17,20})(?!\d)")
#: The moment that the ids count from.
_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, UTC)
#: Fewer posts say little about when a text that cites them was written.
_ENOUGH = 3


def newest_status(text: str, now: datetime) -> datetime | None:
    """When the newest of the posts that a text cites was written; None where it cites too few, or one of the future."""
    moments = [_EPOCH + timedelta(milliseconds=int(found[1]) >> 22) for found in _STATUS.finditer(text)]
    if len(moments) < _ENOUGH or max(moments) > now:
        return None
    return max(moments)
