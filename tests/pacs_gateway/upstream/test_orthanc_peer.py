"""What only a real Orthanc shows: passwords, large objects, files it cannot describe, coming and going."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless, generate_uid

from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsMismatch, PacsNotFound, PacsUnavailable
from pacs_gateway.refs import FrameRef, InstanceRef, PatientRef, StudyRef
from pacs_gateway.upstream import ahead, dicomweb, large, retrieved
from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.connection import Response
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from tests.dicom_testdata import dicom_file
from tests.orthanc import Orthanc
from tests.pacs_gateway.upstream.selection import sample

pytestmark = pytest.mark.orthanc
COUNT = 24


@pytest.fixture(scope="module")
def orthanc() -> Iterator[Orthanc]:
    """Run an Orthanc of this module's own: what is stored here would disturb the contract tests."""
    with Orthanc() as running:
        yield running


def client(running: Orthanc, **credentials: str) -> CheckedPacs:
    return CheckedPacs(DicomwebPacs(PacsConfig("main", "http", running.url, **credentials)))


def cine(syntax: str) -> tuple[pydicom.Dataset, list[bytes]]:
    """Return a made-up object of 24 frames, 12 MB, and its frames."""
    pixels = np.random.default_rng(7).integers(0, 4096, (COUNT, 512, 512), dtype=np.uint16)
    data_set = pydicom.dcmread(sample("native").path)
    del data_set["DataSetTrailingPadding"]
    data_set.StudyInstanceUID, data_set.SOPInstanceUID = generate_uid(), generate_uid()
    data_set.NumberOfFrames, data_set.Rows, data_set.Columns = COUNT, 512, 512
    data_set.file_meta.TransferSyntaxUID = syntax
    frames = [frame.tobytes() for frame in pixels]
    if syntax != ExplicitVRLittleEndian:
        # A codestream in name only: nobody decodes it on the way.
        frames = [b"\xff\x4f\xff\x51" + frame + b"\xff\xd9" for frame in frames]
    data_set.PixelData = b"".join(frames) if syntax == ExplicitVRLittleEndian else encapsulate(frames)
    data_set["PixelData"].is_undefined_length = syntax != ExplicitVRLittleEndian
    data_set["PixelData"].VR = "OB" if syntax != ExplicitVRLittleEndian else "OW"
    return data_set, frames


def store(running: Orthanc, data_set: pydicom.Dataset) -> tuple[StudyGrant, InstanceRef]:
    file = io.BytesIO()
    data_set.save_as(file)
    running.store([file.getvalue()])
    study = StudyRef("main", data_set.StudyInstanceUID)
    grant = mint_for_system(study, "key", PatientRef(data_set.PatientID), "test", list(Right))
    return grant, InstanceRef(data_set.SeriesInstanceUID, data_set.SOPInstanceUID)


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how much of each DICOM file is read."""
    found: list[int] = []
    whole = retrieved.dicom_file

    def counting(response: Response) -> Iterator[bytes]:
        found.append(0)
        for step in whole(response):
            found[-1] += len(step)
            yield step

    monkeypatch.setattr(dicomweb, "dicom_file", counting)
    return found


@pytest.fixture
def is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "FAST_BYTES_PER_SECOND", 10**18)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEG2000Lossless])
def test_a_large_object_that_comes_fast_is_read_once(
    orthanc: Orthanc, syntax: str, sizes: list[int], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(large, "FAST_BYTES_PER_SECOND", 0)
    data_set, frames = cine(syntax)
    grant, ref = store(orthanc, data_set)
    for numbers in ((24, 3, 11), (7,), range(1, COUNT + 1)):
        found = list(client(orthanc).frames(grant, [FrameRef(ref, number) for number in numbers]))
        assert [frame.data for frame in found] == [frames[number - 1] for number in numbers]
        assert {frame.transfer_syntax_uid for frame in found} == {syntax}
    assert len(sizes) == 1
    with pytest.raises(PacsMismatch):
        list(client(orthanc).frames(replace(grant, patient=PatientRef("somebody else")), [FrameRef(ref, 2)]))
    with pytest.raises(PacsNotFound):
        list(client(orthanc).frames(grant, [FrameRef(ref, COUNT + 1)]))


@pytest.mark.usefixtures("is_slow")
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEG2000Lossless])
def test_a_few_frames_of_a_large_object_do_not_cost_the_whole(orthanc: Orthanc, syntax: str, sizes: list[int]):
    data_set, frames = cine(syntax)
    grant, ref = store(orthanc, data_set)
    wanted = [FrameRef(ref, number) for number in (24, 3, 11)]
    found = list(client(orthanc).frames(grant, wanted))
    assert [frame.data for frame in found] == [frames[one.frame_number - 1] for one in wanted]
    assert {frame.transfer_syntax_uid for frame in found} == {syntax}
    assert found[0].header.NumberOfFrames == COUNT
    assert sum(sizes) < len(data_set.PixelData) / 2
    (more,) = client(orthanc).frames(grant, [FrameRef(ref, 7)])
    assert more.data == frames[6]
    assert len(sizes) == 1, "the beginning is not read again"
    (more,) = client(orthanc).frames(replace(grant, edition="another"), [FrameRef(ref, 8)])
    assert more.data == frames[7]
    assert len(sizes) == 2, "of a study that has changed it is"
    with pytest.raises(PacsNotFound):
        list(client(orthanc).frames(grant, [FrameRef(ref, COUNT + 1)]))


@pytest.mark.usefixtures("is_slow")
def test_a_large_object_whose_frames_the_pacs_will_not_give_is_read_whole(orthanc: Orthanc, sizes: list[int]):
    data_set, frames = cine("1.2.840.10008.1.2.4.201")  # HTJ2K, which the plug-in 1.7 does not know.
    grant, ref = store(orthanc, data_set)
    (found,) = client(orthanc).frames(grant, [FrameRef(ref, 24)])
    assert found.data == frames[23]
    assert found.transfer_syntax_uid == "1.2.840.10008.1.2.4.201"
    assert max(sizes) > len(data_set.PixelData)


def test_more_frames_than_one_request_asks_for(orthanc: Orthanc):
    data_set, frames = cine(RLELossless)
    grant, ref = store(orthanc, data_set)
    found = client(orthanc).frames(grant, [FrameRef(ref, number + 1) for number in range(COUNT)])
    assert [frame.data for frame in found] == frames


def test_many_instances_come_in_the_order_asked_for(orthanc: Orthanc, monkeypatch: pytest.MonkeyPatch):
    # As if it were far away: as many as possible are under way at once.
    monkeypatch.setattr(ahead, "FAR_SECONDS", 0.0)
    data_set, wanted = pydicom.dcmread(sample("native").path), []
    data_set.StudyInstanceUID = generate_uid()
    for number in range(COUNT):
        data_set.SOPInstanceUID, data_set.PixelData = generate_uid(), bytes([number]) + data_set.PixelData[1:]
        grant, ref = store(orthanc, data_set)
        wanted.insert(0, FrameRef(ref, 1))
    found = list(client(orthanc).frames(grant, wanted))
    assert [frame.ref for frame in found] == wanted
    assert [frame.data[0] for frame in found] == list(range(COUNT))[::-1]


def test_a_study_that_orthanc_cannot_describe_is_described_from_its_files(orthanc: Orthanc):
    path = dicom_file("fo-dicom__fo-dicom/Tests/FO-DICOM.Tests/Test_Data/GH342.dcm")
    data_set = pydicom.dcmread(path)
    grant, ref = store(orthanc, data_set)
    (found,) = client(orthanc).metadata(grant)
    assert found["00080018"]["Value"] == [ref.instance_uid]
    assert found["00280010"]["Value"] == [data_set.Rows]


@pytest.fixture(scope="module")
def locked() -> Iterator[Orthanc]:
    """Run an Orthanc that asks for a password."""
    settings = {"AuthenticationEnabled": True, "RegisteredUsers": {"reader": "pass word"}}
    with Orthanc(settings, credentials=("reader", "pass word")) as running:
        yield running


def test_user_and_password(locked: Orthanc):
    assert client(locked, user="reader", password="pass word").search_studies(StudyQuery()) == []


@pytest.mark.parametrize("credentials", [{}, {"user": "reader", "password": "wrong"}, {"token": "wrong"}])
def test_without_the_password_it_is_unavailable(locked: Orthanc, credentials: dict[str, str]):
    with pytest.raises(PacsUnavailable) as caught:
        client(locked, **credentials).probe()
    assert "wrong" not in str(caught.value)


def test_it_may_go_and_come_back():
    with Orthanc() as running:
        pacs = client(running)
        pacs.probe()
        running.stop()
        with pytest.raises(PacsUnavailable):
            pacs.probe()
        running.start()
        pacs.probe()
