"""What lies beside pictures and is fuzzed: presentation states, segmentations, key objects, waveforms and PDFs."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from PIL import Image
from pydicom import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.upstream.part10 import read_part10
from pacs_gateway.upstream.sanitize import Sanitizer, json_of
from tests.fuzz.spoil import spoiled
from tests.hostile import HITS, IMAGE, PIXELS, SEGMENTED, SELECTED, STATE, hurt, masks_of
from tests.pdfs import BLUE, RED, pdf
from tests.presentation import item
from viewer import metadata
from viewer.rendering import CannotRender, DecodedFrame, RenderedFrame, RenderOptions, render, render_decoded
from viewer.rendering.pdf import page_count, render_page

Hits = list[tuple[int, Any]]
_FRAME = DecodedFrame(PIXELS, "MONOCHROME2")
_IMAGE_JSON = json_of(IMAGE, ExplicitVRLittleEndian)


def _file(header: Dataset) -> bytes:
    buffer = io.BytesIO()
    header.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _scanned(mode: str) -> bytes:
    """Return a page as scanners make it: one picture, as DCT, Flate or CCITT data."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").convert(mode).save(buffer, "PDF")
    return buffer.getvalue()


def _two_channels() -> Dataset:
    """Return a short waveform: each element of it is hit often."""
    unit = item(CodeValue="uV", CodingSchemeDesignator="UCUM", CodeMeaning="microvolt")
    lead = item(CodeValue="2:1", CodingSchemeDesignator="MDC", CodeMeaning="Lead I (Einthoven)")
    channel = item(ChannelSensitivity="1.25", ChannelSensitivityUnitsSequence=[unit], ChannelBaseline="0")
    channel.ChannelSourceSequence, channel.ChannelTimeSkew = [lead], "0"
    group = item(NumberOfWaveformChannels=2, NumberOfWaveformSamples=60, SamplingFrequency="50")
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.ChannelDefinitionSequence, group.WaveformData = [channel, channel], bytes(range(240))
    return item(WaveformSequence=[group])


_WAVEFORM = _two_channels()
_STATE_FILE, _SEGMENTED_FILE = _file(STATE), _file(SEGMENTED)
_PDFS = [pdf(RED, BLUE), pdf(RED, locked=True), *(_scanned(mode) for mode in ("L", "RGB", "P", "1"))]


def hits() -> st.SearchStrategy[Hits]:
    """Return which elements hold what does not belong there."""
    return HITS


def hits_and_objects() -> st.SearchStrategy[tuple[Hits, Dataset]]:
    """Return the same with what is hit."""
    return st.tuples(HITS, st.sampled_from([STATE, SEGMENTED, SELECTED]))


def waveforms() -> st.SearchStrategy[tuple[Hits, bytes]]:
    """Return what is hit of a waveform, and its samples."""
    data = _WAVEFORM.WaveformSequence[0].WaveformData
    return st.tuples(st.one_of(HITS, st.just([])), st.one_of(spoiled(data), st.just(data)))


def state_files() -> st.SearchStrategy[bytes]:
    """Return spoiled files of presentation states."""
    return spoiled(_STATE_FILE)


def segmentation_files() -> st.SearchStrategy[bytes]:
    """Return spoiled files of segmentations."""
    return spoiled(_SEGMENTED_FILE)


def pdfs() -> st.SearchStrategy[bytes]:
    """Return spoiled PDFs."""
    return st.sampled_from(_PDFS).flatmap(spoiled)


def draw_with_state(case: Hits) -> None:
    """Draw a picture with a state."""
    _draw_with(hurt(STATE, case))


def draw_with_state_file(data: bytes) -> None:
    """Draw a picture with a state out of a file."""
    with contextlib.suppress(PacsIncomplete):
        _draw_with(read_part10(io.BytesIO(data)).header)


def _draw_with(state: Dataset) -> None:
    with contextlib.suppress(CannotRender):
        options = RenderOptions(state=state, size=64, others=())
        assert isinstance(render_decoded(IMAGE, _FRAME, 1, options), RenderedFrame)


def lay_segmentation(case: Hits) -> None:
    """Lay a segmentation over a picture."""
    _lay(hurt(SEGMENTED, case))


def lay_segmentation_file(data: bytes) -> None:
    """Lay a segmentation out of a file over a picture."""
    with contextlib.suppress(PacsIncomplete):
        _lay(read_part10(io.BytesIO(data)).header)


def _lay(segmentation: Dataset) -> None:
    with contextlib.suppress(CannotRender):
        assert all(mask.share.shape == (16, 16) for mask in masks_of(segmentation))


def list_study(case: tuple[Hits, Dataset]) -> None:
    """Make the manifest of a study with a state, a segmentation or a key object."""
    with contextlib.suppress(PacsIncomplete):
        told = Sanitizer().item(json_of(hurt(case[1], case[0]), ExplicitVRLittleEndian))
        assert len(metadata.build("key", [_IMAGE_JSON, told]).images) >= 1


def draw_waveform(case: tuple[Hits, bytes]) -> None:
    """Draw a page of a waveform."""
    header = hurt(_WAVEFORM, case[0])
    with contextlib.suppress(AttributeError, LookupError, TypeError, ValueError):
        header.WaveformSequence[0].WaveformData = case[1]
    with contextlib.suppress(CannotRender):
        assert isinstance(render(header, b"", ExplicitVRLittleEndian, 1, RenderOptions(size=64)), RenderedFrame)


def draw_pdf(data: bytes) -> None:
    """Count the pages of a PDF and draw the last of them."""
    with contextlib.suppress(CannotRender):
        assert isinstance(render_page(data, page_count(data), 64), RenderedFrame)


BESIDE: list[tuple[Callable[[], st.SearchStrategy[Any]], Callable[..., None]]] = [
    (hits, draw_with_state),
    (state_files, draw_with_state_file),
    (hits, lay_segmentation),
    (segmentation_files, lay_segmentation_file),
    (hits_and_objects, list_study),
    (waveforms, draw_waveform),
    (pdfs, draw_pdf),
]
