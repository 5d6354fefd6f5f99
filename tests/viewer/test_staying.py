"""Worker children that stay for a moment: beside a queue of a real Redis (test_tries.py has real children)."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.conf import settings

from viewer import room, staying
from viewer.message import message

QUEUE, NAME, CALLER = "queue-of-a-stay", "tests.stays", "user:stays"
OWN, BESIDE = "lightbox:given:one", f"lightbox:beside:{QUEUE}"
# Long enough for a busy machine to put a message meanwhile; a stay ends sooner by what it is given.
LONG = 20.0


@pytest.fixture(autouse=True)
def broker() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(settings.REDIS_BROKER_URL)
    names = (QUEUE, OWN, BESIDE, f"lightbox:share:{QUEUE}:{CALLER}")
    client.delete(*names)
    yield client
    client.delete(*names)


@pytest.fixture(autouse=True)
def moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a busy machine be slower than the product would wait."""
    monkeypatch.setattr(staying, "MOMENT_SECONDS", 0.9)
    monkeypatch.setattr(staying, "MOST_SECONDS", LONG)


def _task(**request: object) -> Any:
    facts = {"called_directly": False, "id": "one", "delivery_info": {"routing_key": QUEUE}}
    return SimpleNamespace(name=NAME, request=SimpleNamespace(**{**facts, **request}))


def _message(*arguments: object, name: str = NAME) -> str:
    return message(name, arguments, QUEUE, 5)


def _put(*arguments: object, name: str = NAME) -> str:
    text = _message(*arguments, name=name)
    assert room.put(QUEUE, CALLER, text)
    return text


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads


def _stays(broker: redis.Redis, stay: Future[None]) -> None:
    """Wait until a child waits beside the queue."""
    end = time.monotonic() + LONG
    while not broker.zcard(BESIDE):
        assert not stay.done(), stay.exception()
        assert time.monotonic() < end
        time.sleep(0.002)


def test_what_is_asked_in_a_moment_is_done_without_the_queue(broker: redis.Redis, pool: ThreadPoolExecutor) -> None:
    done: list[tuple[object, ...]] = []
    stay = pool.submit(staying.stay, _task(), lambda *arguments: done.append(arguments))
    for number in range(2):
        _stays(broker, stay)
        _put("a grant", number)
        assert broker.llen(QUEUE) == 0
    stay.result(LONG)
    assert done == [("a grant", 0), ("a grant", 1)]
    assert broker.exists(OWN, BESIDE) == 0


def test_after_a_moment_messages_go_to_the_queue(broker: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staying, "MOMENT_SECONDS", 0.05)
    staying.stay(_task(), pytest.fail)
    assert broker.exists(BESIDE) == 0
    text = _put("a grant")
    assert broker.lrange(QUEUE, 0, -1) == [text.encode()]


def test_a_child_that_is_gone_is_given_nothing(broker: redis.Redis) -> None:
    broker.zadd(BESIDE, {OWN: time.time() * 1000 - 1})
    _put("a grant")
    assert (broker.llen(QUEUE), broker.exists(OWN)) == (1, 0)


def test_what_waits_is_done_in_its_order(broker: redis.Redis) -> None:
    for number in range(3):
        _put(number)
    done: list[int] = []
    staying.stay(_task(), done.append)
    assert done == [0, 1, 2]
    assert broker.exists(QUEUE, OWN, BESIDE) == 0


def test_what_nobody_waits_for_any_more_is_dropped(broker: redis.Redis) -> None:
    assert room.put(QUEUE, CALLER, message(NAME, ("late",), QUEUE, -1))
    staying.stay(_task(), pytest.fail)
    assert broker.exists(QUEUE, OWN) == 0


def test_what_a_worker_has_put_back_goes_through_the_worker(broker: redis.Redis) -> None:
    returned = json.loads(_message("a grant"))
    returned["properties"]["delivery_info"]["redelivered"] = True
    broker.lpush(QUEUE, json.dumps(returned), _message("another"))
    staying.stay(_task(), pytest.fail)
    assert broker.lindex(QUEUE, -1) == json.dumps(returned).encode()
    assert (broker.llen(QUEUE), broker.exists(OWN, BESIDE)) == (2, 0)


def test_a_task_may_have_named_arguments(broker: redis.Redis) -> None:
    whole = json.loads(_message("a grant"))
    whole["body"] = b64encode(json.dumps([["a grant"], {"is_new": True}, {}]).encode()).decode()
    broker.lpush(QUEUE, json.dumps(whole))
    done: list[tuple[str, bool]] = []
    staying.stay(_task(), lambda grant, *, is_new: done.append((grant, is_new)))
    assert done == [("a grant", True)]


def test_nobody_stays_for_ever_however_much_is_asked(
    broker: redis.Redis, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staying, "MOST_SECONDS", 1.0)
    done: list[str] = []
    stay = pool.submit(staying.stay, _task(), done.append)
    end = time.monotonic() + LONG
    while not stay.done():
        assert time.monotonic() < end
        if broker.zcard(BESIDE):
            _put("a grant")
    stay.result(LONG)
    assert len(done) > 1
    assert broker.exists(OWN, BESIDE) == 0


def test_who_calls_a_task_as_a_function_does_not_stay(broker: redis.Redis) -> None:
    broker.lpush(OWN, _message("a grant"))
    staying.stay(_task(called_directly=True), pytest.fail)
    assert broker.llen(OWN) == 1


def test_a_message_for_another_task_is_the_next_of_the_queue(broker: redis.Redis, pool: ThreadPoolExecutor) -> None:
    stay = pool.submit(staying.stay, _task(), pytest.fail)
    _stays(broker, stay)
    text = _put("a grant", name="tests.another")
    stay.result(LONG)
    assert broker.lindex(QUEUE, -1) == text.encode()
    assert broker.exists(OWN, BESIDE) == 0


def test_what_fails_is_not_done_again(broker: redis.Redis) -> None:
    broker.lpush(OWN, _message("a grant"))
    with pytest.raises(ZeroDivisionError):
        staying.stay(_task(), lambda _: 1 // 0)
    assert broker.exists(OWN) == 0


def test_what_lies_there_is_gone_on_with_before_what_waits(broker: redis.Redis) -> None:
    broker.lpush(OWN, _message("left over"))
    _put("a grant")
    done: list[str] = []
    staying.stay(_task(), done.append)
    assert done == ["left over", "a grant"]


def test_a_message_of_the_last_moment_is_not_lost(broker: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = room._ask
    done: list[str] = []

    def ask_late(*commands: Any) -> list[Any]:
        if commands[0][0] == "ZREM" and not done:
            _put("late")
        return ask(*commands)

    monkeypatch.setattr(room, "_ask", ask_late)
    # The broker forgets whose moment is over by its own clock; here that is later than the child thinks.
    monkeypatch.setattr(room, "_TAKE", room._TAKE.replace("+ ARGV[1]", "+ ARGV[1] + 60000"))
    staying.stay(_task(), done.append)
    assert (done, broker.llen(QUEUE)) == (["late"], 0)
