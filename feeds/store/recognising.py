"""Which known entry each draft of a document is: first by what is known of it, then where the document came from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from feeds.identity import Traits
from feeds.identity import recognise
from feeds.store import decide
from feeds.store.loading import Surroundings
from feeds.store.loading import widen


def find_known(
    connection: Connection, source_id: int, around: Surroundings, drafts: Sequence[Traits]
) -> tuple[Surroundings, dict[int, str]]:
    """The ids of the drafts (by index) that are known, with all that was looked at: more than `around` at times.

    A document that was renamed, split or merged is edited at the same time: what is left of it is compared with what is
    left of the documents that most of it came from.
    """
    found = recognise(drafts, around.known())
    rest = [index for index in range(len(drafts)) if index not in found]
    homes = [around.homes(entry_id) - {around.document_id} for entry_id in found.values()]
    kin = decide.kin(homes, len(drafts), around.sizes)
    if rest and kin:
        around = widen(connection, around, source_id, kin)
        more = recognise([drafts[index] for index in rest], around.known(kin, set(found.values())))
        found |= {rest[index]: entry_id for index, entry_id in more.items()}
    return around, found
