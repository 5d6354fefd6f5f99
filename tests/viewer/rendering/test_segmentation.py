"""Segmentations over pictures: which frames, which pixels, which colors (PS3.3 C.8.20)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset, dcmread

from pacs_gateway.upstream.part10 import read_part10
from tests.dicom_testdata import dicom_file
from tests.presentation import item, segment, segmentation
from tests.synthetic import ct_slice
from viewer.localfile import read_frame
from viewer.rendering import CannotRender, DecodedFrame, Reason, RenderOptions, decode, render_decoded
from viewer.rendering.cielab import color_of
from viewer.rendering.frame import SegmentMask
from viewer.rendering.layover import lay_over
from viewer.rendering.segmentation import FRAMES_MOST, frames_over, masks_over
from viewer.rendering.segments import SEGMENTS_MOST, segments_of

SIZE = 64
SLICES = [ct_slice("P", 61, 1, number) for number in range(1, 4)]
SQUARE = np.zeros((SIZE, SIZE), bool)
SQUARE[10:20, 30:50] = True


# CIE L*a*b* (D50) of sRGB primaries and grays, as PCS values.
@pytest.mark.parametrize(
    ("lab", "color"),
    [
        ((100, 0, 0), (255, 255, 255)),
        ((0, 0, 0), (0, 0, 0)),
        ((53.585, 0, 0), (128, 128, 128)),
        ((54.29, 80.81, 69.89), (255, 0, 0)),
        ((87.82, -79.27, 80.99), (0, 255, 0)),
        ((29.57, 68.30, -112.03), (0, 0, 255)),
    ],
)
def test_colors_come_from_cielab(lab: tuple[float, float, float], color: tuple[int, int, int]) -> None:
    pcs = (lab[0] / 100 * 65535, (lab[1] + 128) / 255 * 65535, (lab[2] + 128) / 255 * 65535)
    assert np.abs(np.subtract(color_of(pcs), color)).max() <= 2


@pytest.mark.parametrize("lab", [[1, 2], [1, 2, 65536], [-1, 2, 3], [1, 2, 3, 4]])
def test_a_color_without_sense_is_refused(lab: list[float]) -> None:
    with pytest.raises(ValueError, match="CIELab"):
        color_of(lab)


def _masks(found: Dataset, pixels: list[np.ndarray], image: Dataset) -> tuple[SegmentMask, ...]:
    over = frames_over(found, image, 1)
    decoded = [(one, DecodedFrame(pixels[one.number - 1].astype(np.uint8), "MONOCHROME2")) for one in over]
    return masks_over(found, decoded, image, 1, (int(image.Rows), int(image.Columns)))


def test_a_frame_lies_over_the_image_it_was_made_of() -> None:
    found = segmentation([SLICES[0], SLICES[2]], [SQUARE, ~SQUARE], [segment(1)])
    assert [[one.number for one in frames_over(found, image, 1)] for image in SLICES] == [
        [1],
        [],
        [2],
    ]
    (mask,) = _masks(found, [SQUARE, ~SQUARE], SLICES[2])
    assert (mask.share == np.where(SQUARE, 0, 255)).all()


def test_without_sources_the_slice_it_lies_in_counts() -> None:
    found = segmentation([SLICES[1]], [SQUARE], [segment(1)], FrameOfReferenceUID="1.2.3")
    del found.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence
    images = [ct_slice("P", 61, 1, number) for number in range(1, 4)]
    assert not any(frames_over(found, image, 1) for image in images)
    for image in images:
        image.FrameOfReferenceUID = "1.2.3"
    assert [len(frames_over(found, image, 1)) for image in images] == [0, 1, 0]


def test_of_many_frames_read_from_a_file_those_of_the_image_are_found() -> None:
    file = io.BytesIO()
    segmentation(SLICES * 20, [SQUARE] * 60, [segment(1)]).save_as(file)
    found = read_part10(file).header
    assert [one.number for one in frames_over(found, SLICES[1], 1)] == list(range(2, 61, 3))


def test_segments_of_one_picture_keep_their_numbers_and_colors() -> None:
    found = segmentation([SLICES[0]], [SQUARE, ~SQUARE], [segment(4, "A"), segment(2, "B", lab=None)])
    masks = _masks(found, [SQUARE, ~SQUARE], SLICES[0])
    assert [one.number for one in segments_of(found)] == [2, 4]
    assert [mask.color for mask in masks] == [one.color for one in segments_of(found)]
    assert (masks[1].share == np.where(SQUARE, 255, 0)).all()


def test_a_fraction_is_a_share_of_the_most() -> None:
    found = segmentation([SLICES[0]], [SQUARE], [segment(1)], SegmentationType="FRACTIONAL", MaximumFractionalValue=200)
    (mask,) = _masks(found, [SQUARE * 100], SLICES[0])
    assert set(np.unique(mask.share)) == {0, 128}


def test_a_label_map_holds_all_segments_in_one_frame() -> None:
    found = segmentation([SLICES[0]], [SQUARE], [segment(0, "Background"), segment(3), segment(7, lab=None)])
    found.SegmentationType = "LABELMAP"
    for group in found.PerFrameFunctionalGroupsSequence:
        del group.SegmentIdentificationSequence
    found.NumberOfFrames = 1
    labels = np.where(SQUARE, 7, 3)
    masks = _masks(found, [labels], SLICES[0])
    assert [mask.color for mask in masks] == [one.color for one in segments_of(found)]
    assert (masks[1].share == np.where(SQUARE, 255, 0)).all()


def test_another_grid_in_the_same_plane_falls_where_it_lies() -> None:
    """Every other pixel, turned by a quarter: rows of the segmentation run along columns of the image."""
    found = segmentation([SLICES[0]], [SQUARE], [segment(1)])
    (group,) = found.PerFrameFunctionalGroupsSequence
    group.PlaneOrientationSequence[0].ImageOrientationPatient = [0, 1, 0, 1, 0, 0]
    group.PixelMeasuresSequence[0].PixelSpacing = [2, 2]
    group.PlanePositionSequence[0].ImagePositionPatient = [4.5, 10.5, 1]
    part = np.zeros((8, 6), np.uint8)
    part[2, 1] = 1
    (mask,) = _masks(found, [part], SLICES[0])
    # x = 4.5 + 2 * 2 (row 2), y = 10.5 + 2 * 1 (column 1); a pixel is 2 mm wide.
    assert np.argwhere(mask.share).tolist() == [[12, 8], [12, 9], [13, 8], [13, 9]]


def test_a_finer_grid_that_is_not_turned_falls_where_it_lies() -> None:
    found = segmentation([SLICES[0]], [SQUARE], [segment(1)])
    (group,) = found.PerFrameFunctionalGroupsSequence
    group.PixelMeasuresSequence[0].PixelSpacing = [0.5, 0.25]
    group.PlanePositionSequence[0].ImagePositionPatient = [-1, 2, 1]
    part = np.zeros((8, 16), np.uint8)
    part[2, 12] = 1
    (mask,) = _masks(found, [part], SLICES[0])
    # x = -1 + 12 * 0.25, y = 2 + 2 * 0.5; every fourth column and every second row is seen.
    assert np.argwhere(mask.share).tolist() == [[3, 2]]


def test_masks_of_many_segments_over_a_large_picture_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.rendering.segmentation.PIXELS_MOST", 2 * SIZE * SIZE)
    several = [segment(number) for number in (1, 2, 3)]
    found = segmentation([SLICES[0]], [SQUARE] * 3, several)
    with pytest.raises(CannotRender) as refused:
        _masks(found, [SQUARE] * 3, SLICES[0])
    assert refused.value.reason is Reason.TOO_LARGE


def test_what_lies_elsewhere_is_refused() -> None:
    found = segmentation([SLICES[0]], [SQUARE], [segment(1)])
    found.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient = [0, 0, 50]
    with pytest.raises(CannotRender) as refused:
        _masks(found, [SQUARE], SLICES[0])
    assert refused.value.reason is Reason.MISMATCH


def test_another_size_without_a_place_is_refused() -> None:
    found = segmentation([SLICES[0]], [SQUARE], [segment(1)])
    del found.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence
    with pytest.raises(CannotRender) as refused:
        _masks(found, [SQUARE[:32]], SLICES[0])
    assert refused.value.reason is Reason.MISMATCH


@pytest.mark.parametrize(
    "elements", [{"SegmentationType": "GUESS"}, {"SegmentationType": "FRACTIONAL"}, {"NumberOfFrames": "x"}]
)
def test_a_segmentation_without_sense_is_refused(elements: dict[str, Any]) -> None:
    found = segmentation([SLICES[0]], [SQUARE], [segment(1)])
    for keyword, value in elements.items():
        found.pop(keyword, None)
        found.add_new(keyword, "LO", value)
    with pytest.raises(CannotRender) as refused:
        _masks(found, [SQUARE], SLICES[0])
    assert refused.value.reason is Reason.DAMAGED


def test_frames_that_are_only_counted_cost_nothing() -> None:
    found = segmentation([SLICES[0]], [SQUARE], [segment(1)], NumberOfFrames=2**31 - 1)
    assert [one.number for one in frames_over(found, SLICES[0], 1)] == [1]


def test_too_many_frames_or_segments_are_refused() -> None:
    many = segmentation([SLICES[0]] * (FRAMES_MOST + 1), [SQUARE] * (FRAMES_MOST + 1), [segment(1)])
    with pytest.raises(CannotRender) as refused:
        frames_over(many, SLICES[0], 1)
    assert refused.value.reason is Reason.TOO_LARGE
    with pytest.raises(CannotRender) as refused:
        segments_of(item(SegmentSequence=[segment(1)] * (SEGMENTS_MOST + 1)))
    assert refused.value.reason is Reason.TOO_LARGE


def test_a_segment_tints_and_has_a_firm_edge() -> None:
    gray = np.full((SIZE, SIZE), 100, np.uint8)
    laid = lay_over(gray, [SegmentMask(np.where(SQUARE, 255, 0).astype(np.uint8), (200, 0, 0))])
    assert laid[0, 0].tolist() == [100, 100, 100]
    assert laid[15, 40].tolist() == [140, 60, 60]
    assert laid[10, 40].tolist() == [190, 10, 10]


def test_without_segments_the_picture_stays_as_it_is() -> None:
    gray = np.full((SIZE, SIZE), 100, np.uint8)
    assert lay_over(gray, ()) is gray


def test_a_picture_is_drawn_with_its_segments() -> None:
    (mask,) = _masks(segmentation([SLICES[0]], [SQUARE], [segment(1)]), [SQUARE], SLICES[0])
    header, pixels = SLICES[0], np.full((SIZE, SIZE), 1064, np.uint16)
    options = RenderOptions(media_type="image/png", segments=(mask,))
    picture = render_decoded(header, DecodedFrame(pixels, "MONOCHROME2"), 1, options)
    shown = np.asarray(Image.open(io.BytesIO(picture.data))).astype(int)
    assert shown.shape == (SIZE, SIZE, 3)
    is_colored = np.ptp(shown, axis=2) > 0
    assert (is_colored == SQUARE).all()


SHARED = [
    ("QIICR__dcmqi/data/segmentations/23x38x3/seg/label.seg", "QIICR__dcmqi/data/segmentations/23x38x3/image"),
]


@pytest.mark.parametrize(("name", "images"), SHARED)
def test_a_segmentation_of_dcmqi_lies_over_the_images_that_it_was_made_of(name: str, images: str) -> None:
    path, seen = dicom_file(name), 0
    found = dcmread(path, stop_before_pixels=True)
    for file in sorted(dicom_file(images).glob("*.dcm")):
        image = dcmread(file, stop_before_pixels=True)
        over = frames_over(found, image, 1)
        decoded = [(one, _decoded(path, one.number)) for one in over]
        masks = masks_over(found, decoded, image, 1, (int(image.Rows), int(image.Columns)))
        for mask, (_, frame) in zip(masks, decoded, strict=True):
            assert (mask.share == frame.pixels * 255).all()
            seen += int((mask.share > 0).sum())
    assert seen > 0


def _decoded(path: Path, number: int) -> DecodedFrame:
    header, data, syntax = read_frame(path, number)
    return decode(header, data, syntax, number)
