"""Compound graphics by hand: what each type draws where no plain graphics stand for it (PS3.3 C.10.5.1.3)."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset

from tests.presentation import item, state_of
from tests.synthetic import ct_slice
from viewer.rendering import CannotRender, DecodedFrame, RenderOptions, render_decoded
from viewer.rendering.compound import TICKS_MOST, is_drawn
from viewer.rendering.notes import Note, notes_of_state

SIZE = 512
Places = list[tuple[int, int]]


def _image() -> Dataset:
    image = ct_slice("P", 51, 1, 1)
    image.Rows = image.Columns = SIZE
    return image


def _compound(kind: str, points: list[float], **elements: Any) -> Dataset:
    described = {"CompoundGraphicUnits": "PIXEL", "CompoundGraphicInstanceID": 1, **elements}
    return item(CompoundGraphicType=kind, GraphicData=points, **described)


def _state(compound: Dataset, *plain: Dataset, **elements: Any) -> Dataset:
    annotation = item(GraphicLayer="ONE", CompoundGraphicSequence=[compound], GraphicObjectSequence=list(plain))
    return state_of([_image()], GraphicAnnotationSequence=[annotation], **elements)


def _drawn(compound: Dataset, *plain: Dataset, **elements: Any) -> np.ndarray:
    options = RenderOptions(media_type="image/png", state=_state(compound, *plain, **elements))
    frame = DecodedFrame(np.zeros((SIZE, SIZE), np.uint16), "MONOCHROME2")
    return np.asarray(Image.open(io.BytesIO(render_decoded(_image(), frame, 1, options).data)))


def _is_there(shown: np.ndarray, x: int, y: int) -> bool:
    return bool(shown[y - 2 : y + 3, x - 2 : x + 3].max() > 200)


@pytest.mark.parametrize(
    ("compound", "there", "not_there"),
    [
        (_compound("RECTANGLE", [100, 100, 300, 200]), [(200, 100), (300, 150), (200, 200), (100, 150)], [(200, 150)]),
        # A quarter counterclockwise about its upper left corner: what was its right side is now its top.
        (
            _compound("RECTANGLE", [100, 300, 300, 400], RotationAngle=90, RotationPoint=[100, 300]),
            [(150, 100), (200, 200), (150, 300), (100, 200)],
            [(150, 200), (300, 350)],
        ),
        (_compound("ELLIPSE", [100, 100, 300, 200]), [(200, 100), (300, 150), (200, 200), (100, 150)], [(100, 100)]),
        (_compound("MULTILINE", [50, 50, 150, 50, 50, 90, 150, 90]), [(100, 50), (100, 90)], [(100, 70)]),
        (_compound("INFINITELINE", [200, 200, 210, 200]), [(5, 200), (505, 200)], [(250, 300)]),
        (
            _compound("INFINITELINE", [200, 200, 210, 210], RotationAngle=45, RotationPoint=[200, 200]),
            [(5, 200), (505, 200)],
            [(400, 400)],
        ),
        (
            _compound("INFINITELINE", [100, 200, 400, 200], GapLength=0.25, RotationPoint=[256, 200]),
            [(180, 200), (340, 200)],
            [(220, 200), (300, 200)],
        ),
        # To the right of who goes up is the right: arrows from there, with their tips on the line.
        (_compound("CUTLINE", [200, 400, 200, 200]), [(200, 10), (220, 350), (220, 250)], [(180, 350), (240, 300)]),
        (
            _compound("CROSSHAIR", [200, 300], DiameterOfVisibility=0.25, GapLength=0.0625),
            [(170, 300), (230, 300), (200, 270), (200, 330)],
            [(200, 300), (100, 300), (200, 200)],
        ),
        (_compound("CROSSHAIR", [200, 300]), [(5, 300), (200, 5)], [(100, 100)]),
        (_compound("RULER", [0.25, 0.5, 0.75, 0.5], CompoundGraphicUnits="DISPLAY"), [(256, 256)], [(256, 240)]),
    ],
)
def test_compound_graphic_types(compound: Dataset, there: Places, not_there: Places) -> None:
    shown = _drawn(compound)
    assert [_is_there(shown, *place) for place in there] == [True] * len(there)
    assert [_is_there(shown, *place) for place in not_there] == [False] * len(not_there)


def _axis(**elements: Any) -> Dataset:
    ticks = [item(TickPosition=place, TickLabel=str(words)) for place, words in ((0.0, 20), (0.5, 40), (1.0, 60))]
    return _compound("AXIS", [100, 200, 400, 200], MajorTicksSequence=ticks, **elements)


@pytest.mark.parametrize(("alignment", "above", "below"), [("TOP", 1, 0), ("BOTTOM", 0, 1), ("CENTER", 0, 0)])
def test_ticks_stand_on_their_side_of_an_axis(alignment: str, above: bool, below: bool) -> None:
    shown = _drawn(_axis(TickAlignment=alignment, ShowTickLabel="N"))
    assert [bool(shown[y, 250] > 200) for y in (194, 206)] == [above, below]
    assert shown[194:207, 300].max() == shown[200, 300]
    assert _is_there(shown, 250, 197) == (alignment != "BOTTOM")


@pytest.mark.parametrize(("alignment", "rows"), [("TOP", slice(170, 195)), ("BOTTOM", slice(206, 231))])
def test_labels_stand_at_their_ticks(alignment: str, rows: slice) -> None:
    shown = _drawn(_axis(TickAlignment="CENTER", TickLabelAlignment=alignment, ShowTickLabel="Y"))
    assert [bool(shown[rows, x - 12 : x + 12].max() > 200) for x in (100, 250, 325, 400)] == [True, True, False, True]


def test_places_of_a_compound_graphic_turn_with_the_image() -> None:
    shown = _drawn(_compound("INFINITELINE", [200, 100, 210, 100]), ImageRotation=90)
    assert _is_there(shown, SIZE - 100, 20)
    assert _is_there(shown, SIZE - 100, 490)


def test_plain_graphics_of_the_same_number_are_drawn_in_its_place() -> None:
    plain = item(GraphicAnnotationUnits="PIXEL", GraphicType="POLYLINE", GraphicData=[10, 400, 100, 400])
    plain.CompoundGraphicInstanceID = 1
    shown = _drawn(_compound("INFINITELINE", [200, 200, 210, 200]), plain)
    assert _is_there(shown, 50, 400)
    assert not _is_there(shown, 50, 200)


@pytest.mark.parametrize(
    "compound",
    [
        _compound("ARROW", [1, 1, 9, 9]),
        _compound("RANGELINE", [1, 1, 9, 9]),
        _compound("OWN", [1, 1, 9, 9]),
        _compound("RECTANGLE", [1, 1, 9, 9, 5, 5]),
        _compound("MULTILINE", [1, 1, 9, 9, 5, 5]),
        _compound("CROSSHAIR", []),
        _compound("RECTANGLE", [1, 1, 9, float("nan")]),
        _compound("RECTANGLE", [1, 1, 9, 1e30]),
        _compound("RECTANGLE", [1, 1, 9, 9], CompoundGraphicUnits="INCH"),
        _compound("RULER", [1, 1, 9, 9], MajorTicksSequence=[item(TickPosition=0.5)] * (TICKS_MOST + 1)),
    ],
)
def test_what_is_not_drawn_is_said(compound: Dataset) -> None:
    assert not is_drawn(compound)
    assert _drawn(compound).max() == 0
    assert notes_of_state(_state(compound)) == (Note.COMPOUND_GRAPHIC,)


def test_more_marks_than_anybody_sees_are_refused() -> None:
    ruler = _compound("RULER", [1, 1, 9, 9], MajorTicksSequence=[item(TickPosition=0.5)] * TICKS_MOST)
    state = _state(ruler)
    state.GraphicAnnotationSequence[0].CompoundGraphicSequence = [ruler] * 50
    frame = DecodedFrame(np.zeros((SIZE, SIZE), np.uint16), "MONOCHROME2")
    with pytest.raises(CannotRender):
        render_decoded(_image(), frame, 1, RenderOptions(state=state))
