"""How many posts a second are classified with the shipped topics and with 500: `python -m tests.benchmarks.topics`.

Posts and topics are invented, and the same in every run. The ratio is what counts: the machine does not matter to it.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from feeds.topics import Topic
from feeds.topics import Topics
from feeds.topics import load_topics
from feeds.topics.loading import SHIPPED
from feeds.topics.loading import read_rules
from feeds.topics.rules import Rule

POSTS = 10_000
TOPICS = 500
_ROUNDS = 3
_SYLLABLES = "ka lo mi ren tas ul vo zin pre dor fen gil hux jam nol qui".split()
_HAN = "山水风云花草树石灯桥船路门窗书信茶酒饭衣鞋帽春夏秋冬东西南北上下左右大小高低远近新旧明暗红绿蓝白"


def main() -> None:
    """Print posts a second with both numbers of topics, and their ratio."""
    random.seed(20_240_501)
    book = read_rules(SHIPPED)
    more = tuple(_topic(number) for number in range(TOPICS - len(book.topics)))
    posts = [_post(book.topics, more) for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else POSTS)]
    few, many = load_topics(), Topics(replace(book, topics=(*book.topics, *more)))
    speeds = [(_speed(few, posts), _speed(many, posts)) for _ in range(_ROUNDS)]
    slow, fast = (statistics.median(column) for column in (list(zip(*speeds, strict=True))[::-1]))
    print(f"{len(few)} topics: {fast:,.0f} posts a second; {len(many)} topics: {slow:,.0f}; ratio {slow / fast:.2f}")


def _speed(topics: Topics, posts: Sequence[tuple[str | None, str]]) -> float:
    topics.classify(None, "build what matching needs")
    began = time.perf_counter()
    for title, text in posts:
        topics.classify(title, text)
    return len(posts) / (time.perf_counter() - began)


def _topic(number: int) -> Topic:
    """A topic with forty words of its own, in two rules."""
    words = tuple(_word() for _ in range(40))
    rules = (
        Rule("words", (words[:30],), 1.0, "words"),
        Rule("near", (words[30:35], words[35:]), 0.5, "words close together", 12),
    )
    return Topic(f"topic-{number}", f"题{number}", f"Topic {number}", rules=rules)


def _word() -> str:
    if random.random() < 0.5:
        return "".join(random.choices(_SYLLABLES, k=random.randint(4, 5)))
    return "".join(random.choices(_HAN, k=random.randint(4, 5)))


def _post(shipped: Sequence[Topic], more: Sequence[Topic]) -> tuple[str | None, str]:
    """A text of some sentences that is about two of the shipped topics, and names some words of the others."""
    words = [_word() for _ in range(random.randint(40, 160))]
    for topic in (*random.sample(shipped, 2), *random.sample(more, 2)):
        named = [word for rule in topic.rules for element in rule.elements for word in element]
        words += random.sample(named, min(4, len(named)))
    random.shuffle(words)
    text = "".join(f"{word}。\n" if number % 12 == 11 else f"{word} " for number, word in enumerate(words))
    return (" ".join(words[:4]) if random.random() < 0.5 else None), text


if __name__ == "__main__":
    main()
