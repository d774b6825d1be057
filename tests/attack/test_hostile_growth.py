"""Time grows with the length of a document and no faster, whatever is repeated or nested in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import pytest

from feeds.errors import DocumentError
from scrapers.document import make_document
from scrapers.pipeline import keep
from scrapers.pipeline import scrape_document
from tests.attack.conftest import Told
from tests.attack.reading import Forgetful
from tests.attack.reading import plan
from tests.attack.shapes import MARKDOWN
from tests.attack.shapes import Shape
from tests.attack.shapes_told import SHAPES

#: The most that twice the length may cost: 2 is proportional, 4 its square. Half a second is counted on top, for what
#: the machine does meanwhile.
_RATIO, _GRACE = 3.0, 0.5
#: Shapes that took the square of their length, or more, until they were mended.
MENDED = (
    "open brackets and words",
    "open cdata",
    "open divs",
    "stars",
    "stars nested",
    "wide table, empty rows",
    "spaces",
    "schemes",
    "address of closing brackets",
    "handle headings",
    "combining marks of falling class",
    "TOML dots",
    "one key again",
    "spaces in a heading",
)
_WORDS = "今天试了一个新的小模型，跑在旧电脑上也很快，值得一看，谈谈它的用法和道理。" * 3
#: How a format is written around a shape; what a document is called; the format, where it must be named.
_AROUND: dict[str, tuple[str, str, str | None]] = {
    "article": (f"# 一篇文章的题目\n\n作者：某人\n\n{_WORDS}\n\n%s\n\n{_WORDS}\n", "a.md", None),
    "newsletter": (
        f"# 周刊（第 12 期）\n\n## 1. 第一节\n\n{_WORDS}\n\n%s\n\n## 2. 第二节\n\n{_WORDS}\n",
        "a.md",
        "newsletter",
    ),
    "posts": (f"## 1\n\nSomeone (@someone): {_WORDS}\n\n%s\n", "a.md", "posts"),
    "recap": (
        f"# AI Twitter Recap\n\n- **A headline**: {_WORDS}\n\n%s\n\n## B\n\n- **C**: {_WORDS}\n",
        "a.md",
        "recap",
    ),
    "flattened": (f"{_WORDS} %s {_WORDS}", "a.md", "flattened"),
    "dump": ("# 一\n%s", "a.md", "dump"),
    "feed": (
        f'<rss version="2.0"><channel><title>t</title><item><description><![CDATA[{_WORDS}%s]]></description></item>'
        "</channel></rss>",
        "a.xml",
        None,
    ),
    "page": (f"<!doctype html><html><body><article><p>{_WORDS}</p><p>%s</p></article></body></html>", "a.html", None),
}


def _text(shape: Shape, around: str | None, size: int) -> tuple[str, bytes, str | None]:
    if around is None:
        return shape.file, shape(size).encode("utf-8", "replace"), None
    before, name, form = _AROUND[around]
    return name, before.replace("%s", shape(size)).encode("utf-8", "replace"), form


def _seconds(shape: Shape, around: str | None, size: int) -> float:
    name, data, form = _text(shape, around, size)
    how = replace(plan(), format=form)
    begun = time.process_time()
    with suppress(DocumentError):
        keep(scrape_document(make_document(name, data), how), Forgetful(), how)  # type: ignore[arg-type]
    return time.process_time() - begun


def _check(shape: Shape, around: str | None, size: int) -> list[float]:
    """Raises where any of three tries grew too fast each time."""
    _seconds(shape, around, 100)
    for _ in range(3):
        took = [_seconds(shape, around, size * times) for times in (1, 2, 4)]
        if all(longer <= _RATIO * shorter + _GRACE for shorter, longer in pairwise(took)):
            return took
    raise AssertionError(f"{shape.name} in {around}: {took} seconds for {size}, {2 * size} and {4 * size} characters")


@pytest.mark.parametrize("name", MENDED)
def test_what_was_mended_grows_no_faster_than_its_length(name: str, rounds: Callable[[int, int], int]) -> None:
    shape = next(shape for shape in SHAPES if shape.name == name)
    around = "posts" if name == "spaces in a heading" else "article"
    _check(shape, around if shape in MARKDOWN else None, rounds(6_000, 12_000))


def test_nothing_repeated_or_nested_takes_the_square_of_its_length(
    rounds: Callable[[int, int], int], tell: Told
) -> None:
    every, size = rounds(60, 1), rounds(1_500, 4_000)
    tries = [(shape, None) for shape in SHAPES] + [(shape, around) for around in _AROUND for shape in MARKDOWN]
    slowest = max(
        ((_check(shape, around, size), shape.name, around) for shape, around in tries[::every]), key=lambda t: t[0][-1]
    )
    told = f"at most {_RATIO:.0f} times; slowest: {slowest[1]} in {slowest[2]}, {slowest[0][-1]:.1f} s for {4 * size:,}"
    tell(f"{len(tries[::every])} shapes in formats, doubled twice", told)


def test_ten_megabytes_are_read_or_refused_in_seconds(rounds: Callable[[int, int], int], tell: Told) -> None:
    size, every = rounds(100_000, 10_000_000), rounds(40, 1)
    tries = [(shape, None) for shape in SHAPES] + [(shape, "article") for shape in MARKDOWN]
    tries = tries[::every]
    took = [(_seconds(shape, around, size), shape.name) for shape, around in tries]
    slowest = max(took)
    assert slowest[0] < 300, slowest
    tell(
        f"{len(tries)} shapes of {size / 1e6:g} MB",
        f"slowest {slowest[0]:.1f} s CPU ({slowest[1]}); the mean {sum(s for s, _ in took) / len(took):.1f} s",
    )
