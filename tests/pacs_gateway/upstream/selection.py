"""The files that the contract tests load: one of each kind, no two with one SOP Instance UID."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pydicom
from pydicom import FileDataset

from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.refs import FrameRef, InstanceRef, PatientRef, StudyRef
from tests.dicom_testdata import dicom_file

_PYDICOM = "pydicom__pydicom/src/pydicom/data/test_files"
_MULTI_FRAME = "cornerstonejs__dicomParser/testImages/encapsulated/multi-frame"
WITH_FRAMES = {
    "native": f"{_PYDICOM}/MR_small.dcm",
    "native implicit": "qurit__rt-utils/tests/one_slice_data/0.dcm",
    "native big endian": "cornerstonejs__dicomParser/testImages/CT1_UNC.explicit_big_endian.dcm",
    "native multi-frame": "dcm4che__dcm4che/dcm4che-test-data/src/main/resources/NM-MONO2-16-13x-heart",
    "single bits multi-frame": "QIICR__dcmqi/data/segmentations/23x38x3/seg/label.seg",
    "deflated": f"{_PYDICOM}/image_dfl.dcm",
    "palette": f"{_PYDICOM}/examples_palette.dcm",
    "overlay": f"{_PYDICOM}/examples_overlay.dcm",
    "JPEG": "RadicalImaging__Static-DICOMWeb/packages/static-wado-creator/dicom/jpeg8bit.dcm",
    "JPEG multi-frame without table": f"{_MULTI_FRAME}/IM00001.fragmented_no_bot_jpeg_baseline.50.dcm",
    "JPEG extended": "pydicom__pylibjpeg-data/ljdata/ds/JPEGExtended/RG2_JPLY_fixed.dcm",
    "JPEG lossless": "pydicom__pylibjpeg-data/ljdata/ds/JPEGLossless/JPEGLossless_1s_1f_u_16_12.dcm",
    "JPEG-LS": "ImagingDataCommons__highdicom/data/test_files/sm_image_jpegls.dcm",
    "JPEG-LS near-lossless": "pydicom__pylibjpeg-data/ljdata/ds/JPEGLS/CT1_JLSN.dcm",
    "JPEG 2000": f"{_PYDICOM}/examples_jpeg2k.dcm",
    "JPEG 2000 lossy": "Efferent-Health__fo-dicom.Codecs/Tests/Acceptance/PM5644-960x540_JPEG2000-Lossy.dcm",
    "RLE multi-frame": f"{_PYDICOM}/rtdose_rle.dcm",
}
WITHOUT_FRAMES = {
    "report": f"{_PYDICOM}/test-SR.dcm",
    "document": "derived/encapsulated_pdf_a.dcm",
}
VIDEOS = {"MPEG-4": "derived/video_h264_high41_us.dcm", "MPEG-2": "derived/video_mpeg2_mpml.dcm"}
# dicomweb-client, a peer in these tests, cannot read a folder that holds videos: they have their own.
ALL = WITH_FRAMES | WITHOUT_FRAMES


@dataclass(frozen=True)
class Sample:
    """A file, and what it says it is."""

    path: Path
    data_set: FileDataset

    @property
    def ref(self) -> InstanceRef:
        return InstanceRef(self.data_set.SeriesInstanceUID, self.data_set.SOPInstanceUID)

    @property
    def patient(self) -> PatientRef:
        return PatientRef(str(self.data_set.get("PatientID", "")), str(self.data_set.get("IssuerOfPatientID", "")))

    @property
    def frame_count(self) -> int:
        return int(self.data_set.get("NumberOfFrames") or 1)

    def frames(self) -> list[FrameRef]:
        return [FrameRef(self.ref, number) for number in range(1, self.frame_count + 1)]

    def grant(self, *rights: Right, patient: PatientRef | None = None, study_uid: str = "") -> StudyGrant:
        study = StudyRef("main", study_uid or self.data_set.StudyInstanceUID)
        return mint_for_system(study, "key", patient or self.patient, "test", rights or (Right.VIEW, Right.DOWNLOAD))


def sample(name: str) -> Sample:
    """Return a file of the selection by the name it has above."""
    path = dicom_file((ALL | VIDEOS)[name])
    return Sample(path, pydicom.dcmread(path))
