"""The study that every benchmark looks at: a made-up body CT, 300 slices of 512 by 512 pixels, 12 bit, no two alike."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np

from portal.demo.phantom.images import ct_slices, position_of_slice
from tests.synthetic import ROOT, ct_slice, study_uid

PATIENT = "BENCH-CT"
STUDY, SERIES, SLICES, STACKS = 9000, 1, 300, 3
STUDY_UID = study_uid(STUDY)
SERIES_UID = f"{ROOT}.{STUDY}.{SERIES}"
SPACING = 0.72


def ct_stacks() -> Iterator[bytes]:
    """Yield the files of STACKS series, all with the same pictures: more than a worker keeps decoded."""
    for series in range(SERIES, SERIES + STACKS):
        yield from ct_stack(series=series)


def ct_stack(slices: int = SLICES, series: int = SERIES) -> Iterator[bytes]:
    """Yield the files from the top. The phantom has fewer slices; further rounds carry noise of their own."""
    body = list(ct_slices())
    for index in range(slices):
        at, again = index % len(body), index // len(body)
        noise = np.random.default_rng(index).integers(-6, 7, body[at].shape) if again else 0
        yield _file(series, index, np.clip(body[at] + noise, 0, 4095).astype("<u2"))


def _file(series: int, index: int, pixels: np.ndarray) -> bytes:
    file = ct_slice(PATIENT, STUDY, series, index + 1, size=pixels.shape[0])
    x, y, z = position_of_slice(0)
    file.ImagePositionPatient = [x, y, z - index]
    file.PixelSpacing, file.FrameOfReferenceUID = [SPACING, SPACING], f"{STUDY_UID}.1.0"
    file.PixelData = pixels.tobytes()
    written = io.BytesIO()
    file.save_as(written, enforce_file_format=True)
    return written.getvalue()
