"""Pictures as answers: one alone, several in parts, or all of them as a GIF."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.dicomweb.offers import Choice, Offer
from pacs_gateway.dicomweb.parts import OutPart, multipart
from pacs_gateway.dicomweb.problems import bad_request, not_acceptable
from pacs_gateway.refs import FrameRef
from viewer.params import FrameParams
from viewer.picture import Picture
from viewer.rendered.pictures import Image, draw, within
from viewer.rendering.cine import FRAMES_MOST, encode_gif, read_png
from viewer.rendering.encode import JPEG, PNG
from viewer.videos import MP4

GIF = "image/gif"
GIF_VIEWPORT = (512, 512)
# The first is the default (PS3.18 8.7.4).
ONE = (Offer(JPEG), Offer(PNG), Offer(GIF), Offer(JPEG, in_parts=True), Offer(PNG, in_parts=True))
VIDEO = (Offer(MP4),)
SEVERAL = (Offer(JPEG, in_parts=True), Offer(PNG, in_parts=True), Offer(GIF), Offer(JPEG), Offer(PNG))
THUMBNAIL = (Offer(JPEG), Offer(PNG))
Drawn = Iterator[tuple[FrameRef, Picture]]


def drawn_type(choice: Choice) -> str:
    """Return in what the frames are drawn for a choice."""
    return PNG if choice.offer.name == GIF else choice.offer.name


def answer(
    grant: StudyGrant, images: list[Image], choice: Choice, params: FrameParams, milliseconds: float, place: str
) -> HttpResponseBase:
    """Return the pictures of images; raises Problem 400, and 406 where nothing can be drawn."""
    if choice.offer.name == GIF:
        return _gif(grant, images, params, milliseconds)
    own = [(image, within(params, image)) for image in images]
    drawn = itertools.chain.from_iterable(draw(grant, image.refs, wanted) for image, wanted in own)
    first = next(drawn, None)
    if first is None:
        raise not_acceptable()
    if not choice.offer.in_parts:
        return HttpResponse(first[1].data, content_type=first[1].media_type)
    return multipart(choice.offer.name, (_part(place, *one) for one in itertools.chain([first], drawn)))


def representative(images: list[Image]) -> list[Image]:
    """Return the frame in the middle of the image in the middle."""
    if not images:
        return []
    middle = images[len(images) // 2]
    return [replace(middle, refs=middle.refs[len(middle.refs) // 2 :][:1])]


def _gif(grant: StudyGrant, images: list[Image], params: FrameParams, milliseconds: float) -> HttpResponse:
    count = sum(len(image.refs) for image in images)
    if count > FRAMES_MOST:
        raise bad_request(f"A GIF holds no more than {FRAMES_MOST} frames.")
    if params.view is not None and params.view.viewport is None:
        params = replace(params, view=replace(params.view, viewport=GIF_VIEWPORT))
    pictures = [one.data for image in images for _, one in draw(grant, image.refs, within(params, image))]
    if not pictures:
        raise not_acceptable()
    return HttpResponse(encode_gif([read_png(one) for one in pictures], milliseconds), content_type=GIF)


def _part(place: str, ref: FrameRef, picture: Picture) -> OutPart:
    instance = f"{place}/series/{ref.instance.series_uid}/instances/{ref.instance.instance_uid}"
    return OutPart(picture.media_type, [picture.data], f"{instance}/frames/{ref.frame_number}/rendered")
