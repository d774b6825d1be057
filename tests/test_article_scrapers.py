"""Articles in three shapes: flattened, dumped, one to a file. Documents stand with their twins in documents/."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from feeds.text import letters
from scrapers.document import Document
from scrapers.formats import dump
from scrapers.formats import flattened
from scrapers.post import Scraped
from tests.articles import SAMPLES
from tests.articles import SCRAPERS
from tests.articles import document
from tests.articles import people
from tests.articles import read
from tests.articles import scores

HERE = Path(__file__).parent
ROOT = HERE.parent
CORPUS = ROOT.parent / "shared" / "corpus"
DOCUMENTS = sorted(p for kind in SCRAPERS for p in (HERE / "documents" / kind).glob("*.md"))
EXAMPLES = [SAMPLES / f"{name}.md" for name in SCRAPERS]


def _as_json(scraped: Scraped) -> dict[str, object]:
    return {
        "posts": [
            {
                "title": post.title,
                "people": people(post),
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
    assert _as_json(SCRAPERS[path.parent.name].scrape(read(path))) == expected


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_document_is_recognised_by_its_scraper_alone(path: Path) -> None:
    found = scores(read(path))
    assert max(found, key=lambda name: found[name]) == path.parent.name
    assert found[path.parent.name] >= 0.5
    assert all(score < 0.5 for name, score in found.items() if name != path.parent.name)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_a_sample_is_recognised_by_its_scraper_or_by_none_of_these(path: Path) -> None:
    found = scores(read(path))
    kind = path.stem
    assert [name for name, score in found.items() if score >= 0.5] == ([kind] if kind in SCRAPERS else [])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_every_skip_has_a_reason_and_words(path: Path) -> None:
    skips = SCRAPERS[path.parent.name].scrape(read(path)).skips
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
    assert all(score < 0.5 for score in scores(document(text)).values())


@pytest.mark.parametrize("folder", ["seeds", "more/newsletter", "more/newsletter-versions", "more/posts", "more/recap"])
def test_the_other_formats_of_the_corpus_are_left_to_others(folder: str) -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    for path in sorted((CORPUS / folder).iterdir()):
        found = scores(read(path))
        mine = {"003.md": "flattened", "004.md": "dump"}.get(path.name)
        assert [name for name, score in found.items() if score >= 0.5] == ([mine] if mine else []), path.name


def _gold(name: str) -> list[dict[str, object]]:
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    entries: list[dict[str, object]] = json.loads((CORPUS / "gold" / f"{name}.json").read_text("utf-8"))["entries"]
    return entries


@pytest.mark.parametrize(("name", "scrape"), [("003", flattened.scrape), ("004", dump.scrape)])
def test_the_gold_standard_is_met(name: str, scrape: Callable[[Document], Scraped]) -> None:
    gold = _gold(name)
    posts = scrape(read(CORPUS / "seeds" / f"{name}.md")).posts
    assert [letters(post.title or "") for post in posts] == [letters(str(entry["title"])) for entry in gold]
    for post, entry in zip(posts, gold, strict=True):
        authors = entry["authors"]
        assert isinstance(authors, list)
        assert {(p.role.value, p.name) for p in post.people} == {(p["role"], p["name"]) for p in authors}
        assert letters(post.body).startswith(letters(str(entry["starts_with"])))
        assert letters(post.body).endswith(letters(str(entry["ends_with"])))
