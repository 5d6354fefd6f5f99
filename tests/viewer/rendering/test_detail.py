"""Tiles of a large picture: stitched together they are the whole picture at that level, bit for bit."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset

from viewer.rendering import CannotRender, DecodedFrame, Reason, RenderOptions, Window, render_decoded
from viewer.rendering.detail import SIDE, Box, Tile, averaged, level_count, size_at, tile_from

COLUMNS, ROWS = 2611, 2102
PLAIN = RenderOptions(media_type="image/png")


def _header(**elements: object) -> Dataset:
    header = Dataset()
    facts = {"Rows": ROWS, "Columns": COLUMNS, "BitsStored": 12, "PixelRepresentation": 0, "Modality": "DX"}
    for keyword, value in {**facts, **elements}.items():
        setattr(header, keyword, value)
    return header


def _gray() -> DecodedFrame:
    noise = np.random.default_rng(5).integers(0, 4096, (ROWS, COLUMNS))
    return DecodedFrame(noise.astype(np.uint16), "MONOCHROME2")


def _pixels(header: Dataset, frame: DecodedFrame, options: RenderOptions) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(render_decoded(header, frame, 1, options).data)))


def _stitched(header: Dataset, frame: DecodedFrame, options: RenderOptions, level: int) -> np.ndarray:
    columns, rows = size_at(COLUMNS, ROWS, level)
    across, down = range(-(-columns // SIDE)), range(-(-rows // SIDE))
    lines = [
        np.hstack([_pixels(header, frame, replace(options, tile=Tile(level, column, row))) for column in across])
        for row in down
    ]
    return np.vstack(lines)


@pytest.mark.parametrize(
    ("columns", "rows", "count"),
    [(1, 1, 1), (512, 512, 1), (513, 1, 2), (1024, 3, 2), (1025, 3, 3), (2611, 2102, 4), (100_000, 80_000, 9)],
)
def test_the_last_level_is_one_tile(columns: int, rows: int, count: int) -> None:
    assert level_count(columns, rows) == count
    assert max(size_at(columns, rows, count - 1)) <= SIDE
    assert count == 1 or max(size_at(columns, rows, count - 2)) > SIDE


def test_tiles_cover_the_picture_once() -> None:
    seen = np.zeros((ROWS, COLUMNS), np.uint8)
    for column in range(3):
        for row in range(3):
            box = Tile(1, column, row).box(COLUMNS, ROWS)
            seen[box.top : box.bottom, box.left : box.right] += 1
    assert (seen == 1).all()
    assert Tile(1, 2, 2).box(COLUMNS, ROWS) == Box(2048, 2048, COLUMNS, ROWS)


@pytest.mark.parametrize("text", ["4,0,0", "0,6,0", "0,0,5", "1,3,0", "99,0,0", "0,999999999999,0"])
def test_what_is_outside_the_grid_is_no_tile(text: str) -> None:
    with pytest.raises(LookupError):
        tile_from(text).box(COLUMNS, ROWS)
    with pytest.raises(CannotRender) as refused:
        render_decoded(_header(), _gray(), 1, replace(PLAIN, tile=tile_from(text)))
    assert refused.value.reason is Reason.FRAME_OUT_OF_RANGE


def test_a_mean_is_of_the_pixels_there_are() -> None:
    picture = np.array([[10, 20, 31], [30, 40, 90], [7, 8, 255]], np.uint8)
    assert averaged(picture, 1).tolist() == [[25, 61], [8, 255]]
    assert averaged(picture, 0) is picture


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("window", [None, Window(2000, 800)])
def test_gray_tiles_make_up_the_whole_picture(level: int, window: Window | None) -> None:
    frame, header, options = _gray(), _header(), replace(PLAIN, window=window)
    whole = averaged(_pixels(header, frame, options), level)
    assert (_stitched(header, frame, options, level) == whole).all()


@pytest.mark.parametrize("level", [0, 2])
def test_inverted_and_covered_tiles_make_up_the_whole_picture(level: int) -> None:
    """An overlay, a shutter and padding lie in the tiles as in the whole picture."""
    header = _header(
        WindowCenter=2048, WindowWidth=4096, PixelPaddingValue=7, ShutterShape="RECTANGULAR",
        ShutterLeftVerticalEdge=700, ShutterRightVerticalEdge=1900, ShutterUpperHorizontalEdge=90,
        ShutterLowerHorizontalEdge=2000,
    )  # fmt: skip
    mark = np.zeros((ROWS, COLUMNS), bool)
    mark[500:530, 300:2000] = True
    frame = replace(_gray(), photometric="MONOCHROME1", overlay=mark)
    whole = averaged(_pixels(header, frame, PLAIN), level)
    assert (_stitched(header, frame, PLAIN, level) == whole).all()


@pytest.mark.parametrize("level", [0, 1])
def test_color_tiles_make_up_the_whole_picture(level: int) -> None:
    colors = np.random.default_rng(6).integers(0, 256, (ROWS, COLUMNS, 3)).astype(np.uint8)
    frame, header = DecodedFrame(colors, "RGB"), _header(BitsStored=8, SamplesPerPixel=3)
    whole = averaged(_pixels(header, frame, PLAIN), level)
    assert (_stitched(header, frame, PLAIN, level) == whole).all()


def test_a_tile_says_what_it_is() -> None:
    frame, header = _gray(), _header()
    whole, half = (render_decoded(header, frame, 1, replace(PLAIN, tile=Tile(level, 0, 0))) for level in (0, 1))
    assert (whole.width, whole.height, whole.lossy, whole.scaled) == (512, 512, False, False)
    assert (half.width, half.height, half.lossy, half.scaled) == (512, 512, False, True)
    assert whole.window == half.window
    assert whole.window is not None


def test_every_tile_carries_the_watermark() -> None:
    frame, header = _gray(), _header()
    for tile in (Tile(0, 0, 0), Tile(0, 5, 4), Tile(3, 0, 0)):
        options = replace(PLAIN, tile=tile)
        plain, stamped = (_pixels(header, frame, replace(options, watermark=text)) for text in ("", "For A. Miller"))
        assert plain.shape == stamped.shape
        assert (plain != stamped).any()


def test_a_watermark_finds_room_in_the_narrowest_tile() -> None:
    frame = DecodedFrame(np.zeros((513, 513), np.uint8), "MONOCHROME2")
    header = _header(Rows=513, Columns=513, BitsStored=8)
    made = render_decoded(header, frame, 1, RenderOptions(tile=Tile(0, 1, 1), watermark="For A. Miller"))
    assert (made.width, made.height) == (1, 1)
