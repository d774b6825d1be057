"""Why an entry is in a topic, or is not, as a sentence for people. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from feeds.model import Evidence

#: What the evidence of a rule that speaks against its topic begins with.
AGAINST = "against it: "
_PLACES = {
    "title": "in the title",
    "opening": "at the beginning",
    "body": "further down",
    "link": "in an address",
}


def why(name: str, evidence: Sequence[Evidence], score: float) -> str:
    """Why an entry is in the topic of that name: the words found, what they are, and where."""
    return f"In {name}: {_found(evidence)}. Together that counts {score:.1f}."


def why_not(name: str, evidence: Sequence[Evidence], score: float, needed: float) -> str:
    """Why it is not, although something was found."""
    return f"Not in {name}: {_found(evidence)}. Together that counts {score:.1f}; {needed:.1f} would be enough."


def _found(evidence: Sequence[Evidence]) -> str:
    signs: dict[tuple[str, str], list[str]] = {}
    for one in evidence:
        signs.setdefault((one.rule, one.place), []).append(f"“{one.words}”")
    pro = [_sign(*key, words) for key, words in signs.items() if not key[0].startswith(AGAINST)]
    con = [_sign(*key, words) for key, words in signs.items() if key[0].startswith(AGAINST)]
    said = "; ".join(pro) or "nothing speaks for it"
    return f"{said}; but {'; '.join(con)}" if con else said


def _sign(rule: str, place: str, words: Sequence[str]) -> str:
    listed = ", ".join(dict.fromkeys(words))
    if place == "label":
        return f"its author gave it the tag {listed}"
    return f"{listed} {_PLACES.get(place, place)} ({rule.removeprefix(AGAINST)})"
