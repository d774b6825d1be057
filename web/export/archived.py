"""The archive documents of listings that did not change: as the last export found them, read from no store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence
from urllib.parse import unquote

from feeds.formats import RSS
from feeds.shapes import ARCHIVE
from feeds.shapes import SCRIPTS
from web.export.addresses import Archives
from web.export.addresses import scopes_of_listing
from web.export.freshness import Fresh
from web.selections import Selection

_CONVERTED = tuple(f".{script}{RSS.suffix}" for script in SCRIPTS)


def known_archives(files: Iterable[str], fresh: Fresh) -> Archives:
    """Tells the archive documents of a listing from the names of the files made before; None where it changed."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in files:
        listing, archive, document = name.removesuffix(RSS.suffix).rpartition(f"/{ARCHIVE}/")
        if archive and name.endswith(RSS.suffix) and not name.endswith(_CONVERTED):
            found[listing].append(document)

    def archives(selection: Selection) -> Sequence[str] | None:
        return found.get(unquote(selection.path).strip("/"), []) if fresh.covers(scopes_of_listing(selection)) else None

    return archives
