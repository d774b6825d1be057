"""Types of columns that both databases agree on: moments in time, and text that is ordered by its bytes."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta

from sqlalchemy import BigInteger
from sqlalchemy import Dialect
from sqlalchemy import Text
from sqlalchemy import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Microseconds since 1970. Raises `ValueError` for a naive datetime: nobody knows when it was."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone")
    return (at - _EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """The aware UTC datetime of so many microseconds since 1970."""
    return _EPOCH + value * _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """Aware datetimes as whole microseconds: SQLite's own type drops the offset without converting."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """See `micros`."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """See `instant`."""
        return None if value is None else instant(value)


#: Text ordered by its bytes: SQLite does so, PostgreSQL orders by the locale of the database unless told otherwise.
Key = Text().with_variant(Text(collation="C"), "postgresql")
