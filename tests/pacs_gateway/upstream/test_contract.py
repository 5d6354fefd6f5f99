"""What every PACS client promises, tried on a folder and on a real Orthanc with the same files."""

from __future__ import annotations

import datetime as dt

import pytest
from pydicom import Dataset
from pydicom.encaps import generate_fragments, generate_frames
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from pacs_gateway.access.grant import GrantRefused
from pacs_gateway.access.right import Right
from pacs_gateway.dicomjson import first
from pacs_gateway.errors import PacsMismatch, PacsNotFound
from pacs_gateway.refs import FrameRef, InstanceRef, InvalidRef, PatientRef
from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.pixeldata import cut_bits, native_frame_bits
from pacs_gateway.upstream.records import InvalidSearch, name_words
from tests.pacs_gateway.upstream.selection import ALL, VIDEOS, WITH_FRAMES, WITHOUT_FRAMES, Sample, sample

STRANGER = PatientRef("somebody-else")


def stored_frames(one: Sample) -> list[bytes]:
    """Return the frames of a file as another reader (pydicom) finds them."""
    data_set, syntax = one.data_set, one.data_set.file_meta.TransferSyntaxUID
    if syntax.is_encapsulated and syntax != DeflatedExplicitVRLittleEndian:
        return list(generate_frames(data_set.PixelData, number_of_frames=one.frame_count))
    bits = native_frame_bits(data_set)
    return [cut_bits(data_set.PixelData, number * bits, bits) for number in range(one.frame_count)]


def test_probe(pacs: CheckedPacs):
    assert pacs.probe() is None


def test_search_finds_each_study_once_and_newest_first(pacs: CheckedPacs):
    found = pacs.search_studies(StudyQuery())
    assert sorted(record.study_uid for record in found) == sorted(
        {sample(name).data_set.StudyInstanceUID for name in ALL}
    )
    dates = [record.date or dt.date.min for record in found]
    assert dates == sorted(dates, reverse=True)


def test_search_is_limited_to_the_newest(pacs: CheckedPacs):
    assert pacs.search_studies(StudyQuery(limit=3)) == pacs.search_studies(StudyQuery())[:3]


def test_search_describes_a_study(pacs: CheckedPacs):
    one = sample("palette")
    (record,) = pacs.search_studies(StudyQuery(study_uid=one.data_set.StudyInstanceUID))
    assert record.patient == one.patient
    assert record.patient_name == str(one.data_set.PatientName)
    assert record.modalities == (one.data_set.Modality,)
    assert record.accession_number == one.data_set.get("AccessionNumber", "")
    assert record.description == one.data_set.get("StudyDescription", "")
    assert record.referring_physician == str(one.data_set.get("ReferringPhysicianName", ""))
    assert record.study_id == one.data_set.get("StudyID", "")
    assert record.institution == one.data_set.get("InstitutionName", "")
    assert f"{record.date:%Y%m%d}" == one.data_set.StudyDate
    assert (record.series_count, record.instance_count) == (1, 1)


def test_search_by_each_field(pacs: CheckedPacs):
    records = pacs.search_studies(StudyQuery())
    by_birth = next(record for record in records if record.birth_date)
    by_accession = next(record for record in records if record.accession_number)
    by_date = next(record for record in records if record.date and record.patient.patient_id)
    by_name = next(record for record in records if len(name_words(record.patient_name)) > 1)
    tries = [
        (by_date, StudyQuery(patient_id=by_date.patient.patient_id)),
        (by_birth, StudyQuery(birth_date=by_birth.birth_date)),
        (by_accession, StudyQuery(accession_number=by_accession.accession_number)),
        (by_date, StudyQuery(date_from=by_date.date, date_to=by_date.date)),
        (by_name, StudyQuery(patient_name=by_name.patient_name.replace("^", " ").lower())),
        (by_name, StudyQuery(patient_name=name_words(by_name.patient_name)[-1][:3])),
    ]
    for wanted, query in tries:
        found = pacs.search_studies(query)
        assert wanted in found
        assert len(found) < len(records), query


@pytest.mark.parametrize(
    "query",
    [
        StudyQuery(patient_id="no such patient"),
        StudyQuery(patient_name="Nobody"),
        StudyQuery(accession_number="none"),
        StudyQuery(study_uid="1.2.3.4.5"),
        StudyQuery(date_from=dt.date(2200, 1, 1)),
        StudyQuery(date_to=dt.date(1900, 1, 1)),
        StudyQuery(issuer="another issuer"),
        StudyQuery(birth_date=dt.date(1800, 1, 1)),
    ],
)
def test_search_for_what_is_not_there_finds_nothing(pacs: CheckedPacs, query: StudyQuery):
    assert pacs.search_studies(query) == []


@pytest.mark.parametrize(
    "query", [StudyQuery(patient_id="*"), StudyQuery(patient_name="A?"), StudyQuery(issuer="a\\b")]
)
def test_wildcards_are_refused(pacs: CheckedPacs, query: StudyQuery):
    with pytest.raises(InvalidSearch):
        pacs.search_studies(query)


def test_a_malformed_study_uid_is_refused(pacs: CheckedPacs):
    with pytest.raises(InvalidRef):
        pacs.search_studies(StudyQuery(study_uid="1.2.3/../../admin"))


@pytest.mark.parametrize("name", ALL)
def test_metadata_is_the_file_without_bulk_data(pacs: CheckedPacs, name: str):
    one = sample(name)
    (found,) = [item for item in pacs.metadata(one.grant()) if first(item, "00080018") == one.ref.instance_uid]
    again = Dataset.from_json(found)
    for keyword in ("SOPInstanceUID", "SOPClassUID", "Modality", "Rows", "Columns", "PixelSpacing", "WindowCenter"):
        assert again.get(keyword) == one.data_set.get(keyword), keyword
    assert {attribute["BulkDataURI"] for attribute in found.values() if "BulkDataURI" in attribute} <= {""}
    if not one.data_set.file_meta.TransferSyntaxUID.is_compressed:
        # Orthanc does not tell of pixel data that is compressed.
        assert ("7FE00010" in found) == ("PixelData" in one.data_set)
    assert "InlineBinary" not in str(found)


@pytest.mark.parametrize("name", WITH_FRAMES)
def test_frames_are_the_stored_bytes(pacs: CheckedPacs, name: str):
    one = sample(name)
    found = list(pacs.frames(one.grant(), one.frames()))
    stored = one.data_set.file_meta.TransferSyntaxUID
    expected = ExplicitVRLittleEndian if stored == DeflatedExplicitVRLittleEndian else stored
    assert [frame.ref for frame in found] == one.frames()
    assert {frame.transfer_syntax_uid for frame in found} == {expected}
    assert [bytes(frame.data).rstrip(b"\0") for frame in found] == [data.rstrip(b"\0") for data in stored_frames(one)]


@pytest.mark.parametrize("name", WITH_FRAMES)
def test_the_header_is_the_whole_data_set(pacs: CheckedPacs, name: str):
    one = sample(name)
    frame = next(pacs.frames(one.grant(), one.frames()[:1]))
    expected = {element.tag for element in one.data_set if element.tag < 0x7FE00000}
    assert {element.tag for element in frame.header if element.tag < 0x7FE00000} == expected
    assert "PixelData" not in frame.header
    for keyword in ("RedPaletteColorLookupTableData", "OverlayData", "ModalityLUTSequence"):
        assert frame.header.get(keyword) == one.data_set.get(keyword)


def test_frames_come_in_the_order_asked_for(pacs: CheckedPacs):
    one = sample("RLE multi-frame")
    wanted = [FrameRef(one.ref, number) for number in (7, 2, 15, 2)]
    stored = stored_frames(one)
    assert [frame.data for frame in pacs.frames(one.grant(), wanted)] == [
        stored[ref.frame_number - 1] for ref in wanted
    ]


@pytest.mark.parametrize("name", ["native multi-frame", "RLE multi-frame", "JPEG 2000"])
def test_a_frame_too_far_is_not_found(pacs: CheckedPacs, name: str):
    one = sample(name)
    with pytest.raises(PacsNotFound):
        list(pacs.frames(one.grant(), [FrameRef(one.ref, one.frame_count + 1)]))


@pytest.mark.parametrize("name", WITHOUT_FRAMES)
def test_what_has_no_pixels_has_no_frames(pacs: CheckedPacs, name: str):
    one = sample(name)
    with pytest.raises(PacsNotFound):
        list(pacs.frames(one.grant(), one.frames()))


@pytest.mark.parametrize("name", ALL)
def test_an_instance_is_the_stored_file(pacs: CheckedPacs, name: str):
    one = sample(name)
    assert pacs.instance(one.grant(), one.ref) == one.path.read_bytes()


def test_an_unknown_study_is_not_found(pacs: CheckedPacs):
    one = sample("native")
    grant = one.grant(study_uid="1.2.3.4.5")
    with pytest.raises(PacsNotFound):
        pacs.metadata(grant)
    with pytest.raises(PacsNotFound):
        list(pacs.frames(grant, one.frames()))
    with pytest.raises(PacsNotFound):
        pacs.instance(grant, one.ref)


def test_an_instance_of_another_study_is_not_found(pacs: CheckedPacs):
    one, other = sample("native"), sample("palette")
    for ref in (other.ref, InstanceRef(one.ref.series_uid, other.ref.instance_uid)):
        with pytest.raises(PacsNotFound):
            list(pacs.frames(one.grant(), [FrameRef(ref, 1)]))
        with pytest.raises(PacsNotFound):
            pacs.instance(one.grant(), ref)


@pytest.mark.parametrize("patient", [STRANGER, PatientRef("", ""), None])
def test_another_patient_in_the_grant_is_a_mismatch(pacs: CheckedPacs, patient: PatientRef | None):
    one = sample("native")
    grant = one.grant(patient=patient or PatientRef(one.patient.patient_id, "another issuer"))
    with pytest.raises(PacsMismatch):
        pacs.metadata(grant)
    with pytest.raises(PacsMismatch):
        list(pacs.frames(grant, one.frames()))
    with pytest.raises(PacsMismatch):
        pacs.instance(grant, one.ref)


def test_without_the_right_nothing_is_given(pacs: CheckedPacs):
    one = sample("native")
    with pytest.raises(GrantRefused):
        pacs.metadata(one.grant(Right.DOWNLOAD))
    with pytest.raises(GrantRefused):
        pacs.frames(one.grant(Right.SHARE), one.frames())
    with pytest.raises(GrantRefused):
        pacs.instance(one.grant(Right.VIEW), one.ref)


@pytest.mark.parametrize("name", ["PALETTE EXAMPLE", "jérôme", "rüdiger"])
def test_names_with_blanks_and_accents_are_found(name: str, pacs_with_accents: CheckedPacs):
    (found,) = pacs_with_accents.search_studies(StudyQuery(patient_name=name))
    assert all(word in found.patient_name.casefold().replace("^", " ").split() for word in name.casefold().split())


def test_a_patient_id_with_a_blank_is_found(pacs_with_accents: CheckedPacs):
    (found,) = pacs_with_accents.search_studies(StudyQuery(patient_id="ID 7/8 & é"))
    assert found.patient.patient_id == "ID 7/8 & é"


@pytest.mark.parametrize("name", VIDEOS)
def test_a_video_is_read_by_ranges_of_its_stream(pacs_with_videos: CheckedPacs, name: str):
    one = sample(name)
    stream = b"".join(list(generate_fragments(one.data_set.PixelData))[1:])
    video = pacs_with_videos.video(one.grant(Right.VIEW), one.ref)
    assert video.length == len(stream)
    for start, end in [(0, len(stream)), (0, 1), (5, 5000), (len(stream) - 3, len(stream)), (7, 7)]:
        assert b"".join(video.read(start, end)) == stream[start:end]
    video.close()


def test_a_video_of_somebody_else_is_an_alarm_and_a_picture_no_video(pacs_with_videos: CheckedPacs):
    one, picture = sample("MPEG-4"), sample("native")
    with pytest.raises(PacsMismatch):
        pacs_with_videos.video(one.grant(Right.VIEW, patient=STRANGER), one.ref)
    with pytest.raises(GrantRefused):
        pacs_with_videos.video(one.grant(Right.REPORT), one.ref)
    with pytest.raises(PacsNotFound):
        pacs_with_videos.video(picture.grant(Right.VIEW), picture.ref)
