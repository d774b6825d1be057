"""Recaps: saved documents in each layout with their expected twins, headlines, and that no word is lost or doubled."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.text import letters
from scrapers.document import Document
from scrapers.document import make_document
from scrapers.formats import recap
from scrapers.formats.headlines import Strength
from scrapers.formats.headlines import find_headline
from scrapers.formats.recap_rules import load_rules
from scrapers.post import Scraped
from tests.twins import DOCUMENTS
from tests.twins import as_twin
from tests.twins import expected
from tests.twins import load

SAVED = sorted((DOCUMENTS / "recap").glob("*.md"))
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def document(text: str, name: str = "recap.md") -> Document:
    return make_document(name, text.encode())


def scraped(text: str) -> Scraped:
    return recap.scrape(document(text))


def titles(text: str) -> list[str | None]:
    return [post.title for post in scraped(text).posts]


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_a_saved_recap_gives_its_expected_twin(path: Path) -> None:
    assert as_twin(recap.scrape(load(path))) == expected(path)


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_every_saved_layout_is_recognised(path: Path) -> None:
    assert recap.recognise(load(path)) >= 0.6


@pytest.mark.parametrize("other", ["newsletter", "posts", "article", "dump", "flattened"])
def test_documents_of_other_formats_are_not_taken_for_recaps(other: str) -> None:
    for path in sorted((DOCUMENTS / other).glob("*.md")):
        assert recap.recognise(load(path)) < 0.3, path.name


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project (../shared/corpus)")
def test_of_the_real_documents_exactly_the_recaps_are_recognised() -> None:
    paths = [*CORPUS.glob("seeds/*.md"), *CORPUS.glob("more/*/*")]
    sure = {path.name for path in paths if recap.recognise(load(path)) >= 0.6}
    unsure = {path.name for path in paths if 0.3 <= recap.recognise(load(path)) < 0.6}
    assert sure == {"002.md", *(path.name for path in CORPUS.glob("more/recap/*"))}
    assert unsure == set()


@pytest.mark.parametrize(
    ("text", "words", "strength", "rest"),
    [
        pytest.param("**标题**：正文", "标题", Strength.STRONG, "正文", id="bold, full-width colon"),
        pytest.param("**Title**: text", "Title", Strength.STRONG, "text", id="bold, half-width colon"),
        pytest.param(
            "**Title**:[@a](https://x.com/a/status/1)",
            "Title",
            Strength.STRONG,
            "[@a](https://x.com/a/status/1)",
            id="no space",
        ),
        pytest.param("**标题：**正文", "标题", Strength.STRONG, "正文", id="colon inside the bold"),
        pytest.param("** 标题 **：正文", "标题", Strength.STRONG, "正文", id="broken bold"),
        pytest.param("__Title__ – text", "Title", Strength.STRONG, "text", id="dash"),
        pytest.param("**Title** (7 votes): text", "Title", Strength.STRONG, "(7 votes): text", id="remark"),
        pytest.param(
            "**A long enough title**，它还有下文",
            "A long enough title",
            Strength.BOLD,
            "**A long enough title**，它还有下文",
            id="begins a sentence",
        ),
        pytest.param("**A long enough title**。下文", "A long enough title", Strength.BOLD, "下文", id="is a sentence"),
        pytest.param("标题: 正文", "标题", Strength.PLAIN, "正文", id="words before the colon"),
        pytest.param("标题，其二：正文", "标题，其二", Strength.FAINT, "正文", id="comma before the colon"),
    ],
)
def test_a_headline_is_the_bold_lead_or_the_words_before_the_colon(
    text: str, words: str, strength: Strength, rest: str
) -> None:
    found = find_headline(text)
    assert found is not None
    assert (found.words, found.strength, found.rest) == (words, strength, rest)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("**Acme**发布了**新模型**", id="a name in bold"),
        pytest.param("一句话。后面才有：冒号", id="colon in a later sentence"),
        pytest.param("见[这里](https://a.example/b)：很好", id="colon behind a link"),
        pytest.param("`@sol` 说：很好", id="somebody says"),
        pytest.param("at 10:30 it began", id="a time"),
        pytest.param("use torch:cpu here", id="a name with a colon"),
        pytest.param(
            "关于这件事情的各种各样的看法以及后来人们又补充的许多其他的意见都可以归结为下面这样的一句话：很好",
            id="too long",
        ),
        pytest.param("https://a.example/b", id="an address"),
    ],
)
def test_a_sentence_is_no_headline(text: str) -> None:
    assert find_headline(text) is None


def test_a_linked_headline_gives_the_entry_its_main_link() -> None:
    post = scraped("# AI Reddit Recap\n\n- **[[R] A paper](https://a.example/r_(1))** (Activity: 3): text\n").posts[0]
    assert (post.title, post.url, post.body) == ("[R] A paper", "https://a.example/r_(1)", "(Activity: 3): text")


def test_a_headline_with_several_links_stays_in_the_body_so_that_none_is_lost() -> None:
    post = scraped("# AI Reddit Recap\n\n- **[A](https://a.example/) and [B](https://b.example/)**: text\n").posts[0]
    assert post.title == "A and B"
    assert post.body == "**[A](https://a.example/) and [B](https://b.example/)**: text"


def test_bullets_without_a_headline_beside_headlined_ones_are_one_entry_of_the_heading() -> None:
    found = scraped("# AI Reddit Recap\n\n**Tools**\n\n- **A**: a1\n- b1 words\n- **C**: c1\n- d1 words\n")
    assert [(p.title, p.body, p.part) for p in found.posts] == [
        ("A", "a1", "AI Reddit Recap › Tools"),
        ("Tools", "- b1 words\n\n- d1 words", "AI Reddit Recap"),
        ("C", "c1", "AI Reddit Recap › Tools"),
    ]


def test_one_bullet_that_happens_to_have_a_colon_makes_no_headlines() -> None:
    assert titles("# AI Discord Recap\n\n**Launch**:\n\n- 先说：很好\n- 再有一条\n- 又有一条\n") == ["Launch"]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        pytest.param("**Launch**:", ["Launch"], id="the heading is the headline"),
        pytest.param(
            "**Launch**", ["The long bold words", "Some more bold words", "Launch"], id="the heading is context"
        ),
    ],
)
def test_bold_words_in_a_sentence_are_no_headline_below_one_with_a_colon(heading: str, expected: list[str]) -> None:
    bullets = "- **The long bold words** begin this\n- **Some more bold words** and more\n- and this\n"
    assert titles(f"# AI Discord Recap\n\n{heading}\n\n{bullets}") == expected


@pytest.mark.parametrize(
    ("bullets", "expected"),
    [
        pytest.param("- 用 `x.y`: 快\n- 省电：好\n", ["用 x.y", "省电"], id="code in the words"),
        pytest.param("- 价格减半：好\n- 没有冒号\n", ["Launch"], id="half of them below a colon"),
        pytest.param("- 价格减半：好\n- 速度翻倍：好\n- 没有冒号\n", ["价格减半", "速度翻倍", "Launch"], id="most"),
    ],
)
def test_words_before_a_colon_head_most_bullets_or_none(bullets: str, expected: list[str]) -> None:
    assert titles(f"# AI Discord Recap\n\n**Launch**:\n\n{bullets}") == expected


def test_the_links_mentioned_below_a_bullet_belong_to_it() -> None:
    text = "# AI Discord Recap\n\n- **A**: a1\n\n**Links mentioned**:\n\n- [**B**](https://b.example/): b1\n"
    assert [(p.title, p.body) for p in scraped(text).posts] == [
        ("A", "a1\n\n**Links mentioned**:\n\n- [**B**](https://b.example/): b1")
    ]


def test_every_link_of_a_linked_heading_is_a_link_of_its_entry() -> None:
    head = "**[A](https://a.example/) and [B](https://b.example/)**:"
    post = scraped(f"# AI Discord Recap\n\n{head}\n- [c](https://c.example/) c1\n").posts[0]
    assert (post.url, post.headline_links) == ("https://a.example/", ("https://a.example/", "https://b.example/"))


def test_the_link_of_a_channel_is_no_link_of_what_was_said_there() -> None:
    head = "### ▷ #[general](https://discord.com/channels/1/2/3)"
    posts = scraped(f"# AI Discord Recap\n\n{head}\n\nann: [c](https://c.example/)\n").posts
    assert [(post.title, post.url, post.headline_links) for post in posts] == [("#general", None, ())]


def test_how_a_part_was_made_is_no_entry() -> None:
    found = scraped("# AI Twitter Recap\n\nall recaps done by a model, best of 4 runs.\n\n- **A**: a1\n")
    assert ([p.title for p in found.posts], [s.reason for s in found.skips]) == (["A"], ["note on a part"])


def test_a_paragraph_behind_a_bullet_belongs_to_it() -> None:
    found = scraped("# AI Reddit Recap\n\n- **A**: a1\n\nmore of it\n\n![x](https://a.example/x.png)\n\n- **B**: b1\n")
    assert [p.body for p in found.posts] == ["a1\n\nmore of it\n\n![x](https://a.example/x.png)", "b1"]


def test_nested_bullets_belong_to_their_bullet_and_lose_its_indent() -> None:
    found = scraped("# AI Reddit Recap\n\n*   **A**: a1\n    - one\n        - two\n*   **B**: b1\n")
    assert [p.body for p in found.posts] == ["a1\n- one\n    - two", "b1"]


@pytest.mark.parametrize("text", ["很长的一段话。" * 30, "一句话。", "![x](https://a.example/x.png)", "one\ntwo"])
def test_a_line_of_dashes_below_a_paragraph_makes_no_heading_of_it(text: str) -> None:
    found = scraped(f"# AI Reddit Recap\n\n- **A**: a1\n\n{text}\n---\n\n- **B**: b1\n")
    assert [p.body for p in found.posts] == [f"a1\n\n{text}", "b1"]


def test_a_line_of_dashes_below_a_headlined_paragraph_does_not_cost_the_entry() -> None:
    assert titles("# AI Discord Recap\n\n**A**: a1\n---\n\n**B**: b1\n\n---\n") == ["A", "B"]


def test_an_item_with_text_of_its_own_keeps_it_and_the_bullets_below() -> None:
    found = scraped("# AI Discord Recap\n\n1. **A**\n   text\n   - **B**: b1\n2. **C**\n   - **D**: d1\n")
    assert [(p.title, p.body) for p in found.posts] == [("A", "text\n- **B**: b1"), ("D", "d1")]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("Title\n===\n\nstory\n\n# AI Reddit Recap\n", "Title", id="underlined"),
        pytest.param("> 翻译转载自: https://a.example/b\n\n# Title\n\nstory\n", "Title", id="below the credit"),
        pytest.param(
            "**Title**\n\n> 翻译转载自: https://a.example/b\n\nstory\n", "Title", id="a line above the credit"
        ),
        pytest.param("---\ntitle: Title\n---\n\n# Title\n\nstory\n", "Title", id="twice"),
        pytest.param("---\ntitle: Title\n---\nstory\n\n# AI Reddit Recap\n\n- **a**: b\n", "Title", id="front matter"),
        pytest.param("# AI Reddit Recap\n\n- **a**: b\n", None, id="none"),
    ],
)
def test_the_title_is_found_and_is_not_in_the_story(text: str, title: str | None) -> None:
    found = scraped(text)
    assert found.title == title
    assert [p.body for p in found.posts if p.section == "opening/1"] == (["story"] if title else [])


def test_a_recap_without_anything_to_publish_says_so() -> None:
    found = scraped("Title\n=====\n\n* * *\n")
    assert found.posts == ()
    assert [problem.message for problem in found.problems] == [
        "no opening story and no bullet under a heading was found"
    ]


def test_somebody_named_beside_the_status_of_another_is_not_quoted() -> None:
    body = "[@a on this](https://x.com/b/status/1) [@c](https://x.com/d/status/2) [@e](https://x.com/e) [@C](https://x.com/c/status/3)"
    found = scraped(f"# AI Twitter Recap\n\n- **T**: {body}\n").posts[0].quoted
    assert [(person.handle, person.url) for person in found] == [("c", "https://x.com/d/status/2")]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("AI Twitter Recap", "twitter"),
        ("AI Reddit 摘要", "reddit"),
        ("Discord 總結", "discord"),
        ("PART 1: High level Discord summaries", "discord"),
        ("PART 2: Detailed by-Channel summaries and links", "channels"),
        ("Discord: Detailed by-Channel summaries and links", "channels"),
        ("/r/LocalModels Recap", None),
        ("Less Technical AI Subreddit Recap", None),
        ("Twitter 要开放算法", None),
    ],
)
def test_a_part_is_known_by_its_name(words: str, key: str | None) -> None:
    assert load_rules().part_key(words) == key


LINES = [
    "# AI Twitter Recap",
    "## {w}",
    "### 1. {w}",
    "**{w}**",
    "**{w}**:",
    "{w}:",
    "* * *",
    "",
    "",
    "",
    "- **{w}**: {w} {w}",
    "*   **{w}**：{w}",
    "- {w} {w}",
    "* {w}: {w}",
    "- **{w} {w} {w} {w}**，{w}",
    "  - {w}",
    "    - **{w}**: {w}",
    "1. **{w}**",
    "   - **{w}**: {w}",
    "{w} {w}。",
    "> {w}",
    "![{w}](https://a.example/{w}.png)",
    "**{w}**: {w}",
    "- [**{w}**](https://a.example/{w}) ([{w}](https://b.example/{w})): {w}",
    "```",
    "    {w}",
    "===",
    "---",
    "| {w} |",
    "<div>{w}</div>",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=25))
def test_every_word_is_in_one_body_or_in_a_title_a_heading_or_a_counted_skip(chosen: list[str]) -> None:
    numbers = iter(range(10_000))
    lines = []
    for line in chosen:
        while "{w}" in line:
            line = line.replace("{w}", f"w{next(numbers):04}x", 1)
        lines.append(line)
    text = "# AI Reddit Recap\n\n" + "\n".join(lines) + "\n"
    found = scraped(text)
    bodies = Counter(word for post in found.posts for word in _words(post.body))
    named = {word for post in found.posts for word in _words(f"{post.title} {post.part} {post.url}")}
    quoted = [line for line in lines if line.startswith(">")]
    notes = quoted if any(skip.reason == "note on a part" for skip in found.skips) else []
    skipped = {word for words in [*notes, *(skip.words for skip in found.skips)] for word in _words(words)}
    assert {word: count for word, count in bodies.items() if count > 1} == {}
    assert {word for word in _words(text) if word not in bodies and word not in named and word not in skipped} == set()


def _words(text: str) -> list[str]:
    cleaned = letters(text)
    return [
        cleaned[i : i + 6] for i in range(len(cleaned) - 5) if cleaned[i] == "w" and cleaned[i + 1 : i + 5].isdigit()
    ]
