"""Compound graphics as the plain ones that they look like (PS3.3 C.10.5.1.3), for states that hold them alone.

Where a state has plain graphics and texts of the same number, those are drawn: its maker knew how it should look.
Not known here, and so not drawn: ARROW and RANGELINE, private types, and whatever has another number of points.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pydicom import Dataset

from viewer.rendering.area import Area
from viewer.rendering.references import items, numbers
from viewer.rendering.strokes import extended, pierced, pointed

TICKS_MOST = 200
_FARTHEST = 1e7
_UNITS = {"PIXEL", "DISPLAY", "MATRIX"}
_TWO = {"RECTANGLE", "ELLIPSE", "INFINITELINE", "CUTLINE", "RULER", "AXIS"}
# Parts of the larger side of what is shown.
_TICK, _LETTERS, _ARROW = 0.015, 0.03, 0.06


def alone(annotation: Dataset) -> list[Dataset]:
    """Return the compound graphics that are not there as plain graphics and texts too, which then have its number."""
    plain = [*items(annotation, "GraphicObjectSequence"), *items(annotation, "TextObjectSequence")]
    drawn = {one.get("CompoundGraphicInstanceID") for one in plain} - {None}
    compound = items(annotation, "CompoundGraphicSequence")
    return [one for one in compound if one.get("CompoundGraphicInstanceID") not in drawn]


def is_drawn(compound: Dataset) -> bool:
    """Tell whether a compound graphic is of a type that is known here, and makes sense."""
    try:
        points = numbers(compound, "GraphicData")
        values = np.abs([*points, *_measures(compound)])
    except (TypeError, ValueError):
        return False
    kind, units = str(compound.get("CompoundGraphicType")), str(compound.get("CompoundGraphicUnits"))
    counts = {"MULTILINE": range(4, len(points) + 1, 4), "CROSSHAIR": (2,)} | dict.fromkeys(_TWO, (4,))
    is_whole = len(points) in counts.get(kind, ()) and len(_ticks(compound)) <= TICKS_MOST
    return is_whole and units in _UNITS and bool((values < _FARTHEST).all())


def plain_of(
    compound: Dataset, area: Area, tile: tuple[int, int] | None = None
) -> tuple[Iterator[Dataset], Iterator[Dataset]]:
    """Return (items of Graphic Object Sequence, of Text Object Sequence) that look like a compound graphic.

    Parameters
    ----------
    compound : one that `is_drawn`.
    area : what of the frame is shown; lines without an end go to its borders.
    tile : how many columns and rows of a larger picture lie before the frame, where it is a part of one.

    Raises
    ------
    TypeError, ValueError : for what makes no sense after all.
    """
    units = str(compound.get("CompoundGraphicUnits") or "")
    corner = tile if tile and units == "MATRIX" else (0, 0)
    shape = _Shape(compound, area, corner, is_display=units == "DISPLAY")
    lines = (_graphic(compound, units, shape.kind, shape.stored(line)) for line in shape.lines())
    texts = (_text(units, words, shape.stored(box)) for words, box in shape.labels())
    return lines, texts


class _Shape:
    """A compound graphic in square pixels of what is shown, turned as it is wanted."""

    def __init__(self, compound: Dataset, area: Area, corner: tuple[int, int], *, is_display: bool) -> None:
        self._compound, self._type = compound, str(compound.CompoundGraphicType)
        size = (area.columns, area.rows) if area.quarters % 2 == 0 else (area.rows, area.columns)
        self._unit = np.array(size if is_display else (1.0, 1.0))
        middle = size if is_display else (area.left + area.right, area.top + area.bottom)
        self._middle = np.array(middle) / 2 + corner
        self._reach, self._side = float(sum(size)), float(max(size))
        points = np.array(numbers(compound, "GraphicData")).reshape(-1, 2) * self._unit
        pivot = numbers(compound, "RotationPoint")
        self._pivot = np.array(pivot) * self._unit if len(pivot) == 2 else points.mean(axis=0)
        self._points = self._turned(_corners(self._type, points))
        self._gap = _length(compound, "GapLength") * size[0]
        self._seen = _length(compound, "DiameterOfVisibility") * size[0]
        self.kind = "ELLIPSE" if self._type == "ELLIPSE" else "POLYLINE"

    def stored(self, points: np.ndarray) -> list[float]:
        """Return points in the units of the compound graphic."""
        return [float(value) for value in (points / self._unit).ravel()]

    def lines(self) -> list[np.ndarray]:
        """Return its lines, each (count, 2); of an ellipse the ends of its axes."""
        points, kind = self._points, self._type
        if kind == "RECTANGLE":
            return [points[[0, 1, 2, 3, 0]]]
        if kind == "MULTILINE":
            return list(points.reshape(-1, 2, 2))
        if kind in ("INFINITELINE", "CUTLINE"):
            line = pierced(extended(points, self._middle, self._reach), self._pivot, self._gap)
            return [*line, *(self._arrows() if kind == "CUTLINE" else [])]
        if kind == "CROSSHAIR":
            return [part for way in (points, points[:1] + _right(points)) for part in self._hair(way)]
        return [points, *(tick for tick, _words in self._marks())] if kind in ("RULER", "AXIS") else [points]

    def labels(self) -> Iterator[tuple[str, np.ndarray]]:
        """Yield the words at each tick, with the corners of their box."""
        if self._compound.get("ShowTickLabel") == "N" or self._type not in ("RULER", "AXIS"):
            return
        up = -_right(self._points)[1] * (1 if self._compound.get("TickLabelAlignment") == "TOP" else -1)
        height = _LETTERS * self._side
        for tick, words in self._marks():
            middle = tick.mean(axis=0) + up * (_TICK * self._side + height)
            yield words, middle + np.array([(-2 * height, -height / 2), (2 * height, height / 2)])

    def _marks(self) -> Iterator[tuple[np.ndarray, str]]:
        first, last = self._points
        up = -_right(self._points)[1] * _TICK * self._side
        ends = {"TOP": (0, 1), "BOTTOM": (-1, 0)}.get(str(self._compound.get("TickAlignment")), (-0.5, 0.5))
        for place, words in _ticks(self._compound):
            yield first + (last - first) * place + np.outer(ends, up), words

    def _arrows(self) -> list[np.ndarray]:
        """Return two arrows to the right of a line, which point at the middles of its halves (C.10.5.1.3.6)."""
        tail = _right(self._points)[1] * _ARROW * self._side
        tips = [self._points[0] * (1 - share) + self._points[1] * share for share in (0.25, 0.75)]
        return [line for tip in tips for line in pointed(tip + tail, tip)]

    def _hair(self, points: np.ndarray) -> list[np.ndarray]:
        center, along = points[0], points[1] - points[0]
        half = self._seen / 2
        line = np.array([center - along * half, center + along * half]) if half else None
        return pierced(extended(points, self._middle, self._reach) if line is None else line, center, self._gap)

    def _turned(self, points: np.ndarray) -> np.ndarray:
        """Return points turned counterclockwise, as it is seen, about the pivot (C.10.5.1.3.2)."""
        angle = np.radians(_length(self._compound, "RotationAngle"))
        across, down = (points - self._pivot).T
        turned = (across * np.cos(angle) + down * np.sin(angle), down * np.cos(angle) - across * np.sin(angle))
        placed: np.ndarray = self._pivot + np.stack(turned, axis=1)
        return placed


def _corners(kind: str, points: np.ndarray) -> np.ndarray:
    """Return the points that are turned: all corners of a rectangle, the ends of an ellipse's axes, a hair's way."""
    if kind == "CROSSHAIR":
        return np.array([points[0], points[0] + (1, 0)])
    if kind not in ("RECTANGLE", "ELLIPSE"):
        return points
    (left, top), (right, bottom) = points
    across, down = (left + right) / 2, (top + bottom) / 2
    if kind == "ELLIPSE":
        return np.array([(left, down), (right, down), (across, top), (across, bottom)])
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _right(points: np.ndarray) -> np.ndarray:
    """Return ((0, 0), one pixel to the right of who goes from the first point to the second)."""
    along = points[1] - points[0]
    length = float(np.hypot(*along)) or 1.0
    return np.array([(0, 0), (-along[1] / length, along[0] / length)])


def _ticks(compound: Dataset) -> list[tuple[float, str]]:
    ticks = items(compound, "MajorTicksSequence")[: TICKS_MOST + 1]
    return [(_length(tick, "TickPosition"), str(tick.get("TickLabel") or "")) for tick in ticks]


def _measures(compound: Dataset) -> list[float]:
    names = ("RotationAngle", "RotationPoint", "GapLength", "DiameterOfVisibility")
    return [value for name in names for value in numbers(compound, name)] + [place for place, _ in _ticks(compound)]


def _length(item: Dataset, keyword: str) -> float:
    return next(iter(numbers(item, keyword)), 0.0)


def _graphic(compound: Dataset, units: str, kind: str, values: list[float]) -> Dataset:
    made = Dataset()
    made.GraphicAnnotationUnits, made.GraphicType, made.GraphicData = units, kind, values
    made.GraphicFilled = "Y" if compound.get("GraphicFilled") == "Y" else "N"
    return made


def _text(units: str, words: str, box: list[float]) -> Dataset:
    made = Dataset()
    made.UnformattedTextValue, made.BoundingBoxAnnotationUnits = words, units
    made.BoundingBoxTopLeftHandCorner, made.BoundingBoxBottomRightHandCorner = box[:2], box[2:]
    made.BoundingBoxTextHorizontalJustification = "CENTER"
    return made
