"""Entries to look for, each under a letter, and the queries of `test_search` with the letters they find."""

from __future__ import annotations

from datetime import date

from feeds.model import Draft
from feeds.model import Role
from feeds.store import Store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_source
from tests.builders import make_topics

ADA = make_person("石小川", "stonebrook")
BEN = make_person("Ben Field", "benfield")
MEI = make_person("梅子酒", None, Role.TRANSLATOR)

#: Letter: title, text, who, day of May, topics, language.
TEXTS = {
    "a": (None, "今天试了一个小模型，跑在旧电脑上也很快。", ADA, 1, ("small",), "zh-Hans"),
    "b": ("大语言模型入门", "从分词讲到采样，每一节都有练习。", ADA, 2, ("agents",), "zh-Hans"),
    "c": (None, "開源大模型又多了一個，權重可以直接下載。", BEN, 3, ("agents", "open-models"), "zh-Hant"),
    "d": ("GPT-4 at the kitchen table", "A cook asks GPT-4 for a recipe.", BEN, 4, ("agents",), "en"),
    "e": (None, "GPT4 会算账，但 GPT-4o 算得更快。", ADA, 5, ("agents",), "zh-Hans"),
    "f": (None, "We compared GPT-4.5 and GPT-4o-mini; neither can whistle.", BEN, 6, ("agents",), "en"),
    "g": (None, "用C++重写以后快了三倍，再用 C# 写一遍又慢了。", ADA, 7, (), "zh-Hans"),
    "h": (None, "Plain C is enough for a teapot.", BEN, 8, (), "en"),
    "i": ("Command R+ 的菜谱", "R 语言的图也能画。", MEI, 9, ("agents",), "zh-Hans"),
    "j": (None, "Llama 3 和 llama3.1 都能在家里跑，Mixtral-8x22B 不行。", ADA, 10, ("open-models",), "zh-Hans"),
    "k": (None, "国产芯片的良率上去了，芯粒也便宜了。", MEI, 11, ("chips",), "zh-Hans"),
    "l": (None, "笔芯用完了。模型飞机也飞丢了。", BEN, 12, (), "zh-Hans"),
    "m": ("AI+医疗", "AI 读片的速度很快，医生说还要再看一遍。", MEI, 13, ("health",), "zh-Hans"),
    "n": (None, "Node.js 服务里有人写 snake_case，也有人写 f(x)。", BEN, 14, (), "zh-Hans"),
    "o": (None, "Fragments of a rag; the café on Straße 5 serves naïve soup.", BEN, 15, (), "en"),
    "p": (None, "模\n型 分成了两行，这一句里没有那个词。", ADA, 16, (), "zh-Hans"),
}

QUERIES = {
    "模型": "l c b a",
    "小模型": "a",
    "语言模型": "b",
    "語言模型": "b",
    "开源大模型": "c",
    "開源大模型": "c",
    "大模型": "c",
    "芯片": "k",
    "芯": "l k",
    "型": "p l c b a",
    "模 型": "p l c b a",
    '"模 型"': "p",
    "GPT-4": "e d",
    "gpt4": "e d",
    '"GPT 4"': "e d",
    "ＧＰＴ－４": "e d",
    "GPT-4o": "f e",
    "GPT-4.5": "f",
    "gpt": "f e d",
    "C++": "g",
    "c#": "g",
    "C": "h",
    "Command R+": "i",
    '"Command R+"': "i",
    '"R+ Command"': "",
    "R": "i",
    "llama3": "j",
    "Llama-3": "j",
    "llama": "j",
    "8x22b": "j",
    "22b": "",
    "AI": "m",
    "AI+": "m",
    "医疗 读片": "m",
    "node.js": "n",
    "snake_case": "n",
    "f(x)": "n",
    "rag": "o",
    "frag": "",
    "STRASSE": "o",
    "cafe": "",
    "café": "o",
    "石小川": "p j g e b a",
    "@stonebrook": "p j g e b a",
    "field -gpt": "o n l h c",
    "模型 OR 芯片": "l k c b a",
    "模型 -(大 OR 小)": "l",
    "-模型 since:2024-05-15": "p o",
    "模型 until:2024-05-02": "b a",
    "author:benfield 模型": "l c",
    "author:梅子酒 topic:agents": "i",
    "topic:agents,chips -lang:en": "k i e c b",
    "lang:zh-Hant OR title": "c",
    "lang:zh topic:open-models": "j c",
    "source:garden 良率": "k",
    '"': "",
    "*": "",
    "NEAR(": "",
    'a" OR 1=1': "",
    "' OR 1=1 --": "",
    "title:模型": "",
    "garden": "",
}


def drafts(**changed: Draft) -> tuple[Draft, ...]:
    """The entries, some of them with other texts."""
    found = []
    for position, (letter, (title, text, who, day, topics, language)) in enumerate(TEXTS.items(), 1):
        draft = make_draft(
            text,
            position,
            title=title,
            people=(who,),
            published=make_published(date(2024, 5, day)),
            topics=make_topics(*topics),
            language=language,
            natural_keys=(f"https://example.org/{letter}",),
        )
        found.append(changed.get(letter, draft))
    return tuple(found)


def fill(store: Store) -> dict[str, str]:
    """Save them; gives the letters by id."""
    store.save(make_batch(drafts(), source=make_source()), NOW)
    return letters(store)


def letters(store: Store) -> dict[str, str]:
    """The letters by id, by the order in the document."""
    from feeds.model import EntryQuery

    by_position = dict(enumerate(TEXTS, 1))
    return {entry.id: by_position[entry.place.position] for entry in store.entries(EntryQuery(limit=100)).entries}
