"""What the place of a word in a text, and its neighbours, make of its worth."""

from __future__ import annotations

import pytest

from feeds.errors import ConfigError
from feeds.topics import Topics
from tests.rules import TOPIC
from tests.rules import LoadRules

WORDS = TOPIC + 'rules = [{ words = ["乌龙"], weight = 1.0 }]'
COMPANIES = "".join(
    f'[[company]]\nname = "{name}"\ntopic = "{slug}"\nnames = ["{name}"]\n'
    f'[[topic]]\nslug = "{slug}"\nzh = "{name}"\nen = "{name}"\n'
    for name, slug in (("Leafco", "leaf"), ("Rootco", "root"))
)
#: A body that begins where no opening reaches.
BEFORE = "今天天气很好，我们一起去河边走了很久。" * 10


def score(topics: Topics, text: str, slug: str = "tea") -> float:
    return next((e.score for e in topics.explain(None, text) if e.slug == slug), 0.0)


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("店里今天来了一批新的乌龙。味道还没有人试过。", "店里今天来了一批新的茶叶。味道像乌龙，还没有人试过。"),
        ("店里今天来了一批新的乌龙\n味道还没有人试过", "店里今天来了一批新的茶叶\n味道像乌龙，还没有人试过"),
        ("The shop has a new 乌龙 today. Nobody tried it.", "The shop has a new box today. It is 乌龙, I hear."),
    ],
    ids=["Chinese sentence", "line", "English sentence"],
)
def test_the_first_sentence_counts_more_than_what_follows(load: LoadRules, first: str, later: str) -> None:
    topics = load(WORDS)
    assert score(topics, first) > score(topics, later) > 0


def test_a_cry_is_no_first_sentence(load: LoadRules) -> None:
    topics = load(WORDS)
    assert score(topics, "太好了！新的乌龙今天到店。") == score(topics, "太好了，新的乌龙今天到店。")


def test_in_a_body_the_words_of_all_rules_count_together(load: LoadRules) -> None:
    rules = ", ".join(f'{{ words = ["{word}"], weight = 0.6 }}' for word in ("乌龙", "龙井", "普洱", "毛尖"))
    topics = load(TOPIC + f"rules = [{rules}]")
    several, one = BEFORE + "乌龙、龙井、普洱、毛尖都有。", BEFORE + "乌龙还有。别的都没有了。"
    assert score(topics, several) > 3 * score(topics, one) > 0


def test_a_long_body_takes_more_of_the_same_words(load: LoadRules) -> None:
    topics = load(WORDS)
    short, long = BEFORE + "乌龙和乌龙。", BEFORE * 8 + "乌龙和乌龙。"
    assert score(topics, short) > 1.5 * score(topics, long) > 0


def test_a_rule_that_counts_once_counts_no_more_than_twice_in_a_body(load: LoadRules) -> None:
    topics = load(TOPIC + 'rules = [{ words = ["乌龙"], weight = 0.2, once = true }]')
    twice, often = BEFORE + "乌龙" * 2, BEFORE + "乌龙" * 20
    assert 0 < score(topics, often) <= score(topics, twice)


@pytest.mark.parametrize("joined", ["和", "、", " / ", " and ", "以及"])
def test_a_word_of_comparison_behind_a_list_of_names_holds_for_each(load: LoadRules, joined: str) -> None:
    topics = load('comparisons_behind = ["级别"]\n' + COMPANIES)
    compared = score(topics, f"新壶已经是 Leafco{joined}Rootco 级别的了。", "leaf")
    named = score(topics, f"新壶已经是 Leafco{joined}Rootco 卖过的了。", "leaf")
    assert 0 < compared < named / 2


def test_a_name_of_another_clause_is_not_compared(load: LoadRules) -> None:
    topics = load('comparisons_behind = ["级别"]\n' + COMPANIES)
    apart = score(topics, "新壶来自 Leafco。Rootco 级别的还没有。", "leaf")
    assert apart == score(topics, "新壶来自 Leafco。Rootco 卖过的还没有。", "leaf")


@pytest.mark.parametrize(
    ("rules", "line"),
    [
        ('rules = [\n  { words = [\n    "乌龙", "龙井",\n    "普洱",\n  ], weight = "two" },\n]', 9),
        ('rules = [\n  { words = ["乌龙"], weight = 1.0 },\n  { words = [\n    "普洱",\n  ], within = -1 },\n]', 7),
    ],
    ids=["wrapped", "behind another one"],
)
def test_a_mistake_in_a_wrapped_rule_is_told_with_a_line_of_it(load: LoadRules, rules: str, line: int) -> None:
    with pytest.raises(ConfigError, match=rf"rules\.toml:{line}\b"):
        load(TOPIC + rules)
