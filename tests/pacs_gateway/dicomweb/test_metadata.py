"""Metadata at each level, for whom it is meant, in JSON and XML, from the PACS and from the cache."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest
from redis.exceptions import RedisError

from pacs_gateway import upstream
from pacs_gateway.access.grant import Decision
from pacs_gateway.access.principal import Principal
from pacs_gateway.access.right import Right
from pacs_gateway.audit.models import AccessEvent, Outcome
from pacs_gateway.dicomweb import kept
from pacs_gateway.index.models import Study
from portal.people.policy import decide
from tests.cast import STRANGER
from tests.pacs_gateway.dicomweb.conftest import XML, Service, body_of, items_of
from tests.people import make_study

SERIES, INSTANCE = "/series/2.25.4711.9401.2", "/series/2.25.4711.9401.2/instances/2.25.4711.9401.2.3"
_NATIVE = "{http://dicom.nema.org/PS3.19/models/NativeDICOM}"


def anonymised(principal: Principal, study: Study, right: Right) -> Decision:
    """Decide as ever, without identity."""
    return replace(decide(principal, study, right), anonymised=True)


@pytest.mark.parametrize("who", ["owner", "physician", "staff", "visitor", "token"])
def test_metadata_of_each_level(service: Service, who: str) -> None:
    ask = service.asker(who)
    for level, count in (("", 6), (SERIES, 3), (INSTANCE, 1)):
        found = items_of(ask(f"/studies/{service.study_uid}{level}/metadata"))
        assert len(found) == count
        assert {item["0020000D"]["Value"][0] for item in found} == {service.study_uid}
        for item in found:
            uid, series = item["00080018"]["Value"][0], item["0020000E"]["Value"][0]
            place = f"http://testserver/dicomweb/studies/{service.study_uid}/series/{series}/instances/{uid}"
            assert item["7FE00010"]["BulkDataURI"] == f"{place}/bulkdata/7FE00010"


@pytest.mark.parametrize("who", ["stranger", "other_physician", "other_visitor"])
def test_somebody_else_gets_the_404_of_nothing(service: Service, who: str) -> None:
    ask = service.asker(who)
    for level in ("", SERIES, INSTANCE):
        theirs, nothing = (ask(f"/studies/{uid}{level}/metadata") for uid in (service.study_uid, "2.25.999"))
        assert (theirs.status_code, nothing.status_code) == (404, 404)
        assert theirs.content == nothing.content
        assert theirs["Content-Type"] == "application/problem+json"


def test_anonymous_must_sign_in(folder_service: Service) -> None:
    response = folder_service.get("anonymous", f"/studies/{folder_service.study_uid}/metadata")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("level", ["/series/2.25.1", "/series/1.2..3", f"{SERIES}/instances/2.25.1"])
def test_what_is_not_in_the_study_is_404(folder_service: Service, level: str) -> None:
    assert folder_service.get("owner", f"/studies/{folder_service.study_uid}{level}/metadata").status_code == 404


def test_an_anonymised_grant_gets_404_and_the_ledger_a_denial(folder_service: Service, settings) -> None:
    settings.STUDY_POLICY = f"{__name__}.anonymised"
    assert folder_service.get("owner", f"/studies/{folder_service.study_uid}/metadata").status_code == 404
    event = AccessEvent.objects.get(study_key=folder_service.cast.study.key)
    assert event.outcome == Outcome.DENIED


def test_a_study_uid_is_looked_for_among_the_studies_of_the_caller(folder_service: Service) -> None:
    Study.objects.filter(pk=folder_service.cast.study.pk).delete()
    make_study(STRANGER, pacs="other", study_uid=folder_service.study_uid)
    path = f"/studies/{folder_service.study_uid}/metadata"
    assert folder_service.get("owner", path).status_code == 404
    folder_service.cast.study.pk = None
    folder_service.cast.study.save()
    assert folder_service.get("owner", path).status_code == 200


def test_xml_has_one_part_for_each_instance(service: Service) -> None:
    response = service.get("owner", f"/studies/{service.study_uid}{SERIES}/metadata", accept=XML)
    boundary = response["Content-Type"].partition("boundary=")[2]
    parts = body_of(response).split(f"--{boundary}".encode())[1:-1]
    documents = [fromstring(part.partition(b"\r\n\r\n")[2]) for part in parts]
    assert len(documents) == 3
    for document in documents:
        attributes = {one.get("keyword"): one for one in document.findall(f"{_NATIVE}DicomAttribute")}
        assert attributes["StudyInstanceUID"].findtext(f"{_NATIVE}Value") == service.study_uid
        assert attributes["PatientName"].findtext(f"{_NATIVE}PersonName/{_NATIVE}Alphabetic/{_NATIVE}FamilyName")
        assert attributes["PixelData"].find(f"{_NATIVE}BulkData").get("uri").endswith("/bulkdata/7FE00010")


def test_a_second_look_comes_from_the_cache_and_still_through_the_gate(folder_service: Service, monkeypatch) -> None:
    path = f"/studies/{folder_service.study_uid}/metadata"
    first = folder_service.get("owner", path)
    monkeypatch.setattr(upstream, "connect", lambda name: pytest.fail("the PACS was asked again"))
    again = folder_service.get("owner", path)
    assert (again.content, again["ETag"]) == (first.content, first["ETag"])
    assert folder_service.get("stranger", path, **{"If-None-Match": first["ETag"]}).status_code == 404
    same = folder_service.get("owner", path, **{"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])


def test_what_is_not_acceptable_is_a_problem(folder_service: Service) -> None:
    path = f"/studies/{folder_service.study_uid}/metadata"
    for accept, query, status in (("image/png", None, 406), (None, None, 406), ("*/*", {"accept": "*/*"}, 400)):
        response = folder_service.get("owner", path, query, accept=accept)
        assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


class _Down:
    """A cache that does not answer."""

    def get(self, key: str) -> bytes:
        raise RedisError

    def set(self, key: str, data: bytes, seconds: int) -> None:
        raise RedisError


def test_without_the_cache_the_pacs_is_asked(folder_service: Service, monkeypatch) -> None:
    monkeypatch.setattr(kept, "cache", _Down())
    assert len(items_of(folder_service.get("owner", f"/studies/{folder_service.study_uid}/metadata"))) == 6


def test_a_study_that_has_grown_is_described_anew(folder_service: Service, monkeypatch) -> None:
    path = f"/studies/{folder_service.study_uid}/metadata"
    items_of(folder_service.get("owner", path))
    asked: list[str] = []
    connect = upstream.connect
    monkeypatch.setattr(upstream, "connect", lambda name: asked.append(name) or connect(name))
    items_of(folder_service.get("owner", path))
    assert asked == []
    Study.objects.filter(pk=folder_service.cast.study.pk).update(instance_count=7)
    items_of(folder_service.get("owner", path))
    assert asked == ["main"]
