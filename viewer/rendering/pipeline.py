"""The whole way from a frame's bytes to a picture, in the order of PS3.3 C.11 and PS3.4 N.2."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydicom import Dataset

from viewer.rendering.annotation import Layer, layers_of
from viewer.rendering.area import Area, area_for
from viewer.rendering.colorspace import in_color_space
from viewer.rendering.decode import decode
from viewer.rendering.detail import Tile, averaged
from viewer.rendering.encode import JPEG, MEDIA_TYPES, encode
from viewer.rendering.frame import DecodedFrame, RenderedFrame, RenderOptions
from viewer.rendering.geometry import aspect_ratio, resize, shown_size
from viewer.rendering.graphics import annotate
from viewer.rendering.gray import render_gray, transform_of
from viewer.rendering.icc import profile_of
from viewer.rendering.layover import lay_over
from viewer.rendering.matrix import place_in_matrix
from viewer.rendering.overlay import draw, has_overlays, overlay_of
from viewer.rendering.palette import add_supplemental, is_supplemental, read_palette
from viewer.rendering.photometric import to_eight_bits
from viewer.rendering.presented import PSEUDO_COLOR, present
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.references import first_for
from viewer.rendering.shutter import close_shutter, has_shutter
from viewer.rendering.subtraction import subtract, subtraction_of
from viewer.rendering.view import look
from viewer.rendering.watermark import stamp
from viewer.rendering.window import Window

CODEC_VERSION = "6"
# So large is a picture at least when text and lines are drawn over it.
READABLE = 512


def render(
    header: Dataset, data: bytes | memoryview, transfer_syntax_uid: str, frame_number: int, options: RenderOptions
) -> RenderedFrame:
    """Decode and render one frame; see `decode` and `render_decoded`."""
    frame = decode(header, data, transfer_syntax_uid, frame_number)
    return render_decoded(header, frame, frame_number, options)


def render_decoded(header: Dataset, frame: DecodedFrame, frame_number: int, options: RenderOptions) -> RenderedFrame:
    """Return the picture of a decoded frame.

    Parameters
    ----------
    header : the instance's data set without Pixel Data.
    frame : its stored values, grey (rows, columns) or RGB (rows, columns, 3).
    frame_number : counts from 1; chooses the functional groups.
    options : window in modality values, size in pixels, and so on.

    Raises
    ------
    CannotRender : when the header's tables make no sense.
    ValueError : for a media type that is neither JPEG nor PNG.
    """
    if options.media_type not in MEDIA_TYPES:
        raise ValueError("pictures are JPEG or PNG")
    try:
        if options.state is not None:
            header, frame = _presented(header, frame, frame_number, options.state, options.others)
        if options.tile is not None:
            return _tile(header, frame, frame_number, options, options.tile)
        picture, window = _drawn(header, frame, frame_number, options)
        return _finish(header, frame, frame_number, options, picture, window)
    except CannotRender:
        raise
    except MemoryError as error:
        raise CannotRender(Reason.TOO_LARGE) from error
    except Exception as error:  # what a header holds may be anything
        raise CannotRender(Reason.DAMAGED) from error


def _presented(
    header: Dataset,
    frame: DecodedFrame,
    frame_number: int,
    state: Dataset,
    others: tuple[tuple[int, DecodedFrame], ...] | None,
) -> tuple[Dataset, DecodedFrame]:
    """Return header and frame as a state wants them, a mask subtracted where its frames are at hand (PS3.4 N.2)."""
    shown, presented = present(header, frame, frame_number, state)
    wanted = None if others is None else subtraction_of(state, frame_number, int(header.get("NumberOfFrames") or 1))
    if others is None or wanted is None:
        return shown, presented
    has_window = first_for(state, "SoftcopyVOILUTSequence", str(header.get("SOPInstanceUID")), frame_number) is not None
    return subtract(shown, wanted, {**dict(others), frame_number: presented}, has_window=has_window)


def _drawn(
    header: Dataset, frame: DecodedFrame, frame_number: int, options: RenderOptions
) -> tuple[np.ndarray, Window | None]:
    """Return the frame with all that lies over it, and the window applied."""
    picture, window = _picture(header, frame, frame_number, options)
    picture = lay_over(picture, options.segments)
    picture = close_shutter(picture, header, frame_number, is_strict=options.state is not None)
    if options.overlays:
        picture = _with_overlays(header, frame, frame_number, picture)
    return picture, window


def _tile(header: Dataset, frame: DecodedFrame, frame_number: int, options: RenderOptions, tile: Tile) -> RenderedFrame:
    """Return one tile, in stored pixels whatever their shape. A watermark is written across each."""
    rows, columns = frame.pixels.shape[:2]
    try:
        box = tile.box(columns, rows)
    except LookupError as error:
        raise CannotRender(Reason.FRAME_OUT_OF_RANGE) from error
    if frame.overlay is None and not has_shutter(header, frame_number) and not has_overlays(header):
        # Nothing lies at a place of its own: only what is shown need become gray, in the window of the whole frame.
        if options.window is None and frame.photometric.startswith("MONOCHROME"):
            whole = transform_of(header, frame, frame_number, None, invert=options.invert)
            options = replace(options, window=whole.window)
        part, window = _drawn(header, replace(frame, pixels=box.cut(frame.pixels)), frame_number, options)
    else:
        picture, window = _drawn(header, frame, frame_number, options)
        part = box.cut(picture)
    shown = averaged(part, tile.level)
    if options.watermark:
        shown = stamp(shown, options.watermark)
    return _encoded(header, frame, options, shown, window, is_scaled=tile.level > 0)


def _picture(
    header: Dataset, frame: DecodedFrame, frame_number: int, options: RenderOptions
) -> tuple[np.ndarray, Window | None]:
    """Return (8-bit grey or RGB pixels, window applied)."""
    if frame.photometric.startswith("MONOCHROME"):
        grays, window = render_gray(header, frame, frame_number, options.window, invert=options.invert)
        if options.state is not None and options.state.get("SOPClassUID") == PSEUDO_COLOR:
            return read_palette(options.state).spread(grays), window
        return add_supplemental(grays, frame.pixels, header) if is_supplemental(header) else grays, window
    if frame.photometric == "PALETTE COLOR":
        rgb = read_palette(header).apply(frame.pixels)
    else:
        rgb = to_eight_bits(frame.pixels, int(header.get("BitsStored") or 8))
    return 255 - rgb if options.invert else rgb, None


def _with_overlays(header: Dataset, frame: DecodedFrame, frame_number: int, picture: np.ndarray) -> np.ndarray:
    for mask in (overlay_of(header, frame_number, *picture.shape[:2]), frame.overlay):
        if mask is not None:
            picture = draw(picture, mask)
    return picture


def _presentation(
    header: Dataset, frame_number: int, options: RenderOptions, columns: int, rows: int
) -> tuple[Area, list[Layer]]:
    """Return what of a frame is shown, and what is drawn over it."""
    if options.state is None:
        return Area(0, 0, columns, rows), []
    instance_uid = str(header.get("SOPInstanceUID") or "")
    area = area_for(options.state, instance_uid, frame_number, columns, rows)
    tile = place_in_matrix(header, frame_number)
    return area, layers_of(options.state, instance_uid, frame_number, area, tile=tile, has_text=options.free_text)


def _finish(
    header: Dataset,
    frame: DecodedFrame,
    frame_number: int,
    options: RenderOptions,
    picture: np.ndarray,
    window: Window | None,
) -> RenderedFrame:
    rows, columns = picture.shape[:2]
    area, layers = _presentation(header, frame_number, options, columns, rows)
    least = READABLE if layers else 0
    width, height = shown_size(area.columns, area.rows, aspect_ratio(header, frame_number), options.size, least)
    if options.view is None:
        shown = area.turn(resize(area.cut(picture), width, height))
    else:
        shown = look(options.view, picture, header, frame_number)
    if layers:
        shown = annotate(shown, layers)
    if options.watermark:
        shown = stamp(shown, options.watermark)
    is_scaled = options.view is not None or (width, height) != (columns, rows)
    return _encoded(header, frame, options, shown, window, is_scaled=is_scaled)


def _encoded(
    header: Dataset,
    frame: DecodedFrame,
    options: RenderOptions,
    shown: np.ndarray,
    window: Window | None,
    *,
    is_scaled: bool,
) -> RenderedFrame:
    shown, profile = in_color_space(shown, profile_of(header), options.view.icc_profile if options.view else "")
    return RenderedFrame(
        data=encode(shown, options.media_type, options.quality, profile),
        media_type=options.media_type,
        width=shown.shape[1],
        height=shown.shape[0],
        window=window,
        lossy=frame.is_lossy or options.media_type == JPEG,
        scaled=is_scaled,
    )
