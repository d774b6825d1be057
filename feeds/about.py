"""What an entry is about: the exact keys and the name under which others about the same thing are found. Pure.

To link something is not to be about it. An entry is about its own address and about links that say what they lead to;
one with many of them is a round-up, which is about none, or about the one that its title spells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

from feeds.canonical import exact_keys
from feeds.model import Link
from feeds.model import Rel
from feeds.names import Subject
from feeds.names import is_name
from feeds.names import is_round_up
from feeds.names import name_key
from feeds.names import subject
from feeds.windows import NAME

#: An entry with more exact keys, or more links in all, is a round-up.
KEYS, LINKS = 4, 10

#: The share of a round-up that a link must have to count, told by the sentences and list items that hold it: of more
#: than five things none is what the entry is about. In real recaps what is told in a sentence of its own has 0.2 to
#: 0.4; a paper or a project named in an essay, or in the digest of a channel, seldom more than 0.17, mostly 0.05.
SHARE = 0.2
#: Letters from which the name of a repository is found in a title.
SPELLED = 4

_PIECE = re.compile(r"(?<=[。！？])|(?<=[.!?] )|\n+")

#: Links of these kinds say what an entry is about; others stand in it in passing.
_ABOUT = {Rel.ORIGINAL, Rel.SOURCE, Rel.PROJECT, Rel.PAPER, Rel.VIDEO, Rel.TRANSLATION}


@dataclass(frozen=True, slots=True)
class About:
    """What an entry is about."""

    #: Exact keys, the best first.
    keys: tuple[str, ...]
    #: Those by which it ties other entries together; by the others it only hangs on what they tie.
    tying: frozenset[str]
    #: Whether it may tie by its name; a round-up does not.
    ties: bool
    #: What it names first.
    subject: Subject | None

    def rows(self) -> dict[str, bool]:
        """Every key under which the entry is found, with whether it ties by it."""
        names = self.subject.names if self.subject else ()
        named = {f"{NAME}{name}": self.ties and self.subject is not None and self.subject.is_about for name in names}
        return {**{key: key in self.tying for key in self.keys}, **named}


def about(title: str | None, text: str, url: str | None, links: Sequence[Link], natural_keys: Sequence[str]) -> About:
    """What an entry is about: its own identifiers, its own address, the links that say what they lead to."""
    own = tuple(dict.fromkeys(key for natural in natural_keys for key in exact_keys(natural)))
    others = _others(url, links, own)
    is_many = len(others) > KEYS or len(links) > LINKS or is_round_up(title)
    subjects = tuple(key for key in others if _is_spelled(key, title)) if _several(others) else others
    tying = () if is_many else subjects
    originals = _keys_of(link for link in links if link.rel is Rel.ORIGINAL and link.url == url)
    told = {key for key in others if key in originals or _share(key, text, links, len(others)) >= SHARE}
    kept = (*own, *(key for key in others if key in tying or key in told))
    found = subject(title, text, [link.url for link in links])
    ties = not is_many and (bool(subjects) or not others)
    return About(kept, frozenset(tying if is_many else (*own, *tying)), ties, _project(url, text, found))


def _others(url: str | None, links: Sequence[Link], own: Sequence[str]) -> tuple[str, ...]:
    """Keys of the main link and of the links that say what they lead to, the best first."""
    main = exact_keys(url) if url else ()
    linked = _keys_of(link for link in links if link.rel in _ABOUT)
    return tuple(key for key in dict.fromkeys((*main, *linked)) if key not in own)


def _keys_of(links: Iterable[Link]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for link in links for key in exact_keys(link.url)))


def _is_spelled(key: str, title: str | None) -> bool:
    """Whether the title spells the name of the repository: of several it is the one that the entry is about."""
    name = _letters(key.rpartition("/")[2]) if key.startswith("repo:") else ""
    return len(name) >= SPELLED and name in _letters(title or "")


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _share(key: str, text: str, links: Sequence[Link], among: int) -> float:
    """The share of the text that stands in the pieces with a link that has the key; an even one where none shows it."""
    shown = {
        words
        for link in links
        if key in exact_keys(link.url)
        for words in (link.title, link.url.partition("://")[2].rstrip("/"))
        if words
    }
    having = [piece for piece in _PIECE.split(text) if piece and any(words in piece for words in shown)]
    return sum(map(len, having)) / len(text) if having else 1 / among


def _several(keys: Iterable[str]) -> bool:
    """Two of one kind from one place: two repositories, two papers. Two pages can be a thing and its announcement."""
    places = Counter(_place(key) for key in keys)
    return any(number > (2 if place == "url" else 1) for place, number in places.items())


def _place(key: str) -> str:
    kind, _, rest = key.partition(":")
    ends = {"repo": "/", "video": ":"}.get(kind)
    return f"{kind}:{rest.partition(ends)[0]}" if ends else kind


def _project(url: str | None, text: str, found: Subject | None) -> Subject | None:
    """The name of the repository that is the entry's own address, where the entry calls it so and by nothing else."""
    if found is not None and found.is_about:
        return found
    for key in exact_keys(url) if url else ():
        name = key.rpartition("/")[2]
        if key.startswith("repo:") and is_name(name) and name in text.lower():
            return Subject(name_key(name), is_about=True)
    return found
