"""A second export: it makes what changed and nothing else, and leaves what a first one would have left."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.model import EntryQuery
from feeds.model import TopicHit
from feeds.store import Store
from tests import tellings
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.exports import REPO
from tests.exports import Site
from tests.exports import exported
from tests.exports import files_in
from tests.exports import fill
from tests.exports import settings_of
from tests.site import RAG
from tests.site import drafts
from web.export import Exported
from web.export import export_site

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def site(store: Store, store_url: str, tmp_path: Path) -> Site:
    fill(store)
    (tmp_path / "rules").mkdir()
    return exported(settings_of(store_url, tmp_path / "rules"), store, tmp_path / "out")


def again(site: Site, **options: bool) -> Exported:
    return export_site(site.settings, site.folder, store=site.store, **options)


def _adds(store: Store) -> None:
    store.save(make_batch([make_draft("来得晚的一条。", 90, topics=(RAG,))], name="late.md"), LATER)


def _edits(store: Store) -> None:
    edited = replace(drafts()[0], title="另一个题目", people=(make_person("新人", "newcomer"),))
    store.save(make_batch([edited, *drafts()[1:3]], url="https://notes.example.com/5", digest="3"), LATER)


def _withdraws(store: Store) -> None:
    store.withdraw(store.entries(EntryQuery(limit=1)).entries[0].id, LATER)


def _classifies(store: Store) -> None:
    store.retopic(lambda title, text, *, labels=(), links=(): (TopicHit("coding", 1.0),), LATER)


def _tells_more(store: Store) -> None:
    tellings.save(store, tellings.told("c", 3, REPO))


CHANGES = [_adds, _edits, _withdraws, _classifies, _tells_more]


def test_what_is_made_again_after_a_change_leaves_the_folder_as_if_all_had_been(site: Site, tmp_path: Path) -> None:
    """Each kind of change after the other; a file that was wrongly taken for fresh would differ."""
    for number, change in enumerate(CHANGES):
        change(site.store)
        done = again(site)
        whole = tmp_path / f"whole{number}"
        fresh = export_site(site.settings, whole, store=site.store)
        assert done.written + done.unchanged == fresh.written
        assert files_in(site.folder) == files_in(whole), change.__name__
        shutil.rmtree(whole)


def test_nothing_is_made_again_where_nothing_changed(site: Site) -> None:
    done = again(site)
    assert (done.written, done.removed) == (0, 0)
    assert done.unchanged == done.skipped == site.done.written


def test_one_new_entry_makes_and_writes_a_part_of_the_site(site: Site) -> None:
    before = {path: path.stat().st_mtime_ns for path in site.folder.rglob("*.html")}
    _adds(site.store)
    done = again(site)
    assert 0 < done.written < done.unchanged
    assert done.skipped > done.written
    unmoved = {path for path, at in before.items() if path.stat().st_mtime_ns == at}
    assert site.folder / "en/about.html" in unmoved and site.folder / "en/entries.html" not in unmoved


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda site: replace(site.settings, site_name="另一个名字"), id="a setting"),
        pytest.param(lambda site: _without_a_topic(site), id="a file that a setting names"),
    ],
)
def test_other_settings_make_all_again(site: Site, change: Callable[[Site], object]) -> None:
    done = again(replace(site, settings=change(site)))
    assert done.skipped == 0 and done.written > 10


def _without_a_topic(site: Site) -> object:
    assert site.settings.topics is not None
    site.settings.topics.write_text('[[topic]]\nslug = "rag"\nzh = "检索"\nen = "Retrieval"\n', encoding="utf-8")
    return site.settings


def test_all_is_made_again_on_demand(site: Site) -> None:
    done = again(site, anew=True)
    assert (done.skipped, done.written, done.unchanged) == (0, 0, site.done.written)


def test_files_that_were_lost_or_changed_come_back(site: Site) -> None:
    whole = files_in(site.folder)
    (site.folder / "index.html").unlink()
    (site.folder / "entries.rss").write_text("changed by hand", encoding="utf-8")
    done = again(site)
    assert (done.written, done.unchanged) == (2, site.done.written - 2)
    assert files_in(site.folder) == whole


def test_what_is_gone_is_removed_and_what_no_export_made_stays(site: Site) -> None:
    (site.folder / "CNAME").write_text("feeds.example.org")
    entry = site.store.ids()[0][0]
    page = site.folder / f"entries/{entry.removeprefix('urn:uuid:')}.html"
    assert page.is_file()
    site.store.withdraw(entry, LATER)
    done = again(site)
    assert done.removed >= 4 and not page.exists()
    assert (site.folder / "CNAME").read_text() == "feeds.example.org"


def test_another_store_is_not_taken_for_the_one_exported_before(site: Site, tmp_path: Path, empty_store: Path) -> None:
    shutil.copy(empty_store, tmp_path / "other.db")
    settings = replace(site.settings, database_url=f"sqlite:///{tmp_path / 'other.db'}")
    done = export_site(settings, site.folder)
    assert done.skipped == 0 and done.removed > 0
