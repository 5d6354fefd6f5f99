"""Requests made up from the OpenAPI document by schemathesis: none of them ends in a 500."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, unquote

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from knox.models import AuthToken

from pacs_gateway.dicomweb.schema import document
from tests.pacs_gateway.dicomweb.conftest import Service, body_of, folder_service, written

__all__ = ["folder_service", "written"]
_OPERATIONS = [found.ok() for found in schemathesis.openapi.from_dict(json.loads(document())).get_all_operations()]
_REAL = {
    "study_uid": "2.25.4711.9401",
    "series_uid": "2.25.4711.9401.2",
    "instance_uid": "2.25.4711.9401.2.3",
    "numbers": "1",
    "place": "7FE00010",
}
# How many requests are made up for each resource in whose name.
_EXAMPLES = {"owner": 30, "staff": 10, "nobody": 5}
_ACCEPTED = st.sampled_from(["*/*", "application/dicom+json", 'multipart/related; type="application/dicom+xml"', "a,;"])


@schemathesis.serializer("multipart/related")
def made_up_parts(context: Any, value: Any) -> bytes:
    """Return what is sent where instances are stored: text that is no multipart message."""
    return repr(value).encode()


@pytest.fixture
def client(folder_service: Service, who: str) -> Client:
    """Return a client with somebody's bearer token, for which an error in a view is a 500 as for everybody."""
    if who == "nobody":
        return Client(raise_request_exception=False)
    token = AuthToken.objects.create(getattr(folder_service.cast, who))[1]
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.slow
@pytest.mark.stack
@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("operation", _OPERATIONS, ids=lambda operation: operation.label)
@pytest.mark.parametrize("who", _EXAMPLES)
def test_no_request_ends_in_a_500(client: Client, who: str, operation: Any) -> None:
    @settings(
        max_examples=_EXAMPLES[who],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), accept=_ACCEPTED, is_real=st.booleans(), is_plain=st.booleans())
    def ask(case: Any, accept: str, is_real: bool, is_plain: bool) -> None:
        path = _path(operation.path, case.path_parameters, is_real)
        query = {} if is_plain else dict(case.query or {})
        sent = {} if case.method == "GET" else {"data": repr(case.body), "content_type": case.media_type}
        response = client.generic(case.method, path, query_params=query, headers={"Accept": accept}, **sent)
        body = body_of(response)
        assert response.status_code < 500 or response.status_code == 503, (path, query, body[:500])
        if response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json"

    ask()
    if operation.method != "get" or who == "nobody":
        return
    # And the plain request for what there is, which must be understood; pictures may take long on a busy machine.
    path = _path(operation.path, dict.fromkeys(re.findall(r"{(\w+)}", operation.path), ""), True)
    response = client.generic(operation.method.upper(), path, headers={"Accept": "*/*"})
    assert body_of(response)
    assert response.status_code in (200, 503), path


def _path(template: str, made_up: dict[str, Any], is_real: bool) -> str:
    """Return an address with the names of the study that there is, or with what schemathesis made up."""
    names = {name: _REAL.get(name, "1") if is_real else unquote(str(value)) for name, value in made_up.items()}
    return "/dicomweb" + template.format(
        **{name: quote(value.replace("/", "_") or "_", safe="") for name, value in names.items()}
    )


def test_the_document_tells_of_every_resource() -> None:
    paths = {operation.path for operation in _OPERATIONS}
    assert {one.path for one in _OPERATIONS if one.method == "post"} == {"/studies", "/studies/{study_uid}"}
    assert {"/studies", "/studies/{study_uid}/series/{series_uid}/rendered", "/schema", "/"} <= paths
