"""Which entry translates, repeats or continues which; every text is invented."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

import pytest

from feeds.model import Draft
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Link
from feeds.model import Person
from feeds.model import Rel
from feeds.model import RelationKind
from feeds.model import Role
from feeds.relations import TRANSLATED
from feeds.relations import Relatable
from feeds.relations import anchors
from feeds.relations import body
from feeds.relations import relatable
from feeds.relations import same_words
from feeds.relations import sketch
from feeds.relations import translation
from feeds.relations import translation_score
from feeds.store import Store
from feeds.threads import Part
from feeds.threads import threads
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_instant
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_source

DAY = datetime(2024, 5, 1, tzinfo=UTC)
STATUS = "https://x.com/mira/status/1785000000000000001"
ENGLISH = (
    "I rewrote my weather station in plain C, and here is what I learned. The old one used NumPy and PySerial on a "
    "Raspberry Pi, took 48 MB of memory and needed 2,400 lines of Python. The new program, rain.c, is 600 lines, runs "
    "on an ESP32 and talks to the BME280 over I2C. It stores its readings in SQLite and sends them by MQTT to a small "
    "server. Why not Rust or MicroPython? Because with C you see everything that happens, from the first byte on the "
    "I2C bus to the last row in SQLite. It is not faster than NumPy for long series, and there is no plotting: for "
    "that I still use Matplotlib. But the ESP32 draws 0.2 W instead of 3.5 W, and rain.c has not crashed in 90 days."
)
CHINESE = (
    "我用纯 C 重写了我的气象站，下面是我的收获。旧的那套在 Raspberry Pi 上用 NumPy 和 PySerial，占 48 MB 内存，"
    "要 2400 行 Python。新程序 rain.c 只有 600 行，跑在 ESP32 上，通过 I2C 和 BME280 通信，把读数存进 SQLite，再用 "
    "MQTT 发到一台小服务器。为什么不用 Rust 或 MicroPython？因为用 C 你能看见发生的一切，从 I2C 总线上的第一个字节，"
    "到 SQLite 里的最后一行。算长序列它不比 NumPy 快，也不能画图：画图我还是用 Matplotlib。不过 ESP32 只耗 0.2 W，"
    "原来是 3.5 W，而且 rain.c 已经 90 天没有崩溃了。"
)
SUMMARY = "推荐一位朋友的文章，他用很少的代码做了一个气象站，省电又稳定，很适合想学硬件的人。"
COMMENT = (
    "看完这篇气象站的文章，我的看法是：如果只是想省电，ESP32 加 MicroPython 就够了，没必要用 C；数据多的话 SQLite "
    "也不是最好的选择，我自己用的是 InfluxDB 加 Grafana，跑在 NAS 上，配合 Home Assistant 和 Zigbee 的传感器。"
)


def make(id: str = "a", text: str = ENGLISH, language: str = "en", day: int = 0, **fields: Any) -> Relatable:
    published = None if day < 0 else DAY + timedelta(days=day)
    defaults: dict[str, Any] = {"title": None, "url": None, "links": (), "natural_keys": ()}
    return relatable(id, language, published, text=text, **(defaults | fields))


def draft(text: str, position: int = 1, language: str = "zh-Hans", **fields: Any) -> Draft:
    return make_draft(text, position, language=language, **fields)


def by_text(store: Store) -> dict[str, Entry]:
    return {entry.content_text: entry for entry in store.entries(EntryQuery(limit=100)).entries}


def relations(store: Store) -> set[tuple[str, str, str]]:
    """(kind, opening of the entry, opening of the other), without those that only say that a story is the same."""
    found = store.entries(EntryQuery(limit=100)).entries
    opening = {entry.id: entry.content_text[:6] for entry in found}
    return {
        (relation.kind.value, opening[entry.id], opening[relation.entry])
        for entry in found
        for relation in entry.relations
        if relation.kind is not RelationKind.SAME_STORY
    }


# Translations, by their words


def test_a_translation_keeps_the_anchors_of_the_original_in_order() -> None:
    original = anchors(None, ENGLISH)
    assert translation_score(original, anchors(None, CHINESE)) > TRANSLATED
    assert translation_score(original, anchors(None, f"{SUMMARY}\n\n------原文------\n\n{CHINESE}")) > TRANSLATED
    assert translation_score(anchors(None, CHINESE), original) == translation_score(original, anchors(None, CHINESE))


@pytest.mark.parametrize(
    "text", [SUMMARY, COMMENT, "ESP32、SQLite、MQTT、NumPy、Rust"], ids=["summary", "comment", "list"]
)
def test_what_is_about_the_same_thing_is_no_translation(text: str) -> None:
    assert translation_score(anchors(None, ENGLISH), anchors(None, text)) < TRANSLATED


def test_addresses_and_mentions_are_no_anchors() -> None:
    assert anchors(None, "看 https://example.org/GPT-4 和 @RainLin 还有 example.org/Foo").words == ()


@pytest.mark.parametrize(
    ("day", "expected"), [(0, True), (1, True), (14, True), (15, False), (-1, False)], ids=lambda value: str(value)
)
def test_a_translation_appears_within_two_weeks(day: int, expected: bool) -> None:
    later = make("b", CHINESE, "zh-Hans", day)
    assert (translation(make(), later) == ("b", "a")) is expected
    assert translation(later, make()) == translation(make(), later)


def test_the_later_one_is_the_translation() -> None:
    assert translation(make(day=3), make("b", CHINESE, "zh-Hans", 1)) == ("a", "b")


def test_on_one_day_the_one_that_says_so_is_the_translation_else_the_one_that_is_not_in_latin_letters() -> None:
    assert translation(make(), make("b", CHINESE, "zh-Hans")) == ("b", "a")
    assert translation(make(is_translated=True), make("b", CHINESE, "zh-Hans")) == ("a", "b")
    assert translation(make(title="[译] Weather"), make("b", CHINESE, "zh-Hans")) == ("a", "b")


def test_two_scripts_of_one_language_are_no_translations() -> None:
    assert translation(make("a", CHINESE, "zh-Hans"), make("b", CHINESE, "zh-Hant")) is None


# Translations, by their links


def test_what_calls_the_status_of_another_entry_its_original_is_its_translation() -> None:
    original = make(text="A short note.", natural_keys=(STATUS,))
    link = Link("https://twitter.com/mira/status/1785000000000000001?s=20", Rel.ORIGINAL)
    assert translation(make("b", SUMMARY, "zh-Hans", 99, links=(link,)), original) == ("b", "a")
    assert translation(original, make("b", SUMMARY, "zh-Hans", -1, url=STATUS)) == ("b", "a")
    assert translation(original, make("b", SUMMARY, "zh-Hans", -1, links=(Link(STATUS),))) is None


def test_what_only_points_at_a_page_is_not_the_page() -> None:
    page = "https://station.example.org/posts/rain"
    link = Link(page, Rel.ORIGINAL)
    pointing = make(text="Worth reading.", url=page, links=(link,))
    assert translation(make("b", SUMMARY, "zh-Hans", url=page, links=(link,)), pointing) is None
    assert translation(make("b", SUMMARY, "zh-Hans", links=(link,)), make(text="The page.", url=page)) == ("b", "a")


def test_what_another_entry_calls_its_translation_is_one() -> None:
    link = Link("https://mira.example.org/zh/rain", Rel.TRANSLATION)
    translated = make("b", SUMMARY, "zh-Hans", url="https://mira.example.org/zh/rain/")
    assert translation(make(links=(link,)), translated) == ("b", "a")
    assert translation(make(language="zh-Hant", links=(link,)), translated) is None


def test_a_common_repository_makes_no_translation() -> None:
    url = "https://github.com/mira/rain.c"
    assert (
        translation(make(text="New.", url=url), make("b", SUMMARY, "zh-Hans", links=(Link(url, Rel.ORIGINAL),))) is None
    )


# The same words


def test_texts_with_another_greeting_say_the_same() -> None:
    greeting = body(f"大家好！{CHINESE}谢谢阅读。")
    assert same_words(body(CHINESE), greeting)
    assert set(sketch(body(CHINESE))) & set(sketch(greeting))
    assert same_words(body("同樣的句子寫了很多遍" * 7), body("同样的句子写了很多遍" * 7))


def test_other_texts_and_short_ones_do_not() -> None:
    assert not same_words(body(CHINESE), body(COMMENT))
    assert not same_words("早上好", "早上好")
    assert sketch("早上好") == ()


def test_addresses_are_no_words() -> None:
    assert body("见 https://example.org/a_long_address 和 example.org/another") == "见和"


# Threads


def part(id: str, text: str = "…", section: str | None = None, author: str = "mira", quotes: str = "") -> Part:
    return Part(id, section, author, text, frozenset(quotes))


def test_posts_of_one_author_in_one_section_are_a_thread() -> None:
    parts = [part("a", section="7"), part("b", section="8.1"), part("c", section="8.2"), part("d", section="8.3")]
    assert threads(parts) == (("b", "c", "d"),)


def test_a_post_and_the_one_it_quotes_are_none() -> None:
    assert threads([part("a", section="8.1", quotes="b"), part("b", section="8.2")]) == ()
    assert threads([part("a", section="8.1"), part("b", section="8.2", author="rain")]) == ()


@pytest.mark.parametrize(
    "texts",
    [
        ("1/3 First.", "2/3 Then.", "3/3 Last."),
        ("（1/3）先说背景", "（2/3）再说做法", "（3/3）最后是结果"),
        ("先说背景 (1/3)", "再说做法 (2/3)", "最后是结果 (3/3)"),
        ("1/n 先说背景", "2/n 再说做法", "3/n 最后"),
        ("1/ 先说背景", "2/ 再说做法", "3/ 最后"),
        ("今天分段翻译，第一部分讲背景。", "第二部分讲做法", "第三部分讲结果"),
        ("今天分段翻译，第一部分讲背景。", "第二部分讲做法", "这部分讲结果"),
    ],
    ids=lambda texts: texts[0][:8],
)
def test_numbered_posts_are_a_thread(texts: tuple[str, str, str]) -> None:
    assert threads([part(id, text) for id, text in zip("abc", texts, strict=True)]) == (("a", "b", "c"),)


@pytest.mark.parametrize(
    "texts",
    [
        ("2/3 Then.", "3/3 Last."),
        ("1/3 First.", "3/3 Last."),
        ("1/2 杯水", "另一件事"),
        ("2024/05/01 记", "2024/05/02 记"),
        ("4/20 发布", "4/21 更新"),
        ("别的事情", "第二部分讲做法"),
    ],
    ids=lambda texts: texts[0][:8],
)
def test_other_numbers_make_no_thread(texts: tuple[str, str]) -> None:
    assert threads([part(id, text) for id, text in zip("ab", texts, strict=True)]) == ()


def test_the_parts_of_two_authors_do_not_mix() -> None:
    parts = [part("a", "1/2"), part("b", "1/2", author="rain"), part("c", "2/2"), part("d", "2/2", author="rain")]
    assert threads(parts) == ()


# In the store


def original_batch() -> Any:
    people = (make_person("Mira", "mira"),)
    return make_batch([draft(ENGLISH, language="en", people=people)], "en.md", make_source("logs", "Logs"))


def translated_batch(text: str = CHINESE) -> Any:
    return make_batch([draft(text), draft(SUMMARY, 2)], "zh.md", make_source("letters", "Letters"))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["original first", "translation first"])
def test_a_translation_is_found_in_either_order_and_both_ends_show_it(store: Store, order: tuple[int, ...]) -> None:
    batches = [original_batch(), translated_batch()]
    for index in order:
        store.save(batches[index], NOW)
    assert relations(store) == {
        ("translation_of", CHINESE[:6], ENGLISH[:6]),
        ("translated_by", ENGLISH[:6], CHINESE[:6]),
    }
    found = by_text(store)[CHINESE]
    assert store.entry(found.id).relations == found.relations


def test_an_edit_and_a_withdrawal_end_a_translation_and_a_return_brings_it_back(store: Store) -> None:
    store.save(original_batch(), NOW)
    for text, expected in ((CHINESE, 2), (CHINESE[:60] + COMMENT, 0), (CHINESE, 2)):
        store.save(translated_batch(text), NOW)
        assert len(relations(store)) == expected
    store.save(make_batch([draft(SUMMARY)], "zh.md", make_source("letters", "Letters")), NOW)
    assert relations(store) == set()
    store.save(translated_batch(), NOW)
    assert len(relations(store)) == 2


def test_a_translator_in_the_byline_tells_the_translation(store: Store) -> None:
    people = (make_person("Mira", "mira", Role.AUTHOR), make_person("Rain", "rain", Role.TRANSLATOR))
    batch = make_batch([draft(ENGLISH, language="en", people=people)], "en.md", make_source("logs", "Logs"))
    store.save(batch, NOW)
    store.save(translated_batch(), NOW)
    assert ("translation_of", ENGLISH[:6], CHINESE[:6]) in relations(store)


def test_a_reprint_in_another_source_is_a_duplicate_of_the_earlier_one(store: Store) -> None:
    reprint = draft(f"转载：{CHINESE}", published=make_instant(NOW), people=(Person("", "Rain", None, Role.AUTHOR),))
    store.save(make_batch([reprint], "b.md", make_source("letters", "Letters")), NOW)
    store.save(make_batch([draft(CHINESE, published=make_published())], "a.md", make_source("logs", "Logs")), NOW)
    assert relations(store) == {
        ("duplicate_of", reprint.content_text[:6], CHINESE[:6]),
        ("has_duplicate", CHINESE[:6], reprint.content_text[:6]),
    }


def test_the_parts_of_a_thread_lead_to_the_first_and_the_first_to_all(store: Store) -> None:
    texts = ("1/3 先说背景", "2/3 再说做法", "3/3 最后是结果")
    store.save(make_batch([draft(text, position) for position, text in enumerate(texts, 1)]), NOW)
    first, *later = (text[:6] for text in texts)
    assert relations(store) == {("part_of", one, first) for one in later} | {("has_part", first, one) for one in later}
    store.save(make_batch([draft(texts[0]), draft(texts[1], 2)]), NOW)
    assert relations(store) == {("part_of", later[0], first), ("has_part", first, later[0])}
