"""A part that fails gives a page that says so and recovers alone, never a stack trace."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from django.test import RequestFactory
from kombu.exceptions import OperationalError as BrokerDown
from redis.exceptions import ConnectionError as RedisDown

from pacs_gateway.errors import PacsBusy, PacsDamaged, PacsIncomplete, PacsMismatch, PacsNotFound, PacsUnavailable
from portal.outage import answer_for
from viewer.asking import WorkersBusy

SECRET = "10.0.0.1:6379 patient Doe"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PacsUnavailable(SECRET), 503),
        (PacsBusy(SECRET), 503),
        (PacsIncomplete(SECRET), 503),
        (WorkersBusy(SECRET), 503),
        (RedisDown(SECRET), 503),
        (BrokerDown(SECRET), 503),
        (OperationalError(SECRET), 503),
        (PacsMismatch(SECRET), 502),
        (PacsDamaged(SECRET), 502),
        (PacsNotFound(SECRET), 404),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_failure_has_its_answer(error: Exception, status: int, rf: RequestFactory) -> None:
    response = answer_for(rf.get("/", headers={"accept": "application/json"}), error)
    assert response is not None
    assert response.status_code == status
    assert json.loads(response.content)["status"] == status
    assert SECRET not in response.content.decode()
    assert ("Retry-After" in response) == (status == 503)


def test_a_page_for_people_comes_back_by_itself(rf: RequestFactory) -> None:
    response = answer_for(rf.get("/", headers={"accept": "text/html"}), PacsUnavailable())
    assert response is not None
    assert b'http-equiv="refresh"' in response.content


def test_a_fault_of_ours_is_not_hidden(rf: RequestFactory) -> None:
    assert answer_for(rf.get("/"), ZeroDivisionError()) is None
