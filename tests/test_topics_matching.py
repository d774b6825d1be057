"""How rules hit: words, weights, forms of a text, tags."""

from __future__ import annotations

import pytest

from feeds.topics import Topics
from tests.rules import TOPIC
from tests.rules import LoadRules
from tests.rules import slugs

# --------------------------------------------------------------------------------------------------------- matching


@pytest.mark.parametrize(
    ("word", "text", "hits"),
    [
        ("OpenAI", "发布OpenAI新产品", True),
        ("OpenAI", "发布 Open AI 新产品", False),
        ("Open AI", "OPENAI", True),
        ("RAG", "a fragment", False),
        ("RAG", "RAG。", True),
        ("RAG", "用RAG做的", True),
        ("RAG", "two RAGs", True),
        ("RAG", "ragtime", False),
        ("agent", "three agents", True),
        ("agent", "agency", False),
        ("C++", "会C++和Go", True),
        ("C++", "c++20", True),
        ("GPT-4o", "试试GPT-4o吧", True),
        ("GPT-4o", "GPT4o", True),
        ("GPT-4o", "gpt 4o", True),
        ("GPT-4", "GPT-4o", False),
        ("GPT-4", "GPT-4", True),
        ("GPT", "GPT-5 来了", True),
        ("8x22b", "Mixtral-8x22B-v0.1", True),
        ("8x22b", "18x22b", False),
        ("Llama", "llama3", True),
        ("Llama", "llamaindex", False),
        ("Llama", "llama_index", False),
        ("Go", "go++", False),
        ("AI 编程", "AI编程", True),
        ("AI编程", "AI 编程", True),
        ("開源", "开源", True),
        ("开源", "開源", True),
        ("GPT", "ＧＰＴ", True),
        ("naïve", "naïveté", False),
        (".NET", "用.NET写", True),
        ("D-ID", "d-id", True),
        ("D-ID", "did", False),
    ],
)
def test_a_word_hits_only_as_a_word(load: LoadRules, word: str, text: str, hits: bool) -> None:
    topics = load(TOPIC + f'rules = [{{ words = ["{word}"], weight = 1.0 }}]')
    assert bool(topics.explain(None, text)) is hits


@pytest.mark.parametrize(
    ("rule", "text", "hits"),
    [
        ('near = ["红|绿", "茶"]', "绿茶", True),
        ('near = ["红|绿", "茶"], within = 3', "绿色的好茶", True),
        ('near = ["红|绿", "茶"], within = 2', "绿色的山上的茶", False),
        ('near = ["红", "茶"]', "茶很红", True),
        ('near = ["红", "茶"]', "只有茶", False),
        ('near = ["茶叶", "茶"]', "茶叶", False),
        ('all = ["红", "茶"]', "红" + "一" * 500 + "茶", True),
        ('all = ["红", "茶"]', "红的", False),
        ('words = ["茶"], in = ["title"]', "茶", False),
        ('words = ["茶"], unless = ["咖啡"]', "茶", True),
        ('words = ["茶"], unless = ["咖啡"]', "茶和咖啡", False),
        ('links = ["tea.example"]', "见 https://tea.example/a", True),
    ],
)
def test_each_kind_of_rule_hits_what_it_says(load: LoadRules, rule: str, text: str, hits: bool) -> None:
    topics = load(TOPIC + f"rules = [{{ {rule}, weight = 1.0 }}]")
    assert bool(topics.explain(None, text)) is hits


def test_the_title_counts_more_than_the_opening_and_that_more_than_the_body(load: LoadRules) -> None:
    topics = load(TOPIC + 'rules = [{ words = ["茶"], weight = 1.0 }]')
    title = topics.explain("茶", "没有")[0]
    opening = topics.explain(None, "茶")[0]
    body = topics.explain(None, "没有" * 200 + "茶")[0]
    assert title.score > opening.score > body.score > 0
    assert [e.evidence[0].place for e in (title, opening, body)] == ["title", "opening", "body"]


def test_excluded_phrases_and_negative_weights_speak_against(load: LoadRules) -> None:
    topics = load(
        TOPIC + 'exclude = ["茶几"]\nrules = [{ words = ["茶"], weight = 1.0 }, { words = ["酒"], weight = -1 }]'
    )
    assert topics.classify(None, "茶") and not topics.classify(None, "茶几") and not topics.classify(None, "茶和酒")


def test_a_product_alone_leads_to_its_company(load: LoadRules) -> None:
    topics = load('[[company]]\nname = "Leaf"\ntopic = "tea"\nproducts = ["Sencha X"]\n' + TOPIC)
    (hit,) = topics.classify(None, "新的SenchaX到了")
    assert hit.slug == "tea"
    assert hit.evidence[0].rule == "product of Leaf"


def test_adding_a_topic_changes_no_score_of_the_others(topics: Topics, load: LoadRules) -> None:
    more = load('extends = "default"\n' + TOPIC + 'rules = [{ words = ["开源", "Llama", "RAG"], weight = 2.0 }]')
    text = "Meta 开源了 Llama 新模型，可以配合 RAG 使用，比 Gemini 快。"
    before = {e.slug: (e.score, e.evidence) for e in topics.explain("Llama", text)}
    after = {e.slug: (e.score, e.evidence) for e in more.explain("Llama", text)}
    assert after.pop("tea")[0] >= 1.0
    assert after == before


@pytest.mark.parametrize(
    ("text", "shape", "found"),
    [
        ("Ann Ode: 你怎么看？\nBob: 我觉得很好。\nAnn Ode: 为什么你这样想？", "dialogue", True),
        ("**安娜：**你好吗？\n\n**小波：**我很好。\n\n**安娜：**那我们开始。", "dialogue", True),
        ("优点：轻，你会喜欢\n缺点：贵，我不买\n价格：你猜", "dialogue", False),
        ("问：你是谁？\n答：我是一个程序。\n问：你会什么？\n答：我会下棋。", "dialogue", False),
        ("安娜：上午开会\n安娜：下午回家", "dialogue", False),
        ("00:00 开场\n02:10 为什么\n15:40 将来\n1:02:00 结束", "chapters", True),
        ("下午 3:00 开会，4:30 散会", "chapters", False),
    ],
)
def test_the_form_of_a_text_is_a_sign(load: LoadRules, text: str, shape: str, found: bool) -> None:
    topics = load('no_speakers = ["问", "答"]\n' + TOPIC + f'rules = [{{ shape = ["{shape}"], weight = 1.0 }}]')
    assert bool(topics.classify(None, text)) is found


def test_a_transcript_is_an_interview_without_the_word(topics: Topics) -> None:
    text = "林一：你们为什么停产？\n周二：我们想先把质量做好。\n林一：那么你后悔吗？\n周二：我不后悔。"
    assert "interview" in slugs(topics, text)


def test_the_company_that_a_post_begins_with_counts_more_than_one_named_behind_it(load: LoadRules) -> None:
    companies = "".join(
        f'[[company]]\nname = "{name}"\ntopic = "{slug}"\nnames = ["{name}"]\n'
        f'[[topic]]\nslug = "{slug}"\nzh = "{name}"\nen = "{name}"\n'
        for name, slug in (("Leafco", "leaf"), ("Rootco", "root"))
    )
    found = {
        e.slug: e.score for e in load(companies).explain(None, "Leafco 今天公布了新壶，店里的人说 Rootco 也在看。")
    }
    assert found["leaf"] > 1.0 > found["root"]
    begins = load(companies).explain(None, "Leafco 今天公布了新壶。Rootco 则换了茶。")
    assert all(e.score > 1.0 for e in begins)


def test_each_further_topic_takes_more(load: LoadRules) -> None:
    topic = '[[topic]]\nslug = "{0}"\nzh = "{0}"\nen = "{0}"\nrules = [{{ words = ["茶"], weight = {1} }}]\n'
    rules = "bars = [0.5, 1.0, 3.0]\n" + "".join(topic.format(f"t{n}", 2.0 - n / 2) for n in range(4))
    explained = load(rules).explain(None, "茶")
    assert [e.needed for e in explained] == [0.5, 1.0, 3.0, 3.0]
    assert [e.given for e in explained] == [True, True, False, False]


def test_a_tag_needs_no_more_however_many_topics_there_are(load: LoadRules) -> None:
    rules = "bars = [5.0]\n" + TOPIC
    assert [hit.slug for hit in load(rules).classify(None, "没有别的话。", labels=["Tea"])] == ["tea"]


@pytest.mark.parametrize(
    "label",
    [
        "open-models",
        "Open Models",
        "#open_models",
        "open  models",
        "开源模型",
        "開源模型",
        "AI/Open Models",
        "news, open-models",
    ],
)
def test_tags_and_categories_join_in_however_they_are_spelled(topics: Topics, label: str) -> None:
    assert {hit.slug for hit in topics.classify(None, "没有别的话。", labels=[label])} == {"open-models"}


def test_the_tags_of_a_users_own_topic_join_in(load: LoadRules) -> None:
    topics = load('extends = "default"\n' + TOPIC + 'labels = ["Green Tea", "绿茶"]\n')
    assert {hit.slug for hit in topics.classify(None, "没有别的话。", labels=["green-tea", "llm/RAG"])} == {
        "tea",
        "rag",
    }


def test_a_topic_of_ones_own_that_replaces_a_shipped_one_takes_its_tags_too(load: LoadRules) -> None:
    rag = '[[topic]]\nslug = "rag"\nzh = "检索"\nen = "Lookup"\nlabels = ["lookup"]\n'
    topics = load('extends = "default"\n' + rag)
    assert [hit.slug for hit in topics.classify(None, "没有别的话。", labels=["lookup"])] == ["rag"]
    assert topics.classify(None, "没有别的话。", labels=["embeddings"]) == ()
