"""Requests as curious callers write them, byte for byte: each is understood as PS3.18 has it, or refused in words."""

from __future__ import annotations

import pytest

from pacs_gateway.index.sync import sync_study
from tests.pacs_gateway.dicomweb.conftest import JSON, Service, body_of

SERIES, INSTANCE = "/series/2.25.4711.9401.2", "/series/2.25.4711.9401.2/instances/2.25.4711.9401.2.3"
PLACES = ["/metadata", f"{SERIES}/metadata", f"{INSTANCE}/metadata", INSTANCE, f"{INSTANCE}/frames/1"]
ANY = "*/*"


def raw(service: Service, address: str, accept: str = JSON, method: str = "GET", **headers: str):
    """Send an address as it stands: a test client's own way with queries would mend it."""
    path, _, query = address.partition("?")
    headers = {"Accept": accept, **headers}
    return service.cast.client("owner").generic(method, f"/dicomweb{path}", QUERY_STRING=query, headers=headers)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/studies?PatientName=%zz", 200),
        ("/studies?PatientName=%ff%fe", 200),
        ("/studies?PatientName=%00", 400),
        ("/studies?%50atientID=P-OWNER", 200),
        ("/studies?&&", 200),
        ("/studies?=1", 400),
        ("/studies?limit", 200),
        ("/studies?limit=1&limit=1", 400),
        ("/studies?limit=%2B1", 400),
        ("/studies?offset=99999999999999999999", 400),
        ("/studies?PatientName=" + "a" * 9000, 400),
        ("/studies?" + "includefield=PatientName&" * 70, 400),
        ("/studies?" + "x" * 100_000, 400),
        ("/studies?StudyInstanceUID=02.25", 200),
        ("/studies?StudyInstanceUID=1.2.3,", 200),
        ("/studies?StudyInstanceUID=" + "1" * 65, 400),
        ("/studies?accept=application%2Fdicom%2Bjson&accept=application/dicom%2Bjson", 200),
        ("/studies?accept=application/dicom%2Bjson;q=2", 400),
        ("/studies/2.25.04711.9401/metadata", 404),
        ("/studies/2.25.4711.9401%00/metadata", 404),
        ("/studies/2.25.4711.9401%0A/metadata", 404),
        ("/studies/%2e%2e/metadata", 404),
        ("/studies/" + "1" * 5000 + "/metadata", 404),
    ],
)
def test_addresses(folder_service: Service, address: str, status: int) -> None:
    response = raw(folder_service, address)
    assert response.status_code == status, body_of(response)[:200]
    if status >= 400:
        assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/dicom+json;q=0.001", 200),
        ("application/dicom+json; charset=utf-8", 200),
        ("Application/Dicom+JSON ; Q=0.5", 200),
        ('multipart/related;type="application/dicom+xml";q=0.9 , application/dicom+json;q=1.0', 200),
        (", ,application/json,", 200),
        ("application/*;q=0, text/html", 406),
        ("*/*;q=0", 406),
        ('"', 406),
        ("application/dicom+json;q=", 406),
        ("application/dicom+json;q=0.1234", 406),
    ],
)
def test_what_is_accepted(folder_service: Service, accept: str, status: int) -> None:
    assert raw(folder_service, f"/studies/{folder_service.study_uid}/metadata", accept).status_code == status


@pytest.mark.parametrize("place", PLACES)
def test_entity_tags_in_every_form(folder_service: Service, place: str) -> None:
    address = f"/studies/{folder_service.study_uid}{place}"
    etag = raw(folder_service, address, ANY)["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', f'W/"x",W/{etag}', "*"):
        answer = raw(folder_service, address, ANY, **{"If-None-Match": known})
        assert (answer.status_code, answer["ETag"], body_of(answer)) == (304, etag, b"")
    for other in ('"other"', etag.strip('"') + "x", "", '"'):
        answer = raw(folder_service, address, ANY, **{"If-None-Match": other})
        assert (answer.status_code, bool(body_of(answer))) == (200, True)
    assert raw(folder_service, address, ANY, **{"If-Match": '"other"'}).status_code == 412
    stranger = folder_service.get("stranger", address, accept=ANY, **{"If-None-Match": etag})
    assert stranger.status_code == 404


@pytest.mark.parametrize("place", [*PLACES, "/series", "/instances"])
def test_head_is_get_without_a_body(folder_service: Service, place: str) -> None:
    sync_study("main", folder_service.study_uid)
    address = f"/studies/{folder_service.study_uid}{place}"
    there, head = raw(folder_service, address, ANY), raw(folder_service, address, ANY, "HEAD")
    assert (head.status_code, body_of(head)) == (there.status_code, b"")
    assert body_of(there)
    kinds = [response["Content-Type"].split("boundary=", maxsplit=1)[0] for response in (there, head)]
    assert kinds[0].split(";", maxsplit=1)[0] == kinds[1].split(";", maxsplit=1)[0]
    assert there.get("ETag") == head.get("ETag")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "POST"])
def test_other_methods(folder_service: Service, method: str) -> None:
    response = raw(folder_service, f"/studies/{folder_service.study_uid}/metadata", ANY, method)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
