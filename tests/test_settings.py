from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC
from datetime import datetime
from pathlib import Path
from typing import get_origin
from typing import get_type_hints

import pytest

from feeds.errors import ConfigError
from feeds.settings import SETTINGS
from feeds.settings import Setting
from feeds.settings import Settings
from feeds.settings import load_settings
from feedwright import main

README = Path(__file__).parent.parent / "README.md"


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = load_settings({})
    assert settings.database_url == "sqlite:///feedwright.sqlite3"
    assert settings.public_base_url == "http://127.0.0.1:8000"
    assert (settings.port, settings.topics) == (8000, None)


def test_the_table_has_a_row_for_every_field_with_a_default_of_its_type() -> None:
    hints = get_type_hints(Settings)
    settings = load_settings({})
    assert [field.name.upper() for field in fields(Settings)] == [setting.name for setting in SETTINGS]
    for name, kind in hints.items():
        assert isinstance(getattr(settings, name), tuple if get_origin(kind) is tuple else kind)
    assert all(setting.help for setting in SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_readme_and_help_name_every_setting(setting: Setting) -> None:
    assert re.search(rf"^\|.*`{setting.name}`.*\|.+\|$", README.read_text("utf-8"), re.MULTILINE)
    assert re.search(rf"\b{setting.name}\b", main.help or "")


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_a_variable_that_is_empty_counts_as_not_given(name: str) -> None:
    assert load_settings({name: " "}) == load_settings({})


@pytest.mark.parametrize(
    ("name", "words", "value"),
    [
        ("DATABASE_URL", "sqlite:////var/lib/store.db", "sqlite:////var/lib/store.db"),
        ("DATABASE_URL", "postgres://u:p@db.example/n", "postgresql+psycopg://u:p@db.example/n"),
        ("DATABASE_URL", "postgresql://u:p@db.example/n", "postgresql+psycopg://u:p@db.example/n"),
        ("PUBLIC_BASE_URL", "https://feeds.example.org/", "https://feeds.example.org"),
        ("PUBLIC_BASE_URL", "http://[::1]:8080/sub", "http://[::1]:8080/sub"),
        ("SITE_NAME", " 我的订阅 ", "我的订阅"),
        ("PORT", "5000", 5000),
        ("TOPICS", __file__, Path(__file__)),
        ("SOURCE_DATE_EPOCH", "1700000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
    ],
)
def test_values_are_read(name: str, words: str, value: object) -> None:
    assert getattr(load_settings({name: words}), name.lower()) == value


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DATABASE_URL", "mysql://db.example/n"),
        ("DATABASE_URL", "store.db"),
        ("DATABASE_URL", "sqlite://store.db"),
        ("PUBLIC_BASE_URL", "feeds.example.org"),
        ("PUBLIC_BASE_URL", "ftp://feeds.example.org"),
        ("PUBLIC_BASE_URL", "https://"),
        ("PUBLIC_BASE_URL", "https://feeds.example.org/?x=1"),
        ("PUBLIC_BASE_URL", "https://feeds.example.org:port"),
        ("PUBLIC_BASE_URL", "https://feeds.example.org/a b"),
        ("PUBLIC_BASE_URL", "https://a@feeds.example.org"),
        ("SITE_NAME", "two\nlines"),
        ("SITE_LANGUAGE", "zh_CN"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "٣"),
        ("WEB_CONCURRENCY", "-1"),
        ("TOPICS", "no/such/file.toml"),
    ],
)
def test_a_wrong_value_is_refused_with_the_name_of_its_variable(name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name}: ") as caught:
        load_settings({name: words})
    assert caught.value.name == name


def test_a_refused_database_address_is_not_repeated_since_it_may_hold_a_password() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings({"DATABASE_URL": "mysql://user:secret@db.example/n"})
    assert "secret" not in str(caught.value)
