"""Every file of the shared set against other people's code: pydicom for values and greys, DCMTK for pictures."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.pixels import apply_modality_lut, apply_voi_lut, apply_windowing, pixel_array

from tests.dicom_testdata import DICOM_TESTDATA, dicom_file
from viewer.localfile import read_frame
from viewer.rendering import CannotRender, Reason, RenderedFrame, RenderOptions, decode, render_decoded

MANIFEST = DICOM_TESTDATA / "manifest.json"
FILES = json.loads(MANIFEST.read_text(encoding="utf-8"))["files"] if MANIFEST.exists() else []
WITH_PIXELS = [one for one in FILES if one["rows"] and one["read"] == "ok" and one["transfer_syntax"]]
REFUSED = {
    # Its codestream is broken by a sequence delimiter inside the SIZ segment.
    "JPEG2000-embedded-sequence-delimiter.dcm": Reason.MISMATCH,
    "GH179A.dcm": Reason.DAMAGED,
    "MR_truncated.dcm": Reason.DAMAGED,
    "badVR.dcm": Reason.DAMAGED,
    "video_h264_high41_us.dcm": Reason.VIDEO,
    "video_mpeg2_mpml.dcm": Reason.VIDEO,
}
# Headers that describe pixels which are not there.
WITHOUT_PIXELS = {"GH178.dcm", "chrJapMulti.dcm", "chrJapMultiExplicitIR6.dcm", "chrKoreanMulti.dcm"}
BY_PYDICOM_ALONE = {"native", "pydicom", "pillow"}
LOSSY_STEP = 1
_P = "1.2.840.10008.1.2"
# Native and lossless: what comes out is what was stored.
_EXACT_ENDS = (
    ".1",
    ".1.98",
    ".1.99",
    ".2",
    ".5",
    ".8.1",
    ".4.57",
    ".4.70",
    ".4.80",
    ".4.90",
    ".4.110",
    ".4.201",
    ".4.202",
)
EXACT = {_P, *(f"{_P}{end}" for end in _EXACT_ENDS)}


def _name(one: dict[str, object]) -> str:
    return Path(str(one["file"])).name


def _id(one: dict[str, object]) -> str:
    return "/".join(Path(str(one["file"])).parts[-2:])


def _decoded(path: Path, number: int) -> np.ndarray:
    header, data, syntax = read_frame(path, number)
    return decode(header, data, syntax, number).pixels


def _ends_of(one: dict[str, object]) -> list[int]:
    """Return the numbers of a file's first and last frame."""
    return sorted({1, int(one["frames"] or 1)})  # type: ignore[call-overload]


def test_the_shared_set_is_there() -> None:
    dicom_file("manifest.json")


@pytest.mark.parametrize("one", WITH_PIXELS, ids=_id)
def test_every_file_is_drawn_or_refused_for_its_known_reason(one: dict[str, object]) -> None:
    reason, picture = _drawn(DICOM_TESTDATA / str(one["file"]))
    expected = REFUSED.get(_name(one))
    if reason is Reason.NO_PIXELS and not one["decoders_ok"]:
        expected = Reason.NO_PIXELS
    assert reason is expected
    if picture is not None:
        assert max(picture.width, picture.height) <= 64
        assert picture.data[:2] == b"\xff\xd8"


def _drawn(path: Path) -> tuple[Reason | None, RenderedFrame | None]:
    try:
        header, data, syntax = read_frame(path, 1)
        return None, render_decoded(header, decode(header, data, syntax, 1), 1, RenderOptions(size=64))
    except CannotRender as error:
        return error.reason, None


def _for_values(one: dict[str, object]) -> bool:
    decoders: set[str] = set(one["decoders_ok"])  # type: ignore[call-overload]
    return bool(decoders & BY_PYDICOM_ALONE) and _name(one) not in REFUSED


VALUES = list(filter(_for_values, WITH_PIXELS))


@pytest.mark.parametrize("one", VALUES, ids=_id)
def test_stored_values_agree_with_pydicom(one: dict[str, object]) -> None:
    path = DICOM_TESTDATA / str(one["file"])
    # Two JPEG decoders may round the color transform differently by one step.
    is_jpeg = str(one["transfer_syntax"]).startswith("1.2.840.10008.1.2.4.5")
    for number in _ends_of(one):
        try:
            expected = pixel_array(dcmread(path), index=number - 1)
        except RuntimeError:
            # pydicom's own decoder of this syntax needs a package that is not installed, or gives up on the file.
            assert one["transfer_syntax"].startswith("1.2.840.10008.1.2.4.")  # type: ignore[attr-defined]
            return
        difference = _decoded(path, number).astype(float) - expected.astype(float)
        assert np.abs(difference).max() <= (LOSSY_STEP if is_jpeg else 0)


def _is_gray(one: dict[str, object]) -> bool:
    is_exact = one["transfer_syntax"] in EXACT and _name(one) not in REFUSED.keys() | WITHOUT_PIXELS
    return is_exact and str(one["photometric"]).startswith("MONOCHROME")


GRAYS = list(filter(_is_gray, WITH_PIXELS))


@pytest.mark.parametrize("one", GRAYS, ids=_id)
def test_greys_agree_with_pydicom(one: dict[str, object]) -> None:
    """Every native and lossless grey file, its first, middle and last frame."""
    count = int(one["frames"] or 1)  # type: ignore[call-overload]
    for number in sorted({1, (count + 1) // 2, count}):
        header, data, syntax = read_frame(DICOM_TESTDATA / str(one["file"]), number)
        _make_square(header)
        frame = decode(header, data, syntax, number)
        picture = render_decoded(header, frame, number, RenderOptions(media_type="image/png", overlays=False))
        assert not picture.scaled
        shown = _shown_by_pydicom(header, number, frame.pixels, picture)
        if frame.photometric == "MONOCHROME1" or header.get("PresentationLUTShape") == "INVERSE":
            shown = 255 - shown
        counted, ours = ~_is_padding(header, frame.pixels), _pixels(picture.data)
        if ours.ndim == 3:
            # Grey below the first color of a supplemental palette (C.7.6.23); the colors are held by test_color.
            counted &= frame.pixels < int(header.RedPaletteColorLookupTableDescriptor[1])
            ours = ours[:, :, 0]
        assert np.abs(ours - shown)[counted].max(initial=0) <= 1


def _shown_by_pydicom(header: Dataset, number: int, pixels: np.ndarray, picture: RenderedFrame) -> np.ndarray:
    """Return greys by pydicom's look-up tables; where a file has no window, with the one that was chosen for it."""
    values = apply_modality_lut(pixels, _of_frame(header, "PixelValueTransformationSequence", number))
    if picture.window is None:
        table = _of_frame(header, "FrameVOILUTSequence", number)
        most = 2 ** int(table.VOILUTSequence[0].LUTDescriptor[2]) - 1
        return np.asarray(apply_voi_lut(values, table, prefer_lut=True)) / most * 255
    window = Dataset()
    window.PhotometricInterpretation, window.BitsStored, window.PixelRepresentation = "MONOCHROME2", 16, 0
    window.WindowCenter, window.WindowWidth = repr(picture.window.center)[:16], repr(picture.window.width)[:16]
    window.VOILUTFunction = str(picture.window.function)
    return np.asarray(apply_windowing(values.astype(np.float64), window)) / 65535 * 255


def _of_frame(header: Dataset, keyword: str, number: int) -> Dataset:
    """Return the functional group of a frame (PS3.3 C.7.6.16), of the frame before the shared one, else the header."""
    for groups, place in (("PerFrameFunctionalGroupsSequence", number - 1), ("SharedFunctionalGroupsSequence", 0)):
        if groups in header and keyword in header[groups][place]:
            found: Dataset = header[groups][place][keyword][0]
            return found
    return header


def _is_padding(header: Dataset, pixels: np.ndarray) -> np.ndarray:
    padding = header.get("PixelPaddingValue")
    return np.zeros(pixels.shape, bool) if padding is None else pixels == int(padding)


def _pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data))).astype(float)


# By transfer syntax: DCMTK's program that reads it. Lossy syntaxes are left out: two decoders may differ.
PROGRAMS = {
    "1.2.840.10008.1.2": "dcm2pnm",
    "1.2.840.10008.1.2.1": "dcm2pnm",
    "1.2.840.10008.1.2.2": "dcm2pnm",
    "1.2.840.10008.1.2.1.99": "dcm2pnm",
    "1.2.840.10008.1.2.5": "dcm2pnm",
    "1.2.840.10008.1.2.4.57": "dcmj2pnm",
    "1.2.840.10008.1.2.4.70": "dcmj2pnm",
    "1.2.840.10008.1.2.4.80": "dcml2pnm",
}
DCMTK_CANNOT = {
    "0.dcm": "modality values are rounded to whole numbers, and there the window is 20 wide",
    "GH610.dcm": "a window width of 0.0005 is not accepted on its command line",
    "JLSL_08_07_0_1F.dcm": "7 bits stored are refused",
    "gdcm-US-ALOKA-16.dcm": "a palette with 8-bit entries in 16-bit pixels is refused",
    "liver_rle.dcm": "RLE of single bits is refused",
    "parametric_map_float.dcm": "Float Pixel Data is not known",
}
# Fragments without a Basic Offset Table: DCMTK does not find the second frame.
DCMTK_FIRST_FRAME = {f"CT0012.fragmented_no_bot_jpeg_lossless.{end}.dcm" for end in (57, 70)}
# DCMTK turns YBR_FULL into RGB by whole numbers; PS3.3 C.7.6.3.1.2 gives fractions, which are rounded once here.
BY_WHOLE_NUMBERS = {"ybrFull-RLE.dcm": 2}
FOR_DCMTK = [one for one in WITH_PIXELS if one["transfer_syntax"] in PROGRAMS and _name(one) not in DCMTK_CANNOT]


@pytest.mark.dcmtk
@pytest.mark.parametrize("one", FOR_DCMTK, ids=_id)
def test_pictures_agree_with_dcmtk(one: dict[str, object], tmp_path: Path) -> None:
    path = DICOM_TESTDATA / str(one["file"])
    if _drawn(path)[0] is not None:
        assert _name(one) in REFUSED or not one["decoders_ok"]
        return
    for number in [1] if _name(one) in DCMTK_FIRST_FRAME else _ends_of(one):
        _compare_with_dcmtk(one, path, number, tmp_path / "dcmtk.pnm")


def _compare_with_dcmtk(one: dict[str, object], path: Path, number: int, out: Path) -> None:
    header, data, syntax = read_frame(path, number)
    _make_square(header)
    frame = decode(header, data, syntax, number)
    picture = render_decoded(header, frame, number, RenderOptions(media_type="image/png", overlays=False))
    program = PROGRAMS[str(one["transfer_syntax"])]
    command = [program, "--no-overlays", "--frame", str(number), *_dcmtk_window(header, picture), str(path), str(out)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    theirs, ours = np.asarray(Image.open(out)).astype(float), _pixels(picture.data)
    if header.get("PixelPresentation") == "COLOR" and ours.ndim == 3 and theirs.ndim == 2:
        # DCMTK leaves out the supplemental palette (C.7.6.23): all that is below it must still agree.
        first = int(header.RedPaletteColorLookupTableDescriptor[1])
        ours, theirs = ours[frame.pixels < first][:, 0], theirs[frame.pixels < first]
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= BY_WHOLE_NUMBERS.get(_name(one), 1)


# Colors that DCMTK does not read; pydicom reads some of them (test_stored_values_agree_with_pydicom).
COLORS_OF_NO_ORACLE = {
    "jpegxl_lossless_rgb.dcm": "DCMTK and pydicom know no JPEG XL",
    "HTJ2KLossless_08_RGB.dcm": "DCMTK and pydicom have no decoder for HTJ2K",
    "GDCMJ2K_TextGBR.dcm": "DCMTK has no decoder for JPEG 2000",
    "examples_jpeg2k.dcm": "DCMTK has no decoder for JPEG 2000",
    "gdcm-US-ALOKA-16.dcm": DCMTK_CANNOT["gdcm-US-ALOKA-16.dcm"],
}


def test_every_exact_file_is_compared_with_somebody() -> None:
    compared = {_name(one) for one in (*GRAYS, *FOR_DCMTK)} | REFUSED.keys() | WITHOUT_PIXELS
    left = {_name(one) for one in WITH_PIXELS if one["transfer_syntax"] in EXACT} - compared
    assert left <= COLORS_OF_NO_ORACLE.keys()


def _make_square(header: Dataset) -> None:
    """Leave out what makes pixels oblong: dcm2pnm writes them as they are stored."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio"):
        header.pop(keyword, None)


def _dcmtk_window(header: Dataset, picture: RenderedFrame) -> list[str]:
    if "VOILUTSequence" in header and picture.window is None:
        return ["--use-voi-lut", "1"]
    if picture.window is None:
        return []
    function = {"SIGMOID": "--sigmoid-function"}.get(picture.window.function, "--linear-function")
    return [function, "--set-window", repr(picture.window.center), repr(picture.window.width)]


@pytest.mark.dcmtk
@pytest.mark.parametrize("name", ["examples_overlay.dcm", "ovly_p01.dcm", "OutOfBoundsOverlay.dcm"])
def test_overlays_agree_with_dcmtk(name: str, tmp_path: Path) -> None:
    (one,) = [one for one in WITH_PIXELS if _name(one) == name]
    path, out = DICOM_TESTDATA / str(one["file"]), tmp_path / "dcmtk.pnm"
    header, data, syntax = read_frame(path, 1)
    picture = render_decoded(header, decode(header, data, syntax, 1), 1, RenderOptions(media_type="image/png"))
    command = ["dcmj2pnm", "--display-overlay", "0", "--set-foreground", "1", *_dcmtk_window(header, picture)]
    subprocess.run([*command, str(path), str(out)], check=True, capture_output=True, timeout=60)
    assert np.abs(_pixels(picture.data) - np.asarray(Image.open(out)).astype(float)).max() <= 1
