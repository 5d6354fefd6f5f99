"""Encapsulated PDF (PS3.3 A.45.1): read by a worker, shown as pictures of its pages, handed on as it is."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import dataclass

from pacs_gateway.access.grant import StudyGrant, mint_for_system, sign
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsDamaged
from pacs_gateway.refs import InstanceRef
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.part10 import PARSE_ERRORS, read_part10
from viewer import asking, manifest
from viewer.manifest import SeriesEntry
from viewer.picture import Picture, of_frame, of_refusal
from viewer.rendering import CannotRender, Reason
from viewer.rendering.pdf import page_count, render_page

SECONDS = 300
SIZES = {"small": 384, "large": 1536}
_LENGTH = struct.Struct(">H")


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF as stored. `reason` says why its pages cannot be shown, "" when they can."""

    data: bytes
    page_count: int = 0
    reason: str = ""

    def to_bytes(self) -> bytes:
        """Return the document as it is stored."""
        head = json.dumps([self.page_count, self.reason]).encode()
        return _LENGTH.pack(len(head)) + head + self.data

    @classmethod
    def from_bytes(cls, stored: bytes) -> Document:
        """Return the document that to_bytes wrote."""
        (length,) = _LENGTH.unpack_from(stored)
        start = _LENGTH.size + length
        return cls(stored[start:], *json.loads(stored[_LENGTH.size : start]))


def listed(grant: StudyGrant) -> tuple[SeriesEntry, ...]:
    """Return the series of documents in the granted study; raises GrantRefused, PacsError, or WorkersBusy."""
    grant.require(Right.REPORT)
    # Whoever may read the report need not hold the right to the pictures.
    own = mint_for_system(grant.study, grant.study_key, grant.patient, "documents", [Right.VIEW])
    return manifest.load(own).documents


def load(grant: StudyGrant, series_id: str, number: int) -> Document:
    """Return document `number` (from 1) of a series; raises LookupError when there is none, and as `listed` does."""
    from portal.studies.tasks import fetch_document

    ref = find(grant, series_id, number)
    key = key_of(grant, ref)
    where = (ref.series_uid, ref.instance_uid)
    return Document.from_bytes(asking.ask(fetch_document, key, sign(grant), *where, caller=grant.principal))


def page(grant: StudyGrant, series_id: str, number: int, page_number: int, size: str) -> Picture:
    """Return a page (from 1) as a picture, or the tile that says why not; raises as `load` does."""
    from portal.studies.tasks import draw_page

    ref = find(grant, series_id, number)
    key = key_of(grant, ref, page_number, size)
    what = (ref.series_uid, ref.instance_uid, page_number, size)
    answer = asking.ask(draw_page, key, sign(grant), *what, caller=grant.principal)
    return Picture.from_bytes(answer)


def find(grant: StudyGrant, series_id: str, number: int) -> InstanceRef:
    """Return the instance that is document `number` (from 1) of a series; raises LookupError when there is none."""
    series = next((entry for entry in listed(grant) if entry.id == series_id), None)
    if series is None:
        raise LookupError("no such document")
    return series.frame(number).instance


def key_of(grant: StudyGrant, ref: InstanceRef, *page: object) -> str:
    """Return the name of a document, or of a page of it, in the store."""
    parts = [grant.study_key, ref.series_uid, ref.instance_uid, *page, grant.cache_class]
    return "document:d1:" + "|".join(str(part) for part in parts)


def fetch(pacs: CheckedPacs, grant: StudyGrant, ref: InstanceRef) -> Document:
    """Return a document, fetched with a grant that may have whole instances; raises PacsError."""
    data = _encapsulated(pacs.instance(grant, ref))
    try:
        return Document(data, page_count(data))
    except CannotRender as error:
        # What is no PDF at all is not handed on either.
        is_pdf = error.reason is Reason.LOCKED
        return Document(data if is_pdf else b"", 0, error.reason.value)


def draw(document: Document, page_number: int, size: int, watermark: str) -> Picture:
    """Return a page of a document as a picture, or the tile that says why not."""
    try:
        if document.reason:
            raise CannotRender(Reason(document.reason))
        return of_frame(render_page(document.data, page_number, size, watermark))
    except CannotRender as error:
        return of_refusal(error, size)


def _encapsulated(instance: bytes) -> bytes:
    """Return Encapsulated Document (0042,0011) without the byte that made its length even; b"" when there is none."""
    header = read_part10(io.BytesIO(instance)).header
    try:
        data = header.get("EncapsulatedDocument")
        length = int(header.get("EncapsulatedDocumentLength") or 0)
    except PARSE_ERRORS as error:
        raise PacsDamaged("the document cannot be read") from error
    if not isinstance(data, bytes):
        return b""
    return data[:length] if length in (len(data), len(data) - 1) else data
