"""Pictures for a grant: from the store, or from a worker."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import chain

from pacs_gateway.access.grant import StudyGrant, sign
from pacs_gateway.access.right import Right
from pacs_gateway.refs import FrameRef
from viewer import asking, calculated, store, tries
from viewer.manifest import SeriesEntry
from viewer.params import FrameParams
from viewer.picture import Picture, of_refusal
from viewer.rendering import CODEC_VERSION, CannotRender, Reason
from viewer.slides import pictures

# Somebody else's task waits for no more frames than these, and two workers share a run.
TASK_MOST = 16


def key_of(grant: StudyGrant, frame: FrameRef, params: FrameParams) -> str:
    """Return the name of a picture in the store: instance, frame, parameters, codec version and class of grant."""
    return keys_of(grant, [frame], params)[frame]


def keys_of(grant: StudyGrant, frames: Iterable[FrameRef], params: FrameParams) -> dict[FrameRef, str]:
    """Return the name of each picture in the store, as key_of does."""
    study = (grant.study.pacs, grant.study.study_uid)
    wanted = (params.text, grant.cache_class, CODEC_VERSION)

    def name(frame: FrameRef) -> str:
        own = (frame.instance.series_uid, frame.instance.instance_uid, str(frame.frame_number))
        return "frame:" + hashlib.sha256("\x00".join((*study, *own, *wanted)).encode()).hexdigest()

    return {frame: name(frame) for frame in frames}


def run(
    grant: StudyGrant, series: SeriesEntry, numbers: list[int], params: FrameParams
) -> Iterator[tuple[int, Picture | Exception]]:
    """Yield (frame number, picture or error) in the order asked for, each as soon as it is rendered.

    Raises GrantRefused before anything is yielded; LookupError for a number outside the series.
    """
    return chain.from_iterable(together(grant, series, numbers, params))


def together(
    grant: StudyGrant, series: SeriesEntry, numbers: list[int], params: FrameParams
) -> Iterator[list[tuple[int, Picture | Exception]]]:
    """Yield what `run` yields, those together that are there at the same time."""
    grant.require(Right.VIEW)
    if series.refusal is not None:
        yield list(_refused(series, numbers, params, series.refusal))
    elif series.reformat:
        yield from ([one] for one in calculated.run(grant, series, numbers, params))
    elif series.pyramid:
        yield from ([one] for one in pictures.run(grant, series, numbers, params))
    else:
        frames = {series.frame(number): number for number in numbers}
        for there in _named(grant, list(frames), params):
            yield [(frames[frame], made) for frame, made in there]


def named(
    grant: StudyGrant, frames: list[FrameRef], params: FrameParams
) -> Iterator[tuple[FrameRef, Picture | Exception]]:
    """Yield frames of a study that are known by their UIDs, each as soon as it is rendered."""
    return chain.from_iterable(_named(grant, frames, params))


def _named(
    grant: StudyGrant, frames: list[FrameRef], params: FrameParams
) -> Iterator[list[tuple[FrameRef, Picture | Exception]]]:
    from viewer.tasks import render_run

    grant.require(Right.VIEW)
    keys = {key: frame for frame, key in keys_of(grant, frames, params).items()}
    begun = tries.counted(grant, keys)

    def start(missing: list[str]) -> None:
        signed, text, is_new = sign(grant), params.text, not any(begun.values())

        def publish(share: list[str]) -> None:
            words = [_words(keys[key]) for key in share]
            asking.publish(render_run, signed, words, text, is_new, caller=grant.principal)

        for share in _shares(missing):
            asking.begin(share, publish)

    for there in asking.ask_together(list(keys), start, begun=begun):
        yield [(keys[key], one if isinstance(one, Exception) else Picture.from_bytes(one)) for key, one in there]


def _refused(
    series: SeriesEntry, numbers: list[int], params: FrameParams, reason: Reason
) -> Iterator[tuple[int, Picture]]:
    tile = of_refusal(CannotRender(reason), params.size)
    for number in numbers:
        series.frame(number)
        yield number, tile


def one(grant: StudyGrant, series: SeriesEntry, number: int, params: FrameParams) -> Picture:
    """Return one picture; raises GrantRefused, LookupError, PacsError or WorkersBusy."""
    ((_, picture),) = run(grant, series, [number], params)
    if isinstance(picture, Exception):
        raise picture
    return picture


def tile(grant: StudyGrant, series: SeriesEntry, number: int, params: FrameParams) -> Picture:
    """Return one tile; raises what `one` raises, and LookupError where the series has no such tile."""
    if params.tile is None or not series.has_tiles:
        raise LookupError("no such tile")
    params.tile.box(series.columns, series.rows)
    return one(grant, series, number, params)


def start(grant: StudyGrant, series: SeriesEntry, number: int, params: FrameParams) -> None:
    """Have a worker make a picture that will be asked for in a moment, without waiting for it."""
    from viewer.tasks import render_run

    grant.require(Right.VIEW)
    if series.reformat:
        calculated.start(grant, series, number, params)
        return
    if series.pyramid:
        pictures.start(grant, series, number, params)
        return
    frame = series.frame(number)
    key = key_of(grant, frame, params)
    if store.get(key) is None and store.claim([key]):
        words = [_words(frame)]
        asking.begin(
            [key], lambda _: asking.publish(render_run, sign(grant), words, params.text, caller=grant.principal)
        )


def _shares(keys: list[str]) -> Iterator[list[str]]:
    """Yield the pictures of a run in as few shares as tasks may have, nearly the same number in each."""
    count = -(-len(keys) // TASK_MOST)
    most = -(-len(keys) // count)
    return (keys[start : start + most] for start in range(0, len(keys), most))


def _words(frame: FrameRef) -> list[str | int]:
    return [frame.instance.series_uid, frame.instance.instance_uid, frame.frame_number]
