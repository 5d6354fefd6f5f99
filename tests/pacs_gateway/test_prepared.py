"""A prepared question is the query set's own, asked of the database each time."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from pacs_gateway.audit.models import AccessEvent, Outcome
from pacs_gateway.index.models import Study
from pacs_gateway.prepared import Prepared, PreparedInsert
from pacs_gateway.refs import PatientRef
from tests.people import make_study

JANE, JOHN = PatientRef("P-JANE", "CLINIC"), PatientRef("P-JOHN", "")


@pytest.mark.django_db
def test_prepared_finds_what_the_query_set_finds():
    prepared: Prepared[Study] = Prepared(
        lambda patient_id, count: Study.objects.filter(patient_id=patient_id, series_count__gte=count).order_by("pk"),
        str,
        int,
    )
    studies = [make_study(JANE, series_count=count) for count in (1, 2, 3)] + [make_study(JOHN, series_count=9)]
    assert prepared.rows(JANE.patient_id, 2) == studies[1:3]
    assert prepared.rows(JOHN.patient_id, 2) == studies[3:]
    assert prepared.rows("%s' OR 1=1 --", 0) == []
    again = prepared.rows(JANE.patient_id, 3)[0]
    fresh = Study.objects.get(pk=studies[2].pk)
    assert {f.attname: getattr(again, f.attname) for f in Study._meta.fields} == {
        f.attname: getattr(fresh, f.attname) for f in Study._meta.fields
    }


@pytest.mark.django_db
def test_what_changed_is_found_at_once():
    prepared: Prepared[Study] = Prepared(
        lambda key: Study.objects.filter(key=key).order_by(F("missing_since").asc(nulls_first=True), "pk"), str
    )
    study = make_study(JANE, description="before")
    assert prepared.rows(study.key)[0].description == "before"
    Study.objects.filter(pk=study.pk).update(description="after")
    assert prepared.rows(study.key)[0].description == "after"
    study.delete()
    assert prepared.rows(study.key) == []


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection():
    prepared: Prepared[Study] = Prepared(lambda key: Study.objects.filter(key=key), str)
    study = make_study(JANE)
    assert prepared.rows(study.key) == [study]
    found: list[list[Study]] = []

    def ask() -> None:
        try:
            found.append(prepared.rows(study.key))
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [[study]]
    connection.close()
    assert prepared.rows(study.key) == [study]


@pytest.mark.django_db
def test_a_value_that_the_question_does_not_contain_is_told():
    prepared: Prepared[Study] = Prepared(lambda key, nothing: Study.objects.filter(key=key), str, str)
    with pytest.raises(ValueError, match="not in the SQL"):
        prepared.rows("a", "b")


def _event(**facts: object) -> AccessEvent:
    return AccessEvent(
        **{"principal": "user:7", "user_id": 7, "via": "token", "action": "%s' --", "method": "GET", "address": "::1"}
        | {"outcome": Outcome.ALLOWED}
        | facts
    )


def _facts(event: AccessEvent) -> dict[str, object]:
    return {f.attname: getattr(event, f.attname) for f in AccessEvent._meta.fields if f.attname not in ("id", "at")}


@pytest.mark.django_db
def test_a_row_is_written_as_the_model_itself_writes_it():
    _event().save()
    insert = PreparedInsert(AccessEvent)
    insert.write(_event())
    insert.write(_event(user_id=None, address=None, outcome=Outcome.DENIED))
    saved, first, second = AccessEvent.objects.order_by("pk")
    assert _facts(first) == _facts(saved)
    assert saved.at <= first.at <= second.at
    assert _facts(second) == _facts(saved) | {"user_id": None, "address": None, "outcome": Outcome.DENIED}


@pytest.mark.django_db
def test_a_row_that_cannot_be_written_stops_the_transaction():
    with pytest.raises(DatabaseError), transaction.atomic():
        PreparedInsert(AccessEvent).write(_event(via=None))
    assert AccessEvent.objects.count() == 0
