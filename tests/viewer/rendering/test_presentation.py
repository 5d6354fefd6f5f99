"""Presentation states by hand: what is shown, turned, shuttered and drawn (PS3.3 C.10, C.11, PS3.4 N.2)."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset

from tests.presentation import COLOR_STATE, PSEUDO_COLOR_STATE, item, reference, state_of
from tests.synthetic import ct_slice
from viewer.rendering import CannotRender, DecodedFrame, Reason, RenderOptions, Window, render_decoded
from viewer.rendering.annotation import layers_of
from viewer.rendering.area import Area
from viewer.rendering.matrix import place_in_matrix

ROWS, COLUMNS = 6, 8
STEPS = np.arange(ROWS * COLUMNS, dtype=np.uint16).reshape(ROWS, COLUMNS) * 5


def _image(**elements: Any) -> Dataset:
    image = ct_slice("P", 51, 1, 1)
    image.Rows, image.Columns, image.BitsStored, image.HighBit = ROWS, COLUMNS, 8, 7
    for keyword, value in elements.items():
        setattr(image, keyword, value)
    return image


def _show(pixels: np.ndarray, state: Dataset, image: Dataset | None = None, **options: Any) -> np.ndarray:
    photometric = "RGB" if pixels.ndim == 3 else "MONOCHROME2"
    wanted = RenderOptions(media_type="image/png", state=state, **options)
    shown = render_decoded(image or _image(), DecodedFrame(pixels, photometric), 1, wanted)
    return np.asarray(Image.open(io.BytesIO(shown.data)))


def _area(left: int, top: int, right: int, bottom: int, **elements: Any) -> dict[str, Any]:
    corners = {
        "DisplayedAreaTopLeftHandCorner": [left, top],
        "DisplayedAreaBottomRightHandCorner": [right, bottom],
        "PresentationSizeMode": "SCALE TO FIT",
        "PresentationPixelAspectRatio": [1, 1],
    }
    return {"DisplayedAreaSelectionSequence": [item(**{**corners, **elements})]}


def test_without_modality_and_voi_all_stored_values_are_shown_as_they_are() -> None:
    # The image's own rescale and window are not used: PS3.3 A.33.1, PS3.4 N.2.1.
    assert (_show(STEPS, state_of([_image()])) == STEPS).all()


def test_the_image_s_header_is_left_as_it_was() -> None:
    image = _image()
    before = image.to_json()
    _show(STEPS, state_of([image]), image)
    assert image.to_json() == before


def test_the_reader_s_window_goes_before_that_of_the_state() -> None:
    voi = {"SoftcopyVOILUTSequence": [item(WindowCenter=10, WindowWidth=2)]}
    window = Window(128, 256)
    shown = _show(STEPS, state_of([_image()], **voi), window=window)
    assert np.abs(shown.astype(int) - STEPS).max() <= 1


def test_each_frame_gets_the_window_that_names_it() -> None:
    first, second = _image(), _image(SOPInstanceUID="2.25.9")
    for_second = item(WindowCenter=1000, WindowWidth=2, ReferencedImageSequence=[reference(second)])
    for_first = item(WindowCenter=-1000, WindowWidth=2, ReferencedImageSequence=[reference(first)])
    state = state_of([first, second], SoftcopyVOILUTSequence=[for_second, for_first])
    assert (_show(STEPS, state, first) == 255).all()
    assert (_show(STEPS, state, second) == 0).all()


# PS3.3 C.10.6: turned clockwise, then mirrored from left to right.
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("flip", ["N", "Y"])
def test_turned_then_mirrored(rotation: int, flip: str) -> None:
    state = state_of([_image()], ImageRotation=rotation, ImageHorizontalFlip=flip)
    expected = np.rot90(STEPS, -rotation // 90)
    assert (_show(STEPS, state) == (expected[:, ::-1] if flip == "Y" else expected)).all()


def test_a_quarter_clockwise_brings_the_lower_left_corner_up() -> None:
    shown = _show(STEPS, state_of([_image()], ImageRotation=90))
    assert shown.shape == (COLUMNS, ROWS)
    assert (shown[0, 0], shown[0, -1]) == (STEPS[-1, 0], STEPS[0, 0])


def test_only_the_displayed_area_is_shown() -> None:
    assert (_show(STEPS, state_of([_image()], **_area(2, 3, 5, 6))) == STEPS[2:6, 1:5]).all()


def test_beyond_the_image_is_background() -> None:
    shown = _show(STEPS + 1, state_of([_image()], **_area(-1, 0, 9, 7)))
    expected = np.pad(STEPS + 1, ((1, 1), (2, 1)))
    assert (shown == expected).all()


def test_corners_are_named_by_where_they_are_seen() -> None:
    # C.10.4: turned by 180 degrees, the corner seen at the top left is the last pixel.
    state = state_of([_image()], ImageRotation=180, **_area(5, 6, 2, 3))
    assert (_show(STEPS, state) == STEPS[2:6, 1:5][::-1, ::-1]).all()


def test_the_state_s_pixel_spacing_makes_the_picture_s_shape() -> None:
    state = state_of([_image()], **_area(1, 1, COLUMNS, ROWS, PresentationPixelAspectRatio=[2, 1]))
    assert _show(STEPS, state).shape == (2 * ROWS, COLUMNS)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("flip", [False, True])
def test_places_go_where_pixels_go(rotation: int, flip: bool) -> None:
    area = Area(1, 2, 7, 6, rotation // 90, flip)
    picture = np.zeros((ROWS, COLUMNS), np.uint8)
    picture[3, 5] = 1
    shown = area.turn(area.cut(picture))
    ((row, column),) = np.argwhere(shown)
    placed = area.place(np.array([[5.5, 3.5]]))[0]
    assert placed * (shown.shape[1], shown.shape[0]) == pytest.approx((column + 0.5, row + 0.5))


RECTANGLE = {
    "ShutterLeftVerticalEdge": 2,
    "ShutterRightVerticalEdge": 7,
    "ShutterUpperHorizontalEdge": 3,
    "ShutterLowerHorizontalEdge": 5,
}
CIRCLE = {"CenterOfCircularShutter": [3, 4], "RadiusOfCircularShutter": 2}
POLYGON = {"VerticesOfThePolygonalShutter": [1, 1, 1, 6, 6, 6, 6, 1]}
SHUTTERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "rectangular": (
        {"ShutterShape": "RECTANGULAR", **RECTANGLE},
        ["........", "........", ".######.", ".######.", ".######.", "........"],
    ),
    "circular": (
        {"ShutterShape": "CIRCULAR", **CIRCLE},
        ["...#....", "..###...", ".#####..", "..###...", "...#....", "........"],
    ),
    "polygonal": ({"ShutterShape": "POLYGONAL", **POLYGON}, ["######.."] * 6),
    "all": (
        {"ShutterShape": ["RECTANGULAR", "CIRCULAR", "POLYGONAL"], **RECTANGLE, **CIRCLE, **POLYGON},
        ["........", "........", ".#####..", "..###...", "...#....", "........"],
    ),
}


@pytest.mark.parametrize("name", list(SHUTTERS))
def test_shutters_leave_what_is_inside_all_of_them(name: str) -> None:
    elements, drawn = SHUTTERS[name]
    inside = np.array([[mark == "#" for mark in row] for row in drawn])
    shown = _show(STEPS, state_of([_image()], ShutterPresentationValue=65535, **elements))
    assert (shown == np.where(inside, STEPS, 255)).all()


def test_a_circular_shutter_is_round_on_oblong_pixels() -> None:
    area = _area(1, 1, COLUMNS, ROWS, PresentationPixelAspectRatio=[2, 1])
    circle = {"ShutterShape": "CIRCULAR", "CenterOfCircularShutter": [3, 4], "RadiusOfCircularShutter": 2}
    shown = _show(np.full_like(STEPS, 200), state_of([_image()], **circle, **area))
    assert [int((column > 100).sum()) for column in shown.T][1:6] == [2, 2, 6, 2, 2]


def test_an_image_s_own_shutter_closes_without_a_state_and_not_with_one() -> None:
    image = _image(ShutterShape="RECTANGULAR", RescaleIntercept=0, WindowCenter=128, WindowWidth=256, **RECTANGLE)
    plain = render_decoded(image, DecodedFrame(STEPS, "MONOCHROME2"), 1, RenderOptions(media_type="image/png"))
    shown = np.asarray(Image.open(io.BytesIO(plain.data)))
    assert shown[0].max() == 0 < shown[3, 3]
    assert (_show(STEPS, state_of([image]), image) == STEPS).all()


@pytest.mark.parametrize("shutter", [{"ShutterShape": "RECTANGULAR"}, {"ShutterShape": "STAR"}, {"ShutterShape": ""}])
def test_an_image_s_own_shutter_that_makes_no_sense_takes_nothing_away(shutter: dict[str, Any]) -> None:
    pictures = [
        render_decoded(_image(**elements), DecodedFrame(STEPS, "MONOCHROME2"), 1, RenderOptions()).data
        for elements in ({}, shutter)
    ]
    assert pictures[0] == pictures[1]


def _graphic(kind: str, points: list[float], units: str = "PIXEL", filled: str = "N") -> Dataset:
    return item(GraphicType=kind, GraphicData=points, GraphicAnnotationUnits=units, GraphicFilled=filled)


def _drawn(
    *graphics: Dataset, layer: dict[str, Any] | None = None, texts: list[Dataset] | None = None, **more: Any
) -> np.ndarray:
    annotation = item(GraphicLayer="ONE", GraphicObjectSequence=list(graphics), TextObjectSequence=texts or [])
    described = item(GraphicLayer="ONE", GraphicLayerOrder=1, **(layer or {}))
    elements = {"GraphicAnnotationSequence": [annotation], "GraphicLayerSequence": [described], **more}
    return _show(np.zeros((512, 512), np.uint16), state_of([_big()], **_area(1, 1, 512, 512), **elements), _big())


def _big() -> Dataset:
    return _image(Rows=512, Columns=512)


@pytest.mark.parametrize(
    ("kind", "points", "inside", "outside"),
    [
        ("POLYLINE", [10, 20, 200, 20], [(100, 20)], [(100, 30), (300, 20)]),
        ("POINT", [50, 60], [(50, 60)], [(70, 60)]),
        ("CIRCLE", [200, 200, 200, 260], [(260, 200), (140, 200), (200, 260)], [(200, 200)]),
        ("ELLIPSE", [100, 200, 300, 200, 200, 150, 200, 250], [(300, 200), (200, 150), (200, 250)], [(200, 200)]),
        ("INTERPOLATED", [10, 100, 60, 40, 110, 100], [(10, 100), (60, 40), (109, 99)], [(60, 100)]),
    ],
)
def test_graphic_types(
    kind: str, points: list[float], inside: list[tuple[int, int]], outside: list[tuple[int, int]]
) -> None:
    shown = _drawn(_graphic(kind, points))
    for x, y in inside:
        assert shown[y - 2 : y + 3, x - 2 : x + 3].max() > 200
    for x, y in outside:
        assert shown[y - 2 : y + 3, x - 2 : x + 3].max() == 0


def test_places_on_the_display_are_fractions_of_what_is_shown() -> None:
    line = _graphic("POLYLINE", [0.25, 0.5, 0.75, 0.5], units="DISPLAY")
    shown = _drawn(line, ImageRotation=90)
    assert shown[254:259, 256].max() > 200
    assert shown[254:259, 60].max() == shown[200, 256] == 0


# The matrix is 1300 by 900 pixels in tiles of 512; the fourth, the first of the second row, begins at 0, 512.
@pytest.mark.parametrize(
    ("tiling", "frame_number"),
    [
        ({"DimensionOrganizationType": "TILED_FULL"}, 4),
        ({"DimensionOrganizationType": "TILED_FULL"}, 10),
        (
            {
                "PerFrameFunctionalGroupsSequence": [
                    item(
                        PlanePositionSlideSequence=[
                            item(ColumnPositionInTotalImagePixelMatrix=1, RowPositionInTotalImagePixelMatrix=513)
                        ]
                    )
                ]
            },
            1,
        ),
    ],
)
def test_places_in_a_larger_picture_are_found_in_its_tiles(tiling: dict[str, Any], frame_number: int) -> None:
    image = _image(Rows=512, Columns=512, TotalPixelMatrixColumns=1300, TotalPixelMatrixRows=900, **tiling)
    annotation = item(GraphicObjectSequence=[_graphic("POLYLINE", [10, 612, 500, 612], units="MATRIX")])
    text = {"AnchorPoint": [30, 812], "AnchorPointAnnotationUnits": "MATRIX", "AnchorPointVisibility": "N"}
    annotation.TextObjectSequence = [item(UnformattedTextValue="X", **text)]
    state = state_of([image], **_area(1, 1, 512, 512), GraphicAnnotationSequence=[annotation])
    area = Area(0, 0, 512, 512)
    tile = place_in_matrix(image, frame_number)
    (layer,) = layers_of(state, str(image.SOPInstanceUID), frame_number, area, tile=tile)
    assert tile == (0, 512)
    assert np.allclose(layer.marks[0].points * 512, [[10, 100], [500, 100]])
    assert layer.texts[0].anchor == (30 / 512, 300 / 512)


def test_places_in_a_larger_picture_that_nobody_knows_are_left_out() -> None:
    assert _drawn(_graphic("POLYLINE", [10, 20, 200, 20], units="MATRIX")).max() == 0
    assert place_in_matrix(_image(TotalPixelMatrixColumns=9, TotalPixelMatrixRows=9), 1) is None


def test_places_in_the_image_turn_with_it() -> None:
    shown = _drawn(_graphic("POLYLINE", [0, 100, 512, 100]), ImageRotation=90)
    assert shown[256, 409:415].max() > 200
    assert shown[98:103, 50].max() == 0


def test_the_inside_of_a_filled_graphic_is_told_from_an_outline() -> None:
    square = [100, 100, 200, 100, 200, 200, 100, 200, 100, 100]
    assert 0 < _drawn(_graphic("POLYLINE", square, filled="Y"))[150, 150] < 255
    assert _drawn(_graphic("POLYLINE", square))[150, 150] == 0


def test_a_layer_s_color_is_drawn() -> None:
    # CIELab of pure sRGB red under D50: 54.29, 80.81, 69.89.
    red = [round(54.29 / 100 * 65535), round((80.81 + 128) / 255 * 65535), round((69.89 + 128) / 255 * 65535)]
    shown = _drawn(_graphic("POLYLINE", [10, 20, 200, 20]), layer={"GraphicLayerRecommendedDisplayCIELabValue": red})
    assert shown.shape == (512, 512, 3)
    assert shown[18:23, 100].max(axis=0).astype(int) == pytest.approx([255, 0, 0], abs=3)


def test_a_layer_s_gray_is_drawn_with_a_rim_that_tells_it_from_the_picture() -> None:
    shown = _drawn(_graphic("POLYLINE", [10, 20, 200, 20]), layer={"GraphicLayerRecommendedDisplayGrayscaleValue": 0})
    around = shown[14:27, 100]
    assert around[6] < 50 < 100 < around.max()


def _text(words: str, **elements: Any) -> Dataset:
    box = {
        "BoundingBoxAnnotationUnits": "PIXEL",
        "BoundingBoxTopLeftHandCorner": [100, 100],
        "BoundingBoxBottomRightHandCorner": [300, 130],
    }
    return item(UnformattedTextValue=words, **{**box, **elements})


def test_text_stands_in_its_box() -> None:
    shown = _drawn(texts=[_text("Nodule")])
    assert shown[100:135, 100:300].max() > 200
    assert shown[:95].max() == shown[140:].max() == shown[:, :95].max() == 0


@pytest.mark.parametrize(("justification", "part"), [("LEFT", slice(100, 160)), ("RIGHT", slice(240, 302))])
def test_text_is_justified(justification: str, part: slice) -> None:
    shown = _drawn(texts=[_text("Nod", BoundingBoxTextHorizontalJustification=justification)])
    assert shown[100:135, part].max() > 200
    assert np.delete(shown, np.arange(512)[part], axis=1).max() == 0


def test_text_at_the_rim_stays_readable_inside() -> None:
    corners = {"BoundingBoxTopLeftHandCorner": [500, 505], "BoundingBoxBottomRightHandCorner": [511, 511]}
    shown = _drawn(texts=[_text("A long remark", **corners)])
    assert shown[490:, 400:].max() > 200


def test_a_line_leads_from_the_text_to_its_anchor() -> None:
    anchor = {"AnchorPoint": [400, 400], "AnchorPointAnnotationUnits": "PIXEL"}
    assert _drawn(texts=[_text("here", AnchorPointVisibility="Y", **anchor)])[390:402, 385:402].max() > 200
    assert _drawn(texts=[_text("here", AnchorPointVisibility="N", **anchor)])[390:402, 385:402].max() == 0


def test_free_text_can_be_left_out() -> None:
    annotation = item(TextObjectSequence=[_text("Jane Doe")])
    state = state_of([_big()], GraphicAnnotationSequence=[annotation], **_area(1, 1, 512, 512))
    pixels = np.zeros((512, 512), np.uint16)
    assert _show(pixels, state, _big()).max() > 200
    assert _show(pixels, state, _big(), free_text=False).max() == 0


def test_a_small_picture_grows_until_its_text_can_be_read() -> None:
    annotation = item(GraphicObjectSequence=[_graphic("POLYLINE", [1, 1, 3, 3])])
    state = state_of([_image()], GraphicAnnotationSequence=[annotation], **_area(1, 1, COLUMNS, ROWS))
    assert _show(STEPS, state).shape == (384, 512)
    assert _show(STEPS, state, size=128).shape == (96, 128)


def test_a_color_state_leaves_colors_as_they_are() -> None:
    pixels = np.stack([STEPS.astype(np.uint8)] * 3, axis=2)
    state = state_of([_image()], SOPClassUID=COLOR_STATE, ImageRotation=180)
    assert (_show(pixels, state) == pixels[::-1, ::-1]).all()


def test_a_pseudo_color_state_gives_grays_its_colors() -> None:
    state = state_of([_image()], SOPClassUID=PSEUDO_COLOR_STATE)
    for channel, entries in (("Red", range(256)), ("Green", reversed(range(256))), ("Blue", [7] * 256)):
        setattr(state, f"{channel}PaletteColorLookupTableDescriptor", [256, 0, 8])
        state.add_new(f"{channel}PaletteColorLookupTableData", "OW", bytes(entries))
    expected = np.stack([STEPS, 255 - STEPS, np.full_like(STEPS, 7)], axis=2)
    assert (_show(STEPS, state) == expected).all()


HOSTILE: dict[str, tuple[dict[str, Any], Reason]] = {
    "an area as large as a house": (_area(1, 1, 100_000, 100_000), Reason.TOO_LARGE),
    "an area far away": (_area(10**9, 10**9, 10**9 + 5, 10**9 + 5), Reason.TOO_LARGE),
    "no corner": (_area(1, 1, 1, 1, DisplayedAreaTopLeftHandCorner=None), Reason.DAMAGED),
    "turned by 45": ({"ImageRotation": 45}, Reason.DAMAGED),
    "a shutter without edges": ({"ShutterShape": "RECTANGULAR"}, Reason.DAMAGED),
    "a shutter of no shape": ({"ShutterShape": "STAR"}, Reason.DAMAGED),
    "a polygon of many corners": (
        {"ShutterShape": "POLYGONAL", "VerticesOfThePolygonalShutter": [1, 2] * 9000},
        Reason.TOO_LARGE,
    ),
    "a polygon of two corners": (
        {"ShutterShape": "POLYGONAL", "VerticesOfThePolygonalShutter": [1, 2, 3, 4]},
        Reason.DAMAGED,
    ),
    "a bitmap that is not there": ({"ShutterShape": "BITMAP", "ShutterOverlayGroup": 0x6000}, Reason.DAMAGED),
    "too many layers": ({"GraphicAnnotationSequence": [item(GraphicLayer="A")] * 100}, Reason.TOO_LARGE),
    "too many marks": (
        {"GraphicAnnotationSequence": [item(GraphicObjectSequence=[_graphic("POINT", [1, 1])] * 3000)]},
        Reason.TOO_LARGE,
    ),
    "too many points": (
        {"GraphicAnnotationSequence": [item(GraphicObjectSequence=[_graphic("POLYLINE", [1.0] * 120_000)])]},
        Reason.TOO_LARGE,
    ),
    "a circle of one point": (
        {"GraphicAnnotationSequence": [item(GraphicObjectSequence=[_graphic("CIRCLE", [1, 1])])]},
        Reason.DAMAGED,
    ),
    "a place that is no number": (
        {"GraphicAnnotationSequence": [item(GraphicObjectSequence=[_graphic("POINT", [float("nan"), 1])])]},
        Reason.DAMAGED,
    ),
    "another kind of state": ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.11.4"}, Reason.UNSUPPORTED_SOP_CLASS),
    "a state for colors": ({"SOPClassUID": COLOR_STATE}, Reason.UNSUPPORTED_SOP_CLASS),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_state_is_refused_with_a_reason(name: str) -> None:
    elements, reason = HOSTILE[name]
    with pytest.raises(CannotRender) as refused:
        _show(STEPS, state_of([_image()], **elements))
    assert refused.value.reason is reason


def test_marks_far_outside_cost_nothing_and_are_not_seen() -> None:
    shown = _drawn(_graphic("POLYLINE", [1e30, 1e30, 2e30, 1e30]), _graphic("CIRCLE", [-1e30, -1e30, -1e30, -1e29]))
    assert shown.max() == 0
