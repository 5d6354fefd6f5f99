"""The frames that stand for a study, a series, an instance or a frame list, and their pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pacs_gateway import dicomjson
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.dicomweb.instance import Instance
from pacs_gateway.dicomweb.problems import bad_request
from pacs_gateway.refs import FrameRef, InstanceRef
from viewer import frames
from viewer.params import FrameParams
from viewer.picture import Picture

_ROWS, _COLUMNS, _INSTANCE_NUMBER = "00280010", "00280011", "00200013"
_FRAME_TIME, _CINE_RATE, _SHOWN_RATE = "00181063", "00180040", "00082144"
_MILLISECONDS = 100.0


@dataclass(frozen=True, slots=True)
class Image:
    """One instance with pixels: its frames, and how many columns and rows they have."""

    refs: list[FrameRef]
    columns: int
    rows: int


def images_of(found: list[Instance]) -> list[Image]:
    """Return the instances that have pixels: series as they come, in each by Instance Number."""
    items = [(one, one.item) for one in found]
    places = {uid: place for place, uid in enumerate(dict.fromkeys(one.series_uid for one in found))}
    items.sort(key=lambda pair: (places[pair[0].series_uid], dicomjson.number(pair[1], _INSTANCE_NUMBER)))
    return [
        Image(_refs(one), dicomjson.number(item, _COLUMNS), dicomjson.number(item, _ROWS))
        for one, item in items
        if dicomjson.number(item, _ROWS) and dicomjson.number(item, _COLUMNS)
    ]


def _refs(one: Instance) -> list[FrameRef]:
    instance = InstanceRef(one.series_uid, one.instance_uid)
    return [FrameRef(instance, number) for number in range(1, one.frame_count + 1)]


def within(params: FrameParams, image: Image) -> FrameParams:
    """Return the parameters with the source region in pixels of this image; raises Problem 400 where it is outside."""
    if params.view is None or params.view.region is None:
        return params
    left, top, columns, rows = params.view.region
    columns, rows = columns or image.columns - left, rows or image.rows - top
    if left + abs(columns) > image.columns or top + abs(rows) > image.rows or not columns or not rows:
        raise bad_request("The source region is not inside the picture.")
    return replace(params, view=replace(params.view, region=(left, top, columns, rows)))


def draw(grant: StudyGrant, refs: list[FrameRef], params: FrameParams) -> Iterator[tuple[FrameRef, Picture]]:
    """Yield the pictures of frames that can be drawn, a run at a time; raises PacsError or WorkersBusy."""
    for start in range(0, len(refs), frames.TASK_MOST):
        for ref, made in frames.named(grant, refs[start : start + frames.TASK_MOST], params):
            if isinstance(made, Exception):
                raise made
            if not made.reason:
                yield ref, made


def milliseconds_of(one: Instance) -> float:
    """Return how long a frame of a cine is shown (PS3.3 C.7.6.5)."""
    for tag, is_time in ((_FRAME_TIME, True), (_SHOWN_RATE, False), (_CINE_RATE, False)):
        text = dicomjson.text(one.item, tag)
        try:
            said = float(text)
        except ValueError:
            continue
        if 1 <= said <= 10_000:
            return said if is_time else 1000 / said
    return _MILLISECONDS
