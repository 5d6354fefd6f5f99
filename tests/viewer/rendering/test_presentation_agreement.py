"""Presentation states against DCMTK's dcmp2pgm: modality, VOI, Presentation LUT, shutters and overlays."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset, dcmread

from tests.dicom_testdata import dicom_file
from tests.presentation import item, state_of
from tests.synthetic import ct_slice
from viewer.localfile import read_frame
from viewer.rendering import RenderOptions, render

pytestmark = pytest.mark.dcmtk
SIZE = 64


def _table(entries: np.ndarray, first: int = 0, bits: int = 16, **elements: Any) -> Dataset:
    """Return an item of a LUT sequence."""
    made = item(LUTDescriptor=[len(entries), first, bits], **elements)
    made.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return made


_SQUARES = _table(np.linspace(0, 63.99, 4096) ** 2, bits=12)
_FALLING = _table(np.linspace(65535, 0, 4096), ModalityLUTType="US")
# So many entries that it does not matter how a value between two of them is rounded.
_PRESENTATION = _table(np.linspace(0, 63.99, 4096) ** 2, bits=12)


def _window(center: float, width: float) -> dict[str, Any]:
    return {"SoftcopyVOILUTSequence": [item(WindowCenter=center, WindowWidth=width)]}


STATES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "window": _window(2000, 1500),
    "window of the state's modality values": {
        "RescaleSlope": 2,
        "RescaleIntercept": -100,
        "RescaleType": "US",
        **_window(3000, 5000),
    },
    "no window, rescaled": {"RescaleSlope": 2, "RescaleIntercept": -100, "RescaleType": "US"},
    "modality table": {"ModalityLUTSequence": [_FALLING]},
    "modality table and window": {"ModalityLUTSequence": [_FALLING], **_window(30000, 20000)},
    "VOI table": {"SoftcopyVOILUTSequence": [item(VOILUTSequence=[_SQUARES])]},
    "inverse": {"PresentationLUTShape": "INVERSE", **_window(2000, 1500)},
    "presentation table": {"PresentationLUTSequence": [_PRESENTATION], **_window(2000, 4096)},
}


def _image(photometric: str = "MONOCHROME2") -> Dataset:
    image = ct_slice("P", 41, 1, 1, size=SIZE)
    values = np.random.default_rng(3).integers(0, 4096, (SIZE, SIZE))
    image.PixelData, image.PhotometricInterpretation = values.astype(np.uint16).tobytes(), photometric
    return image


def _both(image: Dataset, state: Dataset, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return DCMTK's grays and ours."""
    image.save_as(folder / "image.dcm", enforce_file_format=True)
    state.save_as(folder / "state.dcm", enforce_file_format=True)
    return _compare(folder / "image.dcm", folder / "state.dcm", folder / "theirs.pgm")


def _compare(image: Path, state: Path, out: Path) -> tuple[np.ndarray, np.ndarray]:
    subprocess.run(["dcmp2pgm", "-p", state, image, out], check=True, capture_output=True, timeout=60)
    header, data, syntax = read_frame(image, 1)
    options = RenderOptions(media_type="image/png", state=dcmread(state), free_text=False)
    ours = render(header, data, syntax, 1, options)
    return np.asarray(Image.open(out)).astype(int), np.asarray(Image.open(io.BytesIO(ours.data))).astype(int)


@pytest.mark.parametrize("name", list(STATES))
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_states_agree_with_dcmtk(name: str, photometric: str, tmp_path: Path) -> None:
    image = _image(photometric)
    state = state_of([image], **STATES[name])
    if "PresentationLUTSequence" in state:
        del state.PresentationLUTShape
    theirs, ours = _both(image, state, tmp_path)
    assert np.abs(theirs - ours).max() <= 1


@pytest.mark.parametrize("is_shutter", [False, True])
def test_overlays_and_bitmap_shutters_of_a_state_agree_with_dcmtk(is_shutter: bool, tmp_path: Path) -> None:
    image, mask = _image(), np.zeros((SIZE, SIZE), bool)
    mask[10:20, 5:40] = True
    state = state_of([image], **_window(2000, 1500))
    _put_overlay(state, mask)
    if is_shutter:
        state.ShutterShape, state.ShutterOverlayGroup, state.ShutterPresentationValue = "BITMAP", 0x6000, 32768
    else:
        state.add_new((0x6000, 0x1001), "CS", "LAYER")
        state.GraphicLayerSequence = [item(GraphicLayer="LAYER", GraphicLayerOrder=1)]
    theirs, ours = _both(image, state, tmp_path)
    assert (ours[mask] == (128 if is_shutter else 255)).all()
    assert np.abs(theirs - ours)[~mask].max() <= 1


def _put_overlay(state: Dataset, mask: np.ndarray) -> None:
    for element, vr, value in [
        (0x0010, "US", SIZE),
        (0x0011, "US", SIZE),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x0100, "US", 1),
        (0x0102, "US", 0),
        (0x3000, "OW", np.packbits(mask.ravel(), bitorder="little").tobytes()),
    ]:
        state.add_new((0x6000, element), vr, value)


def test_the_state_that_dcmtk_wrote_is_shown_as_dcmtk_shows_it(tmp_path: Path) -> None:
    state = dicom_file("derived/gsps_dcmtk_MR_small.dcm")
    image = dicom_file("pydicom__pydicom/src/pydicom/data/test_files/MR_small.dcm")
    theirs, ours = _compare(image, state, tmp_path / "theirs.pgm")
    assert np.abs(theirs - ours).max() <= 1
