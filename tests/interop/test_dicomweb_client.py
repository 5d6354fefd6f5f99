"""dicomweb-client, as a library and on the command line, searches and describes through the gateway."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
from dicomweb_client.api import DICOMwebClient

from bench.stack import Stack
from tests.synthetic import ct_slice

pytestmark = [pytest.mark.orthanc, pytest.mark.stack]
PATIENT, STUDY = "P-DWC", 9301


@pytest.fixture(scope="module")
def token(stack: Stack) -> str:
    """Return the token of a patient whose study of two slices is in Orthanc, beside somebody else's."""
    for patient, study in ((PATIENT, STUDY), ("P-OTHER", STUDY + 1)):
        for number in (1, 2):
            file = io.BytesIO()
            ct_slice(patient, study, 1, number).save_as(file, enforce_file_format=True)
            stack.orthanc.store([file.getvalue()])
        stack.manage("sync", "--patient", patient)
    return stack.token("dwc@x.example", PATIENT)


@pytest.fixture
def client(stack: Stack, token: str) -> DICOMwebClient:
    return DICOMwebClient(f"{stack.url}/dicomweb", headers={"Authorization": f"Bearer {token}"})


def _uids(items: list[dict], keyword: str) -> list[str]:
    return [pydicom.Dataset.from_json(item).get(keyword) for item in items]


def test_it_searches_at_every_level(client: DICOMwebClient) -> None:
    study = f"2.25.4711.{STUDY}"
    found = client.search_for_studies(search_filters={"PatientID": PATIENT}, fields=["StudyDescription"], limit=10)
    assert _uids(found, "StudyInstanceUID") == [study]
    assert client.search_for_studies(search_filters={"PatientID": "P-OTHER"}) == []
    assert _uids(client.search_for_series(), "SeriesInstanceUID") == [f"{study}.1"]
    assert _uids(client.search_for_series(study, fuzzymatching=True), "SeriesInstanceUID") == [f"{study}.1"]
    instances = client.search_for_instances(study, f"{study}.1", offset=1, limit=1)
    assert _uids(instances, "SOPInstanceUID") == [f"{study}.1.2"]
    assert len(client.search_for_instances()) == 2


def test_metadata_is_the_same_as_from_orthanc(client: DICOMwebClient, stack: Stack) -> None:
    study = f"2.25.4711.{STUDY}"
    direct = DICOMwebClient(stack.orthanc.url)
    ours = client.retrieve_series_metadata(study, f"{study}.1")
    theirs = direct.retrieve_series_metadata(study, f"{study}.1")
    by_uid = {item["00080018"]["Value"][0]: item for item in theirs}
    assert len(ours) == len(theirs) == 2
    for item in ours:
        other = by_uid[item["00080018"]["Value"][0]]
        assert {tag: one for tag, one in item.items() if "BulkDataURI" not in one} == {
            tag: one for tag, one in other.items() if "BulkDataURI" not in one
        }
        assert item.keys() == other.keys()
    (one,) = [client.retrieve_instance_metadata(study, f"{study}.1", f"{study}.1.1")]
    assert one["00080018"]["Value"] == [f"{study}.1.1"]


def test_its_command_line_searches(stack: Stack, token: str) -> None:
    command = [Path(sys.executable).parent / "dicomweb_client", "--url", f"{stack.url}/dicomweb"]
    search = ["search", "studies", "--filter", f"PatientID={PATIENT}", "--limit", "5"]
    done = subprocess.run(
        [*command, "--bearer-token", token, *search], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert _uids(json.loads(done.stdout), "PatientID") == [PATIENT]
