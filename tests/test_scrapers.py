"""Every scraper: saved documents with their expected twins, and what all formats promise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.errors import ConfigError
from feeds.errors import DocumentError
from feeds.errors import UnknownFormatError
from scrapers import samples_folder
from scrapers.document import Document
from scrapers.document import make_document
from scrapers.formats import FORMATS
from scrapers.formats import Format
from scrapers.formats import detect
from scrapers.formats import named
from scrapers.post import RawPost
from tests.twins import DOCUMENTS
from tests.twins import as_twin
from tests.twins import expected
from tests.twins import load

SAMPLES = sorted(samples_folder().glob("*.md"))


def saved(*formats: str) -> list[object]:
    paths = [(name, path) for name in formats for path in sorted((DOCUMENTS / name).glob("*.md"))]
    return [pytest.param(name, path, id=f"{name}/{path.stem}") for name, path in paths]


@pytest.mark.parametrize(("name", "path"), saved("newsletter", "posts"))
def test_a_saved_document_gives_its_expected_twin(name: str, path: Path) -> None:
    assert as_twin(named(name).scrape(load(path))) == expected(path)


@pytest.mark.parametrize(("name", "path"), saved(*(format.name for format in FORMATS)))
def test_a_saved_document_is_recognised(name: str, path: Path) -> None:
    assert detect(load(path)).name == name


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_shipped_sample_is_recognised_and_has_entries_and_no_problems(path: Path) -> None:
    document = load(path)
    format = detect(document)
    scraped = format.scrape(document)
    assert path.name.startswith(format.name)
    assert scraped.posts
    assert scraped.problems == ()


#: What programs write; tests of them make what they read (`test_feed_scraper`, `test_page_scraper`).
BY_PROGRAMS = {"feed", "json-feed", "mastodon", "twitter", "page"}


def test_every_format_that_people_write_has_a_sample_and_a_saved_document() -> None:
    for format in (format for format in FORMATS if format.name not in BY_PROGRAMS):
        assert any(path.name.startswith(format.name) for path in SAMPLES), format.name
        assert list((DOCUMENTS / format.name).glob("*.md")), format.name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("license", "Permission is hereby granted, free of charge, to any person\nobtaining a copy of this software."),
        ("program", "def main():\n    # 1. first\n    return 0\n\n\nif __name__ == '__main__':\n    main()\n"),
        ("table", "id,text,date\n1,hello,2024-01-01\n2,world,2024-01-02\n"),
        ("json", '{"items": [{"title": "a", "date": "2024-01-01"}]}'),
        (
            "readme",
            "# tool\n\nDoes things.\n\n## Install\n\n    pip install tool\n\n## Usage\n\nRun `tool`.\n",
        ),
        ("map", '<?xml version="1.0"?><urlset><url><loc>https://a.example/</loc></url></urlset>'),
        ("word", "hello"),
        ("mail", "From: a@b.example\nTo: c@d.example\nSubject: hi\n\nSee you tomorrow.\n"),
    ],
)
def test_what_is_in_no_known_format_is_reported_and_not_guessed(name: str, text: str) -> None:
    with pytest.raises(UnknownFormatError, match=f"{name}.*name its format"):
        detect(make_document(name, text.encode()))


def test_what_is_certainly_a_log_of_posts_is_not_read_as_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    log = load(next(path for path in SAMPLES if path.name.startswith("posts")))
    others = [replace(format, recognise=_unwanted) for format in FORMATS]
    monkeypatch.setattr("scrapers.formats.FORMATS", others)
    assert detect(log).name == "posts"


def _unwanted(document: Document) -> float:
    raise AssertionError("asked")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "newsletter",
            "# 周刊 第 12 期 2026-03-01\n\n本期目录\n\n"
            + "".join(f"## {n}.\n\n2026-03-0{n}\n\n[番茄](https://a.example/{n}) 长得不错。\n\n" for n in range(1, 5)),
        ),
        (
            "newsletter",
            "---\ndate: 2026-03-01\n---\n\nWelcome to this week's newsletter. In this issue:\n\n"
            + "".join(f"## 0{n}\n\n{'2026-03-01' if n < 3 else 'Words'}\n\nMore of them.\n\n" for n in range(1, 4)),
        ),
    ],
    ids=["dated sections with links", "as sure as of a log"],
)
def test_what_only_looks_like_a_log_is_what_it_says_of_itself(name: str, text: str) -> None:
    assert detect(make_document("a.md", text.encode())).name == name


def test_an_unknown_name_of_a_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="newsletter, posts, recap"):
        named("diary")


def _posts(format: Format, document: Document) -> tuple[RawPost, ...]:
    """None of a document that the format cannot read at all, which is said in an error of ours."""
    try:
        return format.scrape(document).posts
    except DocumentError:
        return ()


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_any_format_can_be_forced_on_any_document(format: Format, path: Path) -> None:
    document = load(path)
    lines = document.text.count("\n") + 1
    for post in _posts(format, document):
        assert 1 <= post.lines[0] <= post.lines[1] <= lines


PIECES = st.sampled_from(
    [
        "### 01",
        "### 2、题",
        "## x",
        "**粗**",
        "---",
        "2026-01-01",
        "名字",
        "@handle",
        "正文。",
        "- a：b",
        "* **c**: d",
        "",
        " ",
        "```",
        "作者丨甲",
        "原文來源:乙",
        "<b>",
        "=====",
        ">",
        "1. x",
    ]
)


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
@settings(max_examples=60, deadline=None)
@given(lines=st.lists(PIECES, min_size=1, max_size=24))
def test_no_mixture_of_lines_breaks_a_scraper(format: Format, lines: list[str]) -> None:
    try:
        document = make_document("any.md", "\n".join(lines).encode())
    except DocumentError:
        return
    assert 0 <= format.recognise(document) <= 1
    for post in _posts(format, document):
        assert post.body.strip() or post.title
        assert all(quoted < len(lines) for quoted in post.quotes)
