"""Room in the queues, on a real Redis: a full one refuses at once, a crowded one serves people fairly (R77)."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from celery import Task, shared_task
from django.conf import settings

from tests.cast import make_cast
from viewer import asking, room, store

# A queue of this test alone, that no worker serves.
QUEUE = "room-of-a-test"


@shared_task(name="tests.nobody_does_this", queue=QUEUE)
def _nobody_does_this() -> None:
    raise AssertionError("no worker serves this queue")


def _task() -> Task:
    return _nobody_does_this


@pytest.fixture(autouse=True)
def waiting() -> Iterator[list[str]]:
    """Begin and end with nothing in the queue, and nobody's share used."""
    broker = room._client(settings.REDIS_BROKER_URL)
    names = [QUEUE, *(f"lightbox:share:{QUEUE}:{caller}" for caller in ("user:1", "user:2"))]
    broker.delete(*names)
    yield names
    broker.delete(*names)


def _fill(messages: int) -> None:
    broker = room._client(settings.REDIS_BROKER_URL)
    broker.delete(QUEUE)
    if messages:
        broker.rpush(QUEUE, *["a message"] * messages)


def _ask(caller: str) -> bytes | Exception:
    def start(keys: list[str]) -> None:
        asking.publish(_task(), caller=caller)

    ((_, answer),) = asking.ask_many(["k"], start, seconds=600)
    return answer


def test_a_full_queue_turns_away_at_once_and_lets_in_when_there_is_room_again() -> None:
    _fill(room.MOST)
    assert isinstance(_ask("user:1"), asking.WorkersBusy), "told before the ten minutes are over"
    assert store.claim(["k"]) == ["k"], "whoever asks next may have it made"
    _fill(room.MOST - 1)
    asking.publish(_task(), caller="user:1")
    assert room._client(settings.REDIS_BROKER_URL).llen(QUEUE) == room.MOST


def test_what_was_stored_is_given_even_when_the_queue_is_full() -> None:
    asking.deliver("k", b"answer")
    _fill(room.MOST)
    assert _ask("user:1") == b"answer"


def test_one_person_s_thousand_requests_leave_room_for_another_s_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # The share must not come back while a busy machine gets through the thousand.
    monkeypatch.setattr(room, "SHARE_SECONDS", 600)
    for _ in range(1000):
        asking.begin(["k"], lambda _: asking.publish(_task(), caller="user:1"))
    assert room._client(settings.REDIS_BROKER_URL).llen(QUEUE) == max(room.CROWDED, room.SHARE)
    assert not room.put(QUEUE, "user:1", "a message")
    assert room.put(QUEUE, "user:2", "a message")


def test_a_share_comes_back_and_nobody_is_refused_where_few_wait() -> None:
    for _ in range(room.SHARE + 1):
        _fill(0)
        assert room.put(QUEUE, "user:1", "a message")
    broker = room._client(settings.REDIS_BROKER_URL)
    assert 0 < broker.ttl(f"lightbox:share:{QUEUE}:user:1") <= room.SHARE_SECONDS


def test_what_a_worker_goes_on_with_has_room() -> None:
    _fill(room.MOST)
    assert room.put(QUEUE, "system:gather", "a message")


@pytest.mark.django_db
def test_the_viewer_says_503_and_when_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    monkeypatch.setattr(room, "MOST", 0)
    for accept in ("text/html", "application/json"):
        response = cast.client("owner").get(f"/viewer/{cast.study.key}/manifest.json", headers={"accept": accept})
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert int(response["Retry-After"]) > 0
