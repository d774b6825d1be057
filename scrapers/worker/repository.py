"""A git repository as a source: its files at each commit, in order, so that history tells when each entry appeared.

dulwich knows git; every request goes through our fetcher. The history is the one of the main line: a branch counts when
it is merged.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from dulwich.client import AbstractHttpGitClient
from dulwich.diff_tree import tree_changes
from dulwich.errors import GitProtocolError
from dulwich.errors import NotGitRepository
from dulwich.object_store import iter_tree_contents
from dulwich.objects import Blob
from dulwich.objects import Commit
from dulwich.objects import ObjectID
from dulwich.repo import Repo

from feeds.errors import DocumentError
from feeds.errors import FetchError
from scrapers.document import MAX_BYTES
from scrapers.document import make_document
from scrapers.fetch import Fetcher
from scrapers.fetch.answer import shown
from scrapers.outcome import Outcome
from scrapers.pipeline import Plan
from scrapers.pipeline import ingest_document
from scrapers.worker.visit import Visit
from scrapers.worker.visit import plan_for

#: Of a pack: a repository of texts is far smaller.
_MOST_BYTES = 256 * 1024 * 1024
#: Commits of the main line that are read at most, the newest ones; and files, in one commit.
_MOST_COMMITS = 2000
_MOST_FILES = 5000
#: Commits between two signs of life.
_BREATH = 20


@dataclass(frozen=True, slots=True)
class Version:
    """A file as a commit has it; `blob` is None where it was deleted."""

    path: str
    blob: bytes | None
    at: datetime


def visit_repository(one: Visit) -> None:
    """Read what the main line has gained since the last visit. Raises `FetchError`, `DocumentError`, `StoppedError`."""
    assert one.rule.origin is not None
    origin = one.rule.origin
    with _kept(one.cache, origin.address) as repo:
        head = _fetch(repo, one.fetcher, origin.address, origin.branch)
        if head.decode() == one.memory.commit:
            one.unchanged = True
            return
        line = _main_line(repo, head, (one.memory.commit or "").encode())
        _read_line(one, repo, line, origin.glob)
        one.memory.commit = head.decode()


def _read_line(one: Visit, repo: Repo, line: Sequence[Commit], glob: str) -> None:
    matches, last = _matcher(glob), None
    outcomes: dict[str, Outcome] = {}
    for number, commit in enumerate(line):
        before = repo[commit.parents[0]] if number or _is_continued(one, commit) else None
        parent = before.tree if isinstance(before, Commit) else None
        gone = frozenset[str]()
        for version in _versions(repo, commit, parent, matches):
            if version.blob is None:
                gone |= {_location(one, version.path)}
                continue
            _note(outcomes, version.path, _read(one, version, gone))
        if number % _BREATH == _BREATH - 1:
            one.memory.commit = commit.id.decode()
            one.alive(one.memory)
        last = commit
    if last is not None:
        for path, again in _read_again(one, repo, last, matches).items():
            _note(outcomes, path, again)
    one.outcomes += outcomes.values()
    if outcomes and all(outcome.failure for outcome in outcomes.values()):
        raise DocumentError(glob, f"none of {len(outcomes)} files can be read; the first: {_why(outcomes)}")
    if not outcomes and one.memory.commit is None:
        raise DocumentError(glob, "matches no file of the repository")


def _note(outcomes: dict[str, Outcome], path: str, outcome: Outcome) -> None:
    """A file shows what its last version shows; what was new in any of its versions is new."""
    if path in outcomes:
        saved, shown = outcome.saved, outcome.entries
        new = min(saved.new + outcomes[path].saved.new, shown)
        changed = min(saved.changed, shown - new)
        outcome = replace(outcome, saved=replace(saved, new=new, changed=changed, unchanged=shown - new - changed))
    outcomes[path] = outcome


def _is_continued(one: Visit, commit: Commit) -> bool:
    """The first commit that is read follows one that was read before."""
    return bool(commit.parents) and commit.parents[0].decode() == one.memory.commit


def _read_again(one: Visit, repo: Repo, head: Commit, matches: Callable[[str], bool]) -> dict[str, Outcome]:
    """Documents that do not say who publishes them, now that their siblings have."""
    waiting = set(one.store.anonymous(one.rule.source.slug))
    if not waiting:
        return {}
    found = [v for v in _versions(repo, head, None, matches) if _location(one, v.path) in waiting]
    return {version.path: _read(one, version, frozenset()) for version in found}


def _read(one: Visit, version: Version, gone: frozenset[str]) -> Outcome:
    plan: Plan = replace(plan_for(one.rule, one.plan), at=min(version.at, one.plan.now), gone=gone)
    location, name = _location(one, version.path), version.path.rpartition("/")[2]
    try:
        document = make_document(name, version.blob or b"", location, version.at)
    except DocumentError as error:
        return Outcome(name, location, failure=_problem(error))
    return ingest_document(document, one.store, plan)


def _problem(error: DocumentError) -> Any:
    from feeds.model import Problem

    return Problem(error.problem, error.line)


def _why(outcomes: dict[str, Outcome]) -> str:
    failure = next(iter(outcomes.values())).failure
    return failure.message if failure else ""


def _location(one: Visit, path: str) -> str:
    assert one.rule.origin is not None
    return f"{one.rule.origin.address.removesuffix('/').removesuffix('.git')}/{path}"


def _versions(repo: Repo, commit: Commit, parent: ObjectID | None, matches: Callable[[str], bool]) -> Iterator[Version]:
    """The files that a commit changed, those that it deleted first; without a parent all that it has."""
    at = datetime.fromtimestamp(max(0, commit.commit_time), UTC)
    if parent is None:
        found = [(e.path, e.sha) for e in iter_tree_contents(repo.object_store, commit.tree) if e.path and e.sha]
        changed: list[tuple[bytes, bytes | None]] = list(found)
    else:
        changes = list(tree_changes(repo.object_store, parent, commit.tree))
        deleted = [(c.old.path, None) for c in changes if c.type == "delete" and c.old is not None]
        changed = [*deleted, *((c.new.path, c.new.sha) for c in changes if c.type != "delete" and c.new is not None)]
    # In the order of a folder's files: what is read first mints the ids of texts that begin alike.
    changed.sort(key=lambda one: (one[1] is not None, one[0].rpartition(b"/")[2], one[0]))
    for raw, sha in changed[:_MOST_FILES]:
        path = raw.decode("utf-8", "replace")
        if not matches(path):
            continue
        blob = None if sha is None else repo[sha]
        if blob is None or (isinstance(blob, Blob) and blob.raw_length() <= MAX_BYTES):
            yield Version(path, None if blob is None else blob.as_raw_string(), at)


def _main_line(repo: Repo, head: ObjectID, known: bytes) -> list[Commit]:
    """The commits behind `known` up to the head, the oldest first; the head alone where `known` is not among them.

    Then history was written anew, and reading it again would show old texts as edits.
    """
    line: list[Commit] = []
    at: ObjectID | None = head
    while at is not None and at != known and len(line) < _MOST_COMMITS:
        commit = repo[at]
        if not isinstance(commit, Commit):
            raise DocumentError(head.decode(), "is no commit")
        line.append(commit)
        at = commit.parents[0] if commit.parents else None
    return line[:1] if known and at != known else line[::-1]


def _kept(cache: Path, address: str) -> Repo:
    path = cache / hashlib.sha256(address.encode()).hexdigest()[:24]
    if (path / "HEAD").is_file():
        return Repo(str(path))
    path.mkdir(parents=True, exist_ok=True)
    return Repo.init_bare(str(path))


def _fetch(repo: Repo, fetcher: Fetcher, address: str, branch: str | None) -> ObjectID:
    """Get what is new, and give the commit that the branch is at."""
    wanted: list[ObjectID] = []

    def determine(refs: dict[bytes, ObjectID], depth: int | None = None) -> list[ObjectID]:
        name = _branch(refs, branch, shown(address))
        wanted.append(refs[name])
        return [] if refs[name] in repo.object_store else [refs[name]]

    client = _Client(address, fetcher)
    try:
        client.fetch("", repo, determine_wants=determine)  # type: ignore[arg-type]
    except NotGitRepository as error:
        raise FetchError(shown(address), "is no git repository") from error
    except (GitProtocolError, ValueError, KeyError, AssertionError, OSError) as error:
        raise FetchError(shown(address), f"cannot be read as a git repository ({error})") from error
    return wanted[0]


def _branch(refs: dict[bytes, ObjectID], branch: str | None, address: str) -> bytes:
    names = [f"refs/heads/{branch}".encode()] if branch else [b"HEAD", b"refs/heads/main", b"refs/heads/master"]
    found = next((name for name in names if refs.get(name)), None)
    if found is None:
        raise FetchError(address, f"has no branch {branch or 'main'}")
    return found


@dataclass(slots=True)
class _Response:
    """What dulwich wants to know of an answer."""

    content_type: str | None
    redirect_location: str
    status: int = 200

    def close(self) -> None:
        """It has been read."""


class _Client(AbstractHttpGitClient):
    """git's smart protocol (https://git-scm.com/docs/http-protocol) over our fetcher: judged, in turn, capped."""

    def __init__(self, address: str, fetcher: Fetcher) -> None:
        super().__init__(f"{address.rstrip('/')}/", dumb=False, quiet=True)
        self._fetcher = fetcher

    def _http_request(
        self, url: str, headers: Any = None, data: Any = None, raise_for_status: bool = True
    ) -> tuple[Any, Callable[[int], bytes]]:
        body = data if data is None or isinstance(data, bytes) else b"".join(data)
        told = {name: value for name, value in (headers or {}).items() if name.lower() != "content-length"}
        answer = self._fetcher.exchange(url, told, body, _MOST_BYTES)
        kind = answer.headers.get("content-type", "")
        if body is None and not kind.startswith("application/x-git-"):
            raise NotGitRepository
        return _Response(kind, answer.url if answer.url != url else ""), io.BytesIO(answer.body).read


@cache
def _matcher(glob: str) -> Callable[[str], bool]:
    """A shell pattern for whole paths: `*` and `?` stay in a folder, `**/` crosses any number of them."""
    pattern = ""
    for piece in re.split(r"(\*\*/|\*\*|\*|\?)", glob):
        pattern += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece))
    compiled = re.compile(pattern)
    return lambda path: compiled.fullmatch(path) is not None
