"""The parameters of the API, each declared once: what the OpenAPI document says of it, and how its words are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta

from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.store.facets import FACETS as FACET_NAMES
from web.api.given import Parameter
from web.state import State
from web.suggestions import suggest

#: For examples: an entry of the sample documents; they make no story.
SAMPLE_ENTRY = "urn:uuid:02d63208-76c9-5f11-bf6b-fb14904ee566"
SAMPLE_STORY = "urn:uuid:8d7b1f7e-3f0a-5c1e-9a53-2f1d4c1b7a60"
DEFAULT_LIMIT = 50
MOST = 100
ROLES = ("byline", "quoted", "any")
FORMS = ("json", "ndjson", "csv")
#: No comma, since that stands between several values, and nothing that cannot be seen.
_WORD = {"type": "string", "pattern": r"^[^,\u0000-\u001f\u007f-\u009f]+$", "minLength": 1, "maxLength": 200}
_UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_ID = re.compile(f"(urn:uuid:)?{_UUID}", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"


def entry_urn(words: str) -> str:
    """The id that a UUID or a whole id means. Raises `NotFoundError` for anything else, before the store is asked."""
    return _urn(words, "entry")


def one_of(name: str, allowed: Sequence[str]) -> Callable[[str, State], str]:
    """Reads one word of a few."""

    def read(words: str, state: State) -> str:
        if words not in allowed:
            raise QueryError(name, f"{words!r} is not known", allowed)
        return words

    return read


def several_of(name: str, allowed: Sequence[str]) -> Callable[[str, State], tuple[str, ...]]:
    """Reads words of a few, with commas between them."""
    read = one_of(name, allowed)
    return lambda words, state: tuple(dict.fromkeys(read(word.strip(), state) for word in words.split(",")))


def chosen(name: str, description: str, allowed: Sequence[str], example: str = "") -> Parameter[tuple[str, ...]]:
    """A parameter that takes words of a few."""
    return Parameter(
        name=name,
        description=f"{description} Several with commas between them.",
        schema={"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(allowed)}},
        read=several_of(name, allowed),
        default=(),
        example=example or allowed[0],
    )


def fields_of(keys: Iterable[str]) -> Parameter[tuple[str, ...]]:
    """Which keys of a resource."""
    allowed = tuple(keys)
    wanted = ",".join(allowed[:3])
    return chosen("fields", f"Only these keys, and `{allowed[0]}`. What is not asked for is not read.", allowed, wanted)


def path_id(noun: str, example: str) -> Parameter[str]:
    """The id of something, in the path."""
    return Parameter(
        name="id",
        description=f"The id of the {noun}, or the UUID in it.",
        schema={"type": "string", "pattern": f"^(urn:uuid:)?{_UUID}$"},
        read=lambda words, state: _urn(words, noun),
        default="",
        example=example,
        place="path",
        required=True,
    )


def path_name(noun: str, description: str, example: str) -> Parameter[str]:
    """The slug or the name of something, in the path."""
    return Parameter(
        name="name",
        description=description,
        schema={"type": "string", "pattern": r"^[^/\u0000-\u001f\u007f-\u009f]+$", "minLength": 1, "maxLength": 200},
        read=lambda words, state: _visible(words, noun),
        default="",
        example=example,
        place="path",
        required=True,
    )


def _visible(words: str, noun: str) -> str:
    if any(unicodedata.category(c) == "Cc" for c in words):
        raise NotFoundError(noun, words)
    return words


def _urn(words: str, noun: str) -> str:
    if not _ID.fullmatch(words):
        raise NotFoundError(noun, words)
    return f"urn:uuid:{words[-36:].lower()}"


def _read_limit(words: str, state: State) -> int:
    if not (words.isascii() and words.isdigit() and len(words) <= 3 and 1 <= int(words) <= MOST):
        raise QueryError("limit", f"{words!r} is no whole number in range", (f"1 to {MOST}",))
    return int(words)


def _slugs(kind: str) -> Callable[[str, State], tuple[str, ...]]:
    return lambda words, state: tuple(dict.fromkeys(_slug(kind, word.strip(), state) for word in words.split(",")))


def _read_source(words: str, state: State) -> str | None:
    if "," in words:
        raise QueryError("source", "only one source can be given")
    return _slug("source", words.strip(), state)


def _slug(kind: str, word: str, state: State) -> str:
    try:
        if kind == "author":
            return state.store.author(word).slug
        return (state.topics.get(word.casefold()) if kind == "topic" else state.store.source(word.casefold())).slug
    except NotFoundError as error:
        near = tuple(suggestion.slug for suggestion in suggest(error, state))
        raise QueryError(kind, f"there is no {kind} {word!r}", near or _all(kind, state)) from error


def _all(kind: str, state: State) -> tuple[str, ...]:
    """What is allowed, where that is few enough to say."""
    if kind == "topic":
        return tuple(topic.slug for topic in state.topics)
    return tuple(tally.slug for tally in state.store.sources()) if kind == "source" else ()


def read_moment(name: str) -> Callable[[str, State], datetime | date]:
    """Reads a moment (RFC 3339) or a calendar date; what Python cannot hold becomes the nearest that it can."""

    def read(words: str, state: State) -> datetime | date:
        try:
            return date.fromisoformat(words) if _DAY.fullmatch(words) else _moment(words)
        except ValueError as error:
            allowed = ("YYYY-MM-DD", "YYYY-MM-DDTHH:MM:SSZ")
            raise QueryError(name, f"{words!r} is no date", allowed) from error

    return read


def _moment(words: str) -> datetime:
    """A leap second is the one before it. Raises `ValueError`."""
    found = _MOMENT.fullmatch(words)
    if found is None:
        raise ValueError("no moment")
    day, minute, second, zone = found.groups()
    offset = timedelta() if zone in "Zz" else _offset(zone)
    at = datetime.combine(date.fromisoformat(day), time.fromisoformat(f"{minute}:{min(int(second), 59):02}"), UTC)
    if int(second) > 60:
        raise ValueError("no second")
    try:
        return at - offset
    except OverflowError:
        return at


def _offset(zone: str) -> timedelta:
    hours, minutes = int(zone[1:3]), int(zone[4:])
    if hours > 23 or minutes > 59:
        raise ValueError("no offset")
    return (timedelta(hours=hours, minutes=minutes)) * (-1 if zone[0] == "-" else 1)


def _listed(name: str, description: str, example: str) -> Parameter[tuple[str, ...]]:
    return Parameter(
        name=name,
        description=description,
        schema={"type": "array", "minItems": 1, "maxItems": 20, "items": _WORD},
        read=_slugs(name),
        default=(),
        example=example,
    )


LIMIT: Parameter[int | None] = Parameter(
    name="limit",
    description=f"At most so many; {DEFAULT_LIMIT} where it is not given, and in NDJSON and CSV all.",
    schema={"type": "integer", "minimum": 1, "maximum": MOST},
    read=_read_limit,
    default=None,
    example="2",
)
CURSOR: Parameter[str] = Parameter(
    name="cursor",
    description="Where to go on: opaque, as it stands in `next` of the page before, with the same filters.",
    schema={"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": 11, "maxLength": 600},
    read=lambda words, state: words,
    default="",
    example="",
)
FORM: Parameter[str | None] = Parameter(
    name="format",
    description="The form of the answer, for those who cannot say it by `Accept`: a page in JSON, or everything behind "
    "the cursor as NDJSON (a thing a line) or CSV.",
    schema={"type": "string", "enum": list(FORMS)},
    read=one_of("format", FORMS),
    default=None,
    example="ndjson",
)
AUTHOR = _listed(
    "author", "Only entries by any of these authors: slugs, handles or names, with commas between them.", "aheng_notes"
)
TOPIC = _listed("topic", "Only entries in any of these topics: slugs, with commas between them.", "rag,agents")
SOURCE: Parameter[str | None] = Parameter(
    name="source",
    description="Only entries of this source: its slug.",
    schema=_WORD,
    read=_read_source,
    default=None,
    example="newsletters",
)
DOCUMENT: Parameter[str | None] = Parameter(
    name="document",
    description="Only entries of the document with this name: its file name, or the last segment of its address.",
    schema={"type": "string", "pattern": r"^[^\u0000-\u001f\u007f-\u009f]+$", "minLength": 1, "maxLength": 255},
    read=lambda words, state: words,
    default=None,
    example="newsletter-012.md",
)
ROLE: Parameter[str] = Parameter(
    name="role",
    description="Which entries of an author: those whose byline they stand in, those that quote them, or both.",
    schema={"type": "string", "enum": list(ROLES), "default": ROLES[0]},
    read=one_of("role", ROLES),
    default=ROLES[0],
    example="any",
)
COLLAPSE: Parameter[str | None] = Parameter(
    name="collapse",
    description="Of the entries of one story only the earliest that the filters leave.",
    schema={"type": "string", "enum": ["story"]},
    read=one_of("collapse", ("story",)),
    default=None,
    example="story",
)
FACETS = chosen(
    "facets",
    "Count the entries of the same filters by this. Only in JSON.",
    FACET_NAMES,
    "topic,month",
)
COUNT = chosen(
    "include",
    "What else to tell: `count`, how many entries the filters leave; 10 000 means that many or more, unless it is "
    "one author, topic or source alone, or all there is. Only in JSON.",
    ("count",),
)
MORE_OF_ENTRY = chosen(
    "include",
    "What else to tell: the topics that it is nearly in with why not, its texts, its stories.",
    ("near_topics", "revisions", "stories"),
    "near_topics,stories",
)
CHANGES_SINCE: Parameter[str | None] = Parameter(
    name="since",
    description="Where to go on: opaque, the `cursor` of an earlier answer. Without it the first change begins.",
    schema={"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": 11, "maxLength": 400},
    read=lambda words, state: words or None,
    default=None,
    example="",
)
