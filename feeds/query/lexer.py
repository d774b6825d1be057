"""From characters to tokens, in one pass. Full-width punctuation counts as the ASCII one; places are those typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from feeds.query.errors import QuerySyntaxError

FIELDS = ("author", "topic", "source", "lang", "role", "since", "until")
#: What a field is called in Chinese, and in other languages of search boxes.
_NAMES = {name: name for name in FIELDS} | {
    "language": "lang",
    "作者": "author",
    "话题": "topic",
    "話題": "topic",
    "主题": "topic",
    "主題": "topic",
    "来源": "source",
    "來源": "source",
    "语言": "lang",
    "語言": "lang",
}
_OPERATORS = ("OR", "AND", "NOT")
_LONGEST_NAME = 10
#: Full-width ASCII, by its distance from the real one; quotation marks; spaces.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN = _WIDE | {ord(c): ord('"') for c in "“”„‟「」『』"} | {0x3000: 0x20, 0x2212: 0x2D}


class Kind(Enum):
    """What a token is."""

    WORDS = "words"
    FIELD = "field"
    OPEN = "("
    CLOSE = ")"
    OR = "OR"
    AND = "AND"
    NOT = "-"


@dataclass(frozen=True, slots=True)
class Token:
    """A token at `text[start:end]`."""

    kind: Kind
    start: int
    end: int
    value: str = ""
    #: Of a field.
    name: str = ""


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query. Raises `QuerySyntaxError`."""
    return _Lexer(text).run()


class _Lexer:
    """The place in a query, and what stands there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._plain = text.translate(_PLAIN)
        self._at = 0

    def run(self) -> Iterator[Token]:
        while (self._skip_blanks()) < len(self._plain):
            yield self._next()

    def _next(self) -> Token:
        start = self._at
        match self._plain[start]:
            case "(":
                self._at += 1
                return Token(Kind.OPEN, start, self._at)
            case ")":
                self._at += 1
                return Token(Kind.CLOSE, start, self._at)
            case '"':
                words = self._quoted()
                return Token(Kind.WORDS, start, self._at, words)
            case "-" if self._negates():
                self._at += 1
                return Token(Kind.NOT, start, self._at)
        return self._field() or self._word()

    def _negates(self) -> bool:
        """A dash alone is a dash."""
        following = self._plain[self._at + 1 : self._at + 2]
        return bool(following) and not following.isspace()

    def _field(self) -> Token | None:
        start = self._at
        colon = self._plain.find(":", start, start + _LONGEST_NAME + 1)
        name = self._plain[start:colon].casefold() if colon > start else ""
        if name not in _NAMES:
            self._check_spelling(name, colon)
            return None
        self._at = colon + 1
        self._skip_blanks()
        value = self._quoted() if self._plain[self._at : self._at + 1] == '"' else self._bare()
        if not value.strip():
            raise QuerySyntaxError(self._text, start, colon + 1, f"nothing stands behind {name}:")
        return Token(Kind.FIELD, start, self._at, value.strip(), _NAMES[name])

    def _check_spelling(self, name: str, colon: int) -> None:
        """`autor:somebody` would quietly look for that word."""
        if not (name.isascii() and name.isalpha()) or self._plain[colon + 1 : colon + 2] in {"", "/", " "}:
            return
        if near := get_close_matches(name, FIELDS, n=1, cutoff=0.8):
            raise QuerySyntaxError(self._text, self._at, colon + 1, f"there is no {name}:, but {near[0]}:", FIELDS)

    def _word(self) -> Token:
        start = self._at
        word = self._bare()
        if self._plain[start : self._at] in _OPERATORS:
            kind = {"OR": Kind.OR, "AND": Kind.AND, "NOT": Kind.NOT}[self._plain[start : self._at]]
            return Token(kind, start, self._at)
        return Token(Kind.WORDS, start, self._at, word)

    def _bare(self) -> str:
        """Up to a space, a quotation mark, or a parenthesis that is not part of the word, as those of `f(x)` are."""
        start, inside = self._at, 0
        while self._at < len(self._plain):
            character = self._plain[self._at]
            if character.isspace() or character == '"':
                break
            if character == "(":
                if not self._is_call(start):
                    break
                inside += 1
            elif character == ")":
                if not inside:
                    break
                inside -= 1
            self._at += 1
        return self._plain[start : self._at]

    def _is_call(self, start: int) -> bool:
        """Whether the parenthesis here was typed as ASCII directly behind a Latin letter or digit."""
        before = self._text[self._at - 1 : self._at] if self._at > start else ""
        return self._text[self._at] == "(" and before.isascii() and before.isalnum()

    def _quoted(self) -> str:
        """Up to the next quotation mark; who never closes it means all that follows."""
        start = self._at + 1
        end = self._plain.find('"', start)
        self._at = len(self._plain) if end < 0 else end + 1
        return self._plain[start : None if end < 0 else end]

    def _skip_blanks(self) -> int:
        while self._at < len(self._plain) and self._plain[self._at].isspace():
            self._at += 1
        return self._at
