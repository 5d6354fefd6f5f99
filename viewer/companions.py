"""What a frame is drawn with, fetched by workers: a presentation state's data set, a segmentation's masks."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.index import serving
from pacs_gateway.refs import FrameRef, InstanceRef
from pacs_gateway.upstream.part10 import read_part10
from viewer import sources
from viewer.headers import HeaderCache
from viewer.params import FrameParams
from viewer.rendering import CannotRender, DecodedFrame, Reason, RenderOptions
from viewer.rendering.frame import SegmentMask
from viewer.rendering.ownmask import own_mask
from viewer.rendering.reasons import only_refusals
from viewer.rendering.references import has, images_of_state
from viewer.rendering.segmentation import frames_over, masks_over
from viewer.rendering.sop_classes import Shown, how_shown
from viewer.rendering.subtraction import Subtraction, may_subtract, subtraction_of

STATE_BYTES_MOST = 16 * 1024 * 1024
_states = HeaderCache()


def options_of(grant: StudyGrant, frame: FrameRef, source: sources.Source, params: FrameParams) -> RenderOptions:
    """Return how a frame is drawn, with the state and the segmentation that are asked for and are for it.

    Raises PacsError, or CannotRender when one of them makes no sense.
    """
    options = params.options(grant.watermark)
    if params.state is not None:
        state = _state_for(grant, params.state, frame, source[0])
        options = replace(options, state=state, free_text=not grant.anonymised)
        if state is not None:
            options = replace(options, others=_others(grant, state, frame, source))
    if params.segmentation is not None:
        options = replace(options, segments=_masks(grant, params.segmentation, frame, source))
    return options


def _state_for(grant: StudyGrant, ref: InstanceRef, frame: FrameRef, header: Dataset) -> Dataset | None:
    """Return the state for a frame, None where it is for others. In the series of the image it is the image's own."""
    if ref.series_uid == frame.instance.series_uid:
        own = own_mask(header)
        return own if own is not None and _wanted(own, frame, header) else None
    state = _state(grant, ref)
    return state if has(_images(state), frame.instance.instance_uid, frame.frame_number) else None


def _wanted(state: Dataset, frame: FrameRef, header: Dataset) -> Subtraction | None:
    count = int(header.get("NumberOfFrames") or 1)
    return subtraction_of(state, frame.frame_number, count) if may_subtract(header) else None


def _images(state: Dataset) -> dict[str, frozenset[int]]:
    with only_refusals():
        return images_of_state(state)


def _others(
    grant: StudyGrant, state: Dataset, frame: FrameRef, source: sources.Source
) -> tuple[tuple[int, DecodedFrame], ...] | None:
    """Return the frames that a mask subtraction takes besides the frame itself, None where nothing is subtracted."""
    header, decoded = source
    number, wanted = frame.frame_number, _wanted(state, frame, header)
    if wanted is None:
        return None
    refs = [FrameRef(frame.instance, other) for other in sorted({*wanted.contrast, *wanted.masks} - {number})]
    found = []
    for ref, part in sources.fetch(grant, refs):
        if isinstance(part, CannotRender):
            raise part
        if part[1].pixels.shape != decoded.pixels.shape:
            raise CannotRender(Reason.MISMATCH)
        found.append((ref.frame_number, part[1]))
    return tuple(found)


def _state(grant: StudyGrant, ref: InstanceRef) -> Dataset:
    """Return a presentation state. It is read as a whole, which a reader of pictures need not have the right to."""
    facts = (grant.study.pacs, grant.study.study_uid, grant.study_key, ref.series_uid, ref.instance_uid)
    key = hashlib.sha256("\x00".join(facts).encode()).hexdigest()
    known = _states.get(key)
    if known is not None:
        return known
    own = mint_for_system(grant.study, grant.study_key, grant.patient, "presentation", [Right.VIEW, Right.DOWNLOAD])
    data = serving.ask(own, lambda pacs, there: pacs.instance(there, ref))
    if len(data) > STATE_BYTES_MOST:
        raise CannotRender(Reason.TOO_LARGE)
    try:
        state = read_part10(io.BytesIO(data)).header
    except PacsIncomplete as error:
        raise CannotRender(Reason.DAMAGED) from error
    if how_shown(str(state.get("SOPClassUID") or "")) is not Shown.PRESENTATION_STATE:
        raise CannotRender(Reason.UNSUPPORTED_SOP_CLASS)
    return _states.put(key, state, len(data))


def _masks(grant: StudyGrant, ref: InstanceRef, frame: FrameRef, source: sources.Source) -> tuple[SegmentMask, ...]:
    header, decoded = source
    segmentation = _header(grant, ref)
    over = frames_over(segmentation, header, frame.frame_number)
    wanted = {one.number: one for one in over}
    found = []
    for seen, part in sources.fetch(grant, [FrameRef(ref, number) for number in wanted]):
        if isinstance(part, CannotRender):
            raise part
        found.append((wanted[seen.frame_number], part[1]))
    rows, columns = decoded.pixels.shape[:2]
    return masks_over(segmentation, found, header, frame.frame_number, (rows, columns))


def _header(grant: StudyGrant, ref: InstanceRef) -> Dataset:
    """Return the header of a segmentation; its first frame comes with it."""
    ((_, first),) = sources.fetch(grant, [FrameRef(ref, 1)])
    if isinstance(first, CannotRender):
        raise first
    if how_shown(str(first[0].get("SOPClassUID") or "")) is not Shown.SEGMENTATION:
        raise CannotRender(Reason.UNSUPPORTED_SOP_CLASS)
    return first[0]
