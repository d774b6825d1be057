"""What became of documents, for a terminal and for a machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING
from typing import Any

from feeds.commands.printing import columns
from feeds.commands.printing import echo
from feeds.commands.printing import placed
from feeds.text import one_line
from feeds.visible import visible

if TYPE_CHECKING:
    from scrapers.outcome import Outcome

#: What is skipped comes last, since it is the longest.
_COLUMNS = ("document", "format", "entries", "new", "changed", "warnings", "skipped")
_NUMBERS = range(2, 6)


def print_outcomes(outcomes: Sequence[Outcome]) -> None:
    """A line for each, then what went wrong, each with its place; failures on standard error."""
    for line in columns([_COLUMNS, *map(_cells, outcomes)], right=_NUMBERS):
        echo(line)
    for o in outcomes:
        for problem in [*o.problems, *([o.failure] if o.failure else [])]:
            mark = "error" if problem is o.failure else "warning"
            echo(f"{mark}: {placed(o.name, problem.line)}: {problem.message}", err=problem is o.failure)
    failed = sum(o.failure is not None for o in outcomes)
    entries, read = sum(o.entries for o in outcomes), len(outcomes) - failed
    echo(f"{_number(entries, 'entry', 'entries')} from {_number(read, 'document', 'documents')}, {failed} failed")


def outcome_object(o: Outcome) -> dict[str, Any]:
    """For JSON."""
    return {
        "document": o.name,
        "location": o.location,
        "format": o.format,
        "entries": o.entries,
        "new": o.saved.new,
        "changed": o.saved.changed,
        "withdrawn": o.saved.withdrawn,
        "skipped": dict(_by_reason(o)),
        "warnings": [{"line": p.line, "message": p.message} for p in o.problems],
        "failure": {"line": o.failure.line, "message": o.failure.message} if o.failure else None,
    }


def _cells(o: Outcome) -> tuple[str, ...]:
    counts = (str(o.entries), str(o.saved.new), str(o.saved.changed)) if o.failure is None else ("failed", "", "")
    skipped = ", ".join(f"{count} {reason}" for reason, count in _by_reason(o).items())
    return one_line(visible(o.name)), o.format or "?", *counts, str(len(o.problems) or ""), skipped


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _by_reason(outcome: Outcome) -> Counter[str]:
    return Counter(skip.reason for skip in outcome.skips)
