"""WADO-RS: whole studies, series and instances as DICOM (PS3.18 10.4.1.1.1)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from pacs_gateway.dicomweb import store
from pacs_gateway.dicomweb.addresses import service_of
from pacs_gateway.dicomweb.conditional import etag_of, unchanged
from pacs_gateway.dicomweb.endpoint import endpoint
from pacs_gateway.dicomweb.files import StoredFile, fetch_all
from pacs_gateway.dicomweb.instances import load
from pacs_gateway.dicomweb.mediatypes import DICOM
from pacs_gateway.dicomweb.negotiation import acceptable
from pacs_gateway.dicomweb.offers import Choice, Offer
from pacs_gateway.dicomweb.parts import OutPart, multipart
from pacs_gateway.dicomweb.problems import NOTHING, Problem, not_acceptable
from pacs_gateway.dicomweb.representing import Represented, as_stored, represent
from pacs_gateway.refs import InstanceRef
from pacs_gateway.zipstream import ZipStream

ZIP = "application/zip"
_PARTS, _SINGLE, _ZIP = Offer(DICOM, in_parts=True), Offer(DICOM), Offer(ZIP)
SEVERAL, ONE = (_PARTS, _ZIP), (_PARTS, _SINGLE, _ZIP)
Chosen = Iterator[tuple[StoredFile, Represented]]


@study_scoped(Right.DOWNLOAD, api=True, identified=True, staff_methods=store.METHODS)
@endpoint("Retrieve Study", SEVERAL, also=store.TO_STUDY)
def study(request: Request, grant: StudyGrant | None = None, study_uid: str = "") -> HttpResponseBase:
    """Return every instance of a study; a POST stores instances of it (PS3.18 10.5)."""
    if grant is None:
        return store.store(request, store.named(study_uid))
    return _answer(request, grant, SEVERAL)


@study_scoped(Right.DOWNLOAD, api=True, identified=True)
@endpoint("Retrieve Series", SEVERAL)
def series(request: Request, grant: StudyGrant, series_uid: str) -> HttpResponseBase:
    """Return every instance of a series."""
    return _answer(request, grant, SEVERAL, series_uid)


@study_scoped(Right.DOWNLOAD, api=True, identified=True)
@endpoint("Retrieve Instance", ONE)
def instance(request: Request, grant: StudyGrant, series_uid: str, instance_uid: str) -> HttpResponseBase:
    """Return one instance."""
    return _answer(request, grant, ONE, series_uid, instance_uid)


def _answer(request: Request, grant: StudyGrant, offers: tuple[Offer, ...], *uids: str) -> HttpResponseBase:
    choices = acceptable(request, offers)
    found = load(grant, service_of(request), *uids)
    if not found:
        raise Problem(404, NOTHING)
    etag = etag_of(repr(choices), grant.cache_class, *(one.json for one in found))
    response = unchanged(request, etag)
    if response is None and request.method == "HEAD":
        response = _announced(choices[0])
    if response is None:
        refs = [InstanceRef(one.series_uid, one.instance_uid) for one in found]
        response = _send(request, grant, refs, choices)
    response["ETag"] = etag
    return response


def _announced(choice: Choice) -> HttpResponseBase:
    """Return the headers alone: nothing is fetched for them, so what a file is transcoded to is not told yet."""
    return multipart(DICOM, ()) if choice.offer == _PARTS else _streamed(iter(()), choice.offer.name)


def _send(request: Request, grant: StudyGrant, refs: list[InstanceRef], choices: list[Choice]) -> HttpResponseBase:
    files = fetch_all(request, grant, refs)
    first = next(files)
    for choice in choices:
        begun = represent(first, choice.transfer_syntax or ("*" if choice.offer == _ZIP else ""))
        if begun is not None:
            chosen = itertools.chain([(first, begun)], _others(files, choice))
            return _written(choice.offer, chosen, f"{service_of(request)}/studies/{grant.study.study_uid}")
    first.file.close()
    raise not_acceptable()


def _others(files: Iterator[StoredFile], choice: Choice) -> Chosen:
    """Yield the files in the transfer syntax chosen; one that cannot be made in it goes as stored, and says so."""
    wanted = choice.transfer_syntax or ("*" if choice.offer == _ZIP else "")
    for stored in files:
        yield stored, represent(stored, wanted) or as_stored(stored)


def _written(offer: Offer, chosen: Chosen, place: str) -> StreamingHttpResponse:
    if offer == _PARTS:
        return multipart(DICOM, (_part(stored, file, place) for stored, file in chosen))
    if offer == _ZIP:
        return _streamed(_zip(chosen), ZIP)
    _, file = next(chosen)
    return _streamed(file.steps, f"{DICOM}; transfer-syntax={file.transfer_syntax_uid}")


def _streamed(steps: Iterator[bytes], content_type: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(steps, content_type=content_type)
    response["X-Accel-Buffering"] = "no"
    return response


def _part(stored: StoredFile, file: Represented, place: str) -> OutPart:
    location = f"{place}/series/{stored.ref.series_uid}/instances/{stored.ref.instance_uid}"
    return OutPart(f"{DICOM}; transfer-syntax={file.transfer_syntax_uid}", file.steps, location)


def _zip(chosen: Chosen) -> Iterator[bytes]:
    archive = ZipStream()
    for number, (stored, file) in enumerate(chosen, start=1):
        with closing(stored.file):
            yield from archive.add(f"DICOM/IM{number:06}", file.steps)
    yield archive.close()
