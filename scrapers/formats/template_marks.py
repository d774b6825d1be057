"""Marks that site generators put into Markdown: Liquid and Nunjucks tags, Hugo's shortcodes, MDX imports.

They were never meant to be read. Pictures and code that they frame become Markdown; the rest of a mark goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Iterator

_FENCE = re.compile(r"\s*(```|~~~)")
_IMPORT = re.compile(r"(?:import|export)\s[^\n]{0,200}?(?:\sfrom\s+)?['\"][^'\"\n]+['\"];?\s*$")
_CODE = re.compile(
    r"\s*(?:\{%-?\s*(?:highlight|codeblock|code)\b\s*(?P<liquid>[\w+#-]*)|\{\{[<%]\s*highlight\s+(?P<hugo>[\w+#-]*))"
)
_END_OF_CODE = re.compile(r"\s*(?:\{%-?\s*end(?:highlight|codeblock|code)\b|\{\{[<%]\s*/highlight\b)")
_PICTURE = re.compile(r"\{\{[<%]\s*(?:figure|img|image)\s(?P<told>[^{}]{1,600}?)[%>]\}\}")
_ATTRIBUTE = re.compile(r"(\w+)\s*=\s*[\"“]([^\"”]*)[\"”]")
_MARK = re.compile(
    r"\{%-?\s*/?[a-zA-Z][^{}%]{0,400}%\}|\{\{[<%]\s*/?[a-zA-Z][^{}]{0,400}[%>]\}\}|\{:\s*[.#\w][^{}]{0,200}\}"
)


def without_marks(lines: Iterable[str]) -> Iterator[str]:
    """The lines, one for one, without the marks; what stands in a code fence is left as it is."""
    fence: str | None = None
    begun = False
    for line in lines:
        if (found := _FENCE.match(line)) is not None and fence in {None, found[1]}:
            fence = None if fence else found[1]
            yield line
            continue
        if fence is not None:
            yield "```" if fence == "{" and _END_OF_CODE.match(line) else line
            fence = None if fence == "{" and _END_OF_CODE.match(line) else fence
            continue
        if (code := _CODE.match(line)) is not None:
            fence = "{"
            yield f"```{code['liquid'] or code['hugo'] or ''}"
            continue
        if not begun and _IMPORT.match(line):
            yield ""
            continue
        begun = begun or bool(line.strip())
        yield _plain(line) if "{" in line else line


def _plain(line: str) -> str:
    return _MARK.sub("", _PICTURE.sub(_picture, line)).rstrip() if line.strip() else line


def _picture(found: re.Match[str]) -> str:
    told = dict(_ATTRIBUTE.findall(found["told"]))
    words = told.get("alt") or told.get("caption") or told.get("title") or ""
    return f"![{words}]({told['src']})" if told.get("src") else ""
