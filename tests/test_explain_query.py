"""The command that tells how a query is read."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from feeds.store import Store
from feedwright import main
from tests.searchable import fill


@pytest.fixture
def environ(store: Store, store_url: str) -> dict[str, str]:
    """Of a store with entries to look for."""
    fill(store)
    return {"DATABASE_URL": store_url, "PUBLIC_BASE_URL": "https://example.org", "SITE_LANGUAGE": "en"}


def test_it_tells_tree_form_words_addresses_and_how_many(environ: dict[str, str]) -> None:
    done = CliRunner().invoke(main, ["explain-query", "--json", "模型", "－作者：石小川"], env=environ)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {
        "tree": "all of\n  words '模型': 模型\n  not\n    author stonebrook",
        "canonical": "模型 -author:stonebrook",
        "en": "Entries with “模型”, not by 石小川, newest first.",
        "zh": "符合以下条件的条目，最新的在前：含“模型”，作者不为石小川。",
        "page": "https://example.org/search?q=%E6%A8%A1%E5%9E%8B%20-author%3Astonebrook",
        "feeds": [
            f"https://example.org/search{suffix}?q=%E6%A8%A1%E5%9E%8B%20-author%3Astonebrook"
            for suffix in (".rss", ".atom", ".json")
        ],
        "entries": 2,
    }


def test_it_shows_the_place_of_a_mistake(environ: dict[str, str]) -> None:
    done = CliRunner().invoke(main, ["explain-query", "模型 OR (芯片 author:nobody)"], env=environ)
    assert done.exit_code == 1
    assert "there is no author 'nobody'\n\n模型 OR (芯片 author:nobody)\n              ^^^^^^^^^^^^^\n" in done.output


def test_it_prints_for_people(environ: dict[str, str]) -> None:
    done = CliRunner().invoke(main, ["explain-query", "GPT-4"], env=environ)
    assert "canonical:  gpt-4\n" in done.stdout
    assert "entries:    2\n" in done.stdout
