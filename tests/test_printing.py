"""What commands print: cells below each other, whatever script they are in."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from feeds.commands.printing import columns
from feeds.text import width
from scrapers.commands.ingest import ingest

POST = "### 01\n\n2026-03-01\n\n林舟\n@linzhou\n晒书要趁早，午后容易起风。\n"


def test_cells_stand_below_each_other_and_lines_end_with_words() -> None:
    lines = list(columns([("name", "new", "said"), ("番茄日记.md", "12", ""), ("a.md", "3", "twice")], right=[1]))
    assert lines == ["name         new  said", "番茄日记.md   12", "a.md           3  twice"]
    assert {width(line[: line.index(cell)]) for line, cell in zip(lines[::2], ("said", "twice"), strict=True)} == {18}


def test_each_document_is_one_line_also_where_its_name_is_not(
    tmp_path: Path, sqlite_store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_store_url)
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "two\nlines\t.md").write_text(POST, "utf-8")
    (folder / "番茄.md").write_text(POST.replace("晒书", "浇水"), "utf-8")
    printed = CliRunner().invoke(ingest, [str(folder)], catch_exceptions=False).stdout.splitlines()
    assert len(printed) == 4 and printed[-1] == "2 entries from 2 documents, 0 failed"
    assert len({width(line[: line.index("posts")]) for line in printed[1:3]}) == 1
