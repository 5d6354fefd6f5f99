"""A task's message, beside the one that Celery writes, on a real Redis."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Task, shared_task
from django.conf import settings
from kombu import Connection

from portal.celery import app
from portal.redis_servers import RedisServer
from portal.workers import for_celery
from viewer.message import Order, message, order_of

QUEUE = "messages-of-a-test"
ARGUMENTS = ("a grant", [["1.2.3", "1.2.3.4", 1]], "ü|512")


@shared_task(name="tests.nobody_has_this_done", queue=QUEUE)
def _nobody_has_this_done(*_: object) -> None:
    raise AssertionError("no worker serves this queue")


def _task() -> Task:
    return _nobody_has_this_done


@pytest.fixture(autouse=True)
def broker() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(settings.REDIS_BROKER_URL)
    client.delete(QUEUE)
    yield client
    client.delete(QUEUE)


def _taken(text: str | bytes) -> tuple[dict[str, Any], datetime]:
    """Return a message without what is another in each, and when it expires."""
    whole = json.loads(text)
    headers, properties = whole["headers"], whole["properties"]
    (identity,) = {headers.pop("id"), headers.pop("root_id"), properties.pop("correlation_id")}
    assert len(identity) == len(properties.pop("delivery_tag"))
    return whole, datetime.fromisoformat(headers.pop("expires"))


def test_it_is_the_message_that_celery_writes(broker: redis.Redis) -> None:
    _task().apply_async(ARGUMENTS, expires=5, ignore_result=True)
    (theirs,) = broker.lrange(QUEUE, 0, -1)
    ours, until = _taken(message(_task().name, ARGUMENTS, QUEUE, 5))
    expected, their_until = _taken(theirs)
    # What monitors, results and other brokers than Redis would want.
    expected["headers"] |= {"argsrepr": "", "kwargsrepr": ""}
    expected["properties"] |= {"reply_to": ""}
    assert expected["properties"].pop("expiration") == "5000"
    assert ours == expected
    assert 0 <= (until - their_until).total_seconds() < 300


def test_what_celery_writes_is_read_as_what_we_write(broker: redis.Redis) -> None:
    app.send_task(_task().name, ARGUMENTS, {"named": 1}, queue=QUEUE, ignore_result=True)
    (theirs,) = broker.lrange(QUEUE, 0, -1)
    arguments = json.loads(json.dumps(ARGUMENTS))
    assert order_of(theirs) == Order(_task().name, arguments, {"named": 1}, None, is_returned=False)
    ours = order_of(message(_task().name, ARGUMENTS, QUEUE, 5).encode())
    assert ours == Order(_task().name, arguments, {}, ours.expires, is_returned=False)
    assert ours.expires is not None
    assert not ours.is_late


def test_a_message_that_a_worker_puts_back_says_so(broker: redis.Redis) -> None:
    broker.lpush(QUEUE, message(_task().name, ARGUMENTS, QUEUE, 5))
    with app.connection_for_read() as connection:
        connection.SimpleQueue(QUEUE).get(timeout=30).requeue()
    assert order_of(broker.lindex(QUEUE, 0)).is_returned


def test_no_two_are_the_same() -> None:
    first, second = (json.loads(message(_task().name, ARGUMENTS, QUEUE, 5)) for _ in range(2))
    for part, name in (("headers", "id"), ("properties", "delivery_tag")):
        assert first[part][name] != second[part][name]


def test_kombu_hands_it_on(broker: redis.Redis) -> None:
    broker.lpush(QUEUE, message(_task().name, ARGUMENTS, QUEUE, 5))
    with app.connection_for_read() as connection:
        found = connection.SimpleQueue(QUEUE).get(timeout=30)
    arguments, named, _afterwards = found.payload
    assert (found.headers["task"], arguments, named) == (_task().name, json.loads(json.dumps(ARGUMENTS)), {})


def test_celery_takes_messages_from_the_database_that_they_are_put_into(tmp_path: Path) -> None:
    server = RedisServer(tmp_path, "b", "noeviction", None)
    server.start()
    try:
        url = f"{server.url}?db=1"
        redis.Redis.from_url(url).lpush(QUEUE, message(_task().name, ARGUMENTS, QUEUE, 5))
        with Connection(for_celery(url)) as connection:
            assert connection.SimpleQueue(QUEUE).get(timeout=30).headers["task"] == _task().name
    finally:
        server.stop()
