"""Objects of 4,000 frames of 512 by 512 pixels."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pydicom
from pydicom import Dataset
from pydicom.encaps import encapsulate

from tests.synthetic import ct_slice
from tests.viewer.rendering.samples import rle

FRAMES, LENGTH = 4000, 512 * 512 * 2


def write_native(path: Path) -> None:
    """Write a file of 2 GB with holes in it."""
    file = ct_slice("A", 1, 1, 4, size=512)
    file.NumberOfFrames, frame = FRAMES, file.PixelData
    file.PixelData = b"END!" * 2
    written = io.BytesIO()
    file.save_as(written, enforce_file_format=True)
    beginning = written.getvalue()[: -8 - 4] + (FRAMES * LENGTH).to_bytes(4, "little")
    with path.open("wb") as out:
        out.write(beginning)
        out.seek((FRAMES - 2) * LENGTH, io.SEEK_CUR)
        out.write(frame * 2)


def _group(number: int) -> Dataset:
    values, transformation = Dataset(), Dataset()
    values.WindowCenter, values.WindowWidth = 40 + number % 2, 400
    transformation.RescaleSlope, transformation.RescaleIntercept = 1, -1024
    group = Dataset()
    group.FrameVOILUTSequence, group.PixelValueTransformationSequence = [values], [transformation]
    return group


def write_enhanced(path: Path) -> None:
    """Write 4,000 compressed frames, each with functional groups of its own."""
    file = ct_slice("A", 1, 1, 4, size=512)
    file.NumberOfFrames = FRAMES
    frame = rle(np.frombuffer(file.PixelData, "<u2").reshape(512, 512))
    file.file_meta.TransferSyntaxUID = pydicom.uid.RLELossless
    file.PixelData = encapsulate([frame] * FRAMES)
    file["PixelData"].is_undefined_length = True
    file.PerFrameFunctionalGroupsSequence = [_group(number) for number in range(1, FRAMES + 1)]
    file.save_as(path, enforce_file_format=True)
