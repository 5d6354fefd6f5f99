"""Objects beside pictures, and what to put into them that does not belong there."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.dataelem import DataElement
from pydicom.sequence import Sequence

from tests.presentation import item, key_object, segment, segmentation, state_of
from tests.synthetic import ct_slice
from viewer.rendering import DecodedFrame
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
COMPOUND = [
    item(
        CompoundGraphicInstanceID=number,
        CompoundGraphicType=kind,
        CompoundGraphicUnits="PIXEL",
        GraphicData=[8.0, 8.0] if kind == "CROSSHAIR" else [1.0, 1.0, 9.0, 9.0],
        RotationAngle=30.0,
        RotationPoint=[4.0, 4.0],
        GapLength=0.1,
        DiameterOfVisibility=0.5,
        MajorTicksSequence=[item(TickPosition=0.5, TickLabel="1")],
    )
    for number, kind in enumerate(("RECTANGLE", "ELLIPSE", "MULTILINE", "INFINITELINE", "CUTLINE", "AXIS", "CROSSHAIR"))
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
    MaskSubtractionSequence=[item(MaskOperation="AVG_SUB", MaskFrameNumbers=[1], MaskSubPixelShift=[0.5, 0.5])],
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
    GraphicAnnotationSequence=[
        item(
            GraphicLayer="A",
            GraphicObjectSequence=MARKS,
            TextObjectSequence=[TEXT],
            CompoundGraphicSequence=COMPOUND,
        )
    ],
)
SEGMENTED = segmentation([IMAGE], [PIXELS > 99], [segment(1)])
SELECTED = key_object([IMAGE])


def _elements(header: Dataset) -> Iterator[tuple[Dataset, DataElement]]:
    for element in header:
        yield header, element
        if isinstance(element.value, Sequence):
            for inner in element.value:
                yield from _elements(inner)


def hurt(sound: Dataset, hits: list[tuple[int, Any]]) -> Dataset:
    """Return a copy in which some elements, at any depth, hold something else or are gone."""
    header = copy.deepcopy(sound)
    for place, value in hits:
        found = list(_elements(header))
        if not found:
            break
        holder, element = found[place % len(found)]
        with contextlib.suppress(ValueError, TypeError, AttributeError, OverflowError):
            if value is None:
                del holder[element.tag]
            else:
                element.value = [] if element.VR == "SQ" else value
    return header


HITS = st.lists(st.tuples(st.integers(0, 10_000), VALUES), min_size=1, max_size=3)


def masks_of(header: Dataset) -> tuple[Any, ...]:
    """Return what a segmentation lays over the image."""
    decoded = DecodedFrame((PIXELS > 99).astype(np.uint8), "MONOCHROME2")
    return masks_over(header, [(one, decoded) for one in frames_over(header, IMAGE, 1)], IMAGE, 1, (16, 16))
