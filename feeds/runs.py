"""Runs of letters: what two versions of a text keep in common when a part of it is replaced. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from collections.abc import Sequence

from feeds.text import width

#: Letters of a run that two texts have in common by more than chance, if not many texts of the document have it.
RUN = 6
#: The texts of a document that may have a run, in each of two versions, before it counts as a phrase of everybody's.
PHRASE = 2
#: The share of the shorter text, and the columns on a screen, that common runs have to cover: a head line above a short
#: post may be replaced by another one. Fewer columns are a name that two posts mention.
COVERED, COVERED_COLUMNS = 0.5, 14


class Runs:
    """The runs that tell one text of a document from the others, in each of its two versions."""

    def __init__(self, *versions: Sequence[str]) -> None:
        self._phrases: set[str] = set()
        for texts in versions:
            holders = Counter(run for text in texts for run in _runs(text))
            self._phrases |= {run for run, number in holders.items() if number > PHRASE}
        self._telling: dict[str, set[str]] = {}

    def shared(self, one: str, other: str) -> float:
        """The share of the shorter text that stands in common runs; 0.0 for what is too little."""
        short, long = sorted((one, other), key=len)
        common = self._of(short) & self._of(long) if len(short) * 4 >= len(long) else set()
        covered = _covered(short, common) if common else ""
        if len(covered) < COVERED * len(short) or width(covered) < COVERED_COLUMNS:
            return 0.0
        return len(covered) / len(short)

    def _of(self, text: str) -> set[str]:
        if text not in self._telling:
            self._telling[text] = _runs(text) - self._phrases
        return self._telling[text]


def _runs(text: str) -> set[str]:
    return {text[start : start + RUN] for start in range(len(text) - RUN + 1)}


def _covered(text: str, runs: Container[str]) -> str:
    """The letters of a text that stand in runs."""
    covered, end = [], 0
    for start in range(len(text) - RUN + 1):
        if text[start : start + RUN] in runs:
            covered.append(text[max(start, end) : start + RUN])
            end = start + RUN
    return "".join(covered)
