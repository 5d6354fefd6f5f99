"""What workers do for pictures that are calculated from a volume, once it is gathered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from celery import shared_task
from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant, verify
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsBusy, PacsError
from viewer import asking, calculated, tasks
from viewer.finding import series_of
from viewer.params import FrameParams, from_text
from viewer.picture import Picture, of_frame, of_values
from viewer.rendering import CannotRender, DecodedFrame, Reason, render_decoded
from viewer.rendering.cut import Cut
from viewer.rendering.padding import padding_of
from viewer.voxels import NotGathered, Voxels

# A tile that says why not is made anew after a while: the archive may have been put right.
REFUSED_SECONDS = 300


@shared_task(name="viewer.render_calculated", queue="interactive", **tasks.LIMITS)
def render_calculated(grant_text: str, series_id: str, keys: dict[str, int], params_text: str) -> None:
    """Render a run of calculated frames, numbers by name; where the volume is not here, have it gathered first."""
    from viewer import gathering

    grant, params = verify(grant_text), from_text(params_text)
    grant.require(Right.VIEW)
    try:
        voxels = _voxels(grant, series_id, keys, params)
        for key, made in zip(keys, _pictures(voxels, list(keys.values()), params), strict=True):
            asking.deliver(key, made.to_bytes())
    except NotGathered:
        refusal = gathering.refusal_of(voxels)
        if refusal is None:
            gathering.begin(voxels, [grant_text, series_id, keys, params_text])
            return
        for key in keys:
            _refuse(key, refusal, params)
    except PacsError as error:
        for key in keys:
            asking.decline(key, error)


def _voxels(grant: StudyGrant, series_id: str, keys: dict[str, int], params: FrameParams) -> Voxels:
    found = series_of(grant, series_id)
    if not calculated.are_same(grant, found, keys, params):
        # It has changed meanwhile: who asks again is shown what it is now.
        raise PacsBusy
    return Voxels(grant, found)


def _refuse(key: str, refusal: CannotRender | PacsError, params: FrameParams) -> None:
    if isinstance(refusal, PacsError):
        asking.decline(key, refusal)
    else:
        asking.deliver(key, tasks.refused(refusal, params).to_bytes(), REFUSED_SECONDS)


def _pictures(voxels: Voxels, numbers: list[int], params: FrameParams) -> Iterator[Picture]:
    """Yield the pictures with these numbers; raises NotGathered before the first of them."""
    try:
        header = voxels.header
        cut, first = _cut(voxels, Cut(voxels.series.grid, numbers, padding_of(header)))
    except CannotRender as error:
        yield from (tasks.refused(error, params) for _ in numbers)
        return
    for number in numbers:
        yield _picture(voxels.grant, header, replace(first, pixels=cut.frame(number)), params)


def _cut(voxels: Voxels, cut: Cut) -> tuple[Cut, DecodedFrame]:
    """Return the cut with all its slices, and the first of them; raises NotGathered, CannotRender."""
    first: DecodedFrame | None = None
    is_lossy = False
    for index in filter(cut.wants, range(len(voxels.volume.order))):
        one = voxels.slice(index)
        first = first or one
        if (one.pixels.dtype, one.photometric) != (first.pixels.dtype, first.photometric):
            raise CannotRender(Reason.MISMATCH)
        is_lossy = is_lossy or one.is_lossy
        cut.add(index, one.pixels)
    assert first is not None
    return cut, replace(first, is_lossy=is_lossy)


def _picture(grant: StudyGrant, header: Dataset, frame: DecodedFrame, params: FrameParams) -> Picture:
    try:
        if params.is_windowable:
            return of_values(frame, tasks.values_of(grant, header, frame, 1, params.size))
        return of_frame(render_decoded(header, frame, 1, params.options(grant.watermark)))
    except CannotRender as error:
        return tasks.refused(error, params)
