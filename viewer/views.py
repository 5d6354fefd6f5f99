"""The viewer's page, its manifest and its frames."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import chain

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import public, study_scoped
from viewer import frames, geometry, manifest, page, params, presets
from viewer.manifest import SeriesEntry
from viewer.picture import Picture
from viewer.rendering.detail import Tile
from viewer.tiles import Tell, teller
from viewer.windowable import values_response

RUN_TYPE = "application/vnd.lightbox.frames"
_RECORD = struct.Struct(">III")
_PICTURE, _TILE, _FAILED = 0, 1, 2


@study_scoped(Right.VIEW)
def study(request: HttpRequest, grant: StudyGrant) -> HttpResponse:
    """Show the viewer with its first picture."""
    return render(request, "viewer/viewer.html", page.context(request, grant))


@study_scoped(Right.VIEW, api=True)
def study_manifest(request: HttpRequest, grant: StudyGrant) -> JsonResponse:
    """Return what the study holds, for the browser."""
    return JsonResponse(page.public_manifest(grant, manifest.load(grant)))


@study_scoped(Right.VIEW, api=True)
def series_geometry(request: HttpRequest, grant: StudyGrant, series: str) -> JsonResponse:
    """Return where the frames of a series lie in the patient."""
    entry = _series(grant, series)
    return JsonResponse(geometry.public(grant, entry.frame_of_reference_uid, entry.positions))


@study_scoped(Right.VIEW, api=True)
def frame(request: HttpRequest, grant: StudyGrant, series: str, number: int) -> HttpResponse:
    """Return one frame as a picture."""
    wanted = params.parse(request.GET)
    entry = _series(grant, series)
    try:
        picture = frames.one(grant, entry, number, params.parse_beside(wanted, request.GET, entry))
    except LookupError as error:
        raise Http404 from error
    return _picture_response(teller(request)(picture))


@study_scoped(Right.VIEW, api=True)
def frame_tile(
    request: HttpRequest, grant: StudyGrant, series: str, number: int, level: int, column: int, row: int
) -> HttpResponse:
    """Return a tile of one frame of a series with large pictures."""
    wanted = params.parse_tile(request.GET, Tile(level, column, row))
    entry = _series(grant, series)
    try:
        picture = frames.tile(grant, entry, number, wanted)
    except LookupError as error:
        raise Http404 from error
    return _picture_response(teller(request)(picture))


@study_scoped(Right.VIEW, api=True)
def windowable(request: HttpRequest, grant: StudyGrant, series: str, number: int) -> HttpResponse:
    """Return the exact values of one gray frame, for a browser to window itself; 422 says why there are none.

    With a size it is a proxy: every n-th row and column, so that it has no more of them than that.
    """
    wanted = params.parse_windowable(request.GET)
    entry = _series(grant, series)
    try:
        frame = frames.one(grant, entry, number, wanted)
    except LookupError as error:
        raise Http404 from error
    return values_response(request, frame)


@study_scoped(Right.VIEW, api=True)
def run(request: HttpRequest, grant: StudyGrant, series: str) -> StreamingHttpResponse:
    """Stream a run of frames, each as soon as it is rendered."""
    wanted = params.parse(request.GET)
    entry = _series(grant, series)
    wanted = params.parse_beside(wanted, request.GET, entry)
    numbers = params.parse_numbers(request.GET, entry.frame_count)
    response = StreamingHttpResponse(
        _records(frames.together(grant, entry, numbers, wanted), teller(request)), content_type=RUN_TYPE
    )
    response["X-Accel-Buffering"] = "no"
    return response


@public()
def preset_list(request: HttpRequest) -> JsonResponse:
    """Return the window presets."""
    return JsonResponse(presets.ALL, safe=False, headers={"Cache-Control": "public, max-age=3600"})


def _series(grant: StudyGrant, series_id: str) -> SeriesEntry:
    entry = manifest.load(grant).find(series_id)
    if entry is None:
        raise Http404
    return entry


def _picture_response(picture: Picture) -> HttpResponse:
    headers = {
        "X-Frame-Window": picture.window,
        "X-Frame-Lossy": str(int(picture.lossy)),
        "X-Frame-Scaled": str(int(picture.scaled)),
        "X-Content-Type-Options": "nosniff",
    }
    if picture.reason:
        headers["X-Frame-Reason"] = picture.reason
    return HttpResponse(picture.data, content_type=picture.media_type, headers=headers)


def _records(pictures: Iterator[list[tuple[int, Picture | Exception]]], tell: Tell) -> Iterator[bytes]:
    """Yield the records of pictures that are there at the same time in one piece: each costs both sides some work."""
    for there in pictures:
        yield b"".join(chain.from_iterable(_record(number, picture, tell) for number, picture in there))


def _record(number: int, picture: Picture | Exception, tell: Tell) -> tuple[bytes, bytes]:
    if isinstance(picture, Exception):
        return _RECORD.pack(number, _FAILED, 0), b""
    data = tell(picture).data
    return _RECORD.pack(number, _TILE if picture.reason else _PICTURE, len(data)), data
