"""What a text is found by: one stream of tokens for every database, and the tokens of what is looked for.

Chinese and other scripts without spaces: every character begins a token of two, so `大模型` is `大模 模型 型`; a word
of two characters or more is a row of such tokens, a single character the beginning of one. Other words are whole, but
end before a digit and at a hyphen: `GPT-4`, `GPT4` and `GPT 4` are the same two tokens, `GPT-4o` and `GPT-4.5` others.
A letter keeps its signs (`C++`, `C#`, `R+`); behind a longer word they are a token of their own (`AI+` is found by
`AI`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import add

from feeds.search.folding import fold

#: Han, kana, bopomofo, Hangul, and the scripts of South-East Asia that write no spaces.
_DENSE = (
    "\u3005-\u3007\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff\u3400-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_LETTER = rf"[^\W\d_{_DENSE}]"
_ALNUM = rf"[^\W_{_DENSE}]"
_SIGN = rf"(?:\+\+|[+#](?!{_ALNUM}))"
_PIECE = (
    rf"(?P<dense>[{_DENSE}]+)"
    rf"|(?<!{_ALNUM}){_LETTER}{_SIGN}"
    rf"|(?<={_ALNUM}){_SIGN}"
    rf"|[0-9]+(?:\.[0-9]+)*{_ALNUM}*"
    rf"|{_LETTER}+"
    rf"|{_ALNUM}+"
)

#: Between the parts of an entry: no phrase goes over it, since it is in no query.
BORDER = "/"
#: All of ASCII that tokens have beside letters and digits.
SIGNS = "+#./"
#: Characters of a text that are indexed: PostgreSQL takes 1 MB of different tokens.
MOST = 100_000
#: Characters of a word that count.
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must follow each other."""

    tokens: tuple[str, ...]
    #: Whether the last one may be the beginning of a token.
    open: bool = False

    @property
    def run(self) -> str | None:
        """What it is in a folded text where it is one run of a script without spaces; None where it is not."""
        first, *rest = self.tokens
        chained = all(one[-1] == other[0] and len(other) == 2 for one, other in pairwise(self.tokens))
        dense = _begins_dense(first) and chained and (self.open or len(first) == 2)
        return first + "".join(token[-1] for token in rest) if dense else None


def pieces(folded: str) -> Iterator[re.Match[str]]:
    """Where words stand in a folded text: whole runs of dense scripts, single words of the others."""
    return _piece().finditer(folded)


@cache
def _piece() -> re.Pattern[str]:
    """Compiled at the first word: so many ranges take longer than most commands that look for none."""
    return re.compile(_PIECE)


def _begins_dense(token: str) -> bool:
    """Whether it is of a script without spaces."""
    return (found := _piece().match(token)) is not None and found["dense"] is not None


def stream(title: str | None, names: Iterable[str], text: str) -> str:
    """The tokens of an entry with spaces between them: what the databases index."""
    parts = (title or "", *names, text[:MOST])
    return f" {BORDER} ".join(" ".join(_tokens(fold(part)[:MOST])) for part in parts)


def phrase(words: str) -> Phrase | None:
    """What to look for; None where there is neither letter nor digit in it."""
    folded = fold(words)
    tokens = _tokens(folded)
    if not tokens:
        return None
    if len(tokens[-1]) > 1 or not _begins_dense(tokens[-1]):
        return Phrase(tuple(tokens))
    if _stands_alone(tokens):
        return Phrase(tuple(tokens), open=True)
    return Phrase(tuple(tokens[:-1]))


def plain(words: str) -> str:
    """`words` folded, from the first letter to the last one, with single spaces; empty where there is none."""
    folded = " ".join(fold(words).replace('"', " ").split())
    found = list(pieces(folded))
    return folded[found[0].start() : found[-1].end()] if found else ""


def _tokens(folded: str) -> list[str]:
    tokens: list[str] = []
    for found in pieces(folded):
        run = found[0]
        if found["dense"] is None:
            tokens.append(run[:LONGEST])
        else:
            tokens += map(add, run, run[1:])
            tokens.append(run[-1])
    return tokens


def _stands_alone(tokens: list[str]) -> bool:
    """Whether the character at the end is no part of a longer run."""
    before = tokens[-2] if len(tokens) > 1 else ""
    return not (len(before) == 2 and _begins_dense(before) and before[1] == tokens[-1])
