"""What a rules file says, as values; reading it is `loading`, applying it `classifying`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from dataclasses import field

#: Names of shapes that a rule can ask for.
SHAPES = ("dialogue", "chapters")


@dataclass(frozen=True, slots=True)
class Rule:
    """Some words and what finding them is worth."""

    #: "words": any of them. "near": all, close together. "all": all, anywhere. "links": any of them in an address.
    #: "shape": what the text looks like; see `feeds.topics.shapes`.
    kind: str
    #: What must be found, each with its alternatives, as written. "words" and "links" have one.
    elements: tuple[tuple[str, ...], ...]
    #: 1.0 in the opening is enough for a topic with a threshold of 1.0; below 0 it speaks against the topic.
    weight: float
    #: What the evidence says, in words.
    why: str
    #: For "near": how many characters may lie between the first and the last word.
    within: int = 0
    #: The places where it counts; empty: everywhere.
    places: frozenset[str] = frozenset()
    #: A label such as "Paper:" tells the same wherever it stands: each place counts like the opening.
    anywhere: bool = False
    #: It counts only in a text that has none of these words.
    unless: Collection[str] = ()
    #: The words are names: in a comparison they count less.
    names: bool = False
    #: The company whose names these are; it competes with the others that the text names.
    company: str | None = None
    #: However many of the words stand there, they count as one.
    once: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and when an entry belongs to it."""

    slug: str
    name_zh: str
    name_en: str
    description: str = ""
    threshold: float = 1.0
    #: Further tags and categories that mean this topic; the slug and the names do so anyway.
    labels: tuple[str, ...] = ()
    #: Phrases in which a word does not mean what the rules take it for.
    exclude: Collection[str] = ()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Company:
    """A company with what people call it by; a topic that names it gets all of that as rules."""

    name: str
    #: The slug of its topic; None for a company that only lists and comparisons need.
    topic: str | None = None
    names: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    #: Models under a licence that keeps the weights closed, and those whose weights anyone may load.
    models: tuple[str, ...] = ()
    open_models: tuple[str, ...] = ()
    #: Words that are a product's or a person's name among others: they count half.
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weights:
    """What a place is worth and how the length of a text counts, for all topics."""

    title: float = 1.5
    #: The first sentence or line of the text: it says what the entry is about.
    lead: float = 1.4
    #: What follows it.
    opening: float = 1.2
    #: A word in the body, where the body is full of the topic's words.
    body: float = 1.0
    #: What all words together can make of a body: a text that neither title nor opening announces is hardly about it.
    body_most: float = 1.0
    #: A word inside an address or a mention.
    link: float = 0.2
    label: float = 1.0
    #: How far the opening reaches, in columns (a Chinese character has two).
    opening_columns: int = 240
    #: What the last word of an opening is worth of the first.
    opening_end: float = 0.6
    #: A body needs `body_hits` hits, and one more for each `body_columns` of length, to be worth `body`.
    body_hits: float = 1.5
    body_columns: int = 1000
    #: In a text longer than this an address is one reference among many.
    link_columns: int = 6000
    company: float = 1.0
    product: float = 1.0
    person: float = 0.9
    hint: float = 0.5
    #: A company's name behind a word such as "unlike" or "超过" is worth this much of itself.
    compared: float = 0.35
    #: So many companies may stand in a first line before they count less.
    crowd: int = 2
    #: What a company is worth that the opening names once, behind the one that the text begins with.
    second: float = 0.7
    #: What a company is worth where the title names another one.
    beside_title: float = 0.5


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A rules file, read and checked."""

    topics: tuple[Topic, ...]
    companies: tuple[Company, ...] = ()
    weights: Weights = field(default_factory=Weights)
    #: Words that make the name behind them one of a comparison or a list.
    comparisons: tuple[str, ...] = ()
    #: Words that do the same for the name in front of them.
    comparisons_behind: tuple[str, ...] = ()
    #: The score that the first, the second … topic of an entry takes; the last holds for all further ones.
    bars: tuple[float, ...] = (1.0,)
    #: Words before a colon that are no people, though a text goes on with them turn by turn.
    no_speakers: tuple[str, ...] = ()


def shape_key(name: str) -> str:
    """What stands for a shape among the words found: no text holds it."""
    return f"\0{name}"


def is_latin(character: str) -> bool:
    """Whether words written with `character` have borders: letters and digits but for those of East Asia."""
    if character.isascii():
        return character.isalnum() or character == "_"
    return character.isalpha() and character < "\u2e80"
