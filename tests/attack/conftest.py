"""How many rounds an attack takes, and the table of what was tried and what fell."""

from __future__ import annotations

import os
from collections.abc import Callable
from collections.abc import Iterator

import pytest

#: Set by `make attack`: every round. Without it an attack takes only a few, so that the common tests stay short.
FULL = os.environ.get("ATTACK") == "full"
#: What reports carry a row of the table under.
ROW = "attack"

Told = Callable[[str, str], None]


@pytest.fixture(scope="session")
def rounds() -> Callable[[int, int], int]:
    """How often to try: the first number among the common tests, the second under `make attack`."""
    return lambda few, all_of_them: all_of_them if FULL else few


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Told:
    """Records one row of the table: what was tried and how often, and what was seen."""

    def told(tried: str, seen: str) -> None:
        request.node.user_properties.append((ROW, (request.node.module.__name__.rpartition("_")[2], tried, seen)))

    return told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the table, in the form in which docs/attacks.md keeps it."""
    rows = sorted(_rows(terminalreporter))
    if not rows:
        return
    terminalreporter.section("attacks")
    for row in [("Attack", "Tried", "Seen"), ("---",) * 3, *rows]:
        terminalreporter.line(f"| {' | '.join(row)} |")


def _rows(reporter: pytest.TerminalReporter) -> Iterator[tuple[str, str, str]]:
    for outcome in ("passed", "failed"):
        for report in reporter.stats.get(outcome, []):
            yield from (tuple(value) for name, value in report.user_properties if name == ROW)
