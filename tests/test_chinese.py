"""Folding and the guess of a language."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.chinese import detect_language
from feeds.chinese import fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        pytest.param("開源", "开源", id="traditional to simplified"),
        pytest.param("檢索增強生成", "检索增强生成", id="a whole term"),
        pytest.param("ＧＰＴ－４", "gpt-4", id="full width"),
        pytest.param("OpenAI", "openai", id="case"),
        pytest.param("STRASSE Straße", "strasse strasse", id="case folding beyond lower case"),
        pytest.param("ﬁne", "fine", id="ligature"),
        pytest.param("C++", "c++", id="signs stay"),
        pytest.param("頭髮和發布", "头发和发布", id="two traditional characters for one"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_fold_makes_what_people_see_as_the_same_equal(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        pytest.param("今天发布了新的开源模型，欢迎大家试用。", "zh-Hans", id="simplified"),
        pytest.param("今天發布了新的開源模型，歡迎大家試用。", "zh-Hant", id="traditional"),
        pytest.param("一二三", "zh-Hans", id="characters of both scripts"),
        pytest.param("用 Example API 和 Sample SDK 写了一个小工具", "zh-Hans", id="Chinese with English names"),
        pytest.param("The new model is out and it is small.", "en", id="english"),
        pytest.param("Der neue Kran ist da und er ist nicht groß.", "de", id="german"),
        pytest.param("El nuevo modelo ya está en la red para los usuarios", "es", id="spanish"),
        pytest.param("新しいモデルが公開されました", "ja", id="japanese"),
        pytest.param("새로운 모델이 공개되었습니다", "ko", id="korean"),
        pytest.param("Вышла новая модель", "ru", id="russian"),
        pytest.param("https://example.com/a/b 好文章", "zh-Hans", id="addresses do not count"),
        pytest.param("12345 !!!", "und", id="no letters"),
        pytest.param("", "und", id="nothing"),
    ],
)
def test_the_language_is_told_by_the_share_of_scripts(text: str, tag: str) -> None:
    assert detect_language(text) == tag


def test_importing_loads_no_dictionary() -> None:
    program = "import feeds.chinese as c; assert c.converter.cache_info().currsize == 0"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parent.parent)
