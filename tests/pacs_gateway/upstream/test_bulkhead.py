"""No person and no PACS takes every thread: over the limit a call is turned away, and later let in again."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsBusy
from pacs_gateway.refs import StudyRef
from pacs_gateway.upstream import bulkhead
from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.bulkhead import Bulkhead, place_of
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from tests.fakes.faulty_pacs import FaultyPacs, Request, Say, json_answer
from tests.pacs_gateway.upstream.selection import Sample, sample

PERSON = "user:7"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulkhead, "_persons", Bulkhead(2, patience=0.05))


def _of(grant: StudyGrant, principal: str) -> StudyGrant:
    return replace(grant, principal=principal)


def test_over_the_limit_it_is_busy_and_afterwards_there_is_room() -> None:
    limit = Bulkhead(2, patience=0.05)
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(limit.place("a"))
        with pytest.raises(PacsBusy), limit.place("a"):
            pytest.fail("there was no place left")
        with limit.place("b"):
            pass
    with limit.place("a"), limit.place("a"):
        pass


def test_several_are_of_the_first_half_only_and_nobody_waits_for_them() -> None:
    limit = Bulkhead(8, patience=0.05)
    with limit.place("a", 3) as three, limit.place("a", 3) as one_more, limit.place("a", 3) as one:
        assert (three, one_more, one) == (3, 1, 1)
        with limit.place("b", 8) as half:
            assert half == 4
    with limit.place("a", 8) as again:
        assert again == 4
    assert not limit._taken


def test_a_call_waits_for_the_one_before_it() -> None:
    limit, entered = Bulkhead(1, patience=30), threading.Event()

    def call() -> None:
        with limit.place("a"):
            entered.set()

    with limit.place("a"):
        waiting = threading.Thread(target=call)
        waiting.start()
        assert not entered.is_set()
    assert entered.wait(30)
    waiting.join()


def test_no_more_wait_than_may_call() -> None:
    limit = Bulkhead(1, patience=30)

    def call() -> None:
        with limit.place("a"):
            pass

    with limit.place("a"):
        waiting = threading.Thread(target=call)
        waiting.start()
        while not limit._taken["waiting a"]:
            pass
        with pytest.raises(PacsBusy, match="wait already"), limit.place("a"):
            pytest.fail("there was no place left")
    waiting.join()


def test_an_error_gives_the_place_back() -> None:
    limit = Bulkhead(1, patience=0.05)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), limit.place("a"):
            raise ZeroDivisionError
    assert not limit._taken


def test_work_of_our_own_is_no_person() -> None:
    with ExitStack() as held:
        for _ in range(10):
            held.enter_context(place_of("system:report"))
            held.enter_context(place_of(""))


@pytest.fixture
def one() -> Sample:
    return sample("native")


@pytest.fixture
def pacs(one: Sample) -> Iterator[CheckedPacs]:
    """Return a PACS that fails the test when it is asked."""

    def answer(request: Request) -> Iterable[Say]:
        raise AssertionError("the PACS was asked")

    with FaultyPacs(answer) as server:
        yield CheckedPacs(DicomwebPacs(PacsConfig("main", "http", server.url)))
        assert server.requests == []


@pytest.mark.parametrize("call", ["search", "metadata", "frames", "instance"])
def test_each_call_of_a_person_needs_a_place(call: str, one: Sample, pacs: CheckedPacs) -> None:
    grant = _of(one.grant(), PERSON)
    calls = {
        "search": lambda: pacs.search_studies(StudyQuery(), PERSON),
        "metadata": lambda: pacs.metadata(grant),
        "frames": lambda: list(pacs.frames(grant, one.frames())),
        "instance": lambda: pacs.instance(grant, one.ref),
    }
    with place_of(PERSON), place_of(PERSON), pytest.raises(PacsBusy):
        calls[call]()


def test_another_person_is_not_held_up(one: Sample) -> None:
    with FaultyPacs(lambda r: json_answer([])) as server:
        pacs = CheckedPacs(DicomwebPacs(PacsConfig("main", "http", server.url)))
        with place_of(PERSON), place_of(PERSON):
            assert pacs.search_studies(StudyQuery(), "user:8") == []


def test_one_pacs_is_not_asked_more_at_once_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pacs_gateway.upstream.transport.CALLS_AT_ONCE", 1)
    asked, go_on = threading.Event(), threading.Event()

    def answer(request: Request) -> Iterable[Say]:
        asked.set()
        go_on.wait(30)
        yield from json_answer([])

    with FaultyPacs(answer) as server:
        pacs = CheckedPacs(DicomwebPacs(PacsConfig("main", "http", server.url)))
        first = threading.Thread(target=pacs.probe)
        first.start()
        assert asked.wait(30)
        with pytest.raises(PacsBusy):
            pacs.probe()
        go_on.set()
        first.join()
        pacs.probe()
        assert len(server.requests) == 2


def test_a_grant_of_our_own_is_not_limited(one: Sample) -> None:
    grant = mint_for_system(StudyRef("main", one.data_set.StudyInstanceUID), "k", one.patient, "test", list(Right))
    with ExitStack() as held:
        for _ in range(5):
            held.enter_context(place_of(grant.principal))
