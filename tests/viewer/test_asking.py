"""Asking workers, over a real Redis: one flight for many askers, errors told and never stored, time limited."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from pacs_gateway.errors import PacsMismatch, PacsNotFound
from viewer import asking, store


def _ask(key: str, started: list[str], seconds: float = 2) -> bytes | Exception:
    ((_, answer),) = asking.ask_many([key], started.extend, seconds=seconds)
    return answer


def test_many_askers_one_maker() -> None:
    started: list[str] = []

    def make(keys: list[str]) -> None:
        started.extend(keys)
        threading.Timer(0.2, asking.deliver, ("k", b"answer")).start()

    def one(_: int) -> bytes | Exception:
        ((_, answer),) = asking.ask_many(["k"], make, seconds=3)
        return answer

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, range(20)))
    assert answers == [b"answer"] * 20
    assert started == ["k"]


def test_what_is_stored_is_not_made_again() -> None:
    asking.deliver("k", b"answer")
    started: list[str] = []
    assert _ask("k", started) == b"answer"
    assert started == []


def test_an_error_reaches_every_asker_and_is_not_stored() -> None:
    threading.Timer(0.1, asking.decline, ("k", PacsMismatch())).start()
    assert isinstance(_ask("k", []), PacsMismatch)
    started: list[str] = []
    threading.Timer(0.1, asking.deliver, ("k", b"later")).start()
    assert _ask("k", started) == b"later"
    assert started == ["k"]


def test_nobody_waits_longer_than_the_limit() -> None:
    began = time.monotonic()
    assert isinstance(_ask("k", [], seconds=0.3), asking.WorkersBusy)
    assert time.monotonic() - began < 10


def test_a_dead_maker_s_claim_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "CLAIM_SECONDS", 1)
    started: list[str] = []
    _ask("k", started, seconds=0.1)
    _ask("k", started, seconds=0.1)
    assert started == ["k"]
    time.sleep(1.1)
    _ask("k", started, seconds=0.1)
    assert started == ["k", "k"]


def test_a_run_gives_each_answer_when_it_is_ready() -> None:
    def make(keys: list[str]) -> None:
        asking.deliver("a", b"1")
        asking.decline("b", PacsNotFound())

    answers = dict(asking.ask_many(["a", "b"], make, seconds=1))
    assert answers["a"] == b"1"
    assert isinstance(answers["b"], PacsNotFound)


def test_answers_that_are_there_at_the_same_time_are_given_together() -> None:
    asking.deliver("a", b"1")

    def make(keys: list[str]) -> None:
        threading.Timer(0.2, store.deliver, ({"b": b"2", "c": b"3"},)).start()

    groups = list(asking.ask_together(["a", "b", "c"], make, seconds=10))
    assert groups == [[("a", b"1")], [("b", b"2"), ("c", b"3")]]
    assert list(asking.ask_together(["c", "a"], make)) == [[("c", b"3"), ("a", b"1")]]


def test_who_starts_something_knows_how_often_it_was_begun() -> None:
    begun, known = {"a": 0, "other": 0}, []
    store.count(["other"])

    def make(keys: list[str]) -> None:
        known.append(dict(begun))
        asking.deliver("a", b"1")

    assert list(asking.ask_together(["a"], make, begun=begun)) == [[("a", b"1")]]
    assert known == [{"a": 0, "other": 1}]


def test_answers_that_follow_one_another_are_delivered_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "TOGETHER_SECONDS", 60.0)
    deliveries = asking.Deliveries()
    deliveries.add("first", b"1")
    assert store.get("first") == b"1", "the first goes at once"
    deliveries.add("second", b"2")
    deliveries.add("third", b"3")
    assert store.get_many(["second", "third"]) == [None, None]
    deliveries.send()
    assert store.get_many(["second", "third"]) == [b"2", b"3"]
    assert [store.wait(key, 1, [key])[0] for key in ("first", "second", "third")] == [store.OK] * 3


def test_what_did_not_arrive_is_told_with_the_next_or_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    arrived = iter([None, redis.ConnectionError(), redis.ConnectionError()])

    def begin_to_deliver(answers: dict[str, bytes]) -> Callable[[], None]:
        error = next(arrived)

        def arrive() -> None:
            if error is not None:
                raise error

        return arrive

    monkeypatch.setattr(store, "begin_to_deliver", begin_to_deliver)
    deliveries = asking.Deliveries()
    for key in ("first", "second"):
        deliveries.add(key, b"1")
        deliveries.send()
    deliveries.add("third", b"1")
    with pytest.raises(redis.ConnectionError):
        deliveries.send()
    deliveries.send()
    with pytest.raises(redis.ConnectionError):
        deliveries.end()
    deliveries.end()
