"""The query language of listings, feeds, API and saved queries: words to a tree, the tree to words.

parse("模型 OR 芯片 author:ada -topic:video since:2024-03") -> Query
"""

from __future__ import annotations

from feeds.query.errors import QuerySyntaxError as QuerySyntaxError
from feeds.query.grammar import Query as Query
from feeds.query.grammar import parse as parse
from feeds.query.names import Directory as Directory
from feeds.query.names import Names as Names
from feeds.query.narrowing import names_authors as names_authors
from feeds.query.narrowing import narrowed as narrowed
from feeds.query.tree import NOTHING as NOTHING
from feeds.query.tree import All as All
from feeds.query.tree import AnyOf as AnyOf
from feeds.query.tree import Expression as Expression
from feeds.query.tree import Filter as Filter
from feeds.query.tree import Not as Not
from feeds.query.tree import Words as Words
from feeds.query.tree import searched as searched
from feeds.query.wording import sentence as sentence
from feeds.query.wording import words as words
