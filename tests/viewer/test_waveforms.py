"""An electrocardiogram from the folder to the browser, as pictures like any other."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file

from pacs_gateway import upstream
from pacs_gateway.access.grant import mint_for_system
from pacs_gateway.access.right import Right
from tests.cast import OWNER, make_cast
from viewer import manifest
from viewer.rendering.waveform_pages import Paper
from viewer.waveforms import as_picture

ECG = get_testdata_file("waveform_ecg.dcm")
STUDY_UID = "2.25.4711.7201"


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    stream = io.BytesIO(data)
    while head := stream.read(12):
        number, status, length = struct.unpack(">III", head)
        yield number, status, stream.read(length)


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.usefixtures("workers")
def test_an_ecg_is_shown_page_by_page(pacs_folder: Path) -> None:
    ds = dcmread(ECG)
    ds.StudyInstanceUID, ds.SeriesInstanceUID = STUDY_UID, f"{STUDY_UID}.1"
    ds.PatientID, ds.IssuerOfPatientID = OWNER.patient_id, OWNER.issuer
    ds.save_as(pacs_folder / "ecg.dcm")
    upstream.prepare("main", print)
    cast = make_cast(study_uid=STUDY_UID)
    study = cast.study
    grant = mint_for_system(study.ref, study.key, study.patient, "test", [Right.VIEW])
    (entry,) = manifest.load(grant).series
    assert (entry.kind, entry.frame_count, entry.is_color, entry.refusal) == ("image", 2, True, None)
    assert (entry.columns, entry.rows) == (Paper(12).width, Paper(12).height)
    client = cast.client("owner")
    pictures = []
    for number in (1, 2, 1):
        response = client.get(reverse("viewer:frame", args=[study.key, entry.id, number]) + "?format=png")
        assert "X-Frame-Reason" not in response
        pictures.append(response.content)
    together = client.get(reverse("viewer:run", args=[study.key, entry.id]) + "?numbers=1,2&size=64").getvalue()
    assert [record[:2] for record in _records(together)] == [(1, 0), (2, 0)]
    assert Image.open(io.BytesIO(pictures[0])).size == (entry.columns, entry.rows)
    assert pictures[0] == pictures[2] != pictures[1]


def test_metadata_without_the_sequence_still_offers_the_first_page() -> None:
    facts = as_picture({"00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.9.1.1"]}})
    assert (facts["00280008"]["Value"], facts["00280010"]["Value"]) == ([1], [Paper(12).height])


def test_the_render_command_draws_one(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("render", str(ECG), "-o", str(tmp_path / "a.png"), "--frame", "2", stdout=out)
    assert out.getvalue() == f"a.png: {Paper(12).width} x {Paper(12).height} px\n"
