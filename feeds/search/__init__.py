"""Search without a database: what texts are found by, where they have what was looked for, which is found first."""

from __future__ import annotations

from feeds.search.analysis import Phrase as Phrase
from feeds.search.analysis import phrase as phrase
from feeds.search.analysis import plain as plain
from feeds.search.analysis import stream as stream
