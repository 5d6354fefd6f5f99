"""What workers do for whole slides: compose a picture of the frames that lie there (rendering/canvas.py)."""

from __future__ import annotations

import logging
from dataclasses import replace

from celery import shared_task

from pacs_gateway.access.grant import StudyGrant, verify
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsBusy, PacsError
from viewer import asking, store, tasks, tries
from viewer.finding import series_of
from viewer.manifest import SeriesEntry
from viewer.params import FrameParams, from_text
from viewer.picture import Picture, of_frame
from viewer.rendering import CannotRender, Reason, render_decoded
from viewer.rendering.cutting import cut
from viewer.rendering.reasons import only_refusals
from viewer.slides import pictures
from viewer.slides.composition import composed
from viewer.slides.wanted import wanted_of

log = logging.getLogger(__name__)


@shared_task(name="viewer.compose_slide", queue="interactive", **tasks.LIMITS, **tries.AGAIN)
def compose_slide(grant_text: str, series_id: str, key: str, params_text: str) -> None:
    """Compose a picture of a slide, all of it or a part, that is asked for by the name `key`."""
    grant, params = verify(grant_text), from_text(params_text)
    grant.require(Right.VIEW)
    begun = store.begin([key], [])[0]
    if begun:
        store.count([key])
    try:
        series = _slide(grant, series_id, key, params)
        made = _picture(grant, series, params) if begun < tries.MOST else _gave_up(params)
        asking.deliver(key, made.to_bytes())
    except PacsError as error:
        log.warning("a picture of a slide failed: %s", type(error).__name__)
        asking.decline(key, error)


def _gave_up(params: FrameParams) -> Picture:
    return tasks.refused(CannotRender(Reason.GAVE_UP), params)


def _slide(grant: StudyGrant, series_id: str, key: str, params: FrameParams) -> SeriesEntry:
    found = series_of(grant, series_id)
    if found.pyramid is None or pictures.key_of(grant, found, 1, params) != key:
        # It has changed meanwhile: who asks again is shown what it is now.
        raise PacsBusy
    return found


def _picture(grant: StudyGrant, series: SeriesEntry, params: FrameParams) -> Picture:
    assert series.pyramid is not None
    try:
        if params.is_windowable or params.is_native:
            raise CannotRender(Reason.NOT_WINDOWABLE)
        with only_refusals():
            wanted, (width, height) = wanted_of(series, series.pyramid, params)
            cutting = cut(series.pyramid.levels, wanted, width)
        header, frame = composed(grant, series, series.pyramid, cutting, (width, height))
        options = replace(params.options(grant.watermark), tile=None, size=None, overlays=False)
        is_scaled = cutting.index > 0 or frame.pixels.shape[1] < wanted.right - wanted.left
        return replace(of_frame(render_decoded(header, frame, 1, options)), scaled=is_scaled)
    except CannotRender as error:
        return tasks.refused(error, params)
