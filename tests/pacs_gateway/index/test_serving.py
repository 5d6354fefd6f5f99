"""A study that two PACS hold is listed once, and served by the second where the first cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsBusy, PacsIncomplete, PacsMismatch, PacsNotFound, PacsUnavailable
from pacs_gateway.index import serving
from pacs_gateway.index.models import Study
from pacs_gateway.index.sync import sync_everything, sync_patient
from pacs_gateway.refs import PatientRef
from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import parse_pacs
from pacs_gateway.upstream.everywhere import search_everywhere
from tests.fakes.faulty_pacs import FaultyPacs, hang
from tests.pacs_gateway.index.conftest import Archive

pytestmark = pytest.mark.django_db
JANE = PatientRef("P1")


def metadata(pacs: CheckedPacs, grant: StudyGrant) -> list[dict[str, Any]]:
    return pacs.metadata(grant)


@pytest.fixture
def uid(pacs: Archive, other: Archive) -> str:
    """Return a study that both PACS hold, and that the index knows."""
    uid = pacs.put("a")
    other.put("a", StudyInstanceUID=uid)
    sync_patient(JANE)
    return uid


@pytest.fixture
def grant(uid: str) -> StudyGrant:
    row = Study.objects.once().get()
    return mint_for_system(row.ref, row.key, row.patient, "test", list(Right))


def test_a_study_of_two_pacs_is_listed_once_from_the_first(uid: str) -> None:
    assert Study.objects.count() == 2
    (row,) = Study.objects.present().once()
    assert (row.pacs, row.study_uid) == ("main", uid)


def test_it_is_listed_from_the_second_when_the_first_has_lost_it(uid: str, pacs: Archive) -> None:
    (pacs.folder / "a").unlink()
    sync_patient(JANE)
    (row,) = Study.objects.present().once()
    assert row.pacs == "other"


def test_the_order_of_the_settings_decides(uid: str, settings: Any) -> None:
    settings.PACS = dict(reversed(settings.PACS.items()))
    assert Study.objects.once().get().pacs == "other"


def test_another_patient_s_study_of_the_same_uid_is_another_study(pacs: Archive, other: Archive) -> None:
    uid = pacs.put("a")
    other.put("a", StudyInstanceUID=uid, PatientID="P2")
    sync_everything()
    assert Study.objects.once().count() == 2
    row = Study.objects.get(pacs="main")
    grant = mint_for_system(row.ref, row.key, row.patient, "test", list(Right))
    assert serving.copies(grant) == []
    (pacs.folder / "a").unlink()
    with pytest.raises(PacsNotFound):
        serving.ask(grant, metadata)


def test_the_first_serves_while_it_can(grant: StudyGrant) -> None:
    asked: list[str] = []
    serving.ask(grant, lambda pacs, own: asked.append(pacs.name))
    assert asked == ["main"]


@pytest.mark.parametrize("fault", ["gone", "down"])
def test_the_second_serves_when_the_first_cannot(grant: StudyGrant, uid: str, pacs: Archive, fault: str) -> None:
    if fault == "gone":
        (pacs.folder / "a").unlink()
    else:
        pacs.folder.rename(pacs.folder.with_name("away"))
    (item,) = serving.ask(grant, metadata)
    assert item["0020000D"]["Value"] == [uid]


def test_when_none_can_it_is_the_first_s_error(grant: StudyGrant) -> None:
    def question(pacs: CheckedPacs, own: StudyGrant) -> None:
        raise PacsIncomplete("first") if pacs.name == "main" else PacsNotFound("second")

    with pytest.raises(PacsIncomplete, match="first"):
        serving.ask(grant, question)


@pytest.mark.parametrize("error", [PacsMismatch, PacsBusy])
def test_an_alarm_and_too_many_calls_are_no_reason_to_look_elsewhere(grant: StudyGrant, error: type[Exception]) -> None:
    asked: list[str] = []

    def question(pacs: CheckedPacs, own: StudyGrant) -> None:
        asked.append(pacs.name)
        raise error

    with pytest.raises(error):
        serving.ask(grant, question)
    assert asked == ["main"]


def test_the_copy_is_held_against_the_grant_as_well(grant: StudyGrant, uid: str, pacs: Archive, other: Archive) -> None:
    (pacs.folder / "a").unlink()
    other.put("a", StudyInstanceUID=uid, PatientID="P2")
    with pytest.raises(PacsMismatch):
        serving.ask(grant, metadata)


def _some(name: str, fails_at: int) -> Iterator[str]:
    for number in range(3):
        if name == "main" and number == fails_at:
            raise PacsUnavailable
        yield f"{name} {number}"


def test_of_many_the_second_pacs_gives_all_or_none(grant: StudyGrant) -> None:
    assert list(serving.ask_for_many(grant, lambda pacs, own: _some(pacs.name, 0))) == ["other 0", "other 1", "other 2"]
    begun = serving.ask_for_many(grant, lambda pacs, own: _some(pacs.name, 1))
    assert next(begun) == "main 0"
    with pytest.raises(PacsUnavailable):
        next(begun)


def test_a_search_names_those_that_are_silent_and_does_not_wait_for_them(pacs: Archive, settings: Any) -> None:
    pacs.put("a")
    with FaultyPacs(lambda request: hang()) as hanging:
        settings.PACS = parse_pacs(f"slow={hanging.url}", {}) | settings.PACS
        answers = search_everywhere(StudyQuery(patient_id="P1"), seconds=3.0)
        assert answers.silent == ("slow",)
        assert [len(records) for records in answers.records.values()] == [1]
