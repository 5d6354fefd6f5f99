"""How a rendered resource is asked for (PS3.18 8.3.5), refused when it is nonsense."""

from __future__ import annotations

import re

from django.http import QueryDict

from pacs_gateway.dicomweb.problems import bad_request
from pacs_gateway.dicomweb.scalars import single
from pacs_gateway.dicomweb.transaction import Parameter
from viewer.params import QUALITY, FrameParams
from viewer.rendering import VoiFunction, Window
from viewer.rendering.captions import PATIENT, TECHNIQUE
from viewer.rendering.colorspace import KEPT, NONE, SRGB
from viewer.rendering.view import View

Size = tuple[int, int]
Region = tuple[int, int, int, int]
SIDE_MOST = 4096
THUMBNAIL = (256, 256)
_NUMBER = re.compile(r"[+-]?(\d{1,9}(\.\d{0,9})?|\.\d{1,9})([eE][+-]?\d{1,2})?\Z", re.ASCII)
_FUNCTIONS = {"linear": VoiFunction.LINEAR, "linear-exact": VoiFunction.LINEAR_EXACT, "sigmoid": VoiFunction.SIGMOID}
VIEWPORT = Parameter(
    "viewport", "width and height to fit the picture into, then the source region (8.3.5.1.3)", "512,512"
)
PARAMETERS = (
    Parameter("window", "center, width and function: linear, linear-exact or sigmoid (8.3.5.1.4)", "40,400,linear"),
    VIEWPORT,
    Parameter("quality", "1 to 100, of JPEG (8.3.5.1.2)", "85", "integer"),
    Parameter("annotation", "patient, technique, or both (8.3.5.1.1)", "patient"),
    Parameter("iccprofile", "no, yes or srgb (8.3.5.1.5)", "srgb"),
)


def parse(query: QueryDict, media_type: str) -> FrameParams:
    """Return how pictures are wanted; raises Problem 400."""
    window = single(query, "window") if "window" in query else None
    viewport, region = _viewport(query, None)
    annotation, icc_profile = _annotation(single(query, "annotation")), _icc_profile(single(query, "iccprofile"))
    view = View(viewport, region, annotation, icc_profile)
    return FrameParams(
        window=None if window is None else _window(window),
        media_type=media_type,
        quality=_quality(single(query, "quality") if "quality" in query else str(QUALITY)),
        view=view,
    )


def parse_thumbnail(query: QueryDict, media_type: str) -> FrameParams:
    """Return how a thumbnail is wanted: of its parameters there is only the size; raises Problem 400."""
    viewport, region = _viewport(query, THUMBNAIL)
    if region is not None:
        raise bad_request("The viewport of a thumbnail is two numbers: width and height.")
    return FrameParams(media_type=media_type, view=View(viewport))


def _window(text: str) -> Window:
    parts = text.split(",")
    if len(parts) != 3 or parts[2] not in _FUNCTIONS or not all(_NUMBER.match(part) for part in parts[:2]):
        raise bad_request("A window is center, width and one of linear, linear-exact and sigmoid.")
    try:
        return Window(float(parts[0]), float(parts[1]), _FUNCTIONS[parts[2]])
    except ValueError as error:
        raise bad_request("That window is not possible.") from error


def _viewport(query: QueryDict, default: Size | None) -> tuple[Size | None, Region | None]:
    """Return the viewport and the source region, in which 0 columns or rows stand for all that are left."""
    if "viewport" not in query:
        return default, None
    parts = single(query, "viewport").split(",")
    if len(parts) not in (2, 6) or not all(_NUMBER.match(part) for part in parts[:2]):
        raise bad_request("A viewport is width and height, or these and the source region: left, top, width, height.")
    if not all(_NUMBER.match(part) or not part for part in parts[2:]):
        raise bad_request("A source region is four numbers: left, top, width, height.")
    width, height, *region = (round(float(part or 0)) for part in parts)
    if not (1 <= width <= SIDE_MOST and 1 <= height <= SIDE_MOST):
        raise bad_request(f"A viewport is 1 to {SIDE_MOST} pixels wide and high.")
    if not region:
        return (width, height), None
    left, top, columns, rows = region
    if min(left, top) < 0:
        raise bad_request("A source region begins inside the picture.")
    return (width, height), (left, top, columns, rows)


def _quality(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:4]) <= 100:
        raise bad_request("A quality is a whole number from 1 to 100.")
    return int(text)


def _annotation(text: str) -> tuple[str, ...]:
    wanted = set(filter(None, text.split(",")))
    if not wanted <= {PATIENT, TECHNIQUE}:
        raise bad_request("An annotation is patient, technique, or both.")
    return tuple(sorted(wanted))


def _icc_profile(text: str) -> str:
    if text not in ("", KEPT, NONE, SRGB):
        raise bad_request("An iccprofile is no, yes or srgb here.")
    return text
