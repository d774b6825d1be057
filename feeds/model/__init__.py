"""What an entry is: frozen values, no input or output, nothing of ours but each other.

All datetimes are aware and in UTC. A stage has its own word, so that a type tells how far a text has come:
`Document` → `RawPost` (both in `scrapers`) → `Draft` → `Entry` → `Listing` → bytes.
"""

from __future__ import annotations

from feeds.model.access import Permission as Permission
from feeds.model.access import Receipt as Receipt
from feeds.model.access import Token as Token
from feeds.model.access import Upload as Upload
from feeds.model.answer import Change as Change
from feeds.model.answer import Changes as Changes
from feeds.model.answer import EntryQuery as EntryQuery
from feeds.model.answer import Page as Page
from feeds.model.answer import Story as Story
from feeds.model.answer import StoryPage as StoryPage
from feeds.model.answer import Tally as Tally
from feeds.model.answer import Telling as Telling
from feeds.model.counts import Count as Count
from feeds.model.counts import Facets as Facets
from feeds.model.document import DocumentInfo as DocumentInfo
from feeds.model.document import DocumentRef as DocumentRef
from feeds.model.document import DocumentReport as DocumentReport
from feeds.model.document import LastReading as LastReading
from feeds.model.document import Problem as Problem
from feeds.model.document import Skip as Skip
from feeds.model.document import Source as Source
from feeds.model.entry import Batch as Batch
from feeds.model.entry import Content as Content
from feeds.model.entry import Draft as Draft
from feeds.model.entry import Entry as Entry
from feeds.model.entry import Revision as Revision
from feeds.model.entry import Saved as Saved
from feeds.model.health import Attempt as Attempt
from feeds.model.health import Claim as Claim
from feeds.model.health import Enlisted as Enlisted
from feeds.model.health import SourceHealth as SourceHealth
from feeds.model.parts import Basis as Basis
from feeds.model.parts import Evidence as Evidence
from feeds.model.parts import Link as Link
from feeds.model.parts import Media as Media
from feeds.model.parts import Person as Person
from feeds.model.parts import Place as Place
from feeds.model.parts import Precision as Precision
from feeds.model.parts import Published as Published
from feeds.model.parts import Rel as Rel
from feeds.model.parts import Relation as Relation
from feeds.model.parts import RelationKind as RelationKind
from feeds.model.parts import Role as Role
from feeds.model.parts import TopicHit as TopicHit
from feeds.model.scope import ALL as ALL
from feeds.model.scope import Scope as Scope
