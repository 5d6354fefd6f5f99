"""A whole series as a moving picture to keep: an animated GIF, for those who may download."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from viewer import frames, manifest, params
from viewer.manifest import SeriesEntry
from viewer.params import RUN_MOST, FrameParams
from viewer.rendering.cine import FRAMES_MOST, encode_gif
from viewer.rendering.encode import PNG

SIZE = 512
# As the viewer plays what names no rate (static/js/viewer/pace.js).
RATE, FAST_RATE, FAST_MODALITIES = 15.0, 30.0, {"US", "XA", "RF", "IVUS"}


@study_scoped(Right.DOWNLOAD)
def moving(request: HttpRequest, grant: StudyGrant, series: str) -> HttpResponse:
    """Return the frames of a series, in the window asked for, as an animated GIF."""
    entry = manifest.load(grant).find(series)
    if entry is None or entry.kind != "image" or entry.frame_count < 2:
        raise Http404
    wanted = params.parse_beside(params.parse(request.GET), request.GET, entry)
    numbers = spread(entry.frame_count)
    pictures = _pictures(grant, entry, numbers, replace(wanted, size=SIZE, media_type=PNG))
    if not pictures:
        raise Http404
    # Where frames are left out the others stay longer, so that the whole takes as long as in the viewer.
    milliseconds = 1000 / rate_of(entry) * entry.frame_count / len(numbers)
    headers = {"Content-Disposition": 'attachment; filename="pictures.gif"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(encode_gif(pictures, milliseconds), content_type="image/gif", headers=headers)


def spread(count: int) -> list[int]:
    """Return every frame number, or as many as a GIF may hold, evenly spread from the first to the last."""
    if count <= FRAMES_MOST:
        return list(range(1, count + 1))
    step = (count - 1) / (FRAMES_MOST - 1)
    return [1 + round(step * place) for place in range(FRAMES_MOST)]


def rate_of(entry: SeriesEntry) -> float:
    """Return how many frames a second the series plays with."""
    if entry.cine_rate:
        return min(max(entry.cine_rate, 1.0), 60.0)
    return FAST_RATE if entry.modality in FAST_MODALITIES else RATE


def _pictures(grant: StudyGrant, entry: SeriesEntry, numbers: list[int], wanted: FrameParams) -> list[bytes]:
    """Return the pictures of frames that can be drawn; raises PacsError or WorkersBusy, so that none is missing."""
    found = []
    for start in range(0, len(numbers), RUN_MOST):
        for _number, made in frames.run(grant, entry, numbers[start : start + RUN_MOST], wanted):
            if isinstance(made, Exception):
                raise made
            if not made.reason:
                found.append(made.data)
    return found
