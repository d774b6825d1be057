"""A query in words, for titles and descriptions: in Chinese or in English."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from feeds.query.grammar import Query
from feeds.query.names import AsWritten
from feeds.query.names import Names
from feeds.query.tree import All
from feeds.query.tree import AnyOf
from feeds.query.tree import Expression
from feeds.query.tree import Filter
from feeds.query.tree import Not
from feeds.query.tree import Words

_NAMED = ("author", "topic", "source")


@dataclass(frozen=True, slots=True)
class _Language:
    """How one language says it: by field what is so and what is not."""

    said: dict[str, tuple[str, str]]
    nothing: str
    everything: str
    all: str
    any: str
    none: str
    roles: dict[str, str]
    sentence: str


_ENGLISH = _Language(
    said={
        "words": ("with “{}”", "without “{}”"),
        "author": ("by {}", "not by {}"),
        "topic": ("about {}", "not about {}"),
        "source": ("from {}", "not from {}"),
        "lang": ("in the language {}", "not in the language {}"),
        "since": ("since {}", "before {}"),
        "until": ("until {}", "after {}"),
    },
    nothing="without any word to look for",
    everything="all",
    all=", ",
    any=" or ",
    none="not ({})",
    roles={"quoted": "where people count who are quoted", "any": "where people count who wrote it or are quoted"},
    sentence="Entries {}, newest first.",
)
_CHINESE = _Language(
    said={
        "words": ("含“{}”", "不含“{}”"),
        "author": ("作者为{}", "作者不为{}"),
        "topic": ("话题为{}", "话题不为{}"),
        "source": ("来自{}", "不来自{}"),
        "lang": ("语言为 {}", "语言不为 {}"),
        "since": ("{} 起", "{} 之前"),
        "until": ("至 {} 止", "{} 之后"),
    },
    nothing="没有可查找的词",
    everything="全部",
    all="，",
    any="或",
    none="不符合（{}）",
    roles={"quoted": "人物指被引用者", "any": "人物指作者或被引用者"},
    sentence="符合以下条件的条目，最新的在前：{}。",
)


def words(query: Query, names: Names | None = None, language: str = "en") -> str:
    """The query as a part of a sentence: `with “模型”, by Ada`. `language` is that of the site."""
    said = _language(language)
    parts = [] if query.tree is None else [_said(query.tree, said, names or AsWritten())]
    parts += [said.roles[query.role]] if query.role in said.roles else []
    return said.all.join(parts) or said.everything


def sentence(query: Query, names: Names | None = None, language: str = "en") -> str:
    """The query as a sentence: what a listing holds."""
    return _language(language).sentence.format(words(query, names, language))


def _language(tag: str) -> _Language:
    return _CHINESE if tag.lower().startswith("zh") else _ENGLISH


def _said(tree: Expression, said: _Language, names: Names) -> str:
    match tree:
        case Words() | Filter():
            return _leaf(tree, said, names, 0)
        case Not(operand=Words() | Filter() as leaf):
            return _leaf(leaf, said, names, 1)
        case Not(operand=operand):
            return said.none.format(_said(operand, said, names))
        case All(operands=operands):
            return said.all.join(_part(one, said, names) for one in operands)
        case AnyOf(operands=operands):
            return said.any.join(_part(one, said, names) for one in operands)


def _part(node: Expression, said: _Language, names: Names) -> str:
    inner = _said(node, said, names)
    return f"({inner})" if isinstance(node, All | AnyOf) else inner


def _leaf(leaf: Words | Filter, said: _Language, names: Names, negative: int) -> str:
    if isinstance(leaf, Words):
        return said.said["words"][negative].format(leaf.text) if leaf.text else said.nothing
    called: Callable[[str, str], str] = names.name
    value = called(leaf.field, leaf.value) if leaf.field in _NAMED else leaf.value
    return said.said[leaf.field][negative].format(value)
