"""The file of topic rules: what may stand in it, and what is told of its results."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.errors import ConfigError
from feeds.topics import Topics
from feeds.topics import load_topics
from feeds.topics.sentences import why
from feeds.topics.sentences import why_not
from tests.rules import TOPIC
from tests.rules import LoadRules

# ---------------------------------------------------------------------------------------------------- sentences


def test_a_sentence_tells_what_was_found_and_where(load: LoadRules) -> None:
    topics = load(TOPIC + 'rules = [{ words = ["乌龙", "sencha"], weight = 1.0, why = "kinds of tea" }]')
    (found,) = topics.explain("乌龙", "今天喝 Sencha")
    assert why("Tea", found.evidence, found.score) == (
        "In Tea: “乌龙” in the title (kinds of tea); “Sencha” at the beginning (kinds of tea). "
        f"Together that counts {found.score:.1f}."
    )


def test_a_sentence_tells_why_a_topic_was_not_given(load: LoadRules) -> None:
    topics = load(
        TOPIC
        + 'rules = [\n{ words = ["乌龙"], weight = 0.5, why = "kinds of tea" },\n'
        + '{ words = ["咖啡"], weight = -0.3, why = "about coffee" } ]'
    )
    (found,) = topics.explain(None, "乌龙和咖啡")
    assert why_not("Tea", found.evidence, found.score, found.needed) == (
        "Not in Tea: “乌龙” at the beginning (kinds of tea); but “咖啡” at the beginning (about coffee). "
        f"Together that counts {found.score:.1f}; 1.0 would be enough."
    )


def test_a_sentence_names_the_tag(topics: Topics) -> None:
    (hit,) = topics.classify(None, "没有别的话。", labels=["RAG"])
    assert why("RAG", hit.evidence, hit.score).startswith("In RAG: its author gave it the tag “RAG”.")


# ---------------------------------------------------------------------------------------------------- the rules file


def test_a_file_of_ones_own_replaces_the_shipped_topics(load: LoadRules) -> None:
    assert [topic.slug for topic in load(TOPIC)] == ["tea"]


def test_a_file_that_extends_adds_and_replaces(load: LoadRules) -> None:
    replaced = (
        '[[topic]]\nslug = "rag"\nzh = "甲"\nen = "A"\nrules = [{ words = ["<app>", "<models>"], weight = 1.0 }]\n'
    )
    topics = load('extends = "default"\n[weights]\ntitle = 2.0\n' + replaced + TOPIC)
    assert [topic.slug for topic in topics] == [*(topic.slug for topic in load_topics()), "tea"]
    assert topics.get("rag").name_zh == "甲"
    assert topics.get("openai").name_en == "OpenAI"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        pytest.param("[[topic]\n", 1, "is not TOML", id="not TOML"),
        pytest.param('title = "x"\n', 1, "the file has no 'title'", id="unknown key of the file"),
        pytest.param('[[topic]]\nzh = "茶"\nen = "Tea"\n', 1, "slug is missing", id="no slug"),
        pytest.param(TOPIC.replace("tea", "Tea Time"), 2, "small letters", id="bad slug"),
        pytest.param(TOPIC + TOPIC, 6, "stands twice", id="slug twice"),
        pytest.param(TOPIC + 'color = "green"\n', 5, "a topic has no 'color'", id="unknown key of a topic"),
        pytest.param(TOPIC + 'threshold = "high"\n', 5, "threshold is a number", id="threshold is a word"),
        pytest.param(TOPIC + "threshold = 0\n", 5, "at least", id="threshold of nothing"),
        pytest.param(TOPIC + "labels = 3\n", 5, "labels is a list of texts", id="labels no list"),
        pytest.param(TOPIC + 'rules = "茶"\n', 5, "rules is a list of tables", id="rules no list"),
        pytest.param(
            TOPIC + 'rules = [\n  { words = ["茶"], weight = 1 },\n  { words = ["a"], weight = 1 },\n]',
            7,
            "single letter",
            id="one letter",
        ),
        pytest.param(TOPIC + 'rules = [\n  { words = [" 茶"], weight = 1 } ]', 6, "spaces at an end", id="spaces"),
        pytest.param(TOPIC + 'rules = [\n  { words = ["茶"] } ]', 6, "weight is a number", id="no weight"),
        pytest.param(TOPIC + "rules = [\n  { words = [], weight = 1 } ]", 6, "words is empty", id="no words"),
        pytest.param(TOPIC + "rules = [\n  { weight = 1 } ]", 6, "this one has none", id="no kind"),
        pytest.param(TOPIC + 'rules = [\n  { near = ["茶"], weight = 1 } ]', 6, "two things", id="near what"),
        pytest.param(TOPIC + 'rules = [\n  { words = ["<tee>"], weight = 1 } ]', 6, "no list 'tee'", id="no such list"),
        pytest.param(
            TOPIC + 'rules = [\n  { words = ["茶"], in = ["end"], weight = 1 } ]', 6, "unknown place 'end'", id="place"
        ),
        pytest.param(TOPIC + 'rules = [\n  { words = ["茶"], wieght = 1 } ]', 6, "a rule has no 'wieght'", id="typo"),
        pytest.param('[[company]]\nname = "L"\ntopic = "t"\n' + TOPIC, 3, "topic 't' does not exist", id="company"),
        pytest.param("[weights]\ntitel = 1\n", 2, "weights has no 'titel'", id="unknown weight"),
        pytest.param('[[company]]\nname = "L"\n[[company]]\nname = "L"\n', 4, "stands twice", id="company twice"),
        pytest.param("lists = 3\n", 1, "write [lists]", id="lists no table"),
        pytest.param("[weights]\nbody_columns = 0\n", 2, "at least 1", id="weight too small"),
        pytest.param(TOPIC + "threshold = nan\n", 5, "is a number", id="not a number"),
        pytest.param(
            TOPIC + 'rules = [\n  { words = ["茶"], anywhere = 1, weight = 1 } ]', 6, "true or false", id="flag"
        ),
        pytest.param('extends = "mine"\n', 1, 'only "default"', id="extends"),
        pytest.param('bars = "high"\n', 1, "bars is a list of numbers", id="bars"),
        pytest.param(TOPIC + 'rules = [\n  { shape = ["ode"], weight = 1 } ]', 6, "unknown shape 'ode'", id="shape"),
        pytest.param('[lists]\nnames = ["x"]\n', 2, "name yours otherwise", id="reserved list"),
    ],
)
def test_a_mistake_is_refused_with_line_and_reason(tmp_path: Path, text: str, line: int, problem: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_topics(path)
    assert error.value.name == f"{path}:{line}"
    assert problem in str(error.value)


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
        load_topics(tmp_path / "none.toml")
    path = tmp_path / "gbk.toml"
    path.write_bytes("zh = '茶'".encode("gbk"))
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load_topics(path)
