"""One person under several names and handles, as data says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from feeds.aliases import Aliases
from feeds.aliases import load_aliases
from feeds.authors import slug_for
from feeds.errors import ConfigError
from feeds.errors import NotFoundError
from feeds.model import EntryQuery
from feeds.model import Person
from feeds.model import Role
from feeds.store import Store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft

OWN = """
[[author]]
handle = "rainlin"
name = "林小雨"
handles = ["@rain_old"]
names = ["小雨", "Lin Xiaoyu"]

[[author]]
name = "纸灯周刊"
names = ["纸灯周报"]
"""


@pytest.fixture
def aliases(tmp_path: Path) -> Aliases:
    (tmp_path / "authors.toml").write_text(OWN, "utf-8")
    return load_aliases(tmp_path / "authors.toml")


def person(name: str, handle: str | None = None) -> Person:
    return Person("", name, handle, Role.AUTHOR)


@pytest.mark.parametrize(
    ("name", "handle", "slug"),
    [
        ("林小雨", None, "rainlin"),
        ("小雨", None, "rainlin"),
        ("LIN XIAOYU", None, "rainlin"),
        ("anything", "Rain_Old", "rainlin"),
        ("林小雨", "rainlin", "rainlin"),
        ("纸灯周报", None, "纸灯周刊"),
    ],
)
def test_every_spelling_leads_to_one_author(aliases: Aliases, name: str, handle: str | None, slug: str) -> None:
    assert slug_for(aliases.named(person(name, handle))) == slug


@pytest.mark.parametrize(("name", "handle"), [("林大雨", None), ("林小雨", "somebody_else"), ("", None)])
def test_nobody_else_is_merged(aliases: Aliases, name: str, handle: str | None) -> None:
    assert aliases.named(person(name, handle)) == person(name, handle)


def test_the_shipped_file_is_sound_and_stays_beside_ones_own(aliases: Aliases) -> None:
    assert load_aliases().keys
    assert set(load_aliases().keys) < set(aliases.keys)


def test_two_names_are_one_author_whose_other_names_redirect(aliases: Aliases, store: Store) -> None:
    people = [person("小雨"), person("Lin Xiaoyu"), person("林小雨", "rainlin")]
    drafts = [
        make_draft(f"{n}：一条各不相同的帖子，写的是第{n}件事。", n, people=(aliases.named(one),))
        for n, one in enumerate(people, 1)
    ]
    store.save(make_batch(drafts), NOW)
    (author,) = store.authors()
    assert (author.slug, author.name, author.entries) == ("rainlin", "林小雨", 3)
    assert [store.author(name).slug for name in ("小雨", "@rainlin", "lin-xiaoyu")] == ["rainlin"] * 3
    assert {p.slug for entry in store.entries(EntryQuery()).entries for p in entry.people} == {"rainlin"}


def test_an_author_who_turns_out_to_be_another_leaves_a_redirect(aliases: Aliases, store: Store) -> None:
    text = "这条帖子的作者后来才知道是谁。"
    store.save(make_batch([make_draft(text, people=(person("小雨"),))]), NOW)
    (before,) = store.entries(EntryQuery()).entries
    assert store.author("小雨").slug == "小雨"
    store.save(make_batch([make_draft(text, people=(aliases.named(person("小雨")),))]), NOW)
    (after,) = store.entries(EntryQuery()).entries
    assert (after.id, after.updated) == (before.id, before.updated)
    assert store.author("小雨").slug == "rainlin"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[author]]\nnames = []", "handle or a name"),
        ("[[author]]\nname = 3", "text in quotes"),
        ("[[author]]\nname = 'a'\nalias = 'b'", "alias"),
        ("[[author]]\nname = 'a'\n[[author]]\nname = 'A'", "already"),
        ("author = 1", r"\[\[author\]\]"),
        ("[[author]", "line 1"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "own.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=words):
        load_aliases(tmp_path / "own.toml")


def test_the_address_of_a_handle_that_turns_out_to_be_anothers_redirects(aliases: Aliases, store: Store) -> None:
    text = "这条帖子是用旧账号写的，后来才换了名字。"
    store.save(make_batch([make_draft(text, people=(person("雨", "Rain_Old"),))]), NOW)
    assert store.author("rain_old").slug == "rain_old"
    store.save(make_batch([make_draft(text, people=(aliases.named(person("雨", "Rain_Old")),))]), NOW)
    assert [store.author(name).slug for name in ("rain_old", "@Rain_Old", "雨")] == ["rainlin"] * 3


def test_names_that_only_the_data_knows_lead_to_the_author(aliases: Aliases, store: Store) -> None:
    mira = aliases.named(person("Rain", "rainlin"))
    found = make_batch([make_draft("只用过一个账号的人写的一条帖子。", people=(mira,))])
    store.save(replace(found, spellings=aliases.spellings([mira])), NOW)
    names = ("林小雨", "小雨", "Lin Xiaoyu", "rain_old", "@rain_old", "@rainlin")
    assert [store.author(name).slug for name in names] == ["rainlin"] * len(names)
    with pytest.raises(NotFoundError):
        store.author("纸灯周刊")
