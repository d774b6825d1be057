"""Documents of the corpus made hostile, read by every format: nothing is raised, and all that is published is whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from feeds.errors import DocumentError
from feeds.store import Store
from scrapers import samples_folder
from scrapers.formats import NAMES
from tests.attack.conftest import Told
from tests.attack.mutation import ODDITIES
from tests.attack.mutation import hostile_document
from tests.attack.mutation import read_documents
from tests.attack.reading import check_published
from tests.attack.reading import plan
from tests.attack.reading import read

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
OWN = Path(__file__).parents[1] / "documents"
#: What broke a parser once, as (seed, format); where there is a corpus the seed makes the same document of it.
BROKE: tuple[tuple[int, str | None], ...] = (
    (246, None),
    (289, None),
    (716, "json-feed"),
    (767, None),
    (888, "article"),
)


@pytest.fixture(scope="module")
def documents() -> tuple[tuple[str, str], ...]:
    """What hostile documents are made of."""
    folders = [folder for folder in (CORPUS / "seeds", CORPUS / "more", OWN, samples_folder()) if folder.is_dir()]
    return tuple(found for folder in folders for found in read_documents(folder) if found[1])


def test_hostile_documents_are_read_or_refused_and_what_is_published_is_whole(
    store: Store, documents: tuple[tuple[str, str], ...], rounds: Callable[[int, int], int], tell: Told
) -> None:
    seeds = range(rounds(40, 1500))
    became = {"read": 0, "refused": 0}
    looked = 0
    for seed in seeds:
        name, data = hostile_document(seed, documents)
        forced = NAMES[seed // 4 % len(NAMES)] if seed % 4 == 0 else None
        outcome = read(store, name, data, replace(plan(), format=forced))
        was_read = not isinstance(outcome, DocumentError) and outcome.failure is None
        became["read" if was_read else "refused"] += 1
        if seed % 500 == 499:
            looked += check_published(store)
    looked += check_published(store)
    told = f"{became['read']} read, {became['refused']} refused, 0 bugs; {looked} answers parsed"
    tell(f"{len(seeds)} documents mutated", told)


def test_documents_of_nothing_but_oddities_stop_no_format(store: Store) -> None:
    for form in NAMES:
        for number, text in enumerate(("".join(ODDITIES), "\n".join(ODDITIES), "\n\n".join(reversed(ODDITIES)))):
            read(store, f"{form}-{number}.md", text.encode("utf-8", "replace"), replace(plan(), format=form))
    check_published(store)


def test_what_broke_once_is_read_or_refused(store: Store, documents: tuple[tuple[str, str], ...]) -> None:
    for seed, form in BROKE:
        name, data = hostile_document(seed, documents)
        read(store, name, data, replace(plan(), format=form))
    check_published(store)
