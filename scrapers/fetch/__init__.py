"""The one place that touches the network: politely, within limits, and never into a private network."""

from __future__ import annotations

from scrapers.fetch.answer import Answer as Answer
from scrapers.fetch.answer import Validators as Validators
from scrapers.fetch.fetcher import Fetcher as Fetcher
from scrapers.fetch.limits import Clock as Clock
from scrapers.fetch.limits import Limits as Limits
from scrapers.fetch.limits import user_agent as user_agent
from scrapers.fetch.turns import Turns as Turns
