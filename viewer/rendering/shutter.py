"""Shutters: what lies outside is neutralized (PS3.3 C.7.6.11, C.7.6.15, C.11.12)."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from pydicom import Dataset

from viewer.rendering.cielab import color_of
from viewer.rendering.functional import macro
from viewer.rendering.geometry import aspect_ratio
from viewer.rendering.once import once
from viewer.rendering.overlay import plane_of
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.references import numbers

VERTICES_MOST = 4096
_P_VALUE_TOP = 65535


@once
def has_shutter(header: Dataset, frame_number: int) -> bool:
    """Tell whether a frame (counted from 1) has a shutter."""
    return bool(macro(header, "FrameDisplayShutterSequence", frame_number).get("ShutterShape"))


def close_shutter(picture: np.ndarray, header: Dataset, frame_number: int, *, is_strict: bool) -> np.ndarray:
    """Return an 8-bit picture (rows, columns[, 3]) with everything outside its shutters neutralized.

    Several shapes are combined: what is left is inside all of them. Where a shape makes no sense CannotRender(DAMAGED)
    is raised if `is_strict`, as for a presentation state; an image of its own is shown without.
    """
    if not has_shutter(header, frame_number):
        return picture
    try:
        return _closed(picture, header, frame_number)
    except CannotRender:
        if is_strict:
            raise
        return picture


def _closed(picture: np.ndarray, header: Dataset, frame_number: int) -> np.ndarray:
    shutter = macro(header, "FrameDisplayShutterSequence", frame_number)
    shapes = [shutter.ShutterShape] if isinstance(shutter.ShutterShape, str) else list(shutter.ShutterShape)
    try:
        inside = np.ones(picture.shape[:2], bool)
        for shape in shapes:
            inside &= _inside(str(shape), shutter, header, frame_number, *picture.shape[:2])
        closed = picture.copy()
        closed[~inside] = _value(shutter, is_color=picture.ndim == 3)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise CannotRender(Reason.DAMAGED) from error
    return closed


def _inside(shape: str, shutter: Dataset, header: Dataset, frame_number: int, rows: int, columns: int) -> np.ndarray:
    """Return a mask (rows, columns) of what one shape leaves; rows and columns of its numbers count from 1."""
    if shape == "RECTANGULAR":
        return _rectangle(shutter, rows, columns)
    if shape == "CIRCULAR":
        return _circle(shutter, rows, columns, aspect_ratio(header, frame_number))
    if shape == "POLYGONAL":
        return _polygon(shutter, rows, columns)
    if shape == "BITMAP":
        return ~plane_of(header, int(shutter["ShutterOverlayGroup"].value), frame_number, rows, columns)
    raise ValueError("no such shutter")


def _rectangle(shutter: Dataset, rows: int, columns: int) -> np.ndarray:
    left, right, upper, lower = (
        int(shutter[f"Shutter{edge}Edge"].value)
        for edge in ("LeftVertical", "RightVertical", "UpperHorizontal", "LowerHorizontal")
    )
    inside = np.zeros((rows, columns), bool)
    inside[max(upper - 1, 0) : max(lower, 0), max(left - 1, 0) : max(right, 0)] = True
    return inside


def _circle(shutter: Dataset, rows: int, columns: int, ratio: float) -> np.ndarray:
    row, column = numbers(shutter, "CenterOfCircularShutter")
    radius = float(shutter["RadiusOfCircularShutter"].value)
    down = (np.arange(1, rows + 1)[:, np.newaxis] - row) * ratio
    along = np.arange(1, columns + 1)[np.newaxis, :] - column
    inside: np.ndarray = along**2 + down**2 <= radius**2
    return inside


def _polygon(shutter: Dataset, rows: int, columns: int) -> np.ndarray:
    vertices = numbers(shutter, "VerticesOfThePolygonalShutter")
    if len(vertices) > 2 * VERTICES_MOST:
        raise CannotRender(Reason.TOO_LARGE)
    if len(vertices) < 6 or len(vertices) % 2 or max(map(abs, vertices)) > _P_VALUE_TOP:
        raise ValueError("a polygon has at least three vertices")
    image = Image.new("1", (columns, rows))
    corners = [(column - 1, row - 1) for row, column in zip(vertices[::2], vertices[1::2], strict=True)]
    ImageDraw.Draw(image).polygon(corners, fill=1, outline=1)
    return np.asarray(image)


def _value(shutter: Dataset, *, is_color: bool) -> int | tuple[int, int, int]:
    color = numbers(shutter, "ShutterPresentationColorCIELabValue")
    if is_color and color:
        return color_of(color)
    return round(min(max(int(shutter.get("ShutterPresentationValue") or 0), 0), _P_VALUE_TOP) / _P_VALUE_TOP * 255)
