"""A video: the page that plays it, and its stream as stored, by ranges. The DICOM file around it is never sent."""

from __future__ import annotations

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from pacs_gateway import byteranges
from pacs_gateway.access import policy
from pacs_gateway.access.again import ask_again
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from pacs_gateway.index.models import Study
from pacs_gateway.refs import InstanceRef
from pacs_gateway.upstream.video import Video
from viewer import manifest, page, posters, videos
from viewer.manifest import SeriesEntry

_ENDINGS = {videos.MP4: "mp4", "video/mp2t": "ts", "video/mpeg": "mpg", videos.OTHER: "bin"}


@study_scoped(Right.VIEW)
def video(request: HttpRequest, grant: StudyGrant, series: str, number: int) -> HttpResponse:
    """Show a video with the browser's own controls, or say why that cannot be."""
    entry, _ref = _find(grant, series, number)
    stream_url = reverse("viewer:video-stream", args=[grant.study_key, series, number])
    context = {
        "study": page.facts_of_study(grant) | {"back_url": reverse("studies:study", args=[grant.study_key])},
        "series": entry,
        "number": number,
        "poster_url": reverse("viewer:video-poster", args=[grant.study_key, series, number]),
        "stream_url": "" if grant.watermark else stream_url,
        "may_play": videos.may_play(entry.transfer_syntax_uid),
        "others": [
            {"number": other, "url": reverse("viewer:video", args=[grant.study_key, series, other])}
            for other in range(1, entry.frame_count + 1)
        ],
    }
    return render(request, "viewer/video.html", context)


@study_scoped(Right.VIEW, api=True)
def stream(request: HttpRequest, grant: StudyGrant, series: str, number: int) -> HttpResponseBase:
    """Send the stream of a video, or a range of it; nothing where a watermark would have to be on it."""
    _entry, ref = _find(grant, series, number)
    return send(request, grant, ref)


@study_scoped(Right.VIEW, api=True)
def poster(request: HttpRequest, grant: StudyGrant, series: str, number: int) -> HttpResponse:
    """Return the picture that stands for a video."""
    _entry, ref = _find(grant, series, number)
    headers = {"X-Content-Type-Options": "nosniff"}
    return HttpResponse(posters.poster(grant, ref), content_type="image/png", headers=headers)


def send(request: HttpRequest, grant: StudyGrant, ref: InstanceRef, only: str = "") -> HttpResponseBase:
    """Return the stream of a video or a range of it; Http404 under a watermark, or where it is not `only` that kind."""
    if grant.watermark:
        raise Http404
    found = videos.open_video(grant, ref)
    try:
        media_type = videos.media_type_of(b"".join(found.read(0, min(found.length, 512))))
        if only and media_type != only:
            raise Http404
        return _answer(request, grant, found, videos.etag_of(grant, ref, found.length), media_type)
    except BaseException:
        found.close()
        raise


def _find(grant: StudyGrant, series_id: str, number: int) -> tuple[SeriesEntry, InstanceRef]:
    entry = manifest.load(grant).find(series_id)
    if entry is None or entry.kind != "video":
        raise Http404
    try:
        return entry, entry.frame(number).instance
    except LookupError as error:
        raise Http404 from error


def _answer(request: HttpRequest, grant: StudyGrant, found: Video, etag: str, media_type: str) -> HttpResponseBase:
    headers = {"Accept-Ranges": "bytes", "ETag": etag, "X-Content-Type-Options": "nosniff"}
    is_ranged = request.method == "GET" and byteranges.is_fresh(request.headers.get("If-Range", ""), etag)
    try:
        part = byteranges.wanted(request.headers.get("Range", ""), found.length) if is_ranged else None
    except byteranges.Unsatisfiable:
        found.close()
        headers["Content-Range"] = f"bytes */{found.length}"
        return HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    first, end = part or (0, found.length)
    if part:
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{found.length}"
    kind = "attachment" if "save" in request.GET or media_type == videos.OTHER else "inline"
    headers["Content-Disposition"] = f'{kind}; filename="lightbox-video.{_ENDINGS[media_type]}"'
    headers |= {"Content-Length": str(end - first), "X-Accel-Buffering": "no"}
    pieces = videos.Pieces(found, first, end, lambda: _may_still(request, grant))
    status = HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK
    return StreamingHttpResponse(pieces, status=status, content_type=media_type, headers=headers)


def _may_still(request: HttpRequest, grant: StudyGrant) -> bool:
    """Tell whether whoever asks may see the study by now, and as it was when they began."""
    study = Study.objects.filter(key=grant.study_key).first()
    again = policy.ask(ask_again(request), study, Right.VIEW) if study else None
    return again is not None and again.patient == grant.patient and again.cache_class == grant.cache_class
