"""Articles in three shapes: flattened, dumped, one to a file. Documents stand with their twins in documents/."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.model import Role
from feeds.text import letters
from scrapers.document import Document
from scrapers.document import make_document
from scrapers.formats import article
from scrapers.formats import bylines
from scrapers.formats import dump
from scrapers.formats import flattened
from scrapers.formats import promotion
from scrapers.formats.article_address import natural_key
from scrapers.formats.article_end import cut_end
from scrapers.formats.mending import listed
from scrapers.formats.mending import mended
from scrapers.formats.paragraphs import paragraphs
from scrapers.formats.quotations import quoted
from scrapers.post import LinkChoice
from scrapers.post import RawPost
from scrapers.post import Scraped

HERE = Path(__file__).parent
ROOT = HERE.parent
CORPUS = ROOT.parent / "shared" / "corpus"
SCRAPERS = {"article": article, "dump": dump, "flattened": flattened}
DOCUMENTS = sorted(p for kind in SCRAPERS for p in (HERE / "documents" / kind).glob("*.md"))
SAMPLES = [ROOT / "scrapers" / "samples" / f"{name}.md" for name in SCRAPERS]


def _read(path: Path) -> Document:
    return make_document(path.name, path.read_bytes())


def _document(text: str) -> Document:
    return make_document("x.md", text.encode())


def _scores(document: Document) -> dict[str, float]:
    return {name: module.recognise(document) for name, module in SCRAPERS.items()}


def _people(post: RawPost) -> list[list[str | None]]:
    return [[person.role.value, person.name, person.handle] for person in post.people]


def _as_json(scraped: Scraped) -> dict[str, object]:
    return {
        "posts": [
            {
                "title": post.title,
                "people": _people(post),
                "quoted": [[person.name, person.handle, person.url] for person in post.quoted],
                "date": post.date,
                "url": post.url,
                "link_choice": post.link_choice.value,
                "natural_keys": list(post.natural_keys),
                "lines": list(post.lines),
                "body": post.body.split("\n"),
            }
            for post in scraped.posts
        ],
        "skips": dict(sorted(Counter(skip.reason for skip in scraped.skips).items())),
        "problems": [[problem.line, problem.message] for problem in scraped.problems],
        "publication": scraped.publication,
        "labels": list(scraped.labels),
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_document_gives_what_its_twin_expects(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    assert _as_json(SCRAPERS[path.parent.name].scrape(_read(path))) == expected


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_document_is_recognised_by_its_scraper_alone(path: Path) -> None:
    scores = _scores(_read(path))
    assert max(scores, key=lambda name: scores[name]) == path.parent.name
    assert scores[path.parent.name] >= 0.5
    assert all(score < 0.5 for name, score in scores.items() if name != path.parent.name)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_a_sample_is_recognised_by_its_scraper_or_by_none_of_these(path: Path) -> None:
    scores = _scores(_read(path))
    kind = path.stem
    assert [name for name, score in scores.items() if score >= 0.5] == ([kind] if kind in SCRAPERS else [])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_skip_has_a_reason_and_words(path: Path) -> None:
    skips = SCRAPERS[path.parent.name].scrape(_read(path)).skips
    assert all(skip.reason and skip.words for skip in skips)


UNKNOWN = {
    "source code": "# 说明:读取配置\nimport os\n\n\ndef main() -> None:\n    print(os.name)\n" * 30,
    "csv": "日期,名称,数量\n2024-01-01,甲,3\n" * 200,
    "json": json.dumps([{"title": "标题", "text": "正文。" * 200}] * 5, ensure_ascii=False),
    "minified json by line": "标题\n\n" + json.dumps({"a": "正文。" * 300}, ensure_ascii=False) + "\n",
    "readme": "# tool\n\nA small tool that does things.\n\n## Install\n\n```sh\npip install tool\n```\n" * 3,
    "chinese readme": "# 工具\n\n一个小工具。\n\n## 安装\n\n```sh\npip install tool\n```\n\n- 快\n- 小\n",
    "license": "MIT License\n\nCopyright (c) 2024 Somebody\n\n" + "Permission is hereby granted, free of charge. " * 40,
    "yaml": "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: a\n",
    "newsletter": "---\ndate: 2024/04/20\n---\n\n本期目录：\n[toc]\n\n"
    + "".join(f"### {n}、消息\n\n{'这是一段正文。' * 10}\n\n网址：https://example.org/{n}\n\n" for n in range(1, 6)),
    "posts": "".join(f"### {n:02}\n\n2024-01-0{n}\n\n某人\n@somebody\n{'一条消息。' * 20}\n\n" for n in range(1, 8)),
    "recap": "今日要闻\n=======\n\n> 翻译转载自: [x](https://example.org/x)\n\n"
    + "正文。" * 100
    + "\n\nAI Reddit Recap\n=====\n\n- **标题**：内容。\n",
    "essay without a title": "这是一段话。" * 30 + "\n\n" + "这是另一段话。" * 30 + "\n",
}


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_no_article_is_not_taken_for_one(text: str) -> None:
    assert all(score < 0.5 for score in _scores(_document(text)).values())


@pytest.mark.parametrize("folder", ["seeds", "more/newsletter", "more/newsletter-versions", "more/posts", "more/recap"])
def test_the_other_formats_of_the_corpus_are_left_to_others(folder: str) -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    for path in sorted((CORPUS / folder).iterdir()):
        scores = _scores(_read(path))
        mine = {"003.md": "flattened", "004.md": "dump"}.get(path.name)
        assert [name for name, score in scores.items() if score >= 0.5] == ([mine] if mine else []), path.name


def _gold(name: str) -> list[dict[str, object]]:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    entries: list[dict[str, object]] = json.loads((CORPUS / "gold" / f"{name}.json").read_text("utf-8"))["entries"]
    return entries


@pytest.mark.parametrize(("name", "scrape"), [("003", flattened.scrape), ("004", dump.scrape)])
def test_the_gold_standard_is_met(name: str, scrape: Callable[[Document], Scraped]) -> None:
    gold = _gold(name)
    posts = scrape(_read(CORPUS / "seeds" / f"{name}.md")).posts
    assert [letters(post.title or "") for post in posts] == [letters(str(entry["title"])) for entry in gold]
    for post, entry in zip(posts, gold, strict=True):
        authors = entry["authors"]
        assert isinstance(authors, list)
        assert {(p.role.value, p.name) for p in post.people} == {(p["role"], p["name"]) for p in authors}
        assert letters(post.body).startswith(letters(str(entry["starts_with"])))
        assert letters(post.body).endswith(letters(str(entry["ends_with"])))


# Bylines


@pytest.mark.parametrize(
    ("text", "people", "rest"),
    [
        ("作者丨 Jane Doe et al. 译者丨明觉 总有人说", "author Jane Doe|translator 明觉", "总有人说"),
        ("译者丨明觉 策划丨方小圆 总有人说", "translator 明觉|planner 方小圆", "总有人说"),
        ("采访嘉宾 |裴小东 每次相遇", "interviewee 裴小东", "每次相遇"),
        ("采访丨张三 李四 采访嘉宾丨王五(某公司 CTO)、John Smith 大模型", None, "大模型"),
        ("作者丨张远航 编辑丨陈晓 2031 年夏天", "author 张远航|editor 陈晓", "2031 年夏天"),
        ("策划&编辑丨方小圆 今天", "planner 方小圆|editor 方小圆", "今天"),
        ("文/王小明 编辑：李红 中新社电", "author 王小明|editor 李红", "中新社电"),
        ("作者 | AI 前线 编辑 | 周宁 今天", "author AI 前线|editor 周宁", "今天"),
        ("編譯：梁小麥 今天", "translator 梁小麥", "今天"),
        ("编辑丨乐岑 数据 好比菜地里的土", "editor 乐岑", "数据 好比菜地里的土"),
        ("作者丨Jane Doe & Bob Lee OpenAI 发布", "author Jane Doe|author Bob Lee", "OpenAI 发布"),
        ("作者认为:这是对的", "", "作者认为:这是对的"),
        ("翻译的艺术在于取舍", "", "翻译的艺术在于取舍"),
        ("这篇文章的作者丨是谁", "", "这篇文章的作者丨是谁"),
    ],
)
def test_bylines_end_where_the_text_begins(text: str, people: str | None, rest: str) -> None:
    found = bylines.leading(text)
    if people is not None:
        assert "|".join(f"{p.role.value} {p.name}" for p in found.people) == people
    assert text[found.end :] == rest


def test_an_interviewer_is_an_author_and_the_guest_an_interviewee() -> None:
    found = bylines.leading("采访丨张三 李四 采访嘉宾丨王五(某公司 CTO)、John Smith 大模型").people
    assert [p.name for p in found if p.role is Role.AUTHOR] == ["张三", "李四"]
    assert [p.name for p in found if p.role is Role.INTERVIEWEE] == ["王五", "John Smith"]


def test_authors_in_the_middle_are_named_without_their_affiliations() -> None:
    people = bylines.inside(
        "本文分享一篇论文。 作者:王文(中科院,研究生),孙泉水(某大学) 单位:中科院 论文链接:https://a.example"
    )
    assert [p.name for p in people] == ["王文", "孙泉水"]


@pytest.mark.parametrize("line", ["**文丨沈方**", "作者 | Lake", "> 来源：纸灯社", "**作者：张三** **编辑：李四**"])
def test_a_line_that_is_a_byline_is_known(line: str) -> None:
    assert bylines.whole_line(line) is not None


@pytest.mark.parametrize("line", ["作者认为，这样不对。", "文章：今天我们", "编辑器：Vim 很好用。", "", "作者"])
def test_a_sentence_is_no_byline(line: str) -> None:
    assert bylines.whole_line(line) is None


# Promotion


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("正文。 声明:本文由某社翻译,未经许可禁止转载。", "正文。"),
        ("正文。 内容推荐 广告词。 今日荐文 别的标题", "正文。"),
        ("正文(欢迎添加微信abc,了解更多)还有。", "正文 还有。"),
        ("正文。关注「某某」公众号,回复「资料」领取。", "正文。"),
        ("个性化的内容推荐系统很重要。", "个性化的内容推荐系统很重要。"),
        ("作者声明自己没有利益冲突。", "作者声明自己没有利益冲突。"),
        ("他在公众号里写道:今天很好。后来他走了。", "他在公众号里写道:今天很好。后来他走了。"),
    ],
)
def test_promotion_is_left_out_and_the_article_stays(text: str, kept: str) -> None:
    assert promotion.without(text, promotion.cuts(text)) == kept


def test_promotion_in_the_middle_leaves_what_follows() -> None:
    text = "第一段讲了很多。 往期推荐 显卡为什么越来越贵 " + "第二段又讲了很多。" * 100
    kept = promotion.without(text, promotion.cuts(text))
    assert "显卡" not in kept
    assert kept.endswith("第二段又讲了很多。" * 100)


def test_pictures_at_the_end_are_the_articles_own_unless_promotion_stands_above() -> None:
    own = ["正文。", "", "![图](a.png)"]
    assert cut_end(own).stop == 3
    assert cut_end([*own[:2], "公众号", "![图](a.png)"]).stop == 1


# Paragraphs


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("第一段。 第二段。", ["第一段。", "第二段。"]),
        ("他说:“好。 走吧。”然后走了。", ["他说:“好。 走吧。”然后走了。"]),
        ("模型 3.5 比 GPT 2. 好。", ["模型 3.5 比 GPT 2. 好。"]),
        ("开头。 1.甲事 2.乙事", ["开头。", "1.甲事", "2.乙事"]),
        ("三点:①甲;②乙;③丙。后来呢。", ["三点:", "①甲;", "②乙;", "③丙。", "后来呢。"]),
        ("问答。 甲社:好吗? 王五:好。 甲社:真的? 王五:真的。 甲社:再见。", None),
        ("⭐ 甲 ⭐ 乙", ["⭐ 甲", "⭐ 乙"]),
        ("01 今日快报 甲公司今天宣布了一件大事。 02 今日动态 乙公司今天宣布了两件大事。", None),
        ("论文链接:https://a.example/1 项目主页:https://a.example/2", None),
        ("", []),
    ],
)
def test_a_running_text_becomes_paragraphs(text: str, parts: list[str] | None) -> None:
    found = paragraphs(text)
    assert len(found) > 1 if parts is None else list(found) == parts


def test_a_long_text_without_breaks_becomes_paragraphs_of_a_few_sentences() -> None:
    found = paragraphs("这是一个不长也不短的句子,用来凑够一段话的长度。" * 200)
    assert all(100 <= len(part) <= 500 for part in found)
    assert all(part.endswith("。") for part in found)


_CHARACTERS = list("模型的好坏说到1290.。!?！？;；:：,，、 “”「」()（）①②③⭐🔗ab \xa0\u3000/")
_PIECES = [*_CHARACTERS, "https://a.example/b?c=d", "InfoQ:", "01 "]
_TEXT = st.lists(st.sampled_from(_PIECES), max_size=120).map("".join)


@given(_TEXT)
@settings(max_examples=200, deadline=None)
def test_paragraphs_change_nothing_but_white_space(text: str) -> None:
    parts = paragraphs(text)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(part.strip() == part and part for part in parts)


@given(_TEXT)
@settings(max_examples=100, deadline=None)
def test_an_article_keeps_every_letter_that_was_not_skipped(text: str) -> None:
    cuts = promotion.cuts(text)
    kept = promotion.without(text, cuts)
    lost = "".join(text[cut.start : cut.end] for cut in cuts)
    assert Counter(letters(kept)) + Counter(letters(lost)) == Counter(letters(text))


@pytest.mark.parametrize("unit", ["“", "(", "01 ", "a:", "https://", "1.", "① ", "作者 ", "内容推荐 ", "Aa ", "**"])
def test_hostile_text_keeps_its_letters(unit: str) -> None:
    text = unit * 4_000
    assert letters("".join(paragraphs(text))) == letters(text)
    for module in SCRAPERS.values():
        module.scrape(_document("标题\n\n" + text))


# Flattened


def test_the_letters_of_both_versions_are_in_the_body_once() -> None:
    path = ROOT / "scrapers" / "samples" / "flattened.md"
    scraped = flattened.scrape(_read(path))
    whole = _read(path).text.split("\n")[0]
    captions = "".join(skip.words for skip in scraped.skips if skip.reason.startswith("caption"))
    credits = "原文來源潮間帶圖片來源由海貝AI生成"
    assert Counter(_digits(scraped.posts[0].body + captions + credits)) == Counter(_digits(whole))


def _digits(text: str) -> str:
    return letters(unicodedata.normalize("NFKC", text))


def test_a_day_without_a_year_is_no_date() -> None:
    assert flattened.scrape(_read(ROOT / "scrapers" / "samples" / "flattened.md")).posts[0].date is None


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("甲，**乙。丙。丁说，**戊** 。", "甲，乙。丙。丁说，**戊** 。"),
        ("**甲。乙！丙？丁。戊** 己", "甲。乙！丙？丁。戊 己"),
        ("**甲。 **乙", "**甲。**乙"),
        ("甲**乙", "甲乙"),
        ("**甲** **乙", "**甲** 乙"),
        ("甲****乙", "甲乙"),
        ("没有", "没有"),
    ],
)
def test_bold_marks_are_mended(broken: str, whole: str) -> None:
    assert mended(broken) == whole


def test_numbered_lines_become_lists_and_a_lone_number_does_not() -> None:
    two = ["说:", "①甲", "②乙", "然后", "① 丙", "② 丁", "完"]
    assert listed(two) == ["说:", "1. 甲\n2. 乙", "然后", "1. 丙\n2. 丁", "完"]
    assert listed(["1. 只有一条", "完"]) == ["1\\. 只有一条", "完"]
    assert listed(["2024.5 是版本", "- 甲", "- 乙"]) == ["2024.5 是版本", "- 甲\n- 乙"]


def test_a_credit_ends_where_a_byline_begins() -> None:
    text = "原文来源：潮汐报 作者：林小满 " + "正文里有很多话，讲一件事。" * 30
    scraped = flattened.scrape(_document(text))
    assert scraped.publication == "潮汐报"
    assert _people(scraped.posts[0]) == [["author", "林小满", None]]


@pytest.mark.parametrize("credit", ["公众号「潮汐报」", "微信公众号：潮汐报", "“潮汐报”"])
def test_an_account_is_named_without_what_it_is(credit: str) -> None:
    text = f"转载自：{credit}\n" + "正文里有很多话，讲一件事。\n" * 30
    assert flattened.scrape(_document(text)).publication == "潮汐报"


def test_the_text_behind_a_list_is_no_part_of_its_last_item() -> None:
    text = "来源：潮汐报 有两点：1. 甲事；2. 乙事。后来的事情大家都知道了。" + "正文里有很多话，讲一件事。" * 30
    assert "2. 乙事。\n\n后来" in flattened.scrape(_document(text)).posts[0].body


# Dump


def test_a_title_without_text_is_reported_with_its_line() -> None:
    scraped = dump.scrape(_document("甲标题\n\n乙标题\n\n" + "正文。" * 200 + "\n\n丙标题\n"))
    assert [post.title for post in scraped.posts] == ["乙标题"]
    assert [problem.line for problem in scraped.problems] == [1, 7]


def test_a_text_without_a_title_is_published_and_reported() -> None:
    scraped = dump.scrape(_document("正文。" * 200 + "\n\n乙标题\n\n" + "正文。" * 200))
    assert [post.title for post in scraped.posts] == [None, "乙标题"]
    assert len(scraped.problems) == 1


def test_nothing_stands_twice_where_promotion_stands_before_promotion() -> None:
    text = "正文。 END 欢迎扫码加入读者群,一起讨论。 往期推荐 显卡为什么越来越贵"
    assert promotion.without(text, promotion.cuts(text)) == "正文。"


def test_a_byline_on_a_line_of_its_own_hides_no_article() -> None:
    text = "".join(f"第{i}个标题\n作者丨张三\n{'正文。' * 120}\n" for i in range(3))
    assert dump.recognise(_document(text)) >= 0.6
    assert len(dump.scrape(_document(text)).posts) == 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "第三章 雪夜\n\n" + "那一夜的雪下得很大。" * 40 + "\n\n第四章 归人\n\n" + "雪停了。" * 80, id="novel"
        ),
        pytest.param("[\n" + ('  {"text": "' + "正文内容很多。" * 60 + '"},\n') * 5 + "]\n", id="rows"),
        pytest.param(
            "正文内容很多，每一行都是一样的。" * 20 + "\n" + ("正文内容很多，每一行都是一样的。" * 20 + "\n") * 4,
            id="one line again and again",
        ),
        pytest.param(
            "# 周会纪要\n\n时间：2024-05-01\n主持人：王芳\n参会人：李明\n\n" + "大家讨论了很多事情。" * 20, id="minutes"
        ),
        pytest.param(
            "# 磨坊\n\n作者：张三\n\n" + "一个把来源磨成订阅的小工具。" * 20 + "\n\n## 许可证\n\nMIT\n",
            id="front page of a project",
        ),
        pytest.param("房屋租赁合同\n\n甲方（出租人）：张三\n\n" + "第一条甲方将房屋出租给乙方。" * 20, id="contract"),
    ],
)
def test_what_is_no_article_is_recognised_by_none(text: str) -> None:
    assert max(_scores(_document(text)).values()) < 0.5


def test_a_round_up_has_no_main_link_and_keeps_its_links() -> None:
    post = dump.scrape(_read(ROOT / "scrapers" / "samples" / "dump.md")).posts[2]
    assert (post.url, post.link_choice) == (None, LinkChoice.NONE)
    assert len(re.findall("https://", post.body)) == 3


def test_the_paper_is_the_link_where_there_is_no_original() -> None:
    text = "标题\n\n" + "正文。" * 200 + " 论文链接:https://papers.example.org/1 代码:https://code.example.org/1"
    post = dump.scrape(_document(text)).posts[0]
    assert post.url == "https://papers.example.org/1"
    assert post.url in post.body


# Article


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (
            "http://mp.weixin.qq.com/s?scene=21&idx=1&__biz=Ab%3D%3D&mid=22&sn=ff&chksm=7e#wechat_redirect",
            "https://mp.weixin.qq.com/s?__biz=Ab%3D%3D&mid=22&idx=1&sn=ff",
        ),
        ("https://mp.weixin.qq.com/s/AbC_d", "https://mp.weixin.qq.com/s/AbC_d"),
        ("https://Blog.example.org/a/?utm_source=x&p=3#top", "https://blog.example.org/a?p=3"),
        ("https://example.org/", "https://example.org/"),
    ],
)
def test_an_article_is_known_by_its_address_without_trackers(url: str, key: str) -> None:
    assert natural_key(url) == key
    assert natural_key(key) == key


@pytest.mark.parametrize("mark", ["一、", "1. "])
def test_numbered_sections_make_no_issue_of_an_article(mark: str) -> None:
    sections = "".join(f"## {mark.replace('一', n)}小节\n\n这一节里有不少话要说，一时说不完。\n\n" for n in "一二三")
    assert article.recognise(_document(f"---\ntitle: 甲\ndate: 2024-05-01\n---\n\n{sections}")) >= 0.6


@pytest.mark.parametrize(
    ("line", "people", "publication"),
    [
        ("原创 周小舟 灯塔社 *2024-05-01 08:30* *北京*", [["author", "周小舟", None]], "灯塔社"),
        ("灯塔社 2024年5月1日 08:30 发表于北京", [["author", "灯塔社", None]], "灯塔社"),
        ("> 作者：[Jane Doe](https://a.example/jane)", [["author", "Jane Doe", None]], None),
    ],
)
def test_whose_an_article_is_stands_in_many_ways(
    line: str, people: list[list[str | None]], publication: str | None
) -> None:
    scraped = article.scrape(_document(f"# 标题\n\n{line}\n\n正文里有很多话。\n"))
    assert (_people(scraped.posts[0]), scraped.publication) == (people, publication)
    assert scraped.posts[0].body == "正文里有很多话。"


def test_headings_inside_code_are_no_title() -> None:
    post = article.scrape(_document("---\ntitle: 甲\n---\n\n```sh\n# 不是标题\n```\n\n正文。\n")).posts[0]
    assert (post.title, post.body.startswith("```sh\n# 不是标题")) == ("甲", True)


def test_an_article_without_text_is_a_problem_and_no_post() -> None:
    scraped = article.scrape(_document("---\ntitle: 甲\n---\n\n"))
    assert scraped.posts == ()
    assert "without text" in scraped.problems[-1].message


# Quotations


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
