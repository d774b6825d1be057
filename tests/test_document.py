"""Bytes become text once: encodings, what is refused, what is mended."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from datetime import UTC
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.errors import DocumentError
from feeds.model import Problem
from scrapers.document import MAX_BYTES
from scrapers.document import decode
from scrapers.document import make_document
from scrapers.document import read_document

SIMPLIFIED = "# 星图周报 第三期\n\n### 1、模型的量化与推理\n\n朱镕基先生说：“㐀”字少见，我们一起学习吧！\n"
TRADITIONAL = "# 星圖週報 第三期\n\n### 1、模型的量化與推論\n\n我們在臺北發布了新版本，歡迎大家試用。\n"
CANTONESE = "佢哋喺度做咗啲嘢，呢個係香港嘅網站，冇人唔鍾意。\n"
JAPANESE = "# 星図だより\n\n東京は今日も晴れです。カタカナのテストもします。\n"
KOREAN = "# 별자리 소식\n\n오늘은 날씨가 좋습니다. 새로운 모델을 소개합니다.\n"
ENGLISH = "The café on Müller’s street is “naïve” – so they say…\nIt costs £5.\n"
ENCODED = [
    (SIMPLIFIED, ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32")),
    (SIMPLIFIED + "表情 😀🚀 也在\n", ("utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be")),
    (SIMPLIFIED.replace("㐀", "睿"), ("gbk",)),
    (TRADITIONAL, ("utf-8", "big5", "big5hkscs", "gb18030", "utf-16", "utf-16-le", "utf-16-be")),
    (CANTONESE, ("utf-8", "big5hkscs", "gb18030", "utf-16-le")),
    (JAPANESE, ("utf-8", "shift_jis", "euc_jp", "utf-16-le")),
    (KOREAN, ("utf-8", "cp949", "utf-16-be")),
    (ENGLISH, ("utf-8", "cp1252", "utf-16-le")),
    ("Grüße aus München, schöne Straße und viel Glück\n", ("latin-1",)),
    ("Only a short café, and nothing else that is not plain English in this line.\n", ("latin-1",)),
]
CASES = [(text, encoding) for text, encodings in ENCODED for encoding in encodings]
SHORT = {
    "gb18030": ("今天天气真的不错", "我们发布了新版本", "开源项目推荐清单", "机器学习入门指南", "苹果香蕉橘子葡萄"),
    "big5hkscs": ("今天天氣真的不錯", "我們發布了新版本", "開源專案推薦清單", "機器學習入門指南", "蘋果香蕉橘子葡萄"),
}


@pytest.mark.parametrize(("text", "encoding"), CASES, ids=[f"{text[:6].strip()} {e}" for text, e in CASES])
def test_the_same_text_comes_out_of_every_encoding(text: str, encoding: str) -> None:
    document = make_document("a.md", text.encode(encoding))
    assert document.text == text
    assert document.problems == ()


@pytest.mark.parametrize(("encoding", "text"), [(e, t) for e, texts in SHORT.items() for t in texts])
def test_eight_characters_are_enough_to_tell_two_chinese_encodings_apart(encoding: str, text: str) -> None:
    assert make_document("a.md", text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Привет, мир! Это проверка.", "cp1251"),
        ("Привет, мир! Это проверка.", "koi8-r"),
        ("Καλημέρα κόσμε", "cp1253"),
        ("สวัสดีชาวโลก", "tis-620"),
        ("Zażółć gęślą jaźń", "cp1250"),
        ("東京", "euc_jp"),
        ("日本経済新聞社", "euc_jp"),
    ],
)
def test_what_cannot_be_told_is_refused_and_not_made_chinese(text: str, encoding: str) -> None:
    with pytest.raises(DocumentError, match=r"a\.md:2: (is in no encoding we know|fits .* alike).*save it as UTF-8"):
        make_document("a.md", b"# one\n" + text.encode(encoding))


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "iso-8859-7", "tis-620"])
def test_what_cannot_be_told_is_read_when_it_is_said(encoding: str) -> None:
    text = {"cp1251": "Привет", "koi8-r": "Привет", "iso-8859-7": "Καλημέρα", "tis-620": "สวัสดี"}[encoding]
    assert make_document("a.md", text.encode(encoding), encoding=encoding).text == text


def html(charset: str, text: str = SIMPLIFIED) -> str:
    return f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>x</title></head>\n<body>{text}</body></html>'


@pytest.mark.parametrize(
    ("declared", "encoding", "right"),
    [
        ("gb2312", "gb18030", True),
        ("gbk", "gb18030", True),
        ("GB2312", "gb18030", True),
        ("utf-8", "utf-8", True),
        ("gbk", "utf-8", False),
        ("big5", "utf-8", False),
        ("iso-8859-1", "utf-8", False),
        ("utf-16", "utf-8", False),
        ("utf-8", "gb18030", False),
        ("iso-8859-1", "gb18030", False),
        ("big5", "gb18030", False),
        ("shift_jis", "gb18030", False),
        ("no-such-thing", "gb18030", False),
        ("unicode_escape", "gb18030", False),
        ("utf-7", "utf-8", False),
    ],
)
@pytest.mark.parametrize("how", ["declared", "said"])
def test_a_wrong_label_is_not_believed_and_reported(how: str, declared: str, encoding: str, right: bool) -> None:
    text = html(declared) if how == "declared" else SIMPLIFIED
    document = make_document("a.html", text.encode(encoding), encoding=None if how == "declared" else declared)
    assert document.text == text
    reported = [f"is said to be in {declared.lower()}, read as {encoding}"]
    assert [problem.message for problem in document.problems] == ([] if right else reported)


def test_a_label_decides_where_two_readings_are_near() -> None:
    data = "联通".encode("gb18030") + b" 1"
    assert make_document("a.md", data, encoding="gbk").text == "联通 1"
    assert make_document("a.html", "<meta charset=gbk>模型".encode("gbk")).text == "<meta charset=gbk>模型"
    assert make_document("a.xml", "<?xml version='1.0' encoding='EUC-JP'?>\n東京".encode("euc_jp")).text.endswith(
        "東京"
    )


def test_prose_about_a_charset_declares_nothing() -> None:
    text = "# How to\n\nWrite charset=gbk into the head: 这样就好了。\n"
    document = make_document("a.md", text.encode())
    assert (document.text, document.encoding, document.problems) == (text, "utf-8", ())


def test_japanese_mail_in_seven_bits_is_read_when_it_is_declared() -> None:
    text = html("iso-2022-jp", JAPANESE)
    assert make_document("a.html", text.encode("iso2022_jp")).text == text


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\x85"], ids=["CRLF", "CR", "LF", "NEL"])
def test_every_line_end_is_a_newline(end: str) -> None:
    assert make_document("a.md", f"一{end}二{end}{end}三".encode()).text == "一\n二\n\n三"


def test_line_ends_may_be_mixed() -> None:
    assert make_document("a.md", b"a\r\nb\rc\nd\n\re").text == "a\nb\nc\nd\n\ne"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "big5"])
def test_a_file_that_was_cut_is_read_to_its_end(encoding: str) -> None:
    data = TRADITIONAL.encode(encoding)
    document = make_document("a.md", data.rstrip(b"\n\0")[:-3])
    whole = document.text.rstrip("\ufffd")
    assert TRADITIONAL.startswith(whole)
    assert len(whole) > len(TRADITIONAL) - 5
    for problem in document.problems:
        assert problem == Problem(f"broken characters: 1 (not {document.encoding}), shown as \ufffd from here on", 5)
    assert bool(document.problems) == (whole != document.text)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_one_bad_byte_in_a_long_text_is_named_with_its_line(encoding: str) -> None:
    lines = ["第一行写的是模型，后面还有很多内容。"] * 6000
    data = "\n".join(lines).encode(encoding)
    at = data.index(b"\n", 100_000) + 1
    document = make_document("a.md", data[:at] + b"\xff" + data[at:])
    line = data.count(b"\n", 0, at) + 1
    assert [problem.line for problem in document.problems] == [line]
    assert "broken characters: 1" in document.problems[0].message
    assert document.text.replace("\ufffd", "") == "\n".join(lines)


def test_a_mark_that_is_right_but_for_a_byte_is_believed() -> None:
    data = SIMPLIFIED.encode("utf-8-sig").replace("学习".encode(), "学".encode() + b"\xe4" + "习".encode())
    document = make_document("a.md", data)
    assert document.text == SIMPLIFIED.replace("学习", "学\ufffd习")
    assert [problem.line for problem in document.problems] == [5]


def test_a_replacement_character_of_the_author_is_no_damage() -> None:
    text = "这里原来就有一个 \ufffd 字符\n"
    assert make_document("a.md", text.encode()).problems == ()
    assert make_document("a.md", text.encode()).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_control_characters_are_removed_and_counted(encoding: str) -> None:
    text = SIMPLIFIED.replace("模型", "模\0型\x0b").replace("学习", "学\x1b习\x7f")
    document = make_document("a.md", text.encode(encoding))
    assert document.text == SIMPLIFIED
    assert document.problems == (Problem("control characters removed: 4, from here on (first U+0000)", 3),)


def test_a_nul_in_plain_text_does_not_make_it_binary() -> None:
    assert make_document("a.md", b"one\ttwo\nthr\0ee\n").text == "one\ttwo\nthree\n"


BINARIES = {
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40), "a PNG picture"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(40), "a JPEG picture"),
    "GIF": (b"GIF89a\x10\0\x10\0" + bytes(40), "a GIF picture"),
    "WebP": (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(40), "a WebP picture"),
    "ZIP": (b"PK\x03\x04\x14\0\0\0" + bytes(40), "a ZIP archive"),
    "gzip": (gzip.compress(b"some text", mtime=0), "compressed by gzip"),
    "SQLite": (b"SQLite format 3\0\x10\0" + bytes(100), "an SQLite database"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF"),
    "RTF": (b"{\\rtf1\\ansi hello}", "an RTF document"),
    "DOC": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "an old Office document"),
    "ELF": (b"\x7fELF\x02\x01\x01\0" + bytes(40), "a program"),
    "MP4": (b"\0\0\0\x20ftypisom\0\0\x02\0" + bytes(40), "a film"),
    "unknown": (bytes(range(256)) * 8, ""),
    "nothing but NUL": (bytes(64), ""),
    "many controls": (b"\x01\x02\x03\x04abc\x05\x06\x07", ""),
}


@pytest.mark.parametrize(("data", "what"), BINARIES.values(), ids=BINARIES)
def test_a_binary_is_refused_with_what_it_is(data: bytes, what: str) -> None:
    with pytest.raises(DocumentError, match=f"is binary.*{what}") as refused:
        make_document("a.md", data)
    assert (refused.value.document, refused.value.line) == ("a.md", 1)


@pytest.mark.parametrize(
    "data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe", "\u3000\n".encode(), b"\xef\xbb\xbf \n"]
)
def test_a_document_without_text_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^a\.md: is empty"):
        make_document("a.md", data)


def test_a_document_over_the_limit_is_refused() -> None:
    make_document("a.md", b"a" * MAX_BYTES)
    with pytest.raises(DocumentError, match="more than the limit of 16,777,216; split the document"):
        make_document("a.md", b"a" * (MAX_BYTES + 1))


def test_half_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(DocumentError) as refused:
        make_document("a.md", SIMPLIFIED.encode() * 3 + "另一半是别的编码，放在后面。".encode("gb18030") * 20)
    assert refused.value.line == 16


def test_decode_tells_text_and_encoding() -> None:
    assert decode("a.md", "模型的推理\r\n".encode("gb18030")) == ("模型的推理\r\n", "gb18030")
    assert decode("a.md", b"plain", "ascii") == ("plain", "utf-8")


def test_a_file_is_read_with_its_place_and_time(tmp_path: Path) -> None:
    file = tmp_path / "周报" / "007.md"
    file.parent.mkdir()
    file.write_bytes(SIMPLIFIED.encode("gb18030"))
    os.utime(file, (1_700_000_000, 1_700_000_000))
    document = read_document(file, tmp_path)
    assert (document.name, document.location, document.text) == ("007.md", "周报/007.md", SIMPLIFIED)
    assert document.modified == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert document.modified.tzinfo is UTC
    assert read_document(tmp_path / "." / "周报" / ".." / "周报" / "007.md", tmp_path).location == "周报/007.md"
    assert read_document(file).location == "007.md"
    assert read_document(file, tmp_path / "elsewhere").location == "007.md"


def test_a_file_that_cannot_be_read_is_a_document_error(tmp_path: Path) -> None:
    loop = tmp_path / "loop.md"
    loop.symlink_to(loop)
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    for name, why in {"no.md": "is not there", "loop.md": "cannot be read", "pipe.md": "is no regular file"}.items():
        with pytest.raises(DocumentError, match=f"{name}: {why}"):
            read_document(tmp_path / name, tmp_path)
    with pytest.raises(DocumentError, match="is a folder"):
        read_document(tmp_path, tmp_path.parent)
    with pytest.raises(DocumentError, match="cannot be read"):
        read_document(tmp_path / "a\0b.md", tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_document_error(tmp_path: Path) -> None:
    file = tmp_path / "secret.md"
    file.write_text("text")
    file.chmod(0)
    with pytest.raises(DocumentError, match="cannot be read"):
        read_document(file, tmp_path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.md"
    with file.open("wb") as out:
        out.truncate(50 * 1024 * 1024)
    with pytest.raises(DocumentError, match="52,428,800 bytes, more than the limit"):
        read_document(file, tmp_path)


def test_a_name_that_is_no_text_can_still_be_shown(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.md"))
    try:
        file.write_text("text")
    except OSError:
        pytest.skip("this file system has no such names")
    assert read_document(file, tmp_path).location.encode() == b"\xef\xbf\xbd\xef\xbf\xbd.md"


def test_reading_documents_loads_nothing_heavy() -> None:
    script = (
        "import sys, scrapers.document\n"
        "heavy = {'dateparser', 'bs4', 'lxml', 'markdown_it', 'opencc', 'sqlalchemy', 'flask'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    root = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, "PYTHONPATH": str(root)})


#: Assigned characters that XML 1.0 and we let stand; line ends and marks have their own tests.
LEGAL = st.characters(
    exclude_categories=("Cc", "Cs", "Cn", "Co"), include_characters="\n\t", exclude_characters="\ufeff"
)
TEXTS = st.text(LEGAL, min_size=1, max_size=200).filter(lambda text: bool(text.strip()))
CHINESE = st.sampled_from([SIMPLIFIED, TRADITIONAL, SIMPLIFIED + TRADITIONAL])


@given(text=TEXTS, mark=st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_text_in_utf8_comes_back(text: str, mark: bool) -> None:
    document = make_document("a.md", text.encode("utf-8-sig" if mark else "utf-8"))
    assert (document.text, document.encoding, document.problems) == (text, "utf-8", ())


@given(text=TEXTS, encoding=st.sampled_from(["utf-16", "utf-32"]))
@settings(max_examples=200, deadline=None)
def test_any_text_with_a_mark_comes_back(text: str, encoding: str) -> None:
    assert make_document("a.md", text.encode(encoding)).text == text


@given(text=CHINESE, added=st.text(LEGAL, max_size=15), encoding=st.sampled_from(["gb18030", "utf-16-le", "utf-16-be"]))
@settings(max_examples=200, deadline=None)
def test_chinese_text_with_any_characters_in_it_comes_back_unmarked(text: str, added: str, encoding: str) -> None:
    assert make_document("a.md", (text + added).encode(encoding)).text == text + added


@given(
    data=st.binary(max_size=300), said=st.sampled_from([None, "gbk", "utf-16", "big5", "latin1", "hz", "cp1251", "?"])
)
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_text_or_refused(data: bytes, said: str | None) -> None:
    try:
        document = make_document("a.md", data, encoding=said)
    except DocumentError as error:
        assert error.document == "a.md"
        return
    assert document.text.strip()
    assert not set(document.text) & set(map(chr, [*range(9), 11, 12, 13, *range(14, 32), *range(127, 160)]))
