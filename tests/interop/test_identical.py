"""Every file that Orthanc takes is the same through us as directly from it: the file, its frames, its metadata."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.cache import cache
from django.test import Client

from pacs_gateway.index import sync
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.multipart import read_parts
from tests.dicom_testdata import DICOM_TESTDATA
from tests.orthanc import Orthanc
from tests.pacs_gateway.dicomweb.conftest import body_of
from tests.people import make_staff

pytestmark = [pytest.mark.orthanc, pytest.mark.django_db]
JSON = "application/dicom+json"
FILE = 'multipart/related; type="application/dicom"; transfer-syntax=*'
FRAME = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
BATCHES = 8
_BINARY = ("OB", "OD", "OF", "OL", "OV", "OW", "UN")
NATIVE = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1'
# What is no DICOM file is not handed on as one: whose it is would be guessed, and another program may guess otherwise.
# Of a data set that is in the native transfer syntax already, Orthanc does not make a file. A name longer than a UID
# can be is none.
REFUSED = {
    "ExplVR_LitEndNoMeta.dcm": "comes without DICOM prefix and File Meta Information (PS3.10 7.1), however asked for",
    "jpeg2000-multiframe-multifragments.dcm": "its SOP Instance UID is longer than 64 characters (PS3.5 9.1)",
}


def candidates() -> list[Path]:
    """Return the files that can be DICOM, in a fixed order."""
    return sorted(path for path in DICOM_TESTDATA.rglob("*") if path.is_file() and path.suffix not in (".md", ".txt"))


@pytest.fixture(scope="module")
def archive() -> Iterator[Orthanc]:
    """Run an Orthanc that holds one file at a time."""
    with Orthanc() as running:
        yield running


@pytest.fixture
def staff(db: None, archive: Orthanc, settings: Any) -> Client:
    """Return a browser of staff, whose PACS is that Orthanc."""
    settings.PACS = {"main": PacsConfig("main", "http", archive.url)}
    client = Client()
    client.force_login(make_staff())
    return client


def parts(content_type: str, body: bytes) -> list[bytes]:
    return [b"".join(part.body) for part in read_parts(io.BytesIO(body).read, content_type)]


def stored_uids(archive: Orthanc, path: Path) -> tuple[str, str, str] | None:
    """Store a file; return its UIDs as Orthanc has them, None when it refuses the file or the file names no study."""
    answer = requests.post(f"{archive.rest}/instances", data=path.read_bytes(), timeout=30)
    if not answer.ok:
        return None
    tags = requests.get(f"{archive.rest}/instances/{answer.json()['ID']}/simplified-tags", timeout=30).json()
    uids = tuple(tags.get(name, "") for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"))
    if not all(uids):
        return None
    return uids  # type: ignore[return-value]


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes that hold no bulk data: VR and values, at every depth."""
    return {
        tag: (found["vr"], [plain(one) if found["vr"] == "SQ" else one for one in found.get("Value", ())])
        for tag, found in item.items()
        if found["vr"] not in _BINARY and not {"BulkDataURI", "InlineBinary"} & found.keys()
    }


def same(name: str, theirs: requests.Response, ours: Any) -> bool:
    pairs = zip(
        parts(theirs.headers["Content-Type"], theirs.content), parts(ours["Content-Type"], body_of(ours)), strict=True
    )
    if name == "file":
        # The preamble may hold anything, and goes out empty.
        return all(one[128:] == other[128:] for one, other in pairs)
    # A fragment of odd length, which PS3.5 forbids, comes from Orthanc with a byte more.
    return all(one in (other, other + b"\0") for one, other in pairs)


def _as_file(theirs: requests.Response) -> requests.Response:
    """Return the same as a DICOM file: a data set stored without File Meta Information comes without, which is none.

    Nothing in it says how it is encoded (PS3.10 7.1), so that what Orthanc makes of it is what there is.
    """
    if "application/dicom" not in theirs.headers["Content-Type"] or theirs.content.count(b"DICM", 0, 1024):
        return theirs
    return requests.get(theirs.request.url or "", headers={"Accept": NATIVE}, timeout=60)


def differences(staff: Client, archive: Orthanc, uids: tuple[str, str, str]) -> list[str]:
    """Return what is not the same, where Orthanc has an answer at all."""
    path, found = f"/studies/{uids[0]}/series/{uids[1]}/instances/{uids[2]}", []
    for name, address, accept in (("file", "", FILE), ("frame", "/frames/1", FRAME), ("metadata", "/metadata", JSON)):
        theirs = requests.get(archive.url + path + address, headers={"Accept": accept}, timeout=60)
        ours = staff.get(f"/dicomweb{path}{address}", headers={"Accept": accept})
        if theirs.ok and ours.status_code != 200:
            found.append(f"{name} is refused")
        elif theirs.ok and accept == JSON:
            if [plain(item) for item in theirs.json()] != [plain(item) for item in ours.json()]:
                found.append("metadata differs")
        elif theirs.ok and not same(name, _as_file(theirs), ours):
            found.append(f"{name} differs")
    return found


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_same_through_us_as_from_orthanc(staff: Client, archive: Orthanc, batch: int) -> None:
    compared, wrong = 0, {}
    for path in candidates()[batch::BATCHES]:
        uids = stored_uids(archive, path)
        if uids is None:
            continue
        # The next file may be of the same study.
        cache.clear()
        sync.sync_study("main", uids[0])
        if found := differences(staff, archive, uids):
            wrong[path.name] = found
        archive.delete_study(uids[0])
        compared += 1
    assert compared > 20
    assert {name: found for name, found in wrong.items() if name not in REFUSED} == {}
    assert all(found[0] == "file is refused" for found in wrong.values())
