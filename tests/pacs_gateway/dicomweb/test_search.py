"""QIDO-RS at every level: for whom, by what, with what, how many."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pacs_gateway import upstream
from pacs_gateway.access.principal import Kind, Principal
from pacs_gateway.access.right import Right
from pacs_gateway.audit.models import AccessEvent
from pacs_gateway.dicomweb import opened, studies
from pacs_gateway.dicomweb.asked import Search
from pacs_gateway.errors import PacsUnavailable
from pacs_gateway.index.sync import sync_study
from tests.cast import OWNER
from tests.pacs_gateway.dicomweb.conftest import XML, Service, body_of, items_of
from tests.people import make_study

SERIES = ("2.25.4711.9401.1", "2.25.4711.9401.2")
EVERY_LEVEL = ("/studies", "/series", "/instances")


def _values(items: list[dict[str, Any]], tag: str) -> list[Any]:
    return [item[tag]["Value"][0] for item in items]


def _found(service: Service, path: str, query: Any = None, who: str = "owner") -> list[dict[str, Any]]:
    return items_of(service.get(who, path, query))


@pytest.mark.parametrize(
    ("who", "count"),
    [("owner", 1), ("physician", 1), ("visitor", 1), ("token", 1), ("stranger", 1), ("other_visitor", 1), ("staff", 2)],
)
def test_everybody_finds_what_is_theirs(service: Service, who: str, count: int) -> None:
    other = service.cast.other_study.study_uid
    theirs, ask = {"stranger": other, "other_visitor": other}.get(who, service.study_uid), service.asker(who)
    for path in EVERY_LEVEL:
        studies = set(_values(items_of(ask(path)), "0020000D"))
        assert len(studies) == count
        assert theirs in studies


@pytest.mark.parametrize("path", EVERY_LEVEL)
def test_asking_for_another_patient_finds_nothing(service: Service, path: str) -> None:
    for query in ({"PatientID": OWNER.patient_id}, {"StudyInstanceUID": service.study_uid}):
        assert _found(service, path, query, who="stranger") == []
        assert _found(service, path, query) != []


@pytest.mark.parametrize("path", EVERY_LEVEL)
def test_anonymous_must_sign_in(folder_service: Service, path: str) -> None:
    assert folder_service.get("anonymous", path).status_code == 401


def test_a_link_without_the_right_to_look_finds_nothing(folder_service: Service) -> None:
    keys = frozenset({folder_service.cast.study.key})
    for rights, count in ((frozenset({Right.REPORT}), 0), (frozenset({Right.VIEW}), 1)):
        visitor = Principal(Kind.SHARE, share_id=1, study_keys=keys, rights=rights)
        assert studies.candidates(visitor, Search()).count() == count
        assert studies.candidates(replace(visitor, anonymised=True), Search()).count() == 0


def test_an_anonymised_caller_finds_nothing(folder_service: Service, settings) -> None:
    settings.STUDY_POLICY = "tests.pacs_gateway.dicomweb.test_metadata.anonymised"
    assert _found(folder_service, "/series") == []
    assert folder_service.get("owner", f"/studies/{folder_service.study_uid}/series").status_code == 404


def test_a_study_is_answered_with_the_attributes_of_the_table(service: Service) -> None:
    sync_study("main", service.study_uid)
    (study,) = _found(service, "/studies")
    assert study["00081190"]["Value"] == [f"http://testserver/dicomweb/studies/{service.study_uid}"]
    assert study["00100010"] == {"vr": "PN", "Value": [{"Alphabetic": "Test^P-OWNER"}]}
    assert study["00080020"] == {"vr": "DA", "Value": ["20180806"]}
    assert study["00080030"] == {"vr": "TM", "Value": ["101112"]}
    assert study["00080061"] == {"vr": "CS", "Value": ["CT"]}
    assert (study["00201206"]["Value"], study["00201208"]["Value"]) == ([2], [6])
    assert study["00200010"] == {"vr": "SH"}


def test_series_and_instances_are_answered_with_the_attributes_of_their_tables(service: Service) -> None:
    place = f"/studies/{service.study_uid}"
    first, second = _found(service, f"{place}/series")
    assert (_values([first, second], "0020000E"), _values([first, second], "00201209")) == (list(SERIES), [3, 3])
    assert first["0008103E"]["Value"] == ["Series 1"]
    assert "00100020" not in first
    for path, count in ((f"{place}/instances", 6), (f"{place}/series/{SERIES[1]}/instances", 3)):
        instances = _found(service, path)
        assert len(instances) == count
        assert instances[-1]["00081190"]["Value"][0].endswith(f"{SERIES[1]}/instances/{SERIES[1]}.3")
        assert _values(instances, "00280010") == [64] * count
    (everywhere, *_) = _found(service, "/instances")
    assert everywhere["00100020"]["Value"] == [OWNER.patient_id]
    assert everywhere["00201209"]["Value"] == [3]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"PatientName": "Test^P-OWNER"}, True),
        ({"PatientName": "test^p-owner^"}, True),
        ({"PatientName": "Test"}, False),
        ({"PatientName": "Te?t^*"}, True),
        ({"PatientName": "*^P-STRANGER"}, False),
        ({"PatientName": "p-own tes", "fuzzymatching": "true"}, True),
        ({"PatientName": "own", "fuzzymatching": "true"}, False),
        ({"00100020": "P-OWNER"}, True),
        ({"PatientID": "p-owner"}, False),
        ({"PatientID": "*"}, True),
        ({"StudyDate": "20180806"}, True),
        ({"StudyDate": "20180801-20180831"}, True),
        ({"StudyDate": "-20180805"}, False),
        ({"StudyDate": "20180807-"}, False),
        ({"StudyTime": "10-11"}, True),
        ({"StudyTime": "1012-"}, False),
        ({"ModalitiesInStudy": "CT"}, True),
        ({"ModalitiesInStudy": "MR"}, False),
        ({"ModalitiesInStudy": "MR\\CT"}, True),
        ({"ModalitiesInStudy": "MR,CT"}, True),
        ({"PatientSex": "M,F"}, False),
        ({"StudyDescription": "*CHEST"}, True),
        ({"AccessionNumber": ""}, True),
        ({"AccessionNumber": "*"}, True),
        ({"AccessionNumber": "7"}, False),
        ({"StudyInstanceUID": "2.25.4711.9401,1.2.3"}, True),
        ({"StudyInstanceUID": "1.2.3\\2.25.4711.9401"}, True),
        ({"StudyInstanceUID": "1.2.3"}, False),
        ({"PatientBirthDate": "19800102", "PatientSex": ""}, True),
        ({"AccessionNumber": '""', "emptyvaluematching": "true"}, True),
        ({"AccessionNumber": '""', "emptyvaluematching": "false"}, False),
        ({"PatientID": '""', "emptyvaluematching": "true"}, False),
        ({"StudyDate": '""', "emptyvaluematching": "true"}, False),
        ({"StudyInstanceUID": '""', "emptyvaluematching": "true"}, False),
        ({"ModalitiesInStudy": "CT\\MR", "multiplevaluematching": "true"}, False),
        ({"ModalitiesInStudy": "CT\\CT", "multiplevaluematching": "true"}, True),
    ],
)
def test_matching_of_studies(folder_service: Service, query: dict[str, str], is_found: bool) -> None:
    sync_study("main", folder_service.study_uid)
    found = [bool(_found(folder_service, path, query, who="token")) for path in EVERY_LEVEL]
    assert found == [is_found] * 3


@pytest.mark.parametrize(
    ("path", "query", "count"),
    [
        ("/series", {"SeriesInstanceUID": SERIES[0]}, 1),
        ("/series", {"SeriesNumber": "2"}, 1),
        ("/series", {"Modality": "CT", "SeriesDescription": "Series ?"}, 2),
        ("/series", {"Modality": "MR"}, 0),
        ("/instances", {"InstanceNumber": "3"}, 2),
        ("/instances", {"SOPInstanceUID": f"{SERIES[0]}.1,{SERIES[1]}.2"}, 2),
        ("/instances", {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.4"}, 0),
        ("/instances", {"RescaleIntercept": "-1024.0"}, 6),
    ],
)
def test_matching_of_series_and_instances(service: Service, path: str, query: dict[str, str], count: int) -> None:
    for place in ("", f"/studies/{service.study_uid}"):
        assert len(_found(service, place + path, query)) == count


@pytest.mark.parametrize(
    "query",
    [
        {"Nonsense": "1"},
        {"nonsense": ""},
        {"PixelData": "1"},
        {"limit": "-1"},
        {"offset": "x"},
        {"limit": ["1", "2"]},
        {"fuzzymatching": "yes"},
        {"includefield": "Nonsense"},
        {"includefield": ["all", "PatientName"]},
        {"StudyDate": "today"},
        {"StudyDate": "20181399"},
        {"StudyDate": "-"},
        {"StudyTime": "99"},
        {"StudyInstanceUID": "1..2"},
        {"PatientID": "a\x00b"},
        {"PatientID": ["1", "2"]},
        {"00100020": "1", "PatientID": "1"},
        {"PatientID.PatientName": "1"},
        {"PatientID": "P-*"},
        {"AccessionNumber": "?"},
        {"StudyID": "1\\2"},
        {"SOPInstanceUID": "1.2"},
        {"emptyvaluematching": "1"},
        {"StudyDate": '""'},
        {"StudyInstanceUID": '""', "multiplevaluematching": "true"},
        {"ModalitiesInStudy": "C*\\MR", "multiplevaluematching": "true"},
        {"accept": "*/*"},
    ],
)
def test_what_cannot_be_meant_is_400(folder_service: Service, query: dict[str, Any]) -> None:
    for path in ("/studies", f"/studies/{folder_service.study_uid}/series"):
        response = folder_service.get("owner", path, query)
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


def test_pages(folder_service: Service) -> None:
    path = f"/studies/{folder_service.study_uid}/instances"
    every = _values(_found(folder_service, path), "00080018")
    pages = [_values(_found(folder_service, path, {"limit": 4, "offset": at}), "00080018") for at in (0, 4, 8)]
    assert pages == [every[:4], every[4:], []]


@pytest.mark.parametrize("query", [{}, {"limit": "2000"}, {"PatientName": "*"}, {"PatientName": "Doe*"}])
def test_what_the_service_holds_back_is_in_a_warning(folder_service: Service, monkeypatch, query) -> None:
    for _ in range(4):
        make_study(OWNER)
    monkeypatch.setattr(opened, "STUDIES_MOST", 3)
    response = folder_service.get("owner", "/studies", query)
    assert len(items_of(response)) == 3
    expected = '299 http://testserver/dicomweb "There are 2 additional results that can be requested"'
    assert response["Warning"] == expected
    assert "Warning" not in folder_service.get("owner", "/studies", {"limit": 2})


def test_fields_are_included(service: Service) -> None:
    place = f"/studies/{service.study_uid}"
    (study,) = _found(service, "/studies", {"includefield": "InstitutionName,PatientIdentityRemoved,Modality"})
    assert "00080060" not in study
    (series, _) = _found(service, f"{place}/series", {"includefield": ["PatientID", "00281050", "InstanceNumber"]})
    assert (series["00100020"]["Value"], series["00281050"]["Value"]) == ([OWNER.patient_id], [40])
    assert "00200013" not in series
    (instance, *_) = _found(service, f"{place}/instances", {"includefield": "ImagePositionPatient"})
    assert instance["00200032"]["Value"] == [0, 0, 1]


def test_all_fields_are_included(service: Service) -> None:
    place = f"/studies/{service.study_uid}"
    (study,) = _found(service, "/studies", {"includefield": "all"})
    assert {"00080080", "00100020"} <= set(study)
    assert "00080018" not in study
    (series, _) = _found(service, f"{place}/series", {"includefield": "all"})
    assert "00280030" in series
    assert "00200032" not in series
    (instance, *_) = _found(service, f"{place}/instances", {"includefield": "all"})
    address = f"http://testserver/dicomweb{place}/series/{SERIES[0]}/instances/{SERIES[0]}.1/bulkdata/7FE00010"
    assert instance["7FE00010"]["BulkDataURI"] == address


def test_a_pacs_that_is_down_leaves_the_list_and_a_warning(folder_service: Service, monkeypatch) -> None:
    def down(name: str) -> None:
        raise PacsUnavailable("down")

    monkeypatch.setattr(upstream, "connect", down)
    response = folder_service.get("owner", "/studies", {"includefield": "all"})
    assert _values(items_of(response), "0020000D") == [folder_service.study_uid]
    assert "could not be asked" in response["Warning"]
    assert folder_service.get("owner", "/series").status_code == 503


def test_a_search_that_is_too_broad_is_413(folder_service: Service, monkeypatch) -> None:
    monkeypatch.setattr(opened, "LOOKED_INTO_MOST", 1)
    assert folder_service.get("staff", "/series").status_code == 413
    assert _found(folder_service, "/series", {"PatientID": OWNER.patient_id}, who="staff")


def test_xml_has_one_part_for_each_result(service: Service) -> None:
    response = service.get("owner", f"/studies/{service.study_uid}/series", accept=XML)
    assert body_of(response).count(b"<NativeDicomModel") == 2
    assert service.get("owner", "/studies", {"PatientID": "nobody"}, accept=XML).status_code == 204


def test_a_study_that_a_search_looked_into_is_in_the_ledger(folder_service: Service) -> None:
    _found(folder_service, "/instances")
    (event,) = AccessEvent.objects.filter(study_key=folder_service.cast.study.key)
    assert (event.action, event.right, event.outcome) == ("dicomweb:all-instances", "view", "allowed")
    _found(folder_service, "/studies")
    assert AccessEvent.objects.filter(action="dicomweb:studies", user_id=folder_service.cast.owner.pk).exists()


def test_a_head_request_has_the_headers_alone(folder_service: Service) -> None:
    client = folder_service.cast.client("owner")
    response = client.head("/dicomweb/series", headers={"Accept": "application/dicom+json"})
    assert (response.status_code, response["Content-Type"], response.content) == (200, "application/dicom+json", b"")
    assert response["Allow"] == "GET, HEAD"
    assert "Accept" in response["Vary"].split(", ")
