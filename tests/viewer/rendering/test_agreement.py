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
from pydicom.pixels import apply_modality_lut, apply_voi_lut, pixel_array

from tests.dicom_testdata import DICOM_TESTDATA, dicom_file
from viewer.localfile import read_frame
from viewer.rendering import CannotRender, Reason, RenderedFrame, RenderOptions, decode, default_windows, render_decoded

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
BY_PYDICOM_ALONE = {"native", "pydicom", "pillow"}
LOSSY_STEP = 1


def _name(one: dict[str, object]) -> str:
    return Path(str(one["file"])).name


def _id(one: dict[str, object]) -> str:
    return "/".join(Path(str(one["file"])).parts[-2:])


def _decoded(path: Path) -> tuple[Dataset, np.ndarray]:
    header, data, syntax = read_frame(path, 1)
    return header, decode(header, data, syntax, 1).pixels


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
    _, pixels = _decoded(path)
    try:
        expected = pixel_array(dcmread(path), index=0)
    except RuntimeError:
        # pydicom's own decoder of this syntax needs a package that is not installed, or gives up on the file.
        assert one["transfer_syntax"].startswith("1.2.840.10008.1.2.4.")  # type: ignore[attr-defined]
        return
    # Two JPEG decoders may round the color transform differently by one step.
    is_jpeg = str(one["transfer_syntax"]).startswith("1.2.840.10008.1.2.4.5")
    assert np.abs(pixels.astype(float) - expected.astype(float)).max() <= (LOSSY_STEP if is_jpeg else 0)


def _is_plain_gray(one: dict[str, object]) -> bool:
    return str(one["photometric"]).startswith("MONOCHROME") and "native" in one["decoders_ok"]  # type: ignore[operator]


@pytest.mark.parametrize("one", list(filter(_is_plain_gray, VALUES)), ids=_id)
def test_greys_agree_with_pydicom(one: dict[str, object]) -> None:
    header, data, syntax = read_frame(DICOM_TESTDATA / str(one["file"]), 1)
    frame = decode(header, data, syntax, 1)
    if not _has_plain_window(header):
        return
    picture = render_decoded(header, frame, 1, RenderOptions(media_type="image/png", overlays=False))
    if picture.scaled or picture.window is None:
        return
    values = apply_modality_lut(frame.pixels, header)
    low, high = _ends(header)
    shown = (apply_voi_lut(values, header, prefer_lut=True) - low) / (high - low) * 255
    if frame.photometric == "MONOCHROME1" or header.get("PresentationLUTShape") == "INVERSE":
        shown = 255 - shown
    ours = _pixels(picture.data)
    counted = ~_is_padding(header, frame.pixels)
    assert np.abs(ours - shown)[counted].max(initial=0) <= 1


def _has_plain_window(header: Dataset) -> bool:
    # A width below 1 is not allowed with LINEAR: there the percentiles of the frame are shown.
    return bool(default_windows(header)) and "PerFrameFunctionalGroupsSequence" not in header


def _ends(header: Dataset) -> tuple[float, float]:
    """Return black and white of pydicom's answer: it maps a window onto the range of the modality values."""
    slope, intercept = float(header.get("RescaleSlope", 1)), float(header.get("RescaleIntercept", 0))
    bits = int(header.BitsStored)
    least, most = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if header.PixelRepresentation else (0, 2**bits - 1)
    ends = sorted((least * slope + intercept, most * slope + intercept))
    return ends[0], ends[1]


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
# DCMTK turns YBR_FULL into RGB by whole numbers; PS3.3 C.7.6.3.1.2 gives fractions, which are rounded once here.
BY_WHOLE_NUMBERS = {"ybrFull-RLE.dcm": 2}
FOR_DCMTK = [one for one in WITH_PIXELS if one["transfer_syntax"] in PROGRAMS and _name(one) not in DCMTK_CANNOT]


@pytest.mark.dcmtk
@pytest.mark.parametrize("one", FOR_DCMTK, ids=_id)
def test_pictures_agree_with_dcmtk(one: dict[str, object], tmp_path: Path) -> None:
    path, out = DICOM_TESTDATA / str(one["file"]), tmp_path / "dcmtk.pnm"
    if _drawn(path)[0] is not None:
        assert _name(one) in REFUSED or not one["decoders_ok"]
        return
    header, data, syntax = read_frame(path, 1)
    _make_square(header)
    frame = decode(header, data, syntax, 1)
    picture = render_decoded(header, frame, 1, RenderOptions(media_type="image/png", overlays=False))
    program = PROGRAMS[str(one["transfer_syntax"])]
    command = [program, "--no-overlays", *_dcmtk_window(header, picture), str(path), str(out)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    theirs, ours = np.asarray(Image.open(out)).astype(float), _pixels(picture.data)
    if header.get("PixelPresentation") == "COLOR" and ours.ndim == 3 and theirs.ndim == 2:
        # DCMTK leaves out the supplemental palette (C.7.6.23): all that is below it must still agree.
        first = int(header.RedPaletteColorLookupTableDescriptor[1])
        ours, theirs = ours[frame.pixels < first][:, 0], theirs[frame.pixels < first]
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= BY_WHOLE_NUMBERS.get(_name(one), 1)


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
