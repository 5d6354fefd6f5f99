"""Headers and codestreams made to hurt: whatever they hold, a picture or CannotRender comes out."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, config
from pydicom.dataelem import DataElement
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from tests.viewer.rendering.samples import EXPLICIT, encodings, header_of, picture
from viewer.rendering import (
    CannotRender,
    DecodedFrame,
    RenderedFrame,
    RenderOptions,
    decode,
    default_windows,
    encapsulated_frame,
    native_frame,
    render,
    render_decoded,
)
from viewer.rendering.boxes import boxes
from viewer.rendering.jpeg2000 import bare_codestream, require_tiles, sniff_jpeg2000
from viewer.rendering.jpegxl import sniff_jpegxl
from viewer.rendering.sniff import Codestream, sniff_jpeg

SAMPLES = encodings()
PIXELS = picture("u2", rows=12, columns=10)
NUMBERS = st.one_of(
    st.sampled_from([0, 1, 2, 7, 8, 12, 16, 32, 64, 255, 65535, -1, 2**31, 2**63]),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=6),
    st.none(),
    st.lists(st.floats(), max_size=3),
)
KEYWORDS = [
    "Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
    "PlanarConfiguration", "NumberOfFrames", "RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth",
    "PixelPaddingValue", "PixelPaddingRangeLimit", "PixelSpacing", "PixelAspectRatio", "PhotometricInterpretation",
    "VOILUTFunction", "PresentationLUTShape", "LossyImageCompression", "PixelPresentation", "RescaleType", "Modality",
    "RedPaletteColorLookupTableDescriptor", "ICCProfile", "WindowCenterWidthExplanation",
]  # fmt: skip
SEQUENCES = ["ModalityLUTSequence", "VOILUTSequence", "PerFrameFunctionalGroupsSequence", "OpticalPathSequence"]


class _Anything(Dataset):
    """A header that holds values no file reader would let in, such as text in place of numbers."""

    def __init__(self, real: Dataset, false: dict[str, Any]) -> None:
        super().__init__(real)
        self.__dict__["false"] = false

    def get(self, key: Any, default: Any = None) -> Any:
        return self.__dict__["false"].get(key, super().get(key, default))


@pytest.fixture(autouse=True)
def _no_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.settings, "reading_validation_mode", config.IGNORE)
    monkeypatch.setattr(config.settings, "writing_validation_mode", config.IGNORE)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(KEYWORDS), NUMBERS, max_size=4), st.binary(max_size=300))
def test_headers_that_hold_anything(elements: dict[str, Any], data: bytes) -> None:
    header = _Anything(header_of(PIXELS), elements)
    for frame in (PIXELS.tobytes(), data):
        with contextlib.suppress(CannotRender):
            shown = render(header, frame, EXPLICIT, 1, RenderOptions(size=32))
            assert isinstance(shown, RenderedFrame)
    with contextlib.suppress(CannotRender):
        native_frame(header, data, 1)
    with contextlib.suppress(CannotRender):
        encapsulated_frame(header, data, 1)


@settings(max_examples=150)
@given(
    st.sampled_from(SEQUENCES),
    st.lists(st.integers(-70000, 70000), max_size=4),
    st.one_of(st.binary(max_size=40), st.lists(st.integers(0, 65535), max_size=40)),
)
def test_tables_that_hold_anything(keyword: str, descriptor: list[int], entries: Any) -> None:
    item = Dataset()
    item.__dict__["_dict"].update(_raw(descriptor, entries))
    header = header_of(PIXELS)
    setattr(header, keyword, Sequence([item]))
    with contextlib.suppress(CannotRender):
        render_decoded(header, DecodedFrame(PIXELS, "MONOCHROME2"), 1, RenderOptions(size=32))


def _raw(descriptor: list[int], entries: Any) -> dict[Any, Any]:
    found = {}
    for keyword, vr, value in (("LUTDescriptor", "SL", descriptor), ("LUTData", "OW", entries)):
        tag = Tag(keyword)
        found[tag] = DataElement(tag, vr, value, already_converted=True)
    return found


@settings(max_examples=300)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_spoiled_headers_of_codestreams(name: str, data: st.DataObject) -> None:
    whole = bytearray(SAMPLES[name][2])
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, min(len(whole), 160) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    for look in (sniff_jpeg, sniff_jpeg2000, sniff_jpegxl):
        for spoiled in (bytes(whole), cut):
            with contextlib.suppress(CannotRender):
                assert isinstance(look(spoiled), Codestream)
    with contextlib.suppress(CannotRender):
        require_tiles(bare_codestream(cut), 1)
    assert len(list(boxes(cut))) <= 64


@settings(max_examples=300)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8", b"\xff\x4f\xff\x51", b"\xff\x0a", b"\xff\xd8\xff\xf7"])
)
def test_codestreams_of_noise(noise: bytes, start: bytes) -> None:
    for look in (sniff_jpeg, sniff_jpeg2000, sniff_jpegxl):
        with contextlib.suppress(CannotRender):
            assert isinstance(look(start + noise), Codestream)


@given(st.binary(max_size=400))
def test_rle_of_noise(noise: bytes) -> None:
    with contextlib.suppress(CannotRender):
        frame = decode(header_of(PIXELS), noise, "1.2.840.10008.1.2.5", 1)
        assert frame.pixels.shape == PIXELS.shape


@given(st.dictionaries(st.sampled_from(KEYWORDS), NUMBERS, max_size=5))
def test_windows_of_a_header_that_holds_anything(elements: dict[str, Any]) -> None:
    for named in default_windows(_Anything(header_of(PIXELS), elements)):
        assert np.isfinite([named.window.center, named.window.width]).all()
