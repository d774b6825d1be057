"""One person under several names and handles, as data says."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.aliases import Aliases
from feeds.aliases import load_aliases
from feeds.errors import ConfigError
from feeds.model import Person
from feeds.model import Role

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
    known = aliases.known_as(person(name, handle))
    assert known is not None
    assert (known.handle or known.name) == slug
    assert aliases.slug(f"@{handle}" if handle else name) == slug


@pytest.mark.parametrize(("name", "handle"), [("林大雨", None), ("林小雨", "somebody_else"), ("", None)])
def test_nobody_else_is_merged(aliases: Aliases, name: str, handle: str | None) -> None:
    assert aliases.known_as(person(name, handle)) is None


def test_the_shipped_file_is_sound_and_stays_beside_ones_own(aliases: Aliases) -> None:
    assert load_aliases().people
    assert set(load_aliases().people) < set(aliases.people)


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
