"""WADO-RS: rendered studies, series, instances and frames, and their thumbnails (PS3.18 10.4.1.1.3, 10.4.1.1.4)."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from pacs_gateway.dicomweb.addresses import service_of
from pacs_gateway.dicomweb.conditional import etag_of, unchanged
from pacs_gateway.dicomweb.endpoint import endpoint
from pacs_gateway.dicomweb.frames import refs_of
from pacs_gateway.dicomweb.instance import Instance
from pacs_gateway.dicomweb.instances import load
from pacs_gateway.dicomweb.negotiation import choose
from pacs_gateway.dicomweb.offers import Choice, Offer
from pacs_gateway.dicomweb.problems import NOTHING, Problem, not_acceptable
from pacs_gateway.refs import InstanceRef
from viewer.metadata import kind_of
from viewer.params import FrameParams
from viewer.rendered import asked
from viewer.rendered.answers import ONE, SEVERAL, THUMBNAIL, VIDEO, answer, drawn_type, representative
from viewer.rendered.pictures import Image, images_of, milliseconds_of
from viewer.rendering import CODEC_VERSION
from viewer.video_views import send
from viewer.videos import MP4

_SMALL = (asked.VIEWPORT,)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Retrieve Rendered Study", SEVERAL, asked.PARAMETERS)
def study(request: Request, grant: StudyGrant) -> HttpResponseBase:
    """Return a picture of every frame of a study."""
    return _rendered(request, grant, SEVERAL)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Retrieve Rendered Series", SEVERAL, asked.PARAMETERS)
def series(request: Request, grant: StudyGrant, series_uid: str) -> HttpResponseBase:
    """Return a picture of every frame of a series."""
    return _rendered(request, grant, SEVERAL, series_uid)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Retrieve Rendered Instance", (*ONE, *VIDEO), asked.PARAMETERS)
def instance(request: Request, grant: StudyGrant, series_uid: str, instance_uid: str) -> HttpResponseBase:
    """Return pictures of an instance: all frames in parts or as a GIF, or the one in the middle; a video as stored."""
    (one,) = _found(request, grant, series_uid, instance_uid)
    if kind_of(one.item) == "video":
        return _video(request, grant, one)
    return _rendered(request, grant, ONE, series_uid, instance_uid)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Retrieve Rendered Frames", ONE, asked.PARAMETERS)
def frames(request: Request, grant: StudyGrant, series_uid: str, instance_uid: str, numbers: str) -> HttpResponseBase:
    """Return pictures of the frames of a list."""
    offers = SEVERAL if "," in numbers else ONE
    return _rendered(request, grant, offers, series_uid, instance_uid, numbers=numbers)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Retrieve Study Thumbnail", THUMBNAIL, _SMALL)
def study_thumbnail(request: Request, grant: StudyGrant) -> HttpResponseBase:
    """Return a small picture that stands for a study."""
    return _thumbnail(request, grant)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Retrieve Series Thumbnail", THUMBNAIL, _SMALL)
def series_thumbnail(request: Request, grant: StudyGrant, series_uid: str) -> HttpResponseBase:
    """Return a small picture that stands for a series."""
    return _thumbnail(request, grant, series_uid)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Retrieve Instance Thumbnail", THUMBNAIL, _SMALL)
def instance_thumbnail(request: Request, grant: StudyGrant, series_uid: str, instance_uid: str) -> HttpResponseBase:
    """Return a small picture that stands for an instance."""
    return _thumbnail(request, grant, series_uid, instance_uid)


@study_scoped(Right.VIEW, api=True, identified=True)
@endpoint("Retrieve Frame Thumbnail", THUMBNAIL, _SMALL)
def frames_thumbnail(
    request: Request, grant: StudyGrant, series_uid: str, instance_uid: str, numbers: str
) -> HttpResponseBase:
    """Return a small picture that stands for the frames of a list."""
    return _thumbnail(request, grant, series_uid, instance_uid, numbers=numbers)


def _rendered(
    request: Request, grant: StudyGrant, offers: tuple[Offer, ...], *uids: str, numbers: str = ""
) -> HttpResponseBase:
    choice = choose(request, offers)
    params = asked.parse(request._request.GET, drawn_type(choice))
    found = _found(request, grant, *uids)
    images = _images(found, numbers)
    is_alone = not choice.offer.in_parts and choice.offer.name == params.media_type
    return _answer(request, grant, found, representative(images) if is_alone else images, choice, params)


def _video(request: Request, grant: StudyGrant, one: Instance) -> HttpResponseBase:
    """Return the MP4 that is stored; what is stored as another kind of stream is not made into one."""
    choose(request, VIDEO)
    asked.parse(request._request.GET, MP4)
    try:
        return send(request._request, grant, InstanceRef(one.series_uid, one.instance_uid), only=MP4)
    except Http404 as error:
        raise not_acceptable() from error


def _thumbnail(request: Request, grant: StudyGrant, *uids: str, numbers: str = "") -> HttpResponseBase:
    choice = choose(request, THUMBNAIL)
    params = asked.parse_thumbnail(request._request.GET, choice.offer.name)
    found = _found(request, grant, *uids)
    return _answer(request, grant, found, representative(_images(found, numbers)), choice, params)


def _found(request: Request, grant: StudyGrant, *uids: str) -> list[Instance]:
    found = load(grant, service_of(request), *uids)
    if not found:
        raise Problem(404, NOTHING)
    return found


def _images(found: list[Instance], numbers: str) -> list[Image]:
    images = images_of(found)
    if numbers:
        refs = refs_of(found[0], numbers)
        images = [replace(image, refs=refs) for image in images]
    if not images:
        raise not_acceptable()
    return images


def _answer(
    request: Request, grant: StudyGrant, found: list[Instance], images: list[Image], choice: Choice, params: FrameParams
) -> HttpResponseBase:
    refs = [ref for image in images for ref in image.refs]
    etag = etag_of(repr((choice, refs)), params.text, CODEC_VERSION, grant.cache_class, *(one.json for one in found))
    response = unchanged(request, etag)
    if response is None:
        place = f"{service_of(request)}/studies/{grant.study.study_uid}"
        response = answer(grant, images, choice, params, milliseconds_of(found[0]), place)
    response["ETag"] = etag
    return response
