"""dicomweb_client, as a library and on the command line, retrieves from the running product."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
import pytest
import requests
from dicomweb_client import DICOMwebClient
from PIL import Image

from bench.stack import Stack
from tests.synthetic import ROOT, ct_slice, study_uid, value_of_slice

pytestmark = [pytest.mark.orthanc, pytest.mark.stack]
PATIENT, OTHER, NUMBER, OTHER_NUMBER, SLICES = "P-CLIENT", "P-CLIENT-2", 9601, 9602, 3
SERIES, INSTANCE = f"{ROOT}.{NUMBER}.1", f"{ROOT}.{NUMBER}.1.2"
UIDS = (study_uid(NUMBER), SERIES, INSTANCE)
_PROGRAM = "from dicomweb_client.cli import _main; _main()"
AS_STORED = (("application/dicom", "*"),)


@dataclass
class Caller:
    """A patient with a token, at the running product."""

    stack: Stack
    token: str

    @property
    def url(self) -> str:
        return f"{self.stack.url}/dicomweb"

    @property
    def client(self) -> DICOMwebClient:
        return DICOMwebClient(self.url, headers={"Authorization": f"Bearer {self.token}"})

    def run(self, *words: str) -> str:
        """Return what the command line program prints."""
        program = [sys.executable, "-c", _PROGRAM, "--url", self.url, "--bearer-token", self.token]
        done = subprocess.run([*program, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout


def written(data_set: pydicom.Dataset) -> bytes:
    file = io.BytesIO()
    data_set.save_as(file, enforce_file_format=True)
    return file.getvalue()


@pytest.fixture(scope="module")
def caller(stack: Stack) -> Caller:
    """Return a patient whose study of three slices is in Orthanc, beside somebody else's."""
    stack.orthanc.store(written(ct_slice(PATIENT, NUMBER, 1, number)) for number in range(1, SLICES + 1))
    stack.orthanc.store([written(ct_slice(OTHER, OTHER_NUMBER, 1, 1))])
    stack.manage("sync", "--patient", PATIENT)
    stack.manage("sync", "--patient", OTHER)
    return Caller(stack, stack.token("client@x.example", PATIENT))


def uids_of(found: list[dict[str, dict]], tag: str) -> set[str]:
    return {one[tag]["Value"][0] for one in found}


@pytest.mark.parametrize("media_types", [None, AS_STORED])
def test_retrieve(caller: Caller, media_types: tuple[tuple[str, str], ...] | None) -> None:
    client = caller.client
    found = client.retrieve_study(UIDS[0], media_types=media_types)
    assert {int(one.pixel_array[0, 0]) for one in found} == {value_of_slice(n) + 1024 for n in range(1, SLICES + 1)}
    assert len(client.retrieve_series(*UIDS[:2], media_types=media_types)) == SLICES
    assert client.retrieve_instance(*UIDS, media_types=media_types).SOPInstanceUID == INSTANCE
    assert sum(1 for _ in client.iter_study(UIDS[0], media_types=media_types)) == SLICES


def test_frames(caller: Caller) -> None:
    (frame,) = caller.client.retrieve_instance_frames(*UIDS, frame_numbers=[1])
    assert set(np.frombuffer(frame, "<u2")) == {value_of_slice(2) + 1024}


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png"])
def test_rendered(caller: Caller, media_type: str) -> None:
    client = caller.client
    for data in (
        client.retrieve_instance_rendered(*UIDS, media_types=(media_type,), params={"window": "40,400,linear"}),
        client.retrieve_instance_frames_rendered(*UIDS, frame_numbers=[1], media_types=(media_type,)),
        client.retrieve_series_rendered(*UIDS[:2], media_types=(media_type,)),
    ):
        assert Image.MIME[str(Image.open(io.BytesIO(data)).format)] == media_type


def test_bulk_data(caller: Caller) -> None:
    client = caller.client
    address = client.retrieve_instance_metadata(*UIDS)["7FE00010"]["BulkDataURI"]
    (data,) = client.retrieve_bulkdata(address)
    assert set(np.frombuffer(data, "<u2")) == {value_of_slice(2) + 1024}
    headers = {"Authorization": f"Bearer {caller.token}", "Accept": "application/octet-stream", "Range": "bytes=2-9"}
    assert requests.get(address, headers=headers, timeout=30).content == data[2:10]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_somebody_elses_study_is_not_there(caller: Caller, level: int) -> None:
    theirs = (study_uid(OTHER_NUMBER), f"{ROOT}.{OTHER_NUMBER}.1", f"{ROOT}.{OTHER_NUMBER}.1.1")[:level]
    client = caller.client
    get = (client.retrieve_study, client.retrieve_series, client.retrieve_instance)[level - 1]
    with pytest.raises(requests.HTTPError) as caught:
        get(*theirs)
    assert caught.value.response.status_code == 404


def test_the_command_line(caller: Caller, tmp_path: Path) -> None:
    study, series, instance = UIDS
    assert uids_of(json.loads(caller.run("search", "studies")), "0020000D") == {study}
    of_instance = ["--study", study, "--series", series, "--instance", instance]
    assert INSTANCE in caller.run("retrieve", "instances", *of_instance, "metadata")
    caller.run("retrieve", "instances", *of_instance, "full", "--save", "--output-dir", str(tmp_path))
    (file,) = tmp_path.iterdir()
    assert pydicom.dcmread(file).SOPInstanceUID == INSTANCE
