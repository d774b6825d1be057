"""What a save has just written itself, so that it need not ask the database for it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set
from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.store.features import Features


@dataclass(frozen=True, slots=True)
class Written:
    """The entries that a transaction has written, by id."""

    #: The version of the store that it has taken; None where it has taken none yet.
    version: int | None = None
    #: Those whose rows have that version.
    ids: Set[str] = frozenset()
    #: Those that are new and shown: nothing leads to them but what the transaction has written. Who says so has told
    #: already what they belong to.
    new: Set[str] = frozenset()
    #: What the words of some tell.
    features: Mapping[str, Features] = field(default_factory=dict)
    #: Whether their document leads no others.
    is_all: bool = False


#: By who has written nothing that is to be known.
NOTHING = Written()
