"""Real and invented histories, seen by a feed reader that knows entries by their ids alone.

The entries that it calls new are to be those that are new in the text, told by a comparison that has nothing to do with
how the store recognises entries. Run with `-s` to see the two numbers of each history.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from feeds.aliases import load_aliases
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.store import Store
from feeds.topics import Topics
from scrapers.document import read_document
from scrapers.formats import detect
from scrapers.ingest import ingest
from scrapers.pipeline import Plan
from scrapers.sources import load_sources

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "more"
NOW = datetime(2027, 1, 1, tzinfo=UTC)
#: The share of letters in common, by difflib, from which a text is an old one edited.
SAME = 0.5

#: A version of everything: the text of each file, by name. A file that is not there any more was deleted.
Version = dict[str, str]


class Reader:
    """What a feed reader does: an id that it has not seen is a new entry, whatever stands in it."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def new(self, entries: Sequence[Entry]) -> list[Entry]:
        """The entries that it shows as unread."""
        found = [entry for entry in entries if entry.id not in self._seen]
        self._seen |= {entry.id for entry in entries}
        return found


class Oracle:
    """Tells by the words alone which texts were not there before; each old text explains one of a version."""

    def __init__(self) -> None:
        self._seen: list[str] = []

    def new(self, texts: Sequence[str]) -> list[str]:
        """The texts that are no edition of one seen before."""
        old, rest = list(self._seen), []
        for text in texts:
            old.remove(text) if text in old else rest.append(text)
        found = []
        for score, index, text in sorted(((*self._nearest(t, old), t) for t in rest), reverse=True):
            if score < SAME or index not in range(len(old)) or old[index] is None:
                found.append(text)
            else:
                self._seen[self._seen.index(old[index])] = text
                old[index] = None  # type: ignore[call-overload]
        self._seen += found
        return found

    def _nearest(self, text: str, old: Sequence[str]) -> tuple[float, int]:
        matcher = SequenceMatcher(None, b=text, autojunk=False)
        best = (0.0, -1)
        for index, other in enumerate(old):
            matcher.set_seq1(other)
            if matcher.real_quick_ratio() > best[0] and matcher.quick_ratio() > max(best[0], SAME):
                best = max(best, (matcher.ratio(), index))
        return best


@dataclass
class Replay:
    """The two numbers of a history, and what they count."""

    called: list[str]
    true: list[str]


def replay(store: Store, topics: Topics, folder: Path, versions: Sequence[Version]) -> Replay:
    """Put each version in the place of the one before, read it, and ask the reader and the oracle."""
    reader, oracle, found = Reader(), Oracle(), Replay([], [])
    for number, version in enumerate(versions):
        for gone in set(folder.iterdir()) - {folder / name for name in version}:
            gone.unlink()
        for name, text in version.items():
            (folder / name).write_text(text, "utf-8")
        plan = Plan(topics, load_aliases(), load_sources(), NOW + timedelta(days=number))
        outcomes = list(ingest([folder / name for name in version], store, plan))
        assert [outcome.failure for outcome in outcomes] == [None] * len(version)
        found.called += [_words(entry.title, entry.content_text) for entry in reader.new(everything(store))]
        found.true += oracle.new([text for name in version for text in posts(folder / name)])
    return found


def everything(store: Store) -> list[Entry]:
    """The whole feed, page by page."""
    found: list[Entry] = []
    cursor = None
    while True:
        page = store.entries(EntryQuery(limit=40, cursor=cursor))
        found += page.entries
        if (cursor := page.next) is None:
            return found


def posts(path: Path) -> list[str]:
    """The posts of a document as they stand there."""
    document = read_document(path)
    return [_words(post.title, post.body) for post in detect(document).scrape(document).posts]


def _words(title: str | None, body: str) -> str:
    return f"{title or ''}\n{body}".strip()


def report(name: str, found: Replay) -> None:
    print(f"\n{name}: the reader calls {len(found.called)} entries new, {len(found.true)} are new in the text")
    assert len(found.called) == len(found.true)
    true = {_opening(text): text for text in found.true}
    others = [text for text in found.called if _opening(text) not in true]
    assert all(any(_alike(text, other) for other in found.true) for text in others)


def _opening(text: str) -> str:
    """The first letters: marks and addresses are rendered in other ways than they were written."""
    return "".join(c for c in text if c.isalnum())[:20]


def _alike(text: str, other: str) -> bool:
    return SequenceMatcher(None, text[:300], other[:300], autojunk=False).ratio() > SAME


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project (../shared/corpus)")
@pytest.mark.parametrize("series", ["posts-versions", "newsletter-versions"])
def test_a_real_history_shows_each_entry_once(series: str, store: Store, topics: Topics, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    texts = [path.read_text("utf-8") for path in sorted((CORPUS / series).glob("*.md"))]
    assert len(texts) == 4
    report(series, replay(store, topics, folder, [{"document.md": text} for text in texts]))


# Invented histories

_COMMON = (
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手"
    "十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什"
)
_LATIN = (
    "lantern kettle orchard ferry pebble walnut harbor thimble meadow copper willow saddle ribbon candle quarry".split()
)


@dataclass(frozen=True)
class Post:
    """A post of a log; what it says, below a line above it that comes and goes."""

    handle: str
    name: str
    text: str
    head: str = ""
    day: date = date(2026, 3, 1)


class Writer:
    """Invents posts that have nothing to do with one another."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def post(self) -> Post:
        """Of 25 to 250 letters, by one of four people."""
        handle = self._random.choice(["linzhou", "yeye", "moth_9", "baker"])
        name = {"linzhou": "林舟", "yeye": "叶叶", "moth_9": "飞蛾", "baker": "面包师"}[handle]
        return Post(handle, name, self.words(25, 250), day=date(2026, 3, self._random.randint(1, 28)))

    def words(self, least: int, most: int) -> str:
        """Sentences of random letters, some with a Latin word."""
        length, text = self._random.randint(least, most), ""
        while len(text) < length:
            text += "".join(self._random.choices(_COMMON, k=self._random.randint(4, 14)))
            text += self._random.choice([f" {self._random.choice(_LATIN)} ", "，", "，", "。"])
        return f"{text.strip('，。 ')}。"

    def with_head(self, post: Post) -> Post:
        """A new line above the text."""
        return replace(post, head=self.words(6, 14))

    def edited(self, post: Post) -> Post:
        """A word replaced, and a sentence added."""
        middle = len(post.text) // 2
        changed = post.text[:middle] + self.words(2, 4) + post.text[middle + 3 :]
        return replace(post, text=changed + self.words(4, 8))

    def some(self, number: int) -> list[Post]:
        return [self.post() for _ in range(number)]


def log(posts: Sequence[Post], slots: int = 0) -> str:
    """A month's log: numbered sections, the last of them empty."""
    sections = [
        f"### {n:02}\n\n{p.day.isoformat()}\n\n{p.name}\n@{p.handle}\n{p.head}{chr(10) * 2 if p.head else ''}{p.text}\n"
        for n, p in enumerate(posts, 1)
    ]
    empty = [f"### {n:02}\n\n2026-03-01\n\n" for n in range(len(posts) + 1, len(posts) + slots + 1)]
    return "\n".join([*sections, *empty])


def a_log_of_62_sections(writer: Writer) -> Iterator[tuple[Version, int]]:
    """Everything that happens to a log, one thing after the other."""
    posts = writer.some(62)
    yield {"log.md": log(posts, slots=20)}, 62
    yield {"log.md": log(posts[::-1], slots=3)}, 0
    posts = [replace(p, day=p.day + timedelta(days=2)) for p in posts]
    yield {"log.md": log(posts)}, 0
    posts = [*posts[:10], *writer.some(2), *posts[13:], *writer.some(5)]
    yield {"log.md": log(posts, slots=4)}, 7
    posts = [writer.with_head(p) for p in posts]
    yield {"log.md": log(posts)}, 0
    posts = [writer.with_head(p) for p in posts[::-1]]
    yield {"log.md": log(posts)}, 0
    posts = [replace(p, head="") for p in posts]
    yield {"log.md": log(posts)}, 0
    posts = [writer.edited(p) if n % 3 == 0 else p for n, p in enumerate(posts)]
    yield {"log.md": log(posts)}, 0
    posts = [*writer.some(2), *posts]
    yield {"2026-03.md": log(posts)}, 2
    first, second = posts[:34], posts[34:]
    yield {"2026-03.md": log(first), "2026-03-b.md": log(second)}, 0
    second = [*second, *writer.some(1)]
    yield {"2026-03.md": log(first), "2026-03-b.md": log(second)}, 1
    posts = [*first, *second]
    yield {"log.md": log(posts)}, 0
    posts = [replace(p, name="林小舟", handle="LinZhou") if p.handle == "linzhou" else p for p in posts]
    yield {"log.md": log(posts)}, 0
    posts = [replace(p, name="叶子", handle="yezi") if p.handle == "yeye" and len(p.text) > 40 else p for p in posts]
    yield {"log.md": log(posts)}, 0


def a_log_that_is_renamed_and_edited_at_once(writer: Writer) -> Iterator[tuple[Version, int]]:
    """A reader of the new file sees new head lines under a new name."""
    posts = writer.some(30)
    yield {"a.md": log(posts)}, 30
    posts = [writer.with_head(p) if n % 5 == 0 else p for n, p in enumerate(posts)]
    yield {"b.md": log(posts)}, 0
    posts = [writer.with_head(p) if n % 5 == 1 else p for n, p in enumerate(posts)]
    yield {"b.md": log(posts[:16]), "c.md": log(posts[16:])}, 0
    posts = [writer.with_head(p) if n % 5 == 2 else p for n, p in enumerate(posts)]
    yield {"d.md": log(posts)}, 0


def a_log_of_short_posts(writer: Writer) -> Iterator[tuple[Version, int]]:
    """One line each: little to recognise them by."""
    posts = [replace(p, text=writer.words(12, 20)) for p in writer.some(20)]
    yield {"log.md": log(posts)}, 20
    posts = [writer.with_head(p) for p in posts]
    yield {"log.md": log(posts)}, 0
    posts = [*writer.some(3), *(replace(p, head="") for p in posts)]
    yield {"log.md": log(posts)}, 3


def an_issue_that_is_renumbered_and_retitled(writer: Writer) -> Iterator[tuple[Version, int]]:
    """Sections of a newsletter move, and get other titles."""

    def issue(sections: Sequence[tuple[str, str]]) -> Version:
        listed = "".join(f"### {n}、{title}\n\n{body}\n\n" for n, (title, body) in enumerate(sections, 1))
        return {"issue-07.md": f"---\ndate: 2026/03/01\n---\n\n纸灯周刊：关注小工具\n\n{listed}"}

    sections = [(writer.words(6, 14).strip("。"), writer.words(60, 260)) for _ in range(9)]
    yield issue(sections), 9
    sections = sections[3:] + sections[:3]
    yield issue(sections), 0
    sections = [(writer.words(6, 14).strip("。"), body) for _, body in sections]
    yield issue(sections), 0
    sections = [(title, f"地址：https://tools.example.org/{n}\n\n{body}") for n, (title, body) in enumerate(sections)]
    yield issue(sections), 0
    added = [(writer.words(6, 14).strip("。"), writer.words(60, 260)) for _ in range(3)]
    sections = [*added, *sections[:4], *sections[5:]]
    yield issue(sections), 3


HISTORIES: list[Callable[[Writer], Iterator[tuple[Version, int]]]] = [
    a_log_of_62_sections,
    a_log_that_is_renamed_and_edited_at_once,
    a_log_of_short_posts,
    an_issue_that_is_renumbered_and_retitled,
]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.__name__)
def test_an_invented_history_shows_each_entry_once(
    history: Callable[[Writer], Iterator[tuple[Version, int]]], seed: int, store: Store, topics: Topics, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    versions, new = zip(*history(Writer(seed)), strict=True)
    found = replay(store, topics, folder, versions)
    report(f"{history.__name__.replace('_', ' ')} ({seed})", found)
    assert len(found.true) == sum(new)
