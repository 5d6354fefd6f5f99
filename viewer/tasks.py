"""What workers do for the viewer. A task gets its grant as a signed string and verifies it before anything else."""

from __future__ import annotations

import logging
from contextlib import closing
from functools import partial
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant, sign, verify
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsBusy, PacsError, PacsNotFound
from pacs_gateway.index import serving
from pacs_gateway.index.models import Study
from pacs_gateway.refs import FrameRef, InstanceRef
from viewer import (
    ahead,
    asking,
    companions,
    films,
    first,
    frames,
    manifest,
    metadata,
    picture,
    posters,
    series_window,
    sources,
    staying,
    store,
    tries,
)
from viewer.params import FrameParams, from_text
from viewer.rendering import CannotRender, DecodedFrame, Reason, encode_planes, render_decoded

log = logging.getLogger(__name__)
Wanted = list[tuple[str, str, int]]
# Options of a task that somebody waits for; they have given up long before.
LIMITS: dict[str, Any] = {"soft_time_limit": 20, "time_limit": 25}


@shared_task(name="viewer.build_manifest", queue="interactive", **LIMITS)
def build_manifest(grant_text: str) -> None:
    """Fetch a study's metadata and store its manifest."""
    grant = verify(grant_text)
    try:
        build(grant)
    except PacsError as error:
        asking.decline(manifest.key_of(grant), error)


def build(grant: StudyGrant) -> manifest.Manifest:
    """Return the manifest of the granted study, built and stored now; raises PacsError."""
    instances = serving.ask(grant, lambda pacs, own: pacs.metadata(own))
    built = metadata.build(grant.study_key, instances, has_labels=not grant.anonymised)
    manifest.keep(manifest.key_of(grant), built)
    return built


@shared_task(name="viewer.prepare_first", queue="bulk", soft_time_limit=240, time_limit=270)
def prepare_first(study_keys: list[str]) -> None:
    """Have the manifest and the first picture of studies ready before somebody opens them."""
    for study in Study.objects.present().filter(key__in=study_keys):
        grant = first.grant_for(study)
        try:
            _prepare(grant, build(grant))
        except PacsError as error:
            log.warning("a first picture is not prepared: %s", type(error).__name__)


def _prepare(grant: StudyGrant, content: manifest.Manifest) -> None:
    found = first.wanted(grant, content)
    if found is not None:
        wanted, params, key = found
        render_run(sign(grant), wanted, params.text)
        store.prolong(key, first.KEPT_SECONDS)


@shared_task(name="viewer.render_run", queue="interactive", **LIMITS, **tries.AGAIN)
def render_run(grant_text: str, wanted: Wanted, params_text: str, is_new: bool = False) -> None:
    """Render up to 16 frames of one series; each is stored and told of as soon as it is ready.

    When all are, the rest of a stack is read ahead, and further runs are rendered that are asked for in a moment.
    `is_new`: whoever asked knows that none of them was begun before (tries.py).
    """
    _render_run(grant_text, wanted, params_text, is_new)
    staying.stay(render_run, _render_run)


def _render_run(grant_text: str, wanted: Wanted, params_text: str, is_new: bool = False) -> None:
    grant = verify(grant_text)
    grant.require(Right.VIEW)
    params = from_text(params_text)
    refs = [FrameRef(InstanceRef(series_uid, instance_uid), number) for series_uid, instance_uid, number in wanted]
    keys = frames.keys_of(grant, refs, params)
    plan = (is_new and tries.plan_new(render_run, keys)) or tries.plan(grant, keys)
    for frame in plan.given_up:
        tries.give_up(grant, frame)
        asking.deliver(keys[frame], refused(CannotRender(Reason.GAVE_UP), params).to_bytes())
    fetched: list[FrameRef] = []
    for together in plan.rounds:
        if not plan.is_begun:
            tries.begin([keys[frame] for frame in together])
        fetched += _render_round(grant, {frame: keys[frame] for frame in together}, params)
    ahead.read(grant, fetched)


@shared_task(name="viewer.draw_icon", queue="interactive", **LIMITS)
def draw_icon(grant_text: str, series_uid: str, instance_uid: str) -> None:
    """Draw the icon that the file of a video carries."""
    grant, ref = verify(grant_text), InstanceRef(series_uid, instance_uid)
    grant.require(Right.VIEW)
    key = posters.key_of(grant, ref)
    try:
        asking.deliver(key, posters.fetch(grant, ref).to_bytes())
    except PacsError as error:
        asking.decline(key, error)


@shared_task(name="viewer.make_scene", queue="bulk", **LIMITS)
def make_scene(grant_text: str, scene: films.Words, params_text: str, canvas: tuple[int, int]) -> None:
    """Encode up to 16 pictures of a video; those that the store has forgotten are rendered once more."""
    grant = verify(grant_text)
    grant.require(Right.DOWNLOAD)
    key, params = films.key_of(grant, scene, params_text, canvas), from_text(params_text)
    if store.get(key) is not None:
        # Somebody asked again before it was made.
        return
    made = films.encode(grant, scene, params, canvas)
    if made is None:
        render_run(grant_text, [wanted for wanted, *_ in scene], params_text)
        made = films.encode(grant, scene, params, canvas)
    if made is None:
        asking.decline(key, PacsBusy())
    else:
        asking.deliver(key, made, films.KEPT_SECONDS)


def _render_round(grant: StudyGrant, keys: dict[FrameRef, str], params: FrameParams) -> list[FrameRef]:
    """Render frames, or decline them; return those that were fetched from the PACS."""
    try:
        return _render_each(grant, keys, params)
    except PacsError as error:
        log.warning("a run of frames failed: %s", type(error).__name__)
        for key in keys.values():
            asking.decline(key, error)
        return []


def _render_each(grant: StudyGrant, keys: dict[FrameRef, str], params: FrameParams) -> list[FrameRef]:
    """Render and deliver each frame, and return those that were fetched from the PACS.

    What is done leaves `keys`, so that the rest can be told of a failure.
    """
    deliveries, fetched = asking.Deliveries(), []
    try:
        _render_kept(grant, keys, params, deliveries)
        for _ in ahead.while_read(grant, list(keys)):
            _render_kept(grant, keys, params, deliveries)
            if not keys:
                break
        with closing(ahead.fetch(grant, list(keys))) as coming:
            for frame, found in coming:
                if frame not in keys:
                    deliveries.send_in_time()
                elif isinstance(found, PacsNotFound):
                    asking.decline(keys.pop(frame), found)
                else:
                    made = _render_found(grant, frame, params, found)
                    deliveries.add(keys.pop(frame), made.to_bytes())
                    fetched.append(frame)
    finally:
        deliveries.end()
    return fetched


def _render_kept(
    grant: StudyGrant, keys: dict[FrameRef, str], params: FrameParams, deliveries: asking.Deliveries
) -> None:
    """Render and deliver the frames that are kept decoded; they leave `keys`, and do not wait for the PACS."""
    for frame in list(keys):
        made = sources.made_of_kept(grant, frame, partial(_render, grant, frame, params))
        if made is not None:
            deliveries.add(keys.pop(frame), made.to_bytes())
    deliveries.send()


def _render_found(
    grant: StudyGrant, frame: FrameRef, params: FrameParams, found: sources.Source | CannotRender
) -> picture.Picture:
    """Return the picture of what a PACS sent, or the tile that says why there is none."""
    return refused(found, params) if isinstance(found, CannotRender) else _render(grant, frame, params, found)


def _render(grant: StudyGrant, frame: FrameRef, params: FrameParams, source: sources.Source) -> picture.Picture:
    decoded = source[1]
    try:
        header = source[0] if params.window or params.is_native else series_window.filled_in(grant, frame, source)
        if params.is_windowable:
            return picture.of_values(decoded, values_of(grant, header, decoded, frame.frame_number, params.size))
        if params.is_native:
            return picture.of_samples(decoded)
        options = companions.options_of(grant, frame, source, params)
        return picture.of_frame(render_decoded(header, decoded, frame.frame_number, options))
    except CannotRender as error:
        return refused(error, params)


def values_of(grant: StudyGrant, header: Dataset, decoded: DecodedFrame, frame_number: int, size: int | None) -> bytes:
    """Return the frame's values for a browser to window; never where a picture would carry a watermark."""
    if grant.watermark:
        raise CannotRender(Reason.NOT_WINDOWABLE)
    return encode_planes(header, decoded, frame_number, size)


def refused(error: CannotRender, params: FrameParams) -> picture.Picture:
    """Return the tile for a refusal."""
    return picture.of_refusal(require_finished(error), params.size)


def require_finished(error: CannotRender) -> CannotRender:
    """Return a refusal; a decoder that was interrupted has refused nothing, and the interruption goes on."""
    if _is_interrupted(error):
        raise SoftTimeLimitExceeded from error
    return error


def _is_interrupted(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, SoftTimeLimitExceeded):
        error = error.__cause__ or error.__context__
    return error is not None
