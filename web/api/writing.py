"""Writing: documents come in, entries are withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from feeds.addresses import API
from feeds.errors import QueryError
from feeds.model import Receipt
from feeds.model import Upload
from web.api.answering import rendered
from web.api.given import Given
from web.api.given import Parameter
from web.api.given import check_names
from web.api.given import read_words
from web.api.parameters import SAMPLE_ENTRY
from web.api.parameters import path_id
from web.api.problems import no_ingest
from web.api.problems import too_large
from web.api.resources import DOCUMENT
from web.api.resources import Resource
from web.api.resources import shown
from web.state import State

#: Larger bodies are refused before they are read; the longest real document has 0.4 MB.
MAX_BYTES = 16 * 1024 * 1024
#: What a form has beside the document.
_FORM_BYTES = 64 * 1024
#: The part of a form that holds the document.
PART = "document"
ID = path_id("entry", SAMPLE_ENTRY)
_SLUG = "^[a-z0-9][a-z0-9-]{0,63}$"
_WORD = "^[A-Za-z][A-Za-z0-9_-]{0,63}$"


def _name(words: str, state: State) -> str:
    """A file name, no path: it stands in addresses, and tells which document this is."""
    if not words.strip(". "):
        raise QueryError("name", f"{words!r} is no name of a document; give one such as 2026-03.md")
    return words


def _as_it_is(words: str, state: State) -> str:
    return words


NAME: Parameter[str] = Parameter(
    name="name",
    description="The name of the document, as its file would be called. With a form the name of the file counts where "
    "none is given. A later document of the same name and source takes the place of the earlier one.",
    schema={"type": "string", "pattern": r"^[^/\\\u0000-\u001f\u007f-\u009f]+$", "minLength": 1, "maxLength": 200},
    read=_name,
    default="",
    example="2026-03.md",
)
SOURCE: Parameter[str | None] = Parameter(
    name="source",
    description="The slug of the source that it belongs to; found by the rules where it is not given.",
    schema={"type": "string", "pattern": _SLUG},
    read=_as_it_is,
    default=None,
    example="posts",
)
FORMAT: Parameter[str | None] = Parameter(
    name="format",
    description="The format that it is in; found in the document where it is not given.",
    schema={"type": "string", "pattern": _WORD},
    read=_as_it_is,
    default=None,
    example="posts",
)
ABOUT_DOCUMENT: tuple[Parameter[str] | Parameter[str | None], ...] = (NAME, SOURCE, FORMAT)


def add_document(given: Given, state: State) -> Response:
    """Read a document that was sent; 201 for a new one, 200 for one that was there."""
    if state.ingest is None:
        raise no_ingest()
    upload = _upload(given, state)
    with state.announced(state.writer):
        receipt = state.ingest(upload, state.writer)
    report = state.writer.document_at(receipt.source, receipt.location)
    status = HTTPStatus.CREATED if receipt.is_new else HTTPStatus.OK
    headers = {"Cache-Control": "no-store"}
    if report is not None:
        headers["Location"] = state.site.local(f"{API}/documents/{report.id}")
    made = rendered({"document": report and shown(DOCUMENT, report, state), **_receipt(receipt)})
    return Response(made.body, status, headers, content_type=made.content_type)


def withdraw(given: Given, state: State) -> Response:
    """Withdraw an entry for good; doing it again changes nothing."""
    with state.announced(state.writer):
        state.writer.withdraw(given[ID], state.now())
    return Response(status=HTTPStatus.NO_CONTENT)


def _upload(given: Given, state: State) -> Upload:
    """Raises `QueryError` where the document has no name, `Problem` where it is too large."""
    is_form = request.mimetype == "multipart/form-data"
    if not is_form and (request.content_length or 0) > MAX_BYTES:
        raise too_large(MAX_BYTES)
    request.max_content_length = MAX_BYTES + (_FORM_BYTES if is_form else 1)
    try:
        if is_form:
            return _of_form(given, state)
        data = request.get_data(cache=False, parse_form_data=False)
    except RequestEntityTooLarge as error:
        raise too_large(MAX_BYTES) from error
    return _made(given[NAME], data, given[SOURCE], given[FORMAT], request.mimetype_params)


def _of_form(given: Given, state: State) -> Upload:
    """What stands in the form goes before the address."""
    names = {parameter.name: parameter for parameter in ABOUT_DOCUMENT}
    check_names(request.form, tuple(names))
    check_names(request.files, (PART,))
    if (file := request.files.get(PART)) is None:
        raise QueryError(PART, "is missing: the form needs a file of this name", (PART,))
    given = given.but({names[name]: read_words(names[name], words, state) for name, words in request.form.items()})
    name = given[NAME] or (file.filename or "").replace("\\", "/").rpartition("/")[2]
    named = read_words(NAME, name, state) if name else ""
    return _made(named, file.read(), given[SOURCE], given[FORMAT], file.mimetype_params)


def _made(name: str, data: bytes, source: str | None, format: str | None, media: Mapping[str, str]) -> Upload:
    if len(data) > MAX_BYTES:  # of a body that does not tell its length no more is read
        raise too_large(MAX_BYTES)
    if not name:
        raise QueryError("name", "is missing; give the name of the document, such as 2026-03.md")
    return Upload(name=name, data=data, source=source, format=format, encoding=media.get("charset"))


def _receipt(receipt: Receipt) -> Resource:
    saved = receipt.saved
    return {
        "new": saved.new,
        "changed": saved.changed,
        "unchanged": saved.unchanged,
        "withdrawn": saved.withdrawn,
        "skipped": [{"reason": skip.reason, "line": skip.line, "words": skip.words} for skip in receipt.skips],
        "problems": [{"message": problem.message, "line": problem.line} for problem in receipt.problems],
    }
