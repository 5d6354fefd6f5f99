"""A whole series as a moving picture to keep, for those who may download: an animated GIF, or an MP4 video."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from viewer import films, movies
from viewer.rendering.cine import encode_gif
from viewer.rendering.label import labeled
from viewer.rendering.mp4 import write_mp4
from viewer.rendering.scene import read_scene
from viewer.saving import GIF, MP4, carry_on

_FILES = {GIF: "viewer:moving", MP4: "viewer:film"}


@study_scoped(Right.DOWNLOAD)
def gif(request: HttpRequest, grant: StudyGrant, series: str) -> HttpResponse:
    """Return the frames of a series, in the window asked for, as an animated GIF."""
    movie = movies.find(request.GET, grant, series)
    shown = [
        labeled(picture.data, label, movie.canvas)
        for (_number, picture), label in zip(movie.pictures, movie.labels, strict=True)
    ]
    return _to_keep(encode_gif(shown, movie.milliseconds), "image/gif", "pictures.gif")


@study_scoped(Right.DOWNLOAD)
def film(request: HttpRequest, grant: StudyGrant, series: str) -> HttpResponse:
    """Return the same as an MP4 video."""
    movie = movies.find(request.GET, grant, series)
    made = films.ask(grant, films.shots_of(movie), movie.params, movie.canvas)
    video = write_mp4([read_scene(scene) for scene in made], *movie.canvas, movie.milliseconds)
    return _to_keep(video, "video/mp4", "pictures.mp4")


@study_scoped(Right.DOWNLOAD)
def saving(request: HttpRequest, grant: StudyGrant, series: str, kind: str) -> HttpResponse:
    """Show how far a moving picture is, on a page that asks again by itself and then has the file."""
    context = _progress(request, grant, series, kind)
    back_url = f"{reverse('viewer:study', args=[grant.study_key])}?{urlencode({'series': series})}"
    return render(request, "viewer/saving.html", context | {"back_url": back_url, "kind": kind.upper()})


@study_scoped(Right.DOWNLOAD, api=True)
def saving_progress(request: HttpRequest, grant: StudyGrant, series: str, kind: str) -> HttpResponse:
    """Return the same for the viewer: words, and the address of the file once it is there."""
    return JsonResponse(_progress(request, grant, series, kind))


def _progress(request: HttpRequest, grant: StudyGrant, series: str, kind: str) -> dict[str, Any]:
    if kind not in _FILES:
        raise Http404
    progress = carry_on(grant, movies.plan(request.GET, grant, series), kind)
    address = f"{reverse(_FILES[kind], args=[grant.study_key, series])}?{request.GET.urlencode()}"
    return {"words": progress.words, "share": progress.share, "url": address if progress.is_done else ""}


def _to_keep(data: bytes, media_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=media_type, headers=headers)
