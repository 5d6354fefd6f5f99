"""What can be calculated from a series, for the browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from viewer import calculated as progress
from viewer import manifest, reformat_words, reformats
from viewer.alternative import what
from viewer.manifest import SeriesEntry


@study_scoped(Right.VIEW, api=True)
def planes(request: HttpRequest, grant: StudyGrant, series: str) -> JsonResponse:
    """Return the planes and projections of a series, or in words why there are none."""
    entry = manifest.load(grant).find(series)
    if entry is None or entry.reformat or not (entry.volume or entry.not_volume):
        raise Http404
    found = [_public(grant, one) for one in calculated(entry)]
    return JsonResponse({"planes": found, "refusal": "" if found else reformat_words.refusal(entry.not_volume)})


@study_scoped(Right.VIEW, api=True)
def gathered(request: HttpRequest, grant: StudyGrant, series: str) -> JsonResponse:
    """Return in words how many pictures of a series are gathered for what is calculated from it, "" when none are."""
    entry = manifest.load(grant).find(series)
    if entry is None or not entry.reformat:
        raise Http404
    return JsonResponse({"words": reformat_words.gathering(progress.gathered(grant, entry))})


def calculated(entry: SeriesEntry) -> Iterator[SeriesEntry]:
    """Yield all that can be calculated from a series, in the order it is listed."""
    for name in reformats.NAMES:
        made = entry.calculated(name)
        if made is not None:
            yield made


def _public(grant: StudyGrant, series: SeriesEntry) -> dict[str, Any]:
    """Return what is different from the series that it is calculated from."""
    names = ("id", "frame_count", "rows", "columns", "pixel_spacing", "planes", "cine_rate")
    return {name: getattr(series, name) for name in names} | {
        "label": reformat_words.label(series.grid.orientation, series.grid.slab),
        "note": reformat_words.note(series),
        "what": what(series),
        "frames_url": reverse("viewer:run", args=[grant.study_key, series.id]),
    }
