"""The picture that comes out: its shape and size, what it carries, what it says of itself, text in it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset
from pydicom.sequence import Sequence

from tests.viewer.rendering.samples import EXPLICIT, encodings, header_of, picture
from viewer.rendering import Reason, RenderedFrame, RenderOptions, Window, render, render_tile
from viewer.rendering.geometry import PIXELS_MOST, SIDE_MOST, aspect_ratio, resize, shown_size

SQUARE = picture("u2", rows=200, columns=300)


def _render(pixels: np.ndarray = SQUARE, options: RenderOptions | None = None, **elements: Any) -> RenderedFrame:
    header = header_of(pixels, **elements)
    return render(header, pixels.tobytes(), EXPLICIT, 1, options or RenderOptions(media_type="image/png"))


def _image(shown: RenderedFrame) -> Image.Image:
    return Image.open(io.BytesIO(shown.data))


@pytest.mark.parametrize(
    ("size", "expected"), [(None, (300, 200)), (150, (150, 100)), (300, (300, 200)), (4000, (300, 200)), (1, (1, 1))]
)
def test_size_is_the_longest_side_and_nothing_is_enlarged(size: int | None, expected: tuple[int, int]) -> None:
    shown = _render(options=RenderOptions(size=size, media_type="image/png"))
    assert (shown.width, shown.height) == expected == _image(shown).size
    assert shown.scaled == (expected != (300, 200))


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"PixelSpacing": [2, 1]}, (300, 400)),
        ({"PixelSpacing": [1, 2]}, (600, 200)),
        ({"PixelSpacing": [1, 1.001]}, (300, 200)),
        ({"PixelAspectRatio": [2, 1]}, (300, 400)),
        ({"PixelSpacing": [1, 1], "PixelAspectRatio": [2, 1]}, (300, 200)),
        ({"ImagerPixelSpacing": [1, 3]}, (900, 200)),
        ({"PixelSpacing": [0, 1]}, (300, 200)),
        ({"PixelSpacing": [1000, 1]}, (300, 200)),
        ({"PixelSpacing": [1]}, (300, 200)),
    ],
)
def test_pixels_become_square(elements: dict[str, Any], expected: tuple[int, int]) -> None:
    shown = _render(**elements)
    assert (shown.width, shown.height) == expected
    assert shown.scaled == (expected != (300, 200))


def test_spacing_of_an_enhanced_object_is_in_its_groups() -> None:
    measures, group = Dataset(), Dataset()
    measures.PixelSpacing = [3, 1]
    group.PixelMeasuresSequence = Sequence([measures])
    assert aspect_ratio(header_of(SQUARE, SharedFunctionalGroupsSequence=Sequence([group])), 1) == 3


@pytest.mark.parametrize("ratio", [1.0, 20.0, 0.05])
@pytest.mark.parametrize("side", [1000, 22000, 65535])
def test_no_picture_is_larger_than_a_browser_can_show(ratio: float, side: int) -> None:
    width, height = shown_size(side, side, ratio, None)
    assert max(width, height) <= SIDE_MOST
    assert width * height <= PIXELS_MOST * 1.001
    assert width / height == pytest.approx(1 / ratio, rel=0.01)


def test_small_pictures_are_means_of_areas_and_not_picked_pixels() -> None:
    checkered = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype("u1")
    assert np.abs(resize(checkered, 16, 16).astype(int) - 128).max() <= 1
    assert np.abs(resize(checkered, 40, 40).astype(int).mean() - 128) <= 2


@pytest.mark.parametrize("colors", [1, 3])
def test_a_png_holds_pixels_only(colors: int) -> None:
    data = _render(picture("u1", colors=colors), PatientName="Secret^Person", PatientID="4711").data
    chunks, place = [], 8
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        chunks.append(data[place + 4 : place + 8])
        place += 12 + length
    assert {*chunks} == {b"IHDR", b"IDAT", b"IEND"}
    assert b"Secret" not in data


@pytest.mark.parametrize("colors", [1, 3])
def test_a_jpeg_holds_pixels_only(colors: int) -> None:
    data = _render(picture("u1", colors=colors), RenderOptions(), PatientName="Secret^Person").data
    image = Image.open(io.BytesIO(data))
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Secret" not in data


def test_quality_is_applied() -> None:
    sizes = [len(_render(options=RenderOptions(quality=quality)).data) for quality in (20, 60, 95)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2] / 2


def test_a_picture_says_what_was_done() -> None:
    window = Window(40, 400)
    shown = _render(options=RenderOptions(window=window, media_type="image/png"))
    assert (shown.window, shown.lossy, shown.scaled, shown.media_type) == (window, False, False, "image/png")
    assert _render(options=RenderOptions()).lossy
    assert _render(LossyImageCompression="01").lossy
    syntax, pixels, data = encodings()["jpeg-baseline"]
    assert render(header_of(pixels), data, syntax, 1, RenderOptions(media_type="image/png")).lossy


def test_another_media_type_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="JPEG or PNG"):
        _render(options=RenderOptions(media_type="image/gif"))


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("size", [64, 256, 512])
def test_every_reason_fits_on_its_tile(reason: Reason, size: int) -> None:
    tile = render_tile(reason.words_for_patient, size)
    pixels = np.asarray(_image(tile))
    assert pixels.shape == (size, size)
    inked = np.argwhere(pixels > 100)
    assert len(inked) > 20
    assert inked.min() >= size * 0.08
    assert inked.max() <= size * 0.92


def test_accents_are_drawn() -> None:
    words = ["ano", "año", "aлo", "a\ue000o"]
    assert len({render_tile(word).data for word in words}) == 4
    # A letter that a font lacks is a box; n with tilde must not be one.
    assert render_tile("\ue000").data == render_tile("\ue001").data != render_tile("ñ").data != render_tile("é").data


def test_a_long_text_does_not_take_long_nor_leave_the_tile() -> None:
    pixels = np.asarray(_image(render_tile("unbreakable" * 200, 128)))
    inked = np.argwhere(pixels > 100)
    assert inked.min() > 0
    assert inked.max() < 127


@pytest.mark.parametrize("gray", [0, 255])
@pytest.mark.parametrize("colors", [1, 3])
def test_a_watermark_is_seen_on_black_and_on_white(gray: int, colors: int) -> None:
    pixels = np.full((200, 300) if colors == 1 else (200, 300, 3), gray, "u1")
    shown = _image(_render(pixels, RenderOptions(watermark="Shared with Dr. Rivera", media_type="image/png")))
    marked = np.asarray(shown)
    assert marked.shape == pixels.shape
    assert 0.005 < (np.abs(marked.astype(int) - gray) > 60).mean() < 0.2
    edge = np.concatenate([marked[0].ravel(), marked[-1].ravel(), marked[:, 0].ravel(), marked[:, -1].ravel()])
    assert (edge == gray).all()
