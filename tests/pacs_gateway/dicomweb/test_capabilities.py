"""Retrieve Capabilities tells what the caller may do, as WADL and as JSON."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client

from pacs_gateway.access.right import Right
from pacs_gateway.dicomweb.resources import resources
from tests.pacs_gateway.dicomweb.conftest import Service

_WADL = "{http://wadl.dev.java.net/2009/02}"


def _paths(service: Service, who: str) -> set[str]:
    response = service.get(who, "/", accept="application/json")
    assert response.status_code == 200
    return {resource["path"] for resource in response.json()["resources"]}


def test_it_tells_of_every_resource_to_an_owner(folder_service: Service) -> None:
    every = {one.template for one in resources() if one.rule.right}
    assert {"/studies/{study_uid}/rendered", "/studies/{study_uid}/series/{series_uid}/metadata"} <= every
    assert every <= _paths(folder_service, "owner")


def test_a_visitor_is_told_what_the_link_allows(folder_service: Service) -> None:
    open_to_visitors = _paths(folder_service, "visitor")
    for one in resources():
        if one.rule.right is not None:
            assert (one.template in open_to_visitors) == (one.rule.right in folder_service.cast.link_rights)
    assert Right.DOWNLOAD not in folder_service.cast.link_rights


@pytest.mark.parametrize("method", ["get", "options"])
def test_it_is_a_wadl_document(folder_service: Service, method: str) -> None:
    client = folder_service.cast.client("owner")
    response = getattr(client, method)("/dicomweb/", headers={"Accept": "application/vnd.sun.wadl+xml"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/vnd.sun.wadl+xml")
    (every,) = fromstring(response.content)
    assert every.get("base") == "http://testserver/dicomweb"
    resource = next(one for one in every if one.get("path") == "studies")
    method_element = resource.find(f"{_WADL}method")
    assert method_element.get("id") == "SearchForStudiesGet"
    names = {one.get("name") for one in method_element.iter(f"{_WADL}param")}
    assert {"fuzzymatching", "includefield", "limit", "offset", "accept"} <= names
    kinds = [one.get("mediaType") for one in method_element.iter(f"{_WADL}representation")]
    assert kinds == ["application/dicom+json", 'multipart/related; type="application/dicom+xml"']


def test_anonymous_is_told_nothing(db: None) -> None:
    for method in ("get", "options"):
        assert getattr(Client(), method)("/dicomweb/").status_code == 401


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_what_nobody_can_do_is_a_problem_that_says_what_can_be_done(folder_service: Service, method: str) -> None:
    response = folder_service.cast.client("owner").generic(method, "/dicomweb/studies")
    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in response["Allow"]
