"""Our two clients beside dicomweb-client's, on the same archive: they must tell and fetch the same."""

from __future__ import annotations

import io
from pathlib import Path

import pydicom
import pytest
from dicomweb_client import DICOMfileClient, DICOMwebClient

from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.refs import InstanceRef, PatientRef, StudyRef
from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from tests.orthanc import Orthanc
from tests.pacs_gateway.upstream.selection import sample

STUDY_UID, INSTANCE_UID = "0020000D", "00080018"
NAMES = ("native", "JPEG-LS", "JPEG 2000", "RLE multi-frame")


def _grant(header: pydicom.Dataset) -> StudyGrant:
    patient = PatientRef(str(header.get("PatientID", "")), str(header.get("IssuerOfPatientID", "")))
    return mint_for_system(StudyRef("main", header.StudyInstanceUID), "key", patient, "test", list(Right))


def _uids(found: list[dict], tag: str) -> set[str]:
    return {one[tag]["Value"][0] for one in found}


@pytest.mark.orthanc
class TestOnOrthanc:
    """dicomweb_client.DICOMwebClient is the peer."""

    def test_both_list_the_same_studies(self, orthanc: Orthanc) -> None:
        theirs = _uids(DICOMwebClient(orthanc.url).search_for_studies(), STUDY_UID)
        ours = DicomwebPacs(PacsConfig("main", "http", orthanc.url)).search_studies(StudyQuery())
        assert {record.study_uid for record in ours} == theirs

    @pytest.mark.parametrize("name", NAMES)
    def test_both_fetch_the_same_instance(self, orthanc: Orthanc, name: str) -> None:
        header = pydicom.dcmread(sample(name).path, stop_before_pixels=True)
        uids = (header.StudyInstanceUID, header.SeriesInstanceUID, header.SOPInstanceUID)
        peer = DICOMwebClient(orthanc.url)
        theirs = peer.retrieve_instance(*uids, media_types=(("application/dicom", "*"),))
        pacs = CheckedPacs(DicomwebPacs(PacsConfig("main", "http", orthanc.url)))
        ours = pydicom.dcmread(io.BytesIO(pacs.instance(_grant(header), InstanceRef(*uids[1:]))))
        assert ours.PixelData == theirs.PixelData
        metadata = pacs.metadata(_grant(header))
        assert _uids(metadata, INSTANCE_UID) == _uids(peer.retrieve_study_metadata(uids[0]), INSTANCE_UID)


def test_both_list_the_same_studies_of_a_folder(dicom_folder: Path, folder_pacs: CheckedPacs, tmp_path: Path) -> None:
    client = DICOMfileClient(f"file://{dicom_folder}", in_memory=True, update_db=True)
    theirs = _uids(client.search_for_studies(), STUDY_UID)
    assert {record.study_uid for record in folder_pacs.search_studies(StudyQuery())} == theirs
