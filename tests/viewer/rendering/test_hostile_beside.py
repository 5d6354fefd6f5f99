"""Presentation states, segmentations and key objects made to hurt: drawn, refused with a reason, or left out."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, config
from pydicom.dataelem import DataElement
from pydicom.sequence import Sequence

from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.upstream.sanitize import Sanitizer, json_of
from tests.presentation import item, key_object, segment, segmentation, state_of
from tests.synthetic import ct_slice
from viewer import metadata
from viewer.rendering import CannotRender, DecodedFrame, RenderedFrame, RenderOptions, render_decoded
from viewer.rendering.segmentation import frames_over, masks_over

IMAGE = ct_slice("P", 91, 1, 1, size=16)
PIXELS = np.arange(256, dtype=np.uint16).reshape(16, 16)
VALUES = st.one_of(
    st.sampled_from([0, 1, -1, 2**15, 2**31 - 1, "", "x", "1\\2", None, 1e300, float("nan"), float("inf")]),
    st.lists(st.one_of(st.integers(-70000, 70000), st.floats(), st.text(max_size=3)), max_size=5),
    st.binary(max_size=9),
)
MARKS = [
    item(GraphicType=kind, GraphicData=[1.0, 1.0, 9.0, 9.0, 3.0, 9.0, 9.0, 3.0], GraphicAnnotationUnits="PIXEL")
    for kind in ("POINT", "POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE")
]
TEXT = item(
    UnformattedTextValue="Here",
    BoundingBoxAnnotationUnits="DISPLAY",
    BoundingBoxTopLeftHandCorner=[0.1, 0.1],
    BoundingBoxBottomRightHandCorner=[0.9, 0.2],
    AnchorPoint=[8.0, 8.0],
    AnchorPointAnnotationUnits="PIXEL",
    AnchorPointVisibility="Y",
)
STATE = state_of(
    [IMAGE],
    SoftcopyVOILUTSequence=[item(WindowCenter=100, WindowWidth=200)],
    RescaleSlope=1,
    RescaleIntercept=0,
    ImageRotation=90,
    ImageHorizontalFlip="Y",
    ShutterShape=["RECTANGULAR", "CIRCULAR", "POLYGONAL"],
    ShutterLeftVerticalEdge=2,
    ShutterRightVerticalEdge=14,
    ShutterUpperHorizontalEdge=2,
    ShutterLowerHorizontalEdge=14,
    CenterOfCircularShutter=[8, 8],
    RadiusOfCircularShutter=7,
    VerticesOfThePolygonalShutter=[1, 1, 1, 16, 16, 16],
    ShutterPresentationValue=100,
    GraphicLayerSequence=[item(GraphicLayer="A", GraphicLayerOrder=1, GraphicLayerRecommendedDisplayGrayscaleValue=9)],
    GraphicAnnotationSequence=[item(GraphicLayer="A", GraphicObjectSequence=MARKS, TextObjectSequence=[TEXT])],
)
SEGMENTED = segmentation([IMAGE], [PIXELS > 99], [segment(1)])
SELECTED = key_object([IMAGE])


def _elements(header: Dataset) -> Iterator[tuple[Dataset, DataElement]]:
    for element in header:
        yield header, element
        if isinstance(element.value, Sequence):
            for inner in element.value:
                yield from _elements(inner)


def _hurt(sound: Dataset, hits: list[tuple[int, Any]]) -> Dataset:
    """Return a copy in which some elements, at any depth, hold something else or are gone."""
    header = copy.deepcopy(sound)
    for place, value in hits:
        found = list(_elements(header))
        holder, element = found[place % len(found)]
        with contextlib.suppress(ValueError, TypeError, AttributeError, OverflowError):
            if value is None:
                del holder[element.tag]
            else:
                element.value = [] if element.VR == "SQ" else value
    return header


HITS = st.lists(st.tuples(st.integers(0, 10_000), VALUES), min_size=1, max_size=3)


@pytest.fixture(autouse=True)
def _no_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.settings, "reading_validation_mode", config.IGNORE)
    monkeypatch.setattr(config.settings, "writing_validation_mode", config.IGNORE)


def test_what_is_hurt_below_is_sound() -> None:
    shown = render_decoded(IMAGE, DecodedFrame(PIXELS, "MONOCHROME2"), 1, RenderOptions(state=STATE))
    assert (shown.width, shown.height) == (512, 512)
    assert len(_masks(SEGMENTED)) == 1
    (entry,) = metadata.build("key", [json_of(one, "1.2") for one in (IMAGE, STATE, SEGMENTED, SELECTED)]).images
    assert (len(entry.states), len(entry.segmentations), entry.key_frames) == (1, 1, (1,))


def _masks(header: Dataset) -> tuple[Any, ...]:
    decoded = DecodedFrame((PIXELS > 99).astype(np.uint8), "MONOCHROME2")
    return masks_over(header, [(one, decoded) for one in frames_over(header, IMAGE, 1)], IMAGE, 1, (16, 16))


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(HITS)
def test_states_that_hold_anything(hits: list[tuple[int, Any]]) -> None:
    with contextlib.suppress(CannotRender):
        options = RenderOptions(state=_hurt(STATE, hits), size=64)
        assert isinstance(render_decoded(IMAGE, DecodedFrame(PIXELS, "MONOCHROME2"), 1, options), RenderedFrame)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(HITS)
def test_segmentations_that_hold_anything(hits: list[tuple[int, Any]]) -> None:
    with contextlib.suppress(CannotRender):
        for mask in _masks(_hurt(SEGMENTED, hits)):
            assert mask.share.shape == (16, 16)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(HITS, st.sampled_from([STATE, SEGMENTED, SELECTED]))
def test_metadata_that_holds_anything_leaves_the_pictures(hits: list[tuple[int, Any]], sound: Dataset) -> None:
    image = json_of(IMAGE, "1.2.840.10008.1.2.1")
    with contextlib.suppress(PacsIncomplete):
        hurt = Sanitizer().item(json_of(_hurt(sound, hits), "1.2.840.10008.1.2.1"))
        assert len(metadata.build("key", [image, hurt]).images) >= 1
