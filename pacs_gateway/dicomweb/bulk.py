"""WADO-RS: the value of one attribute as bulk data, whole or by ranges (PS3.18 10.4.1.1.5)."""

from __future__ import annotations

from http import HTTPStatus

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from pacs_gateway import byteranges
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.problem import problem
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from pacs_gateway.dicomweb.codestreams import LITTLE_ENDIAN, OFFERS
from pacs_gateway.dicomweb.conditional import etag_of, unchanged
from pacs_gateway.dicomweb.endpoint import endpoint
from pacs_gateway.dicomweb.files import StoredFile, fetch
from pacs_gateway.dicomweb.frames import one_instance, send
from pacs_gateway.dicomweb.instance import Instance
from pacs_gateway.dicomweb.mediatypes import OCTETS
from pacs_gateway.dicomweb.negotiation import acceptable
from pacs_gateway.dicomweb.offers import Choice, Offer
from pacs_gateway.dicomweb.parts import OutPart, multipart
from pacs_gateway.dicomweb.problems import not_acceptable
from pacs_gateway.dicomweb.values import Value, value_at
from pacs_gateway.refs import FrameRef, InstanceRef
from pacs_gateway.upstream.checkedreader import UNDEFINED_LENGTH
from pacs_gateway.upstream.part10 import Part10, read_part10

_KIND = f"{OCTETS}; transfer-syntax={LITTLE_ENDIAN}"
# Alone by default, so that ranges can be asked for.
BULK = (Offer(OCTETS), *(offer for offer in OFFERS if offer != Offer(OCTETS)))


@study_scoped(Right.DOWNLOAD, api=True, identified=True)
@endpoint("Retrieve Bulk Data", BULK)
def bulk_data(request: Request, grant: StudyGrant, series_uid: str, instance_uid: str, place: str) -> HttpResponseBase:
    """Return the value at a place in an instance; encapsulated pixel data as its frames."""
    choices = acceptable(request, BULK)
    found = one_instance(request, grant, series_uid, instance_uid)
    etag = etag_of(repr(choices), place, grant.cache_class, found.json)
    response = unchanged(request, etag)
    if response is None:
        response = _send(request, grant, found, place, choices, etag)
    response["ETag"] = etag
    return response


def _send(
    request: Request, grant: StudyGrant, found: Instance, place: str, choices: list[Choice], etag: str
) -> HttpResponseBase:
    ref = InstanceRef(found.series_uid, found.instance_uid)
    stored = fetch(grant, ref)
    try:
        part10 = read_part10(stored.file)
        if _is_encapsulated(part10, place):
            stored.file.close()
            refs = [FrameRef(ref, number) for number in range(1, found.frame_count + 1)]
            return send(request, grant, refs, choices)
        return _send_value(request, stored, value_at(stored, part10, place), choices, etag)
    except BaseException:
        stored.file.close()
        raise


def _is_encapsulated(part10: Part10, place: str) -> bool:
    return place.upper() == f"{part10.pixel_tag:08X}" and part10.pixel_length == UNDEFINED_LENGTH


def _send_value(
    request: Request, stored: StoredFile, value: Value, choices: list[Choice], etag: str
) -> HttpResponseBase:
    choice = next((one for one in choices if one.offer.name == OCTETS), None)
    if choice is None:
        raise not_acceptable()
    if choice.offer.in_parts:
        location = request.build_absolute_uri(request.path)
        return multipart(OCTETS, [OutPart(_KIND, value.read(0, value.length), location)])
    return _ranged(request, stored, value, etag)


def _ranged(request: Request, stored: StoredFile, value: Value, etag: str) -> HttpResponseBase:
    headers = {"Accept-Ranges": "bytes", "X-Accel-Buffering": "no"}
    is_ranged = request.method == "GET" and byteranges.is_fresh(request.headers.get("If-Range", ""), etag)
    try:
        part = byteranges.wanted(request.headers.get("Range", ""), value.length) if is_ranged else None
    except byteranges.Unsatisfiable:
        stored.file.close()
        response = problem(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "There are no such bytes.")
        response["Content-Range"] = f"bytes */{value.length}"
        return response
    first, end = part or (0, value.length)
    if part:
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{value.length}"
    headers["Content-Length"] = str(end - first)
    status = HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK
    return StreamingHttpResponse(value.read(first, end), status=status, content_type=_KIND, headers=headers)
