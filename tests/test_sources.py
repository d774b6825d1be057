"""`sources.toml`: what is read, and what is refused with its line and reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feeds.errors import ConfigError
from scrapers.sources import load_sources
from scrapers.sources import source_for


def write(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_source_that_is_fetched_is_read_with_all_that_is_told_of_it(tmp_path: Path) -> None:
    own = """
        [[source]]
        slug = "lantern"
        name = "纸灯"
        kind = "listing"
        address = "https://lantern.example.org/posts?page=1"
        format = "page"
        author = "林小雨"
        language = "zh-Hant"
        zone = "Asia/Taipei"
        topics = ["agents"]
        interval = "2 hours"
        licence = "CC BY 4.0"
        items = "article.post"
        limit = 5
    """
    rule = load_sources(write(tmp_path, own))[0]
    origin = rule.origin
    assert origin is not None
    assert (rule.author, rule.source.zone, rule.source.language) == ("林小雨", "Asia/Taipei", "zh-Hant")
    assert (origin.kind, origin.format, origin.topics) == ("listing", "page", ("agents",))
    assert (origin.interval, origin.licence, origin.items, origin.limit) == (
        timedelta(hours=2),
        "CC BY 4.0",
        "article.post",
        5,
    )


def test_what_is_only_fetched_catches_no_document_that_is_handed_in(tmp_path: Path) -> None:
    own = '[[source]]\nslug = "a"\nkind = "feed"\naddress = "https://example.org/feed"\n'
    assert source_for("notes/x.md", "article", load_sources(write(tmp_path, own))).source.slug == "articles"


@pytest.mark.parametrize(
    ("lines", "line", "why"),
    [
        ('kind = "ftp"', 3, "kind: 'ftp' is none; known: files, url"),
        ('kind = "feed"', 2, "address: is missing"),
        ('kind = "feed"\naddress = "ftp://example.org/a"', 4, "is no web address"),
        ('kind = "feed"\naddress = "https://me:secret@example.org/a"', 4, "no user and no password"),
        ('kind = "feed"\naddress = "https://example.org/a"\ninterval = "often"', 5, "'often' is none"),
        ('kind = "feed"\naddress = "https://example.org/a"\ninterval = "1 second"', 5, "1 minute to 31 days"),
        ('kind = "feed"\naddress = "https://example.org/a"\nglob = "*.md"', 5, "means nothing"),
        ('kind = "url"\naddress = "https://example.org/a"\nformat = "docx"', 5, "'docx' is none; known: detect"),
        ('kind = "listing"\naddress = "https://example.org/a"\nlimit = 0', 5, "from 1 to 200"),
        ('kind = "files"', 2, "files: is missing"),
        ('kind = "files"\nfiles = "a.md"', 4, "must be a list"),
        ('kind = "mastodon"', 2, "not both"),
        ('address = "https://example.org/a"', 3, "needs a kind"),
        ('kind = "feed"\nadress = "https://example.org/a"', 4, "adress: is not known"),
        ('zone = "Mars/Olympus"', 3, "no IANA time zone"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_a_wrong_source_is_refused_with_its_line(lines: str, line: int, why: str, tmp_path: Path) -> None:
    path = write(tmp_path, f'[[source]]\nslug = "a"\n{lines}\n'.replace("[[source]]\n", "\n[[source]]\n", 1)[1:])
    with pytest.raises(ConfigError, match=why) as caught:
        load_sources(path)
    expected = line if line > 2 else 1
    assert f"source 1, line {expected}" in str(caught.value)
    assert "secret" not in str(caught.value).replace(str(tmp_path), "")


def test_two_fetched_sources_do_not_share_a_slug(tmp_path: Path) -> None:
    one = '[[source]]\nslug = "a"\nkind = "feed"\naddress = "https://example.org/feed"\n'
    with pytest.raises(ConfigError, match="line 6: slug: 'a' is another source"):
        load_sources(write(tmp_path, one + one))
