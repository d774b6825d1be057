"""People quoted within articles."""

from __future__ import annotations

import pytest

from scrapers.formats.quotations import quoted


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("教授Ada Byron (推特:@ada_b )说", [("Ada Byron", "ada_b", None)]),
        ("首席科学家王小波（X：@xiaobo）说", [("王小波", "xiaobo", None)]),
        (
            "Logan Kerr说。 https://x.com/MrLoganK/status/12",
            [("Logan Kerr", "MrLoganK", "https://x.com/MrLoganK/status/12")],
        ),
        ("写信给 a@example.com 或用 @scope/package", []),
        ("@one 和 @one", [(None, "one", None)]),
    ],
)
def test_people_quoted_with_an_address_are_named(text: str, people: list[tuple[str | None, str, str | None]]) -> None:
    assert [(p.name, p.handle, p.url) for p in quoted(text)] == people
