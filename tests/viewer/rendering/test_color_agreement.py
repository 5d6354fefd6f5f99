"""Colors and single bits against DCMTK's dcm2pnm: palettes, YBR and RGB in the forms that files hold them natively."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite

from tests.synthetic import ct_slice
from viewer.localfile import read_frame
from viewer.rendering import RenderOptions, render

pytestmark = pytest.mark.dcmtk
ROWS, COLUMNS = 24, 32
JPEG = "1.2.840.10008.1.2.4.50"
_NOISE = np.random.default_rng(5).integers(0, 256, (ROWS, COLUMNS, 3), np.uint8)
# Chroma changes slowly, so that it does not matter how a decoder stretches what neighbors share.
_Y, _X = np.mgrid[0:ROWS, 0:COLUMNS]
_SMOOTH = np.stack([_X * 7, _Y * 9, 255 - _X * 3], axis=2).astype(np.uint8)
# DCMTK turns YBR_FULL into RGB by whole numbers; PS3.3 C.7.6.3.1.2 gives fractions, which are rounded once here.
WHOLE_NUMBERS = 2


def _file(pixels: bytes, photometric: str, **elements: object) -> Dataset:
    made = ct_slice("P", 43, 1, 1, size=ROWS)
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    for keyword in ("RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth", "PixelSpacing"):
        made.pop(keyword, None)
    described = {"Rows": ROWS, "Columns": COLUMNS, "SamplesPerPixel": 3, "PlanarConfiguration": 0}
    described |= {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelRepresentation": 0}
    for keyword, value in {**described, **elements}.items():
        setattr(made, keyword, value)
    made.PhotometricInterpretation, made.PixelData = photometric, pixels
    made["PixelData"].VR = "OW" if made.BitsAllocated > 8 else "OB"
    return made


def _palette(bits: int, entry_bits: int, first: int) -> Dataset:
    indices = _NOISE[:, :, 0].astype("<u2" if bits == 16 else "u1")
    made = _file(indices.tobytes(), "PALETTE COLOR", SamplesPerPixel=1, BitsAllocated=bits, BitsStored=bits)
    made.HighBit = bits - 1
    del made.PlanarConfiguration
    steps = np.arange(200)
    for name, table in (("Red", steps), ("Green", 199 - steps), ("Blue", steps * 7 % 200)):
        made.add_new(f"{name}PaletteColorLookupTableDescriptor", "US", [len(table), first, entry_bits])
        data = (table * 257).astype("<u2") if entry_bits == 16 else table.astype("u1")
        made.add_new(f"{name}PaletteColorLookupTableData", "OW", data.tobytes())
    return made


def _jpeg(subsampling: str, photometric: str) -> Dataset:
    data = bytes(
        imagecodecs.jpeg8_encode(_SMOOTH, level=95, colorspace="rgb", outcolorspace="ycbcr", subsampling=subsampling)
    )
    made = _file(encapsulate([data]), photometric)
    made.file_meta.TransferSyntaxUID = JPEG
    made["PixelData"].is_undefined_length = True
    return made


def _bits() -> Dataset:
    bits = np.packbits(_NOISE[:, :, 0] > 99, bitorder="little").tobytes()
    made = _file(bits, "MONOCHROME2", SamplesPerPixel=1, BitsAllocated=1, BitsStored=1, HighBit=0)
    del made.PlanarConfiguration
    return made


def _files() -> Iterator[tuple[str, Dataset, int]]:
    """Yield (name, file, the largest difference)."""
    yield "palette, 8 bit, entries of 16", _palette(8, 16, 0), 1
    yield "palette, 16 bit, entries of 16, from 20", _palette(16, 16, 20), 1
    yield "palette, 8 bit, entries of 8", _palette(8, 8, 0), 1
    yield "RGB", _file(_NOISE.tobytes(), "RGB"), 0
    yield "RGB in planes", _file(_NOISE.transpose(2, 0, 1).tobytes(), "RGB", PlanarConfiguration=1), 0
    yield "YBR_FULL", _file(_NOISE.tobytes(), "YBR_FULL"), WHOLE_NUMBERS
    planes = _file(_NOISE.transpose(2, 0, 1).tobytes(), "YBR_FULL", PlanarConfiguration=1)
    yield "YBR_FULL in planes", planes, WHOLE_NUMBERS
    pairs = np.concatenate([_NOISE[:, 0::2, 0:1], _NOISE[:, 1::2, 0:1], _NOISE[:, 0::2, 1:]], axis=2)
    yield "YBR_FULL_422", _file(pairs.tobytes(), "YBR_FULL_422"), WHOLE_NUMBERS
    yield "JPEG 4:4:4", _jpeg("444", "YBR_FULL"), WHOLE_NUMBERS
    yield "single bits", _bits(), 0


FILES = {name: (made, most) for name, made, most in _files()}


@pytest.mark.parametrize("name", FILES)
def test_colors_agree_with_dcmtk(name: str, tmp_path: Path) -> None:
    made, most = FILES[name]
    path, out = tmp_path / "file.dcm", tmp_path / "dcmtk.pnm"
    dcmwrite(path, made, enforce_file_format=True)
    program = "dcmj2pnm" if made.file_meta.TransferSyntaxUID == JPEG else "dcm2pnm"
    # Without a window DCMTK shows 0 and 1 as 0 and 128.
    window = ["--min-max-window"] if made.BitsAllocated == 1 else []
    subprocess.run([program, *window, str(path), str(out)], check=True, capture_output=True, timeout=60)
    theirs = np.asarray(Image.open(out)).astype(float)
    shown = render(*read_frame(path, 1), 1, RenderOptions(media_type="image/png"))
    ours = np.asarray(Image.open(io.BytesIO(shown.data))).astype(float)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= most
