"""One frame of a large object of many frames, through HTTP, gate, queue and workers, beside Orthanc's `/rendered`."""

from __future__ import annotations

import io

import numpy as np
from pydicom.uid import MultiFrameGrayscaleWordSecondaryCaptureImageStorage

from bench import loads, studies, viewer
from bench.rendering import Row
from bench.stack import Stack
from tests.synthetic import ct_slice

FRAMES, SIDE = 400, 512
ASKED, ASKED_OF_PEER, MOST = 40, 4, 2000.0


def rows() -> list[Row]:
    """Return how long the first frame takes, and how long each of the others that nobody has decoded."""
    with Stack() as stack:
        stack.orthanc.store([_object()])
        site = viewer.opened(stack)
        first = site.median([_ours(site, FRAMES // 2)])
        further = site.median([_ours(site, number) for number in _spread(ASKED)])
        paths = [_theirs(number) for number in _spread(ASKED_OF_PEER)]
        theirs = loads.median(stack.orthanc.rest, {"Accept": "image/jpeg"}, paths)
        size = FRAMES * SIDE**2 * 2 // 1000**2
        return [
            Row(f"first frame of an object of {size} MB", first, "Orthanc DICOMweb", theirs),
            Row(f"further frames of an object of {size} MB: each", further, "Orthanc DICOMweb", theirs),
            Row(f"further frames of an object of {size} MB: each", further, "limit", MOST),
        ]


def _spread(count: int) -> list[int]:
    return [1 + 9 * number % FRAMES for number in range(count)]


def _ours(site: viewer.Site, number: int) -> str:
    return f"{site.frames}{number}?window={viewer.next_window()}"


def _theirs(number: int) -> str:
    place = f"/dicom-web/studies/{studies.STUDY_UID}/series/{studies.SERIES_UID}/instances/{studies.SERIES_UID}.1"
    return f"{place}/frames/{number}/rendered?window={viewer.next_window()},linear"


def _object() -> bytes:
    file = ct_slice(studies.PATIENT, studies.STUDY, studies.SERIES, 1, size=SIDE)
    file.SOPClassUID = file.file_meta.MediaStorageSOPClassUID = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    file.NumberOfFrames = FRAMES
    file.PixelData = np.random.default_rng(1).integers(0, 4096, (FRAMES, SIDE, SIDE), dtype="<u2").tobytes()
    written = io.BytesIO()
    file.save_as(written, enforce_file_format=True)
    return written.getvalue()
