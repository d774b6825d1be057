"""Markup that runs where nobody cleans it, in the manner of cheat sheets and of what sanitisers were beaten with.

Each calls `alert(1)` or reaches out to `evil.example`. What reads any of it must leave nothing of the kind behind.
"""

from __future__ import annotations

from pathlib import Path

#: One a line: first what is harmless until it is read a second time, by other rules; then what runs at once.
MARKUP = (Path(__file__).parent / "vectors.txt").read_text("utf-8").strip("\n").split("\n")

#: Addresses that run.
ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java&#10;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A&#x61&#x6C&#x65&#x72&#x74&#x28;1&#x29;",
    "javascript&colon;alert(1)",
    "\x01javascript:alert(1)",
    "&#1;javascript:alert(1)",
    "java&#0;script:alert(1)",
    "java&#x1b;script:alert(1)",
    "java&#xfeff;script:alert(1)",
    "java&#xad;script:alert(1)",
    "java&#x200b;script:alert(1)",
    "java&#x85;script:alert(1)",
    "javascript&#xff1a;alert(1)",
    "ｊavascript:alert(1)",
    "javascript:alert(1)//https://good.example/",
    "javascript://good.example/%0aalert(1)",
    "vbscript:alert(1)",
    "livescript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "blob:https://good.example/1",
    "filesystem:https://good.example/temporary/x.html",
    "view-source:javascript:alert(1)",
    "feed:javascript:alert(1)",
    "jar:javascript:alert(1)!/",
    "file:///etc/passwd",
    "intent://evil.example/#Intent;scheme=javascript;end",
    'https://good.example/" onmouseover="alert(1)',
    "https://good.example/' onmouseover='alert(1)",
    "https://good.example/><script>alert(1)</script>",
    "//evil.example\\@good.example/",
]

#: Markdown that becomes markup.
MARKDOWN = [
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1) 'x')",
    "[click](<javascript:alert(1)>)",
    "[click](java&#10;script:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    '[click](https://good.example/"onmouseover=alert(1))',
    '[click](https://good.example/ "x\\" onmouseover=alert(1) y")',
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](https://good.example/a.png)',
    "![<img src=x onerror=alert(1)>](https://good.example/b.png)",
    "<javascript:alert(1)>",
    '<https://good.example/"><script>alert(1)</script>',
    "https://good.example/<script>alert(1)</script>",
    "https://good.example/'onmouseover='alert(1)",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '~~~"><img src=x onerror=alert(1)>\nx\n~~~',
    "[x]: javascript:alert(1)\n\n[x]",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <svg onload=alert(1)> |",
    "<div>\n\n**x**<img src=x onerror=alert(1)>\n\n</div>",
]

#: All of them, those of addresses in a link and in a picture.
VECTORS: tuple[str, ...] = (
    *MARKUP,
    *(f'<a href="{address}">click</a>' for address in ADDRESSES),
    *(f'<img src="{address}">' for address in ADDRESSES),
    *MARKDOWN,
)


def some(number: int) -> tuple[str, ...]:
    """So many of them, from the whole list; those that once came through stand first and are always among them."""
    first = 3
    step = max(1, len(VECTORS) // max(1, number))
    return tuple(dict.fromkeys((*VECTORS[:first], *VECTORS[first::step])))


def one_line(vector: str) -> str:
    """As a title or a name can hold it."""
    return " ".join(vector.split())
