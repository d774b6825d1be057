"""Documents of many posts, all invented by chance: the same seed gives the same words."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from datetime import timedelta
from pathlib import Path
from random import Random

#: When the files were last changed: seconds since 1970.
CHANGED = 1_770_000_000
_SIGNS = (
    "春夏秋冬风雨云雪山河湖海花草树木鸟鱼虫马灯火门窗桌椅杯碗书纸笔墨"
    "路桥车船城村田园早晚昨今明年月日时走跑坐站看听说写读想问答来去开关"
)
_PEOPLE = ("林舟\n@linzhou", "安宁\n@anning", "白石\n@baishi", "顾渡\n@gudu")
_TOPICS = ("检索增强", "提示词", "开源模型", "智能体")


def words(chance: Random, length: int) -> str:
    """A sentence of signs that mean nothing together."""
    return "".join(chance.choice(_SIGNS) for _ in range(length)) + "。"


def text(seed: object) -> str:
    """A post: long enough to be recognised, and about something."""
    chance = Random(str(seed))
    return f"{words(chance, 30)}说到{chance.choice(_TOPICS)}，{words(chance, 60)}{words(chance, 40)}"


def post(number: int, day: date, who: int, written: str) -> str:
    """One post of a log."""
    return f"### {number:02}\n\n{day.isoformat()}\n\n{_PEOPLE[who % len(_PEOPLE)]}\n{written}\n\n"


def log(
    name: str, count: int, day: date = date(2026, 1, 1), edited: frozenset[int] = frozenset(), skip: int = -1
) -> str:
    """A log of `count` posts from a day on; those `edited` have one more sentence, the one at `skip` is missing."""
    found = []
    for number in range(count):
        written = text(f"{name} {number}") + (words(Random(f"edit {name} {number}"), 20) if number in edited else "")
        if number != skip:
            found.append(post(number + 1, day + timedelta(days=number // 3), number, written))
    return "".join(found)


def write(folder: Path, documents: Mapping[str, str]) -> Path:
    """Into files whose times are always the same."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, content) in enumerate(sorted(documents.items())):
        path = folder / name
        path.write_text(content, "utf-8")
        os.utime(path, (CHANGED + number,) * 2)
    return folder
