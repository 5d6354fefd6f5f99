"""Whole instances: for whom, in which transfer syntax, in which wrapping, and what becomes of one that breaks off."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import imagecodecs
import numpy as np
import pydicom
import pytest
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from pydicom.encaps import generate_frames
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLSLossless

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.renewing import Withdrawn
from pacs_gateway.errors import PacsIncomplete, PacsNotFound
from pacs_gateway.refs import InstanceRef
from pacs_gateway.upstream import folder
from pacs_gateway.upstream.base import StoredInstance
from pacs_gateway.upstream.checked import CheckedPacs
from portal.people.models import PatientLink
from tests.pacs_gateway.dicomweb.conftest import Put, Service, body_of, parts_of

SERIES, INSTANCE = "/series/2.25.4711.9401.2", "/series/2.25.4711.9401.2/instances/2.25.4711.9401.2.3"
PARTS = 'multipart/related; type="application/dicom"'
AS_STORED = f"{PARTS}; transfer-syntax=*"
NATIVE = f"application/dicom; {ExplicitVRLittleEndian}"


def read(data: bytes) -> pydicom.FileDataset:
    return pydicom.dcmread(io.BytesIO(data))


@pytest.mark.parametrize(("level", "count"), [("", 6), (SERIES, 3), (INSTANCE, 1)])
@pytest.mark.parametrize("who", ["owner", "physician", "staff", "token"])
def test_each_level_as_parts(service: Service, who: str, level: str, count: int) -> None:
    response = service.get(who, f"/studies/{service.study_uid}{level}", accept=AS_STORED)
    parts = parts_of(response)
    assert {kind for kind, _ in parts} == {NATIVE}
    found = [read(data) for _, data in parts]
    assert len({one.SOPInstanceUID for one in found}) == count
    assert {one.StudyInstanceUID for one in found} == {service.study_uid}


def test_what_stands_between_two_files_is_sent_at_once(folder_service: Service) -> None:
    response = folder_service.get("owner", f"/studies/{folder_service.study_uid}{SERIES}", accept=AS_STORED)
    steps = list(response.streaming_content)
    # Before the first file, between each two, and after the last; the preambles are among it.
    assert [step.startswith((b"--", b"\r\n--")) for step in steps] == [True, False, True, False, True, False, True]
    assert [b"Content-Type" in step for step in steps] == [True, False, True, False, True, False, False]


@pytest.mark.parametrize("who", ["stranger", "other_physician", "other_visitor", "visitor"])
@pytest.mark.parametrize("level", ["", SERIES, INSTANCE])
def test_neither_strangers_nor_a_link_that_only_shows_get_files(service: Service, who: str, level: str) -> None:
    theirs = service.get(who, f"/studies/{service.study_uid}{level}", accept=AS_STORED)
    nothing = service.get(who, f"/studies/2.25.999{level}", accept=AS_STORED)
    assert (theirs.status_code, theirs.content) == (404, nothing.content)


def test_what_is_not_in_the_study_is_404(folder_service: Service) -> None:
    path = f"/studies/{folder_service.study_uid}/series/2.25.1"
    assert folder_service.get("owner", path, accept=AS_STORED).status_code == 404


@pytest.mark.parametrize("accept", [AS_STORED, PARTS, "application/zip", "application/dicom"])
@pytest.mark.parametrize("level", ["", SERIES, INSTANCE])
def test_the_headers_cost_no_file(
    folder_service: Service, monkeypatch: pytest.MonkeyPatch, accept: str, level: str
) -> None:
    path = f"/dicomweb/studies/{folder_service.study_uid}{level}"
    client = folder_service.cast.client("owner")
    full = client.get(path, headers={"Accept": accept})
    for name in ("open", "open_all"):
        monkeypatch.delattr(CheckedPacs, name)
    head = client.head(path, headers={"Accept": accept})
    assert (head.status_code, body_of(head)) == (full.status_code, head.content if full.status_code == 406 else b"")
    kinds = [one["Content-Type"].partition(";")[0] for one in (head, full)]
    assert (kinds[0], head.get("ETag")) == (kinds[1], full.get("ETag"))


@pytest.mark.parametrize(
    ("path", "accept"),
    [("", "application/zip"), (f"{INSTANCE}/frames/1", "*/*"), (f"{INSTANCE}/bulkdata/7FE00010", "*/*")],
)
def test_a_server_gets_no_body_to_throw_away(folder_service: Service, path: str, accept: str) -> None:
    client = folder_service.cast.client("owner")
    asked = client.head(f"/dicomweb/studies/{folder_service.study_uid}{path}", headers={"Accept": accept})
    status: list[str] = []
    # Not through the test client, which leaves out what HEAD must not have; the test's connection stays open as there.
    signals.request_started.disconnect(close_old_connections)
    try:
        body = WSGIHandler()(asked.wsgi_request.environ, lambda line, headers: status.append(line))
    finally:
        signals.request_started.connect(close_old_connections)
    with closing(body):
        assert (status, b"".join(body)) == (["200 OK"], b"")


@pytest.mark.parametrize("accept", ["image/jpeg", 'multipart/related; type="image/jpeg"', "application/dicom+json"])
def test_what_files_are_not_is_406(folder_service: Service, accept: str) -> None:
    response = folder_service.get("owner", f"/studies/{folder_service.study_uid}", accept=accept)
    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")


def test_a_zip(service: Service) -> None:
    body = body_of(service.get("owner", f"/studies/{service.study_uid}", {"accept": "application/zip"}, None))
    archive = zipfile.ZipFile(io.BytesIO(body))
    assert archive.testzip() is None
    assert len({read(archive.read(name)).SOPInstanceUID for name in archive.namelist()}) == 6


def test_one_instance_alone(service: Service) -> None:
    path = f"/studies/{service.study_uid}{INSTANCE}"
    response = service.get("owner", path, accept="application/dicom; transfer-syntax=*")
    assert response["Content-Type"] == f"application/dicom; transfer-syntax={ExplicitVRLittleEndian}"
    assert read(body_of(response)).SOPInstanceUID == "2.25.4711.9401.2.3"


def test_what_the_caller_has_already_is_304_and_only_for_whom_it_is(folder_service: Service) -> None:
    path = f"/studies/{folder_service.study_uid}"
    etag = folder_service.get("owner", path, accept=AS_STORED)["ETag"]
    again = folder_service.get("owner", path, None, AS_STORED, **{"If-None-Match": etag})
    other = folder_service.get("stranger", path, None, AS_STORED, **{"If-None-Match": etag})
    assert (again.status_code, other.status_code) == (304, 404)


def pixels_of(data_set: pydicom.FileDataset) -> np.ndarray:
    """Return the pixels as somebody else decodes them."""
    if data_set.file_meta.TransferSyntaxUID != JPEGLSLossless:
        return data_set.pixel_array
    frames = list(generate_frames(data_set.PixelData, number_of_frames=data_set.get("NumberOfFrames", 1)))
    found = np.stack([imagecodecs.jpegls_decode(frame) for frame in frames])
    return found[0] if len(frames) == 1 else found


COMPRESSED = ["JPEG", "JPEG lossless", "JPEG-LS", "JPEG 2000", "RLE multi-frame", "JPEG extended"]


@pytest.mark.parametrize("name", COMPRESSED)
def test_as_stored_is_the_file(put: Put, name: str) -> None:
    stored = put(name)
    ((kind, data),) = parts_of(stored.get(accept=AS_STORED))
    assert kind.endswith(stored.data_set.file_meta.TransferSyntaxUID)
    assert data[128:] == stored.file.read_bytes()[128:]


@pytest.mark.parametrize("accept", [PARTS, f"{PARTS}; transfer-syntax={ExplicitVRLittleEndian}"])
@pytest.mark.parametrize("name", ["JPEG", "JPEG-LS", "JPEG 2000", "JPEG 2000 lossy", "RLE multi-frame"])
def test_compressed_pixels_are_decoded_where_asked(workers: None, put: Put, name: str, accept: str) -> None:
    stored = put(name)
    ((kind, data),) = parts_of(stored.get(accept=accept))
    ours, original = read(data), stored.data_set
    assert kind == NATIVE
    assert ours.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert (ours.SOPInstanceUID, ours.get("NumberOfFrames")) == (
        original.SOPInstanceUID,
        original.get("NumberOfFrames"),
    )
    difference = ours.pixel_array.astype(np.int64) - pixels_of(original)
    # Decoders of lossy JPEG may round otherwise; pydicom's turns no colors of its own accord.
    assert np.abs(difference).max() <= 2


@pytest.mark.parametrize("name", ["native implicit", "native multi-frame", "deflated", "overlay", "report", "document"])
def test_uncompressed_files_become_explicit(put: Put, name: str) -> None:
    stored = put(name)
    ((kind, data),) = parts_of(stored.get(accept=PARTS))
    ours, original = read(data), stored.data_set
    assert (kind, ours.file_meta.TransferSyntaxUID) == (NATIVE, ExplicitVRLittleEndian)
    assert ours.get("PixelData") == original.get("PixelData")
    assert {element.tag for element in original if element.tag.group < 0xFFFC} <= {element.tag for element in ours}


@pytest.mark.parametrize("accept", [PARTS, f"{PARTS}; transfer-syntax={ExplicitVRLittleEndian}"])
def test_big_endian_becomes_little_endian(put: Put, accept: str) -> None:
    stored = put("native big endian")
    ((kind, data),) = parts_of(stored.get(accept=accept))
    ours, original = read(data), stored.data_set
    assert (kind, ours.file_meta.TransferSyntaxUID) == (NATIVE, ExplicitVRLittleEndian)
    assert np.array_equal(ours.pixel_array, original.pixel_array)
    plain = {element.tag for element in original if element.VR not in ("SQ", "OW", "OB")}
    assert {tag: ours[tag].value for tag in plain} == {tag: original[tag].value for tag in plain}
    ((_, as_stored),) = parts_of(stored.get(accept=AS_STORED))
    assert as_stored[128:] == stored.file.read_bytes()[128:]


def test_a_transfer_syntax_that_cannot_be_made_is_406_unless_something_else_will_do(put: Put) -> None:
    stored = put("JPEG-LS")
    wanted = f"{PARTS}; transfer-syntax={ImplicitVRLittleEndian}"
    assert stored.get(accept=wanted).status_code == 406
    ((kind, _),) = parts_of(stored.get(accept=f"{wanted}, {AS_STORED};q=0.5"))
    assert kind.endswith("1.2.840.10008.1.2.4.80")


def test_a_study_whose_instance_goes_while_it_is_sent_breaks_off(
    folder_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, opened = folder._open, []

    def gone(path: Path) -> BinaryIO:
        opened.append(path)
        if len(opened) >= 3:
            raise PacsNotFound
        return whole(path)

    monkeypatch.setattr(folder, "_open", gone)
    response = folder_service.get("owner", f"/studies/{folder_service.study_uid}", accept=AS_STORED)
    assert response.status_code == 200
    with pytest.raises(PacsIncomplete, match="instance of the list is gone"):
        body_of(response)


@pytest.mark.parametrize("comes", [0, 1, 2])
def test_what_does_not_come_in_one_answer_comes_one_by_one(
    folder_service: Service, monkeypatch: pytest.MonkeyPatch, comes: int
) -> None:
    def parts() -> list[tuple[str, bytes]]:
        return sorted(parts_of(folder_service.get("owner", f"/studies/{folder_service.study_uid}", accept=AS_STORED)))

    whole = parts()
    together = CheckedPacs.open_all

    def broken_off(self: CheckedPacs, grant: StudyGrant, refs: list[InstanceRef]) -> Iterator[StoredInstance]:
        yield from itertools.islice(together(self, grant, refs), comes)
        raise PacsIncomplete

    monkeypatch.setattr(CheckedPacs, "open_all", broken_off)
    assert parts() == whole


def test_a_study_stops_when_it_is_taken_away(folder_service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pacs_gateway.dicomweb.files.ASK_AGAIN_SECONDS", 0.0)
    response = folder_service.get("owner", f"/studies/{folder_service.study_uid}", accept=AS_STORED)
    PatientLink.objects.all().delete()
    with pytest.raises(Withdrawn):
        body_of(response)
