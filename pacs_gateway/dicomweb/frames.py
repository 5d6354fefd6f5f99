"""WADO-RS: frames of an instance, as stored or decoded (PS3.18 10.4.1.1.6)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from pacs_gateway.dicomweb.addresses import service_of
from pacs_gateway.dicomweb.codestreams import AS_LITTLE_ENDIAN, LITTLE_ENDIAN, OFFERS, fits, must_decode
from pacs_gateway.dicomweb.conditional import etag_of, unchanged
from pacs_gateway.dicomweb.decoding import CannotDecode, decoded
from pacs_gateway.dicomweb.endpoint import endpoint
from pacs_gateway.dicomweb.instance import Instance
from pacs_gateway.dicomweb.instances import load
from pacs_gateway.dicomweb.negotiation import acceptable
from pacs_gateway.dicomweb.offers import Choice
from pacs_gateway.dicomweb.parts import OutPart, multipart
from pacs_gateway.dicomweb.problems import NOTHING, Problem, bad_request, not_acceptable
from pacs_gateway.index import serving
from pacs_gateway.refs import FrameRef, InstanceRef
from pacs_gateway.upstream.base import EncodedFrame
from pacs_gateway.upstream.pixeldata import is_video

MOST = 4096
_LIST = re.compile(r"[1-9]\d{0,6}(,[1-9]\d{0,6})*\Z", re.ASCII)
Frames = Iterator[tuple[FrameRef, bytes]]


@study_scoped(Right.DOWNLOAD, api=True, identified=True)
@endpoint("Retrieve Frames", OFFERS)
def frames(request: Request, grant: StudyGrant, series_uid: str, instance_uid: str, numbers: str) -> HttpResponseBase:
    """Return the frames of a list, in its order."""
    choices = acceptable(request, OFFERS)
    found = one_instance(request, grant, series_uid, instance_uid)
    refs = refs_of(found, numbers)
    etag = etag_of(repr(choices), numbers, grant.cache_class, found.json)
    response = unchanged(request, etag) or send(request, grant, refs, choices)
    response["ETag"] = etag
    return response


def one_instance(request: Request, grant: StudyGrant, series_uid: str, instance_uid: str) -> Instance:
    """Return the instance that the address names; raises Problem 404."""
    found = load(grant, service_of(request), series_uid, instance_uid)
    if len(found) != 1:
        raise Problem(404, NOTHING)
    return found[0]


def refs_of(found: Instance, numbers: str) -> list[FrameRef]:
    """Return the frames of a list such as "1,4,2"; raises Problem 400, and 404 for a frame that is not there."""
    if not _LIST.match(numbers) or numbers.count(",") >= MOST:
        raise bad_request("A frame list is frame numbers, counted from 1, with commas between them.")
    instance = InstanceRef(found.series_uid, found.instance_uid)
    refs = [FrameRef(instance, int(number)) for number in numbers.split(",")]
    if len(set(refs)) != len(refs):
        raise bad_request("A frame list names each frame once.")
    if any(ref.frame_number > found.frame_count for ref in refs):
        raise Problem(404, NOTHING)
    return refs


def send(request: Request, grant: StudyGrant, refs: list[FrameRef], choices: list[Choice]) -> HttpResponseBase:
    """Return frames in the best form that they can be had in; raises Problem 406 when there is none."""
    encoded = serving.ask_for_many(grant, lambda pacs, own: pacs.frames(own, refs))
    first = next(encoded)
    syntax = first.transfer_syntax_uid
    if is_video(syntax):
        raise not_acceptable()
    for choice in choices:
        if not fits(choice, syntax) or (len(refs) > 1 and not choice.offer.in_parts):
            continue
        if not must_decode(choice, syntax):
            # Native frames are the same bytes whether the data set around them is implicit or explicit.
            label = LITTLE_ENDIAN if syntax in AS_LITTLE_ENDIAN else syntax
            return _written(request, grant, choice, _as_stored(itertools.chain([first], encoded)), label)
        try:
            pixels = decoded(grant, refs)
        except CannotDecode:
            continue
        return _written(request, grant, choice, zip(refs, pixels, strict=True), LITTLE_ENDIAN)
    raise not_acceptable()


def _as_stored(encoded: Iterator[EncodedFrame]) -> Frames:
    return ((frame.ref, bytes(frame.data)) for frame in encoded)


def _written(request: Request, grant: StudyGrant, choice: Choice, found: Frames, syntax: str) -> HttpResponseBase:
    kind = f"{choice.offer.name}; transfer-syntax={syntax}"
    if not choice.offer.in_parts:
        ((_, data),) = found
        return HttpResponse(data, content_type=kind)
    place = f"{service_of(request)}/studies/{grant.study.study_uid}"
    return multipart(choice.offer.name, (OutPart(kind, [data], _location(place, ref)) for ref, data in found))


def _location(place: str, ref: FrameRef) -> str:
    instance = ref.instance
    return f"{place}/series/{instance.series_uid}/instances/{instance.instance_uid}/frames/{ref.frame_number}"
