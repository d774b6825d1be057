"""What became of a document that was to be read."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field

from feeds.model import Problem
from feeds.model import Saved
from feeds.model import Skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    name: str
    location: str
    format: str | None = None
    saved: Saved = field(default=Saved())
    skips: tuple[Skip, ...] = ()
    problems: tuple[Problem, ...] = ()
    #: Why the document gave nothing; None where it was read.
    failure: Problem | None = None

    @property
    def entries(self) -> int:
        """The entries that the document holds now."""
        return self.saved.new + self.saved.changed + self.saved.unchanged
