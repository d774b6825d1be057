"""Which encoding bytes are in where nothing says so, or says it wrongly: the one whose characters are likeliest.

Each encoding reads the same bytes as other characters. A reading's score is the logarithm of how likely its characters
are in a text of the language that uses the encoding, from a few classes of characters. The best score wins; a reading
that is unlikely in its language is none.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections import Counter
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from functools import partial
from itertools import pairwise

#: Bytes that are looked at; more do not change the answer.
_SAMPLE = 16_384
#: Readings with more broken characters than this share of all are none; a cut end breaks one or two.
_BROKEN_SHARE = 0.005
_BROKEN_FEW = 2
#: What a label adds to the score of its encoding: it decides between near readings and never against the text.
_LABEL = 8.0
#: Plain text with a letter here and there that is not is likelier Western than the name of somebody in Chinese.
_FEW_HIGH, _FEW_PRIOR = 0.03, 4.0
_PLAIN = bytes(range(0x80))
#: A lead over the next reading that leaves no doubt.
_SURE = 3.0
#: What text that is not UTF-8 may be in.
GUESSES = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1252", "utf-16-le", "utf-16-be")

#: The commonest characters of Chinese text (about a third of it), then those that make up half of it, in both scripts.
_FIRST_HAN = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事"
    "成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
)
_COMMON_HAN = frozenset(
    "日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等"
    "产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系"
    "气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治"
    "展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传"
    "师观清今切院让识候带导争运笔模型智语言码网络训练算户源技研究视频图推参考章链容功支持服团项台软具序息字互联闻每周刊早"
    "版布测试评编辑翻译吗吧呢啊哦嘛您咱谁哪怎够虽需按照约左右快慢坏首晚深站找买卖吃喝玩店价钱元亿百千零六七八九半双希欢迎"
    "谢请注册登录击载享微博号邮箱密搜索页标签收藏转免责隐私策红黄蓝绿黑青春夏秋冬风雨雪花草树木鱼鸟狗猫车船飞桥城镇村省县"
    "州京沪港湾华英俄韩欧亚洲父母亲爱朋友志姐医校班级课答案步骤错误修改增减删除查询选择输显示這個們來爲國說時會對於過發後"
    "裏種經麼學現當沒動還進樣開從實軍無與長機關點業將兩間問並應戰頭體見產話內給門兒東聲員論處義幾認條氣題爾別變總電數報結"
    "務場計資許統區隊決馬書則聽卻達強難權設記類據邊張該規萬覺術領確傳師觀讓識帶導爭運筆語碼網絡訓練戶視頻圖參鏈團項臺軟聯"
    "聞週測試評編輯譯嗎誰夠雖約壞買賣喫價錢億雙歡謝請註冊錄擊載號郵頁標籤轉責隱紅黃藍綠風樹魚鳥貓車飛橋鎮縣滬灣華韓歐亞親"
    "愛醫級課驟錯誤減刪詢選擇輸顯為著裡係嘅咗喺哋冇佢唔咁啲嘢"
)
_COMMON_HANGUL = frozenset("이다는을의에가고하지도로를기사리어자인은시아나대들해그서만한정일과라부보주전수원스있게")
_MARKS = frozenset("、。，；：？！“”‘’（）《》〈〉「」『』【】…—～·％　")
_WESTERN_MARKS = frozenset("“”‘’–—…•€™©®°£«»§·¿¡\xa0×½´")


@dataclass(frozen=True, slots=True)
class Reading:
    """What bytes say in one encoding."""

    text: str
    #: Python's name of the codec.
    encoding: str
    #: How many characters could not be read and stand as U+FFFD.
    broken: int = 0
    #: The encoding that fits nearly as well; None where there is no doubt.
    rival: str | None = None


def guess(data: bytes, labels: Sequence[str] = (), encodings: Sequence[str] = GUESSES) -> Reading | None:
    """The likeliest reading of `data`; None where none is likely.

    `labels` are codecs that a header or a declaration names, right or wrong.
    """
    readings = _ranked(data, encodings, labels)
    return readings[0] if readings and _is_likely(_sample(data), readings[0].encoding) else None


def likeliest(data: bytes, encodings: Sequence[str], labels: Sequence[str] = ()) -> Reading | None:
    """The likeliest of several readings, however unlikely; None where none fits."""
    readings = _ranked(data, encodings, labels)
    return readings[0] if readings else None


def _ranked(data: bytes, encodings: Sequence[str], labels: Sequence[str]) -> list[Reading]:
    """At most three, each with its rival."""
    sample = _sample(data)
    fitting = [name for name in encodings if _may_be(name, data, sample)]
    scores = {name: _score(sample, name) + _LABEL * (name in labels) for name in fitting}
    if "cp1252" in scores and _share_of_high(data) < _FEW_HIGH:
        scores["cp1252"] += _FEW_PRIOR
    best = sorted(scores, key=scores.__getitem__, reverse=True)[:3]
    readings = [reading for name in best if (reading := read(data, name)) is not None]
    for first, second in pairwise(readings):
        if scores[first.encoding] - scores[second.encoding] < _SURE and first.text != second.text:
            readings[readings.index(first)] = replace(first, rival=second.encoding)
    return readings


def read(data: bytes, encoding: str) -> Reading | None:
    """`data` in `encoding`, with U+FFFD for what is broken; None where more than a few characters are."""
    text = data.decode(encoding, "replace")
    broken = text.count("\ufffd")
    if broken:
        broken = max(broken - data.count("\ufffd".encode(encoding)), 1) if _has_replacement(encoding) else broken
    if broken > max(_BROKEN_FEW, len(text) * _BROKEN_SHARE):
        return None
    return Reading(text, encoding, broken)


def _has_replacement(encoding: str) -> bool:
    return encoding.startswith("utf") or encoding == "gb18030"


def _sample(data: bytes) -> bytes:
    """The part that differs between encodings: the lines that are not ASCII. A line end is one in all but UTF-16."""
    begin = data[:_SAMPLE]
    if _share_of_high(begin) > 0.25 or b"\0" in begin:
        return begin
    lines = (line for line in data.split(b"\n") if not line.isascii())
    return b"\n".join(lines)[:_SAMPLE]


def _share_of_high(data: bytes) -> float:
    return len(data.translate(None, _PLAIN)) / (len(data) or 1)


def _may_be(encoding: str, data: bytes, sample: bytes) -> bool:
    """UTF-16 only where the sample is a piece of the text and not a choice of lines."""
    return not encoding.startswith("utf-16") or (data.startswith(sample) and len(data) >= 4)


def _score(sample: bytes, encoding: str) -> float:
    prior, likelihood = _MODELS[encoding]
    return prior + likelihood(_decoded(sample, encoding))


def _decoded(sample: bytes, encoding: str) -> str:
    """A sample may end within a character."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(sample, final=len(sample) < _SAMPLE)


def _is_likely(sample: bytes, encoding: str) -> bool:
    if encoding == "utf-8" or (encoding.startswith("utf-16") and b"\0" in sample):
        return True  # nothing else has this form
    text = _decoded(sample, encoding)
    foreign = [c for c in text if not c.isascii()]
    size = len(sample.translate(None, _PLAIN)) or 1
    if encoding == "cp1252":
        return _western(text) - _ASCII * (len(text) - len(foreign)) > _UNLIKELY_LETTER * size
    return _MODELS[encoding][1]("".join(foreign)) >= _UNLIKELY * len(foreign)


# Natural logarithms of how likely a character is: the share of its class in a text over the number of characters in it.
_ASCII, _CONTROL, _BROKEN, _STRANGE = -3.0, -14.0, -30.0, -20.0
#: The mean of random Chinese characters lies below, that of real text of any kind above.
_UNLIKELY, _UNLIKELY_LETTER = -10.3, -7.0


def _sum(text: str, likelihood: Callable[[str], float]) -> float:
    return sum(count * _any(character, likelihood) for character, count in Counter(text).items())


def _any(character: str, likelihood: Callable[[str], float]) -> float:
    """What holds in every language."""
    if character.isascii():
        return _ASCII if character.isprintable() or character in "\t\n\r" else _CONTROL
    if character == "\ufffd":
        return _BROKEN
    if unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs"}:
        return _STRANGE
    return likelihood(character)


def _chinese(charset: str, second_level: int, character: str) -> float:
    """`charset` is the old national set, whose rare characters begin at the lead byte `second_level`."""
    if character in _FIRST_HAN:
        return -5.6
    if character in _MARKS:
        return -5.3
    if character in _COMMON_HAN:
        return -7.0
    encoded = _lead(character, charset)
    if not _is_han(character):
        return -10.0 if encoded else -12.0
    if encoded == 0:
        return -14.0
    return -9.7 if encoded < second_level else -12.0


def _japanese(character: str) -> float:
    if "\u3041" <= character <= "\u309f":
        return -5.2
    if "\u30a0" <= character <= "\u30ff":
        return -6.4
    if character in _MARKS:
        return -5.3
    if not _is_han(character):
        return -10.0
    if character in _FIRST_HAN or character in _COMMON_HAN:
        return -7.8
    return -10.0 if 0 < _lead(character, "shift_jis") < 0x98 else -12.5


def _korean(character: str) -> float:
    if "\uac00" <= character <= "\ud7a3":
        if character in _COMMON_HANGUL:
            return -5.0
        return -8.6 if _lead(character, "euc_kr") else -13.0
    return -5.3 if character in _MARKS else -12.0


def _mixed(character: str) -> float:
    """Of text in Unicode, which tells its language by its letters."""
    if "\uac00" <= character <= "\ud7a3":
        return _korean(character)
    return _japanese(character) if "\u3041" <= character <= "\u30ff" else _chinese("gb2312", 0xD8, character)


def _western(text: str) -> float:
    """Letters with marks stand alone between plain ones; in a row they are the bytes of something else."""
    padded = f" {text} "
    return sum(_letter(*padded[at : at + 3]) for at in range(len(text)))


def _letter(before: str, character: str, after: str) -> float:
    if character.isascii() or character == "\ufffd" or unicodedata.category(character) == "Cc":
        return _any(character, lambda _: _STRANGE)
    if character.isalpha():
        if not (before.isascii() and after.isascii()):
            return -10.0
        within = before.isalpha() or after.isalpha()
        return -4.5 if character.islower() and within else -6.5
    return -5.0 if character in _WESTERN_MARKS and (before.isascii() or after.isascii()) else -9.0


def _lead(character: str, charset: str) -> int:
    """The lead byte in a national character set; 0 where it is not in it."""
    try:
        return character.encode(charset)[0]
    except UnicodeEncodeError:
        return 0


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"


def _model(likelihood: Callable[[str], float]) -> Callable[[str], float]:
    return partial(_sum, likelihood=likelihood)


_SIMPLIFIED = _model(partial(_chinese, "gb2312", 0xD8))
_TRADITIONAL = _model(partial(_chinese, "big5", 0xC9))
#: How likely the encoding is by itself among the documents of our users, and its model.
_MODELS: dict[str, tuple[float, Callable[[str], float]]] = {
    "gb18030": (4.0, _SIMPLIFIED),
    "big5hkscs": (3.0, _TRADITIONAL),
    "cp932": (0.0, _model(_japanese)),
    "euc_jp": (0.0, _model(_japanese)),
    "cp949": (0.0, _model(_korean)),
    "cp1252": (0.0, _western),
    "utf-8": (0.0, _model(_mixed)),
    "utf-16-le": (0.0, _model(_mixed)),
    "utf-16-be": (0.0, _model(_mixed)),
}
