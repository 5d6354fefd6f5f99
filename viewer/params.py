"""What a picture is asked for with, taken from the query string and refused when it is nonsense."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _

from pacs_gateway.refs import InstanceRef
from viewer.manifest import SeriesEntry
from viewer.rendering import RenderOptions, VoiFunction, Window, planes
from viewer.rendering.detail import Tile, tile_from
from viewer.rendering.view import View, view_from

SIZE_LEAST, SIZE_MOST = 16, 4096
RUN_MOST = 32
QUALITY = 85
# Small pictures stand in for large ones while somebody scrolls; then what counts is how soon they are there.
SMALL_SIZE, SMALL_QUALITY = 128, 65
_MEDIA_TYPES = {"jpeg": "image/jpeg", "png": "image/png"}
_NUMBER = re.compile(r"-?\d{1,7}(\.\d{1,6})?\Z", re.ASCII)
_FRAMES = re.compile(rf"\d{{1,6}}(,\d{{1,6}}){{0,{RUN_MOST - 1}}}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class FrameParams:
    """How frames are wanted. `window` None means the default one, `size` None the stored size.

    `state` and `segmentation` are instances of the same study to draw the frames with, where they are for them.
    """

    window: Window | None = None
    size: int | None = None
    media_type: str = "image/jpeg"
    quality: int = QUALITY
    state: InstanceRef | None = None
    segmentation: InstanceRef | None = None
    view: View | None = None
    tile: Tile | None = None

    @property
    def is_windowable(self) -> bool:
        """Tell whether exact values are wanted in place of a picture."""
        return self.media_type == planes.MEDIA_TYPE

    @property
    def is_native(self) -> bool:
        """Tell whether stored values are wanted in place of a picture."""
        return self.media_type == SAMPLES

    @property
    def text(self) -> str:
        """Return the canonical text for cache keys and the queue; `from_text` reads it back."""
        window = f"{self.window.center!r},{self.window.width!r},{self.window.function}" if self.window else ""
        tile, view = self.tile.text if self.tile else "", self.view.text if self.view else ""
        beside = (f"{ref.series_uid},{ref.instance_uid}" if ref else "" for ref in (self.state, self.segmentation))
        return "|".join((window, str(self.size or ""), self.media_type, str(self.quality), *beside, tile, view))

    def options(self, watermark: str) -> RenderOptions:
        """Return the same as the renderer wants it."""
        return RenderOptions(
            window=self.window,
            size=self.size,
            media_type=self.media_type,
            quality=self.quality,
            watermark=watermark,
            view=self.view,
            tile=self.tile,
        )


SAMPLES = "application/octet-stream"
NATIVE = FrameParams(media_type=SAMPLES)
WINDOWABLE = FrameParams(media_type=planes.MEDIA_TYPE)


def parse_window(text: str) -> Window:
    """Return the window in "center,width[,FUNCTION]"; raises BadRequest when it is none."""
    parts = text.split(",")
    if len(parts) not in (2, 3) or not all(_NUMBER.match(part) for part in parts[:2]):
        raise BadRequest(_("A window is two numbers: center and width."))
    function = parts[2].upper() if len(parts) == 3 else VoiFunction.LINEAR.value
    center, width = float(parts[0]), float(parts[1])
    if function not in VoiFunction.__members__ or not math.isfinite(center + width):
        raise BadRequest(_("That window function is not known."))
    try:
        return Window(center, width, VoiFunction(function))
    except ValueError as error:
        raise BadRequest(_("That window is not possible.")) from error


def parse_size(text: str) -> int:
    """Return the longest side in pixels; raises BadRequest outside the limits."""
    if not (text.isascii() and text.isdecimal()) or not SIZE_LEAST <= int(text[:6]) <= SIZE_MOST:
        raise BadRequest(_("A size is a whole number of pixels from 16 to 4096."))
    return int(text)


def parse(query: QueryDict) -> FrameParams:
    """Return the parameters in a query string that go for any series; raises BadRequest on nonsense."""
    window, size, kind = query.get("window", ""), query.get("size", ""), query.get("format", "jpeg")
    if kind not in _MEDIA_TYPES:
        raise BadRequest(_("A picture is a jpeg or a png."))
    wanted = FrameParams(window=parse_window(window) if window else None, media_type=_MEDIA_TYPES[kind])
    return sized(wanted, parse_size(size)) if size else wanted


def parse_tile(query: QueryDict, tile: Tile) -> FrameParams:
    """Return the parameters of a tile, which shows a frame as it is stored; raises BadRequest on nonsense."""
    if any(query.get(name) for name in ("size", "state", "seg")):
        raise BadRequest(_("A part of a picture has no size of its own, and nothing is laid over it."))
    return replace(parse(query), tile=tile)


def parse_windowable(query: QueryDict) -> FrameParams:
    """Return the parameters for exact values, of a proxy where a size is named; raises BadRequest on nonsense."""
    size = query.get("size", "")
    return replace(WINDOWABLE, size=parse_size(size)) if size else WINDOWABLE


def sized(params: FrameParams, size: int) -> FrameParams:
    """Return the parameters for pictures whose longest side is `size`, in the quality that goes with it."""
    return replace(params, size=size, quality=SMALL_QUALITY if size <= SMALL_SIZE else QUALITY)


def parse_beside(params: FrameParams, query: QueryDict, series: SeriesEntry) -> FrameParams:
    """Return the parameters with the state and segmentation that a query names; raises BadRequest for others' names."""
    asked_state, asked_segmentation = query.get("state", ""), query.get("seg", "")
    state, segmentation = series.state(asked_state), series.segmentation(asked_segmentation)
    if (asked_state and state is None) or (asked_segmentation and segmentation is None):
        raise BadRequest(_("This series has no such presentation state or segmentation."))
    return replace(params, state=state.ref if state else None, segmentation=segmentation.ref if segmentation else None)


def parse_numbers(query: QueryDict, frame_count: int) -> list[int]:
    """Return the frame numbers of a run, each within 1..frame_count and named once; raises BadRequest otherwise."""
    text = query.get("numbers", "")
    if not _FRAMES.match(text):
        raise BadRequest(_("A run is 1 to 32 frame numbers with commas between them."))
    numbers = [int(part) for part in text.split(",")]
    if len(set(numbers)) != len(numbers) or not all(1 <= number <= frame_count for number in numbers):
        raise BadRequest(_("That run has a frame that does not exist, or one twice."))
    return numbers


def from_text(text: str) -> FrameParams:
    """Return the parameters that FrameParams.text wrote."""
    window, size, media_type, quality, state, segmentation, tile, view = text.split("|", 7)
    return FrameParams(
        window=parse_window_exact(window) if window else None,
        size=int(size) if size else None,
        media_type=media_type,
        quality=int(quality),
        state=InstanceRef(*state.split(",")) if state else None,
        segmentation=InstanceRef(*segmentation.split(",")) if segmentation else None,
        view=view_from(view) if view else None,
        tile=tile_from(tile) if tile else None,
    )


def parse_window_exact(text: str) -> Window:
    """Return the window that FrameParams.text wrote."""
    center, width, function = text.split(",")
    return Window(float(center), float(width), VoiFunction(function))
