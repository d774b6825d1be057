"""What was looked for, marked where it stands."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from markupsafe import escape

from feeds.model import Entry
from feeds.query import Expression
from feeds.query import searched
from feeds.search.hits import Span
from feeds.search.hits import snippet
from feeds.search.hits import spans
from feeds.titles import display_title

#: Columns of an excerpt of a search.
_COLUMNS = 240


@dataclass(frozen=True, slots=True)
class Highlight:
    """The title of an entry and a part of its text, with marks."""

    title: Markup
    excerpt: Markup


def highlighter(where: Expression | None) -> Callable[[Entry], Highlight] | None:
    """Marks the words of a query in an entry; None where the query has no words."""
    words = tuple(searched(where))
    if not words:
        return None

    def highlight(entry: Entry) -> Highlight:
        title = display_title(entry)
        found = snippet(entry.content_text, words, _COLUMNS)
        return Highlight(marked(title, spans(title, words)), marked(found.text, found.spans))

    return highlight


def marked(text: str, places: Sequence[Span]) -> Markup:
    """The text as HTML with the places in `mark` elements; everything else escaped."""
    parts, at = [], 0
    for start, end in places:
        parts += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        at = end
    return Markup("").join([*parts, escape(text[at:])])
