"""Marks and texts of a presentation state, read and brought to places in the shown picture (PS3.3 C.10.5, C.10.7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, islice

import numpy as np
from pydicom import Dataset

from viewer.rendering.area import Area
from viewer.rendering.cielab import Color, color_of
from viewer.rendering.compound import alone, is_drawn, plain_of
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.references import all_for, items, numbers

LAYERS_MOST, MARKS_MOST, POINTS_MOST, TEXT_MOST = 64, 2000, 50_000, 1024
WHITE: Color = (255, 255, 255)
# Points beyond these are as good as infinitely far away.
_FAR = 100.0
_LEAST = {"POINT": 1, "POLYLINE": 2, "INTERPOLATED": 2, "CIRCLE": 2, "ELLIPSE": 4}


@dataclass(frozen=True, slots=True)
class Mark:
    """A graphic: `points` (count, 2) are x and y as fractions of the shown picture."""

    kind: str
    points: np.ndarray
    is_filled: bool


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a box (left, top, right, bottom), an anchor (x, y) that a line leads to, or both, as fractions."""

    words: str
    box: tuple[float, float, float, float] | None
    anchor: tuple[float, float] | None
    is_anchor_visible: bool
    justification: str


@dataclass(frozen=True, slots=True)
class Layer:
    """What is drawn in one color, over the layers before it."""

    color: Color
    marks: tuple[Mark, ...]
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What marks are placed on: the area that is shown, and where in a larger picture its frame is a tile."""

    area: Area
    tile: tuple[int, int] | None

    def place(self, values: list[float], units: str) -> np.ndarray | None:
        """Return points as fractions of the shown picture, None for units that say nothing here (C.10.5.1.2)."""
        points = np.array(values, float).reshape(-1, 2)
        if units == "PIXEL":
            points = self.area.place(points)
        elif units == "MATRIX" and self.tile is not None:
            points = self.area.place(points - self.tile)
        elif units != "DISPLAY":
            return None
        if not np.isfinite(points).all():
            raise ValueError("a place that is no number")
        near: np.ndarray = np.clip(points, -_FAR, _FAR)
        return near


def layers_of(
    state: Dataset,
    instance_uid: str,
    frame_number: int,
    area: Area,
    *,
    tile: tuple[int, int] | None = None,
    has_text: bool = True,
) -> list[Layer]:
    """Return what a state draws over a frame, the lowest layer first.

    Parameters
    ----------
    state : the presentation state.
    instance_uid, frame_number : the frame; only annotations for it are returned. Frames count from 1.
    area : what of the frame is shown, and how it is turned.
    tile : how many columns and rows of a larger picture lie before the frame, where it is a part of one.
    has_text : False leaves texts out, which may name the patient.

    Raises
    ------
    CannotRender : TOO_LARGE for more than a reader could see, DAMAGED when numbers make no sense.
    """
    found = all_for(state, "GraphicAnnotationSequence", instance_uid, frame_number)
    if len(found) > LAYERS_MOST:
        raise CannotRender(Reason.TOO_LARGE)
    ground = _Ground(area, tile)
    layers = {str(layer.get("GraphicLayer")): layer for layer in items(state, "GraphicLayerSequence")}
    try:
        named = [(layers.get(str(one.get("GraphicLayer")), Dataset()), one) for one in found]
        named.sort(key=lambda pair: int(pair[0].get("GraphicLayerOrder") or 0))
        made = [_layer(layer, one, ground) for layer, one in named]
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise CannotRender(Reason.DAMAGED) from error
    marks = [mark for layer in made for mark in layer.marks]
    texts = sum(len(layer.texts) for layer in made)
    if len(marks) + texts > MARKS_MOST or sum(len(mark.points) for mark in marks) > POINTS_MOST:
        raise CannotRender(Reason.TOO_LARGE)
    kept = made if has_text else [replace(layer, texts=()) for layer in made]
    return [layer for layer in kept if layer.marks or layer.texts]


def _layer(layer: Dataset, annotation: Dataset, ground: _Ground) -> Layer:
    compound = [plain_of(one, ground.area, ground.tile) for one in alone(annotation)[: MARKS_MOST + 1] if is_drawn(one)]
    lines = chain(items(annotation, "GraphicObjectSequence"), *(lines for lines, _words in compound))
    words = chain(items(annotation, "TextObjectSequence"), *(words for _lines, words in compound))
    graphics = (_mark(one, ground) for one in islice(lines, MARKS_MOST + 1))
    texts = (_text(one, ground) for one in islice(words, MARKS_MOST + 1))
    return Layer(
        _color(layer), tuple(mark for mark in graphics if mark is not None), tuple(text for text in texts if text.words)
    )


def _color(layer: Dataset) -> Color:
    lab = numbers(layer, "GraphicLayerRecommendedDisplayCIELabValue")
    if lab:
        return color_of(lab)
    gray = layer.get("GraphicLayerRecommendedDisplayGrayscaleValue")
    if gray is None:
        return WHITE
    level = round(min(max(int(gray), 0), 65535) / 65535 * 255)
    return level, level, level


def _mark(graphic: Dataset, ground: _Ground) -> Mark | None:
    """Return a graphic, None for one whose place nobody knows."""
    kind, values = str(graphic.get("GraphicType")), numbers(graphic, "GraphicData")
    if kind not in _LEAST or len(values) < 2 * _LEAST[kind] or len(values) % 2:
        raise ValueError("a graphic without sense")
    points = ground.place(values, str(graphic.get("GraphicAnnotationUnits")))
    return None if points is None else Mark(kind, points, graphic.get("GraphicFilled") == "Y")


def _text(text: Dataset, ground: _Ground) -> Text:
    corners = [*numbers(text, "BoundingBoxTopLeftHandCorner"), *numbers(text, "BoundingBoxBottomRightHandCorner")]
    anchor = numbers(text, "AnchorPoint")
    box = ground.place(corners, str(text.get("BoundingBoxAnnotationUnits"))) if len(corners) == 4 else None
    point = ground.place(anchor, str(text.get("AnchorPointAnnotationUnits"))) if len(anchor) == 2 else None
    (left, top), (right, bottom) = (box.min(axis=0), box.max(axis=0)) if box is not None else ((0, 0), (0, 0))
    is_placed = box is not None or point is not None
    return Text(
        words=str(text.get("UnformattedTextValue") or "")[:TEXT_MOST] if is_placed else "",
        box=(float(left), float(top), float(right), float(bottom)) if box is not None else None,
        anchor=(float(point[0, 0]), float(point[0, 1])) if point is not None else None,
        is_anchor_visible=text.get("AnchorPointVisibility") == "Y",
        justification=str(text.get("BoundingBoxTextHorizontalJustification") or "LEFT"),
    )
