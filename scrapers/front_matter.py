"""The front matter of a Markdown document (YAML between `---`, TOML between `+++` lines), and where the body begins.

Written by people and by many tools: a mistake in it is a problem with a line, and what is readable beside it counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from itertools import islice

import yaml

from feeds.model import Problem

#: Longer front matter is read key by key, with long values cut: real ones hold a few hundred bytes.
MAX_CHARACTERS = 32 * 1024
MAX_DEPTH = 12
#: Read one by one; nobody has more.
_MOST_KEYS = 100

_YAML_FENCE = re.compile(r"---[ \t]*$")
_YAML_END = re.compile(r"(?:---|\.\.\.)[ \t]*$")
_TOML_FENCE = re.compile(r"\+\+\+[ \t]*$")
#: A key at the margin; the full-width colon is what a Chinese keyboard gives.
_KEY = re.compile(
    r"""(?P<key>"[^"\n]+"|'[^'\n]+'|[\w.\-]+(?: [\w.\-]+){0,2})[ \t]*(?::(?=\s|$)|：)[ \t]*(?P<value>.*)$"""
)
_TOML_KEY = re.compile(r"""(?P<key>"[^"\n]+"|[\w.\-]+)[ \t]*=[ \t]*(?P<value>.*)$""")
#: The keys of front matter that no fence opens.
_OPEN_KEY = re.compile(r"(?:title|layout|date|tags|categories|author|permalink)[ \t]*:(?=\s|$)", re.IGNORECASE)
_OTHER_KEYS = frozenset({"date", "tags", "categories", "layout", "author", "permalink"})
_MOST_OPEN_KEYS = 40
_HEADING = re.compile(r"#{2,6}[ \t]|<[A-Za-z]|!\[")
#: Keys within keys; each costs a table.
_DEEP_TOML = re.compile(
    rf"""^[ \t\[]*(?:[\w"'-]+[ \t]*\.[ \t]*){{{MAX_DEPTH}}}|[\[{{][ \t\[{{]{{{MAX_DEPTH}}}""", re.MULTILINE
)
_LINE_IN_MESSAGE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a document says of itself, and its body."""

    #: Words, True, False, None, and lists and mappings of these. Dates and numbers are the words of the source.
    values: Mapping[str, object]
    body: str
    #: The line of the document that the body's first line is, counted from 1.
    first_line: int = 1
    problems: tuple[Problem, ...] = field(default=())

    def word(self, *keys: str) -> str | None:
        """The words of the first of these keys (any case) that has any; of a list its first."""
        return next(iter(self.words(*keys)), None)

    def words(self, *keys: str) -> tuple[str, ...]:
        """All the words of the first of these keys (any case) that has any; a list, a mapping's `name` or one word."""
        folded = {key.casefold(): value for key, value in self.values.items()}
        for key in keys:
            found = tuple(dict.fromkeys(_flat(folded.get(key.casefold()))))
            if found:
                return found
        return ()


def split(text: str, name: str = "") -> FrontMatter:
    """Part `text` into its front matter and its body; a text without one is all body.

    `name` is the document's, for the messages. Nothing is raised: what is wrong is in `problems`.
    """
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if _TOML_FENCE.match(lines[start]):
        return _toml(lines, start, name)
    if _YAML_FENCE.match(lines[start]):
        return _yaml(lines, start, name)
    if end_of_open_keys(lines) is not None:
        read = _yaml(["---", *lines[start:]], 0, name)
        moved = tuple(replace(p, line=None if p.line is None else p.line + start - 1) for p in read.problems)
        return replace(read, first_line=read.first_line + start - 1, problems=moved)
    return FrontMatter({}, text)


def end_of_open_keys(lines: Sequence[str]) -> int | None:
    """The index of the line `---` behind keys that no such line opens, as in Hexo; None for other text."""
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if not lines or _OPEN_KEY.match(lines[start]) is None:
        return None
    window = range(start + 1, min(len(lines), start + _MOST_OPEN_KEYS))
    end = next((i for i in window if _YAML_FENCE.match(lines[i])), None)
    if end is None or not all(line.strip() and _belongs(line) for line in lines[start:end]):
        return None
    keys = {found["key"].casefold() for line in lines[start:end] if (found := _KEY.match(line))}
    return end if "title" in keys and keys & _OTHER_KEYS else None


def _flat(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value.strip()
    elif isinstance(value, Mapping):
        yield from _flat(value.get("name"))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _flat(item)


def _yaml(lines: list[str], start: int, name: str) -> FrontMatter:
    end = next((i for i in range(start + 1, len(lines)) if _YAML_END.match(lines[i])), None)
    inside = lines[start + 1 : end]
    stop = _end_of_keys(inside)
    if stop == 0 and (end is None or any(line.strip() for line in inside)):
        return FrontMatter({}, "\n".join(lines))  # a rule, not front matter
    if end is None or (stop < len(inside) and not _is_mapping(inside)):
        return _half(lines, start, start + 1 + stop, name)
    values, problems = _read(inside, start + 2, name)
    return FrontMatter(values, "\n".join(lines[end + 1 :]), end + 2, problems)


def _half(lines: list[str], start: int, stop: int, name: str) -> FrontMatter:
    values, problems = _read(lines[start + 1 : stop], start + 2, name)
    missing = Problem(f"front matter{_of(name)} opened and not closed: add a line '---' behind it", stop)
    return FrontMatter(values, "\n".join(lines[stop:]), stop + 1, (*problems, missing))


def _end_of_keys(inside: Sequence[str]) -> int:
    """The index behind the last line that can belong to front matter: 0 where the first line of words is no key.

    After a blank line prose or a heading ends it; without one a wrong line is taken for a mistake in it.
    """
    blank, stop, found = True, 0, False
    for index, line in enumerate(inside):
        if not line.strip():
            blank = True
            continue
        if not _belongs(line) and (blank or not found):
            return stop
        found = found or _KEY.match(line) is not None
        blank, stop = False, index + 1
    return len(inside) if found else 0


def _belongs(line: str) -> bool:
    if line.startswith("#"):
        return _HEADING.match(line) is None
    return line.startswith((" ", "\t", "- ", "]", "}")) or _KEY.match(line) is not None


def _is_mapping(inside: Sequence[str]) -> bool:
    """Whether all of it is one YAML mapping, so that a line like prose is inside a value."""
    if sum(map(len, inside)) > MAX_CHARACTERS or any(_HEADING.match(line) for line in inside):
        return False
    try:
        return isinstance(_load("\n".join(inside)), dict)
    except (yaml.YAMLError, RecursionError, ValueError):
        return False


def _read(inside: Sequence[str], first_line: int, name: str) -> tuple[dict[str, object], tuple[Problem, ...]]:
    """The values; where YAML refuses the whole, each key by itself, so that one mistake costs one value."""
    source = "\n".join(inside)
    duplicates = _duplicates(inside, first_line, name)
    if len(source) <= MAX_CHARACTERS:
        try:
            value = _load(source)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            problem = Problem(f"front matter{_of(name)} is not YAML: {_reason(error)}", first_line + _mark_line(error))
            return _by_key(inside), (*duplicates, problem)
        if value is None or isinstance(value, dict):
            return _named(value or {}), (*duplicates, *_unnamed(value or {}, first_line, name))
        return _by_key(inside), (Problem(f"front matter{_of(name)} is not a list of 'key: value' lines", first_line),)
    problem = Problem(f"front matter{_of(name)} has more than {MAX_CHARACTERS:,} characters", first_line)
    return _by_key(inside), (*duplicates, problem)


def _by_key(inside: Sequence[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for chunk in islice(_chunks(inside), _MOST_KEYS):
        found = _KEY.match(chunk[0])
        assert found is not None
        values[found["key"].strip("\"'")] = _value(chunk, found["value"])
    return values


def _chunks(inside: Sequence[str]) -> Iterator[list[str]]:
    """The lines of one key at a time."""
    chunk: list[str] = []
    for line in inside:
        if _KEY.match(line):
            if chunk:
                yield chunk
            chunk = [line]
        elif chunk and line.strip():
            chunk.append(line)
    if chunk:
        yield chunk


def _value(chunk: list[str], first: str) -> object:
    source = "\n".join(chunk).replace("：", ": ", 1) if ":" not in chunk[0].partition("：")[0] else "\n".join(chunk)
    try:
        loaded = _load(source) if len(source) <= MAX_CHARACTERS else None
    except (yaml.YAMLError, RecursionError, ValueError):
        loaded = None
    if isinstance(loaded, dict) and len(loaded) == 1:
        return next(iter(_named(loaded).values()), None)
    items = [line.strip()[2:].strip() for line in chunk[1:] if line.strip().startswith("- ")]
    return _unquoted(first) or items or None


def _unquoted(words: str) -> str:
    stripped = words.strip()[:MAX_CHARACTERS]
    return stripped.strip("\"'") if stripped[:1] in {'"', "'"} else stripped


class _Loader(yaml.SafeLoader):
    """Strings, booleans, null, lists and mappings. Dates and numbers stay words; aliases and deep nests are refused."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise self._refusal("aliases are not read")
        if self.depth >= MAX_DEPTH:
            raise self._refusal(f"nested deeper than {MAX_DEPTH}")
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def _refusal(self, reason: str) -> yaml.composer.ComposerError:
        return yaml.composer.ComposerError(None, None, reason, self.get_mark())


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$"), list("tTfF"))


def _load(source: str) -> object:
    # Characters that YAML forbids would cost the whole front matter; the cleaning comes later and drops them anyway.
    readable = yaml.reader.Reader.NON_PRINTABLE.sub(" ", source.replace("\t", "    "))
    return _as_words(yaml.load(readable, Loader=_Loader))


def _as_words(value: object) -> object:
    """Explicit tags (`!!int`, `!!timestamp`, `!!set`) still make other types."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, dict):
        return {k if isinstance(k, str) else _Odd(str(k)): _as_words(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_as_words(item) for item in value]
    return str(value)


class _Odd(str):
    """A key that was no string."""


def _named(value: dict[str, object]) -> dict[str, object]:
    return {str(key): item for key, item in value.items()}


def _unnamed(value: dict[str, object], first_line: int, name: str) -> Iterator[Problem]:
    for key in value:
        if isinstance(key, _Odd):
            yield Problem(f"front matter{_of(name)} has a key that is no word: {key[:40]}", first_line)


def _duplicates(inside: Sequence[str], first_line: int, name: str) -> tuple[Problem, ...]:
    """YAML 1.2 (section 3.2.1.3) wants keys unique; the last one counts, as with the tools that publish such files."""
    seen: set[str] = set()
    problems = []
    for index, line in enumerate(inside):
        found = _KEY.match(line)
        if found and (key := found["key"].strip("\"'")) in seen:
            message = f"front matter{_of(name)} has {key!r} twice; the last one counts"
            problems.append(Problem(message, first_line + index))
        elif found and len(seen) < _MOST_KEYS:
            seen.add(found["key"].strip("\"'"))
    return tuple(problems[:_MOST_KEYS])


def _reason(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        return error.problem or "cannot be read"
    return "nested too deep" if isinstance(error, RecursionError) else str(error).partition("\n")[0]


def _mark_line(error: Exception) -> int:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return mark.line if mark is not None else 0


def _toml(lines: list[str], start: int, name: str) -> FrontMatter:
    end = next((i for i in range(start + 1, len(lines)) if _TOML_FENCE.match(lines[i])), None)
    problems: tuple[Problem, ...] = ()
    if end is None:
        end = next((i for i in range(start + 1, len(lines)) if not lines[i].strip()), len(lines)) - 1
        problems = (Problem(f"front matter{_of(name)} opened and not closed: add a line '+++' behind it", end + 1),)
        inside = lines[start + 1 : end + 1]
    else:
        inside = lines[start + 1 : end]
    values, wrong = _read_toml(inside, start + 2, name)
    return FrontMatter(values, "\n".join(lines[end + 1 :]), end + 2, (*wrong, *problems))


def _read_toml(inside: Sequence[str], first_line: int, name: str) -> tuple[dict[str, object], tuple[Problem, ...]]:
    found = list(islice((m for line in inside if (m := _TOML_KEY.match(line))), _MOST_KEYS))
    raw = {m["key"].strip('"'): _unquoted(m["value"]) for m in found}
    source = "\n".join(inside)
    if len(source) > MAX_CHARACTERS or _DEEP_TOML.search(source):
        return dict(raw), (Problem(f"front matter{_of(name)} is too long or nested too deep", first_line),)
    try:
        loaded = tomllib.loads(source)
    except (ValueError, RecursionError) as error:  # of a number with thousands of digits a ValueError of its own
        at = _LINE_IN_MESSAGE.search(str(error))
        line = first_line + (int(at[1]) - 1 if at else 0)
        return dict(raw), (Problem(f"front matter{_of(name)} is not TOML: {str(error).partition(' (at')[0]}", line),)
    return {key: _toml_words(value, raw.get(key)) for key, value in loaded.items()}, ()


def _toml_words(value: object, raw: str | None) -> object:
    if isinstance(value, (str, bool)):
        return value
    if isinstance(value, dict):
        return {key: _toml_words(item, None) for key, item in value.items()}
    if isinstance(value, list):
        return [_toml_words(item, None) for item in value]
    return raw.partition("#")[0].strip() if raw else str(value)


def _of(name: str) -> str:
    return f" of {name}" if name else ""
