"""When an archive does not answer, the list says in plain words from when it is, and nobody waits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from pacs_gateway.index.sync import sync_patient, sync_recent
from pacs_gateway.refs import PatientRef
from pacs_gateway.upstream import presence
from pacs_gateway.upstream.config import parse_pacs
from tests.fakes.faulty_pacs import FaultyPacs, Request, json_answer, plain
from tests.people import make_patient, make_physician, make_study
from tests.portal.studies.conftest import JANE, browser_of

pytestmark = pytest.mark.django_db
WORDS = "The archive does not answer."


@pytest.fixture
def server(settings: Any) -> Any:
    """Run a PACS that answers, or not when its `answer` is replaced."""
    with FaultyPacs(lambda request: json_answer([])) as running:
        settings.PACS = parse_pacs(f"main={running.url}", {})
        yield running


def _down(request: Request) -> Any:
    return plain(b"", "text/plain", 500)


def _page(role: Any = make_patient) -> str:
    user = role(f"{role.__name__}{timezone.now().timestamp()}@x.example", JANE)
    return browser_of(user).get(reverse("studies:list")).content.decode()


def test_an_archive_that_answers_is_not_spoken_of(server: FaultyPacs) -> None:
    sync_patient(JANE)
    make_study(JANE)
    assert WORDS not in _page()


@pytest.mark.parametrize("role", [make_patient, make_physician])
def test_the_list_says_from_when_it_is(server: FaultyPacs, role: Any) -> None:
    sync_recent(1)
    make_study(JANE)
    answered = cache.get("pacs:main:answered")
    server.answer = _down
    assert sync_patient(JANE).failed == ("main",)
    page = _page(role)
    assert f"{WORDS} This list is from" in page
    assert f"{dt.datetime.fromtimestamp(answered, dt.UTC):%H:%M}" in page
    assert 'href="/scans/' in page


def test_an_older_answer_is_named_with_its_day(server: FaultyPacs) -> None:
    server.answer = _down
    sync_recent(1)
    cache.set("pacs:main:answered", dt.datetime(2026, 1, 31, 10, 42, tzinfo=dt.UTC).timestamp())
    assert f"{WORDS} This list is from 31 January 2026, 10:42." in _page()


def test_one_that_never_answered_has_no_time(server: FaultyPacs) -> None:
    server.answer = _down
    sync_recent(1)
    assert f"{WORDS} New scans may be missing from this list." in _page()


def test_of_several_the_oldest_answer_counts(settings: Any) -> None:
    settings.PACS = parse_pacs("a=http://127.0.0.1:9 b=http://127.0.0.1:9 c=http://127.0.0.1:9", {})
    for name, hour in (("a", 3), ("b", 2), ("c", 1)):
        cache.set(f"pacs:{name}:answered", dt.datetime(2026, 1, 31, hour, tzinfo=dt.UTC).timestamp())
    presence.note_silence("a")
    presence.note_silence("b")
    silence = presence.silence()
    assert silence is not None
    assert silence.answered_at == dt.datetime(2026, 1, 31, 2, tzinfo=dt.UTC)


def test_when_it_answers_again_the_list_is_as_before(server: FaultyPacs) -> None:
    presence.note_silence("main")
    assert WORDS in _page()
    sync_patient(JANE)
    assert WORDS not in _page()


def test_a_search_that_cannot_be_put_says_nothing_about_the_archive(server: FaultyPacs) -> None:
    assert sync_patient(PatientRef("*")).failed == ("main",)
    assert presence.silence() is None


def test_the_list_itself_asks_no_archive(server: FaultyPacs) -> None:
    presence.note_silence("main")
    assert WORDS in _page()
    assert server.requests == []


def test_after_some_failures_nobody_waits_for_it(server: FaultyPacs) -> None:
    server.answer = lambda request: []
    for _ in range(5):
        sync_patient(JANE)
    asked = len(server.requests)
    assert sync_patient(JANE).failed == ("main",)
    assert len(server.requests) == asked
