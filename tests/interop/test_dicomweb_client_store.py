"""dicomweb_client, as a library and on the command line, stores into a real Orthanc through the running product."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
import requests
from dicomweb_client import DICOMwebClient

from bench.stack import Stack
from tests.synthetic import ROOT, ct_slice, study_uid

pytestmark = [pytest.mark.orthanc, pytest.mark.stack]
PATIENT, NUMBER = "P-STORE", 9801
_PROGRAM = "from dicomweb_client.cli import _main; _main()"
_STAFF = "from tests.people import make_staff; make_staff('store@clinic.example')"


@pytest.fixture(scope="module")
def storing_stack() -> Iterator[Stack]:
    """Run the product so that staff may store."""
    with Stack(environment={"DICOMWEB_STORE": "main"}) as running:
        yield running


@pytest.fixture(scope="module")
def staff_token(storing_stack: Stack) -> str:
    storing_stack.manage("shell", "-c", _STAFF)
    return storing_stack.manage("apitoken", "store@clinic.example").split()[-1]


def client_of(stack: Stack, token: str) -> DICOMwebClient:
    return DICOMwebClient(f"{stack.url}/dicomweb", headers={"Authorization": f"Bearer {token}"})


def slice_of(number: int) -> pydicom.FileDataset:
    file = io.BytesIO()
    ct_slice(PATIENT, NUMBER, 1, number).save_as(file, enforce_file_format=True)
    return pydicom.dcmread(io.BytesIO(file.getvalue()))


def test_what_staff_store_is_there_for_the_patient(storing_stack: Stack, staff_token: str) -> None:
    answer = client_of(storing_stack, staff_token).store_instances([slice_of(1), slice_of(2)])
    assert len(answer.ReferencedSOPSequence) == 2
    patient = client_of(storing_stack, storing_stack.token("stored@x.example", PATIENT))
    assert len(patient.retrieve_study_metadata(study_uid(NUMBER))) == 2
    with pytest.raises(requests.HTTPError):
        patient.store_instances([slice_of(3)])
    assert len(patient.search_for_instances(study_uid(NUMBER))) == 2


def test_the_command_line_stores(storing_stack: Stack, staff_token: str, tmp_path: Path) -> None:
    slice_of(5).save_as(tmp_path / "five.dcm")
    program = [sys.executable, "-c", _PROGRAM, "--url", f"{storing_stack.url}/dicomweb", "--bearer-token", staff_token]
    done = subprocess.run(
        [*program, "store", "instances", str(tmp_path / "five.dcm")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    address = f"{storing_stack.orthanc.url}/studies/{study_uid(NUMBER)}/series/{ROOT}.{NUMBER}.1/instances"
    found = requests.get(address, timeout=30).json()
    assert f"{ROOT}.{NUMBER}.1.5" in {one["00080018"]["Value"][0] for one in found}
