"""One form for text that differs only in case, width or Chinese script, and which language a text is in."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from operator import ne
from typing import TYPE_CHECKING

from feeds.text import nfkc

if TYPE_CHECKING:
    import opencc

#: Enough to tell a language by, and a bound on what a long text costs.
_SAMPLE = 1500
_KANA = re.compile("[\u3041-\u30ff]")
_ADDRESS = re.compile(r"https?://\S+|[@#][A-Za-z0-9_]+")
_LATIN_WORD = re.compile(r"[^\W\d_]+")
#: Scripts that practically one language of the field uses, by the first word of the characters' Unicode names.
_SCRIPTS = {"HANGUL": "ko", "CYRILLIC": "ru", "ARABIC": "ar", "THAI": "th", "HEBREW": "he", "GREEK": "el"}
#: The commonest words of the languages in Latin script that share few of them.
_FUNCTION_WORDS = {
    "en": "the of and to is in that for it with you this are was on be have not we they what how",
    "es": "el la los las de que y en un una por con para es del se lo como más está",
    "fr": "le la les des et est un une du que qui dans pour pas sur au avec ce il nous vous",
    "de": "der die das und ist nicht ein eine zu den von mit auf für sich dem im auch es ich",
    "pt": "o os as de que e em um uma para com não do da no na é por mais como",
    "it": "il lo gli di che e un una per non sono del della con è nel alla più come anche",
}


def fold(text: str) -> str:
    """`text` in one width (NFKC), one case and Simplified Chinese: what people see as the same compares equal.

    Folding what is folded changes nothing. Characters can change in number (ligatures, ß), for most texts they do not.
    """
    folded = nfkc(nfkc(text).casefold())
    return folded if folded.isascii() else converter("t2s").convert(folded)


def detect_language(text: str) -> str:
    """The BCP 47 tag of the language of most of `text`, judged by its beginning; "und" without letters.

    A Chinese text names things in English and remains Chinese, so a Han character counts like a Latin word.
    """
    sample = _ADDRESS.sub(" ", text[:_SAMPLE])
    han, kana = len(_han().findall(sample)), len(_KANA.findall(sample))
    words = _LATIN_WORD.findall(_han().sub(" ", sample))
    if kana and kana * 8 > han and kana + han > len(words):
        return "ja"
    if han and han * 2 >= len(words):
        return _chinese_script(sample)
    return _by_script(words) or _by_function_words(words)


def _chinese_script(sample: str) -> str:
    """Characters that exist in one script only decide; the same in both counts as Simplified."""
    only_traditional = sum(map(ne, sample, converter("t2s").convert(sample)))
    if not only_traditional:
        return "zh-Hans"
    only_simplified = sum(map(ne, sample, converter("s2t").convert(sample)))
    return "zh-Hant" if only_traditional > only_simplified else "zh-Hans"


def _by_script(words: list[str]) -> str | None:
    counts: dict[str, int] = {}
    for word in words:
        script = unicodedata.name(word[0], "").partition(" ")[0]
        counts[script] = counts.get(script, 0) + 1
    if not counts:
        return "und"
    return _SCRIPTS.get(max(counts, key=lambda script: (counts[script], script)))


def _by_function_words(words: list[str]) -> str:
    lower = [word.lower() for word in words]
    hits = {tag: sum(map(lower.count, known.split())) for tag, known in _FUNCTION_WORDS.items()}
    return max(hits, key=lambda tag: hits[tag])


@cache
def _han() -> re.Pattern[str]:
    """Compiled at the first text: so many characters take longer than most commands that read none."""
    return re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@cache
def converter(name: str) -> opencc.OpenCC:
    """By its name in OpenCC. Made once a process and only when needed: its dictionaries take a while to load."""
    import opencc

    return opencc.OpenCC(name)
