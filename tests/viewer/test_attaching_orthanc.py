"""States, segmentations and selections as a real Orthanc tells of them, and a segmentation as it sends it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pacs_gateway.access.grant import mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.refs import FrameRef, PatientRef, StudyRef
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from tests.orthanc import Orthanc
from tests.presentation import key_object, segment, segmentation, state_of
from tests.synthetic import ct_slice, study_uid
from viewer import metadata
from viewer.rendering import decode
from viewer.rendering.notes import Note
from viewer.rendering.segmentation import frames_over, masks_over

STUDY = 7402
SLICES = [ct_slice("P-1", STUDY, 1, number) for number in range(1, 4)]
SQUARE = np.zeros((64, 64), bool)
SQUARE[8:24, 8:24] = True


@pytest.mark.orthanc
def test_orthanc_tells_and_sends_what_lies_beside_the_pictures(tmp_path: Path) -> None:
    beside = [
        state_of(SLICES[:2], ImageRotation=90),
        segmentation(SLICES[1:], [SQUARE, ~SQUARE], [segment(1, lab=None)]),
        key_object(SLICES[2:]),
    ]
    paths = [tmp_path / f"{number}.dcm" for number in range(len(SLICES) + len(beside))]
    for path, one in zip(paths, [*SLICES, *beside], strict=True):
        one.save_as(path, enforce_file_format=True)
    grant = mint_for_system(StudyRef("main", study_uid(STUDY)), "key", PatientRef("P-1"), "test", [Right.VIEW])
    with Orthanc() as orthanc:
        orthanc.store(paths)
        pacs = CheckedPacs(DicomwebPacs(PacsConfig("main", "http", orthanc.url)))
        (entry,) = metadata.build("key", pacs.metadata(grant)).images
        (state,), (found,) = entry.states, entry.segmentations
        (sent,) = list(pacs.frames(grant, [FrameRef(found.ref, 2)]))
    assert (state.frames, state.moves_pixels, entry.key_frames) == ((1, 2), True, (3,))
    assert (found.frames, found.notes) == ((2, 3), (Note.CHOSEN_COLORS,))
    (over,) = frames_over(sent.header, SLICES[2], 1)
    decoded = decode(sent.header, sent.data, sent.transfer_syntax_uid, 2)
    (mask,) = masks_over(sent.header, [(over, decoded)], SLICES[2], 1, (64, 64))
    assert (over.number, (mask.share == np.where(SQUARE, 0, 255)).all()) == (2, True)
