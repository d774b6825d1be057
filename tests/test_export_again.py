"""A second export: it makes what changed and nothing else, and leaves what a first one would have left."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from feeds.model import EntryQuery
from feeds.model import Scope
from feeds.model import TopicHit
from feeds.settings import Settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests import tellings
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_source
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
from web.export import make_app
from web.export.freshness import Fresh
from web.export.freshness import Stand
from web.export.freshness import stand_of
from web.state import State

LATER = NOW + timedelta(hours=2)


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store and its export, to be copied."""
    folder = tmp_path_factory.mktemp("again")
    url = f"sqlite:///{folder / 'store.db'}"
    migrate(url)
    with open_store(url) as store:
        fill(store)
        exported(settings_of(url, folder), store, folder / "out")
    return folder


@pytest.fixture
def site(master: Path, tmp_path: Path) -> Iterator[Site]:
    """Exported a moment ago."""
    folder = tmp_path / "site"
    shutil.copytree(master, folder)
    url = f"sqlite:///{folder / 'store.db'}"
    count = len((folder / "out/.feedwright/files.txt").read_text("utf-8").splitlines())
    settings = replace(settings_of(url, master), database_url=url)
    with open_store(url) as store:
        # A file that was copied counts as another store.
        note = folder / "out/.feedwright/stand.json"
        note.write_text(json.dumps({"stand": asdict(_stand(settings, store)), "left": []}), encoding="utf-8")
        yield Site(settings, store, folder / "out", Exported(written=count))


def again(site: Site, anew: bool = False) -> Exported:
    return export_site(site.settings, site.folder, store=site.store, anew=anew)


def _adds(store: Store) -> None:
    """By somebody new, from the source by the name that it has: a source that is renamed changes every file of it."""
    draft = make_draft("来得晚的一条。", 90, topics=(RAG,), people=(make_person("新人", "newcomer"),))
    store.save(make_batch([draft], name="late.md", source=make_source("garden", "Garden")), LATER)


def _edits(store: Store) -> None:
    edited = replace(drafts()[0], title="另一个题目", people=(make_person("新人", "newcomer"),))
    store.save(make_batch([edited, drafts()[1]], url="https://notes.example.com/5", digest="3"), LATER)


def _withdraws(store: Store) -> None:
    store.withdraw(store.entries(EntryQuery(limit=1)).entries[0].id, LATER)


def _classifies(store: Store) -> None:
    store.retopic(lambda title, text, *, labels=(), links=(): (TopicHit("coding", 1.0),), LATER)


def _tells_more(store: Store) -> None:
    tellings.save(store, tellings.told("c", 3, REPO))


def test_what_is_made_again_after_a_change_leaves_the_folder_as_if_all_had_been(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    """A file that was wrongly taken for fresh would differ."""
    fill(store)
    (tmp_path / "rules").mkdir()
    site = exported(settings_of(store_url, tmp_path / "rules"), store, tmp_path / "out")
    for number, changes in enumerate([(_adds, _tells_more), (_edits, _withdraws), (_classifies,)]):
        for change in changes:
            change(store)
        done = again(site)
        whole = export_site(site.settings, tmp_path / f"whole{number}", store=store)
        assert done.written + done.unchanged == whole.written
        assert files_in(site.folder) == files_in(tmp_path / f"whole{number}")


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


def test_other_settings_and_other_files_that_they_name_make_all_again(site: Site, tmp_path: Path) -> None:
    before = _stand(site.settings, site.store)
    rules = tmp_path / "rules.toml"
    rules.write_text('[[topic]]\nslug = "rag"\nzh = "检索"\nen = "RAG"\n', encoding="utf-8")
    named = replace(site.settings, topics=rules)
    then = _stand(named, site.store)
    rules.write_text('[[topic]]\nslug = "rag"\nzh = "检索"\nen = "Retrieval"\n', encoding="utf-8")
    others = [then, _stand(named, site.store), _stand(replace(site.settings, site_name="另"), site.store)]
    others += [replace(before, code="other"), replace(before, lineage="other"), replace(before, version=99)]
    assert len({before, *others}) == 7
    for earlier in others:
        fresh = Fresh(earlier, before, site.store)
        assert not fresh.is_whole and not fresh.covers([Scope("author", "nobody")])
    assert Fresh(before, before, site.store).is_whole


def _stand(settings: Settings, store: Store) -> Stand:
    return stand_of(cast(State, make_app(settings, store).extensions["feedwright"]))


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
