"""The query language: its grammar, its one form, its words, its mistakes. Properties hold for any text."""

from __future__ import annotations

import sys
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.model import EntryQuery
from feeds.query import All
from feeds.query import AnyOf
from feeds.query import Expression
from feeds.query import Filter
from feeds.query import Not
from feeds.query import Query
from feeds.query import QuerySyntaxError
from feeds.query import Words
from feeds.query import narrowed
from feeds.query import parse
from feeds.query import searched
from feeds.query import sentence
from feeds.query import words
from feeds.query.grammar import DEEPEST
from feeds.query.grammar import LONGEST
from feeds.query.grammar import MOST_PARTS
from feeds.query.outline import outline


class Names:
    """Two people, one of whom has another name."""

    def slug(self, kind: str, word: str) -> str:
        known = {"ada": "ada", "Ada Stone": "ada", "石头": "ada", "ben": "ben", "rag": "rag"}
        if word not in known:
            raise NotFoundError(kind, word)
        return known[word]

    def name(self, kind: str, slug: str) -> str:
        return {"ada": "Ada Stone", "ben": "Ben", "rag": "RAG"}.get(slug, slug)

    def near(self, missing: NotFoundError) -> tuple[str, ...]:
        return ("ada",) if missing.key.startswith("ad") else ()


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        ("   ", ""),
        ("模型", "模型"),
        ("  模型\u3000芯片 ", "模型 芯片"),
        ("芯片 模型", "模型 芯片"),
        ("模型 模型", "模型"),
        ("開源大模型", "开源大模型"),
        ("ＧＰＴ－４", "gpt-4"),
        ("“大模型”", "大模型"),
        ("「Command R+」", '"command r+"'),
        ('"Command R+"', '"command r+"'),
        ("C++", "c++"),
        ("a OR b", "a OR b"),
        ("b OR a OR b", "a OR b"),
        ("a b OR c", "c OR (a b)"),
        ("a (b OR c)", "a (b OR c)"),
        ("((a))", "a"),
        ("(a b) c", "a b c"),
        ("a AND b", "a b"),
        ("NOT a b", "b -a"),
        ("－a", "-a"),
        ("--a", "a"),
        ("-(a b)", "-(a b)"),
        ("-(-a)", "a"),
        ("a - b", "a b"),
        ("or and not", "and not or"),
        ("f(x) y", '"f(x" y'),
        ("NEAR(", "near"),
        ("模型（大 OR 小）", "模型 (大 OR 小)"),
        ('"', '""'),
        ("*", '""'),
        ('""', '""'),
        ("-*", '""'),
        ("a * !", "a"),
        ("a OR *", "a"),
        ('a" OR 1=1', '"or 1=1" a'),
        ('"-a"', "a"),
        ('"or"', "or"),
        ("12:30 http://example.org/x", '"12:30" "http://example.org/x"'),
        ("author:Ben", "author:ben"),
        ("AUTHOR：ben", "author:ben"),
        ("作者： ben", "author:ben"),
        ('author:"Ada  Stone"', 'author:"ada stone"'),
        ("topic:b,a，b", "topic:a,b"),
        ("topic:a OR topic:b", "topic:a,b"),
        ("-topic:a,b", "-topic:a,b"),
        ("lang:ZH-hant-tw", "lang:zh-Hant-TW"),
        ("since:2024", "since:2024-01-01"),
        ("until:2024", "until:2024-12-31"),
        ("since:2024-3 until:2024-02", "since:2024-03-01 until:2024-02-29"),
        ("since:2024年3月5日", "since:2024-03-05"),
        ("until:2024/3/5", "until:2024-03-05"),
        ("a ROLE:Quoted", "a role:quoted"),
        ("role:quoted", "role:quoted"),
    ],
)
def test_queries_that_mean_the_same_have_one_form(text: str, canonical: str) -> None:
    found = parse(text)
    assert found.canonical == canonical
    assert parse(canonical) == found


@pytest.mark.parametrize(
    ("text", "start", "end", "problem"),
    [
        ("模型 OR", 3, 5, "nothing stands behind OR"),
        ("OR a", 0, 2, "nothing stands in front of OR"),
        ("a OR OR b", 2, 4, "nothing stands behind OR"),
        ("a AND", 2, 5, "nothing stands behind AND"),
        ("(a OR) b", 3, 5, "nothing stands behind OR"),
        ("a (b", 2, 3, "this parenthesis is never closed"),
        ("a）b", 1, 2, "this parenthesis was never opened"),
        ("a ()", 2, 4, "nothing stands in the parentheses"),
        ("a (- b OR -)", 10, 11, "nothing stands behind -"),
        ("author:", 0, 7, "nothing stands behind author:"),
        ("x author:)", 2, 9, "nothing stands behind author:"),
        ("topic:,", 0, 7, "nothing stands behind topic:"),
        ("autor:ada", 0, 6, "there is no autor:, but author:"),
        ("lang:12", 0, 7, "lang: '12' is no language"),
        ("模型 role:boss", 3, 12, "role: 'boss' is no role"),
        ("(role:any)", 1, 9, "role: holds for the whole query"),
        ("-role:any", 1, 9, "role: holds for the whole query"),
        ("role:any role:quoted", 9, 20, "there is a role: already"),
        ("since:7d", 0, 8, "since: '7d' means another day tomorrow"),
        ("since:today", 0, 11, "since: 'today' means another day tomorrow"),
        ("since:soon", 0, 10, "since: 'soon' is no date"),
        ("until:2023-02-29", 0, 16, "until: there is no day '2023-02-29'"),
        ("until:2023-13", 0, 13, "until: there is no day '2023-13'"),
        ("since:0000", 0, 10, "since: there is no year 0000"),
        ("a" * (LONGEST + 1), LONGEST, LONGEST + 1, "a query has at most 1000 characters"),
        ("(" * 12 + "a" + ")" * 12, 11, 12, "there are more than 10 groups within each other"),
        ("-" * 400 + "a", 11, 12, "there are more than 10 groups within each other"),
        ("a " * 51, 100, 101, "a query has at most 50 parts"),
        ("topic:" + ",".join("ab" for _ in range(60)), 0, 185, "a query has at most 50 parts"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, start: int, end: int, problem: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(text)
    assert (caught.value.start, caught.value.end) == (start, end)
    assert caught.value.problem.startswith(problem)
    assert f"character {start + 1}" in str(caught.value)


def test_the_caret_stands_under_the_mistake_on_a_screen() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse("模型 OR\t(芯片 author:)")
    assert caught.value.caret == "模型 OR (芯片 author:)\n" + " " * 14 + "^" * 7


def test_names_are_resolved_to_the_slugs_of_whom_they_mean() -> None:
    assert parse('作者："Ada Stone" topic:rag', Names()) == parse("topic:rag author:石头", Names())
    assert parse("author:石头", Names()).canonical == "author:ada"


def test_an_unknown_name_is_a_mistake_with_those_that_may_be_meant() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse("模型 author:adda", Names())
    assert (caught.value.start, caught.value.end, caught.value.allowed) == (3, 14, ("ada",))
    assert isinstance(caught.value, QueryError)


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("", "all", "全部"),
        ("*", "without any word to look for", "没有可查找的词"),
        ("模型 -视频", "with “模型”, without “视频”", "含“模型”，不含“视频”"),
        ("模型 (大 OR 小)", "with “模型”, (with “大” or with “小”)", "含“模型”，(含“大”或含“小”)"),
        ("author:石头 -topic:rag", "by Ada Stone, not about RAG", "作者为Ada Stone，话题不为RAG"),
        ("since:2024-03 -until:2024-04", "since 2024-03-01, after 2024-04-30", "2024-03-01 起，2024-04-30 之后"),
        ("lang:zh -(a b)", "in the language zh, not (with “a”, with “b”)", "语言为 zh，不符合（含“a”，含“b”）"),
        ("a role:quoted", "with “a”, where people count who are quoted", "含“a”，人物指被引用者"),
    ],
)
def test_a_query_is_told_in_words(text: str, english: str, chinese: str) -> None:
    query = parse(text, Names())
    assert words(query, Names(), "en") == english
    assert words(query, Names(), "zh-Hans") == chinese
    assert sentence(query, Names(), "en") == f"Entries {english}, newest first."


def test_the_outline_shows_what_is_looked_for() -> None:
    lines = list(outline(parse("(GPT-4 OR 芯) -author:ada role:any")))
    assert (
        "|".join(line.strip() for line in lines)
        == "all of|any of|words 'gpt-4': gpt 4|words '芯': 芯…|not|author ada|role any"
    )
    assert list(outline(parse(""))) == ["everything"]


def test_only_words_that_entries_must_have_are_marked() -> None:
    assert sorted(searched(parse("a (b OR -c) -d topic:e -(f g)").tree)) == ["a", "b"]


def test_filters_that_all_entries_must_pass_become_fields() -> None:
    query = parse("模型 author:ada,ben topic:rag source:x lang:zh since:2024 role:any -topic:y")
    found = narrowed(EntryQuery(), query)
    assert (found.authors, found.topics, found.source, found.languages) == (("ada", "ben"), ("rag",), "x", ("zh",))
    assert found.role == "any"
    assert found.where == All((Words("模型"), Filter("since", "2024-01-01"), Not(Filter("topic", "y"))))


def test_what_a_listing_has_already_must_hold_beside_it() -> None:
    found = narrowed(EntryQuery(authors=("ada",), source="x"), parse("author:ben source:y topic:a OR topic:b"))
    assert found.authors == ("ada",)
    assert found.topics == ()
    assert found.where is not None
    other = narrowed(EntryQuery(authors=("ada",)), parse("author:ben"))
    assert (other.authors, other.where) == (("ada",), Filter("author", "ben"))


def test_two_roles_are_refused() -> None:
    with pytest.raises(QueryError, match="role"):
        narrowed(EntryQuery(role="quoted"), parse("role:any"))


#: Pieces of queries rather than letters: so most texts have structure.
PIECES = st.sampled_from(
    [
        "模型",
        "開",
        "GPT-4",
        "C++",
        "a",
        "b",
        " ",
        " ",
        "\u3000",
        "(",
        ")",
        "（",
        "）",
        '"',
        "“",
        "”",
        "-",
        "－",
        "--",
        " OR ",
    ]
    + [
        " AND ",
        " NOT ",
        "OR",
        "author:",
        "作者：",
        "topic:a,b",
        "lang:zh-hant",
        "since:2024-03",
        "until:2024",
        "since:7d",
    ]
    + [
        "role:any",
        "*",
        "NEAR(",
        "+",
        "#",
        "1.5",
        "^",
        ":",
        "\\",
        "'",
        ";",
        "\0",
        "é",
        "ﬁ",
        "①",
        "ｶﾞ",
        "ß",
        "İ",
        "\ud800",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text_is_a_query_or_a_mistake_with_its_place(text: str) -> None:
    try:
        query = parse(text)
    except QuerySyntaxError as error:
        assert 0 <= error.start < error.end <= len(text) + 1
        assert error.caret.splitlines()[1].strip() == "^" * (len(error.caret.splitlines()[1].strip()))
        return
    assert parse(query.canonical) == query
    assert parse(query.canonical).canonical == query.canonical
    assert words(query)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_width_does_not_matter(text: str) -> None:
    wide = text.translate({ord(c): chr(ord(c) + 0xFEE0) for c in '():-"'})
    try:
        query = parse(text)
    except QuerySyntaxError:
        return
    if "(" not in text:  # an ASCII one behind a Latin letter belongs to the word, a Chinese one never does
        assert parse(wide) == query or normalize("NFKC", text) != text


LEAVES = st.sampled_from(
    [Words("a"), Words("模型"), Words("gpt-4"), Filter("author", "x"), Filter("since", "2024-01-01")]
)


def _groups(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    some = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(inner.map(Not), some.map(All), some.map(AnyOf))


@settings(max_examples=200, deadline=None)
@given(st.recursive(LEAVES, _groups, max_leaves=6))
def test_every_tree_comes_back_from_its_written_form(tree: Expression) -> None:
    """As `parse` makes it: flat, sorted, each operand once."""
    written = Query(tree).canonical
    query = parse(written)
    assert parse(query.canonical) == query


def test_reading_takes_time_that_grows_with_the_text_only() -> None:
    """Counted in calls, since seconds depend on the machine."""
    counts = []
    for size in (100, 200, 400, 800):
        text = ('"a ' * size)[: size - 1]
        counts.append(_calls(text))
    small, large = counts[1] - counts[0], counts[3] - counts[2]
    assert large < 6 * small + 400


def _calls(text: str) -> int:
    count = 0

    def tally(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(tally)
    try:
        parse(text)
    except QuerySyntaxError:
        pass
    finally:
        sys.setprofile(None)
    return count


def test_the_bounds_are_those_that_are_told() -> None:
    assert parse(" ".join(f"w{n}" for n in range(MOST_PARTS))).tree is not None
    assert parse("(" * DEEPEST + "a" + ")" * DEEPEST).tree == Words("a")
