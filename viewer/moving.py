"""A whole series as a moving picture to keep, for those who may download: an animated GIF, or an MP4 video."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from viewer import films, movies
from viewer.rendering.cine import encode_gif
from viewer.rendering.label import labeled
from viewer.rendering.mp4 import write_mp4
from viewer.rendering.scene import read_scene


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
    refs = [movie.entry.frame(number) for number, _picture in movie.pictures]
    made = films.ask(grant, list(zip(refs, movie.labels, strict=True)), movie.params, movie.canvas)
    video = write_mp4([read_scene(scene) for scene in made], *movie.canvas, movie.milliseconds)
    return _to_keep(video, "video/mp4", "pictures.mp4")


def _to_keep(data: bytes, media_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=media_type, headers=headers)
