"""One default window for a whole series whose files name none, so that it does not flicker from slice to slice.

It is made of a few frames all over the series, the same ones whoever makes it, and stored for all workers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.errors import PacsError
from pacs_gateway.refs import FrameRef
from viewer import manifest, sources, store
from viewer.rendering import CODEC_VERSION, CannotRender, VoiFunction, Window
from viewer.rendering.fallback import Sample, sample_of, window_of
from viewer.rendering.gray import names_its_window
from viewer.rendering.reasons import only_refusals

SAMPLES = 5


def filled_in(grant: StudyGrant, frame: FrameRef, source: sources.Source) -> Dataset:
    """Return the frame's header: as it is, or with the window of its series where it names none.

    Raises CannotRender when the header makes no sense.
    """
    header, decoded = source
    with only_refusals():
        is_settled = not decoded.photometric.startswith("MONOCHROME") or names_its_window(header, frame.frame_number)
    if is_settled:
        return header
    window = _window(grant, frame)
    if window is None:
        return header
    filled = Dataset(dict(header.items()))
    filled.WindowCenter, filled.WindowWidth, filled.VOILUTFunction = window.center, window.width, window.function.value
    return filled


def _window(grant: StudyGrant, frame: FrameRef) -> Window | None:
    key = _key(grant, frame)
    stored = store.get(key)
    if stored is not None:
        center, width, function = json.loads(stored)
        return Window(center, width, VoiFunction(function))
    samples = list(_samples(grant, frame))
    if not samples:
        return None
    window = _as_decimal_string(window_of(samples))
    store.put(key, json.dumps([window.center, window.width, window.function]).encode())
    return window


def _as_decimal_string(window: Window) -> Window:
    """Return the window with numbers of at most 16 characters, as a file could hold them (PS3.5 6.2)."""
    center, width = (float(f"{number:.9g}") for number in (window.center, window.width))
    return Window(center, width, window.function)


def _samples(grant: StudyGrant, frame: FrameRef) -> Iterator[Sample]:
    """Yield what is looked at of the series; nothing where its manifest or its frames are not to be had now."""
    try:
        for ref, source in sources.fetch(grant, _refs(grant, frame)):
            if not isinstance(source, CannotRender):
                with only_refusals():
                    sample = sample_of(*source, ref.frame_number)
                yield sample
    except (CannotRender, PacsError):
        return


def _refs(grant: StudyGrant, frame: FrameRef) -> list[FrameRef]:
    content = manifest.at_hand(grant) or manifest.Manifest(())
    uid = frame.instance.instance_uid
    series = next((one for one in content.images if any(uid == entry.instance_uid for entry in one.entries)), None)
    if series is None:
        return []
    steps = (1 + (series.frame_count - 1) * step // (SAMPLES - 1) for step in range(SAMPLES))
    return [series.stored_frame(number) for number in dict.fromkeys(steps)]


def _key(grant: StudyGrant, frame: FrameRef) -> str:
    facts = (grant.study.pacs, grant.study.study_uid, frame.instance.series_uid, grant.cache_class, CODEC_VERSION)
    return "series-window:" + hashlib.sha256("\x00".join(facts).encode()).hexdigest()
