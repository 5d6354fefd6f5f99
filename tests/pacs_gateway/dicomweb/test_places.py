"""Whatever becomes of an answer, its places with the PACS are free once the server has closed it (R42)."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import islice

import pytest
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.test import RequestFactory

from pacs_gateway.upstream import bulkhead
from pacs_gateway.upstream.leases import leases
from tests.pacs_gateway.dicomweb.conftest import Service

INSTANCE = "/series/2.25.4711.9401.2/instances/2.25.4711.9401.2.3"
STUDY = "/dicomweb/studies/{uid}"
# The status of GET, and of HEAD, which fetches no whole instance to tell what it could be made.
ANSWERS = [
    (STUDY, 'multipart/related; type="application/dicom"; transfer-syntax=*', 200, 200),
    (STUDY, "application/zip", 200, 200),
    (STUDY, 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.91', 406, 200),
    (f"{STUDY}{INSTANCE}", "application/dicom", 200, 200),
    (f"{STUDY}{INSTANCE}/frames/1", "*/*", 200, 200),
    (f"{STUDY}{INSTANCE}/frames/1", 'multipart/related; type="application/octet-stream"', 200, 200),
    (f"{STUDY}{INSTANCE}/frames/1", 'multipart/related; type="image/jp2"', 406, 406),
    (f"{STUDY}{INSTANCE}/bulkdata/7FE00010", "*/*", 200, 200),
    ("/scans/{key}/dicom.zip", "*/*", 200, 200),
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def _no_collecting() -> Iterator[None]:
    """Have nothing freed late: a place that waits for the collector is one that a person lacks until then."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.mark.usefixtures("_no_collecting")
@pytest.mark.parametrize("steps", [0, 1, None], ids=["unread", "broken off", "whole"])
@pytest.mark.parametrize(("path", "accept", "status", "status_of_head"), ANSWERS)
def test_an_answer_that_is_closed_holds_nothing(
    service: Service, path: str, accept: str, status: int, status_of_head: int, steps: int | None
) -> None:
    address, before = path.format(uid=service.study_uid, key=service.cast.study.key), set(leases._held)
    found, body = _answered(service, "GET", address, accept, steps)
    assert (found, bool(body)) == (status, steps != 0)
    assert not [*bulkhead._persons._taken, *(set(leases._held) - before)]
    found, body = _answered(service, "HEAD", address, accept, steps)
    assert (found, bool(body)) == (status_of_head, status_of_head == 406 and steps != 0)
    assert not [*bulkhead._persons._taken, *(set(leases._held) - before)]


def _answered(service: Service, method: str, address: str, accept: str, steps: int | None) -> tuple[int, list[bytes]]:
    """Ask as a server does, take so many steps of the body, and close it; return the status and the steps."""
    factory, lines = RequestFactory(headers={"Accept": accept}), list[str]()
    factory.cookies = service.cast.client("owner").cookies
    request = factory.generic(method, address)
    # The test's connection stays open.
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    try:
        body = WSGIHandler()(request.environ, lambda line, headers: lines.append(line))
        taken = list(islice(body, steps))
        body.close()
    finally:
        signals.request_started.connect(close_old_connections)
        signals.request_finished.connect(close_old_connections)
    return int(lines[0][:3]), taken
