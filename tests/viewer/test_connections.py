"""Connections that are kept: what each answers belongs to what was asked, whatever happened before."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from redis.backoff import ConstantBackoff, NoBackoff
from redis.retry import Retry

from portal.redis_servers import RedisServer, find_program
from tests.authority import make_authority
from tests.orthanc import free_port
from viewer.connections import Connections


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    found = RedisServer(tmp_path, "r", "noeviction", None)
    found.start()
    yield found
    found.stop()


@pytest.fixture
def connections(server: RedisServer) -> Connections:
    once = Retry(NoBackoff(), 0)
    return Connections(redis.ConnectionPool.from_url(server.url, socket_timeout=1, retry=once))


def test_answers_come_in_the_order_of_the_commands(connections: Connections) -> None:
    assert connections.ask(("SET", "k", b"\x00\r\n"), ("MGET", "k", "none"), ("INCR", "n")) == [
        b"OK",
        [b"\x00\r\n", None],
        1,
    ]


def test_one_connection_serves_one_after_the_other(connections: Connections) -> None:
    ids = {connections.ask(("CLIENT", "ID"))[0] for _ in range(5)}
    assert len(ids) == 1


def test_an_error_or_a_late_answer_is_nobody_else_s(connections: Connections) -> None:
    with pytest.raises(redis.ResponseError):
        connections.ask(("NONSENSE",), ("SET", "k", "after the error"))
    with pytest.raises(redis.TimeoutError):
        connections.ask(("BLPOP", "nothing", 1.5), ("SET", "k", "late"))
    assert connections.ask(("ECHO", "mine")) == [b"mine"]


def test_what_is_only_told_is_done_before_what_is_asked_and_answers_nothing(connections: Connections) -> None:
    connections.tell(("SET", "k", "told"))
    assert connections.ask(("GET", "k")) == [b"told"]
    connections.tell(("NONSENSE",))
    assert connections.ask(("ECHO", "mine"), ("GET", "k")) == [b"mine", b"told"]


def test_what_was_begun_is_answered_later_and_others_are_answered_meanwhile(connections: Connections) -> None:
    answer = connections.begin(("SET", "k", "begun"), ("GET", "k"))
    assert connections.ask(("ECHO", "mine")) == [b"mine"]
    assert answer() == [b"OK", b"begun"]
    assert connections.ask(("GET", "k"), ("ECHO", "next")) == [b"begun", b"next"]


def test_what_was_begun_and_failed_is_nobody_else_s(server: RedisServer, connections: Connections) -> None:
    refused = connections.begin(("NONSENSE",), ("ECHO", "not mine"))
    with pytest.raises(redis.ResponseError):
        refused()
    late = connections.begin(("BLPOP", "nothing", 1.5), ("ECHO", "not mine"))
    with pytest.raises(redis.TimeoutError):
        late()
    assert connections.ask(("ECHO", "mine")) == [b"mine"]
    lost = connections.begin(("SET", "k", "v"))
    server.stop()
    lost()
    with pytest.raises(redis.ConnectionError):
        connections.begin(("PING",))


def test_threads_do_not_hear_one_another(connections: Connections) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda number: connections.ask(("ECHO", number), ("ECHO", -number)), range(400)))
    assert told == [[str(number).encode(), str(-number).encode()] for number in range(400)]


def test_a_redis_that_was_away_is_asked_again(server: RedisServer, connections: Connections) -> None:
    connections.ask(("PING",))
    server.stop()
    with pytest.raises(redis.ConnectionError):
        connections.ask(("PING",))
    server.start()
    assert connections.ask(("PING",)) == [b"PONG"]


def test_a_connection_that_redis_closed_is_replaced(server: RedisServer, connections: Connections) -> None:
    (own,) = connections.ask(("CLIENT", "ID"))
    redis.Redis.from_url(server.url).client_kill_filter(_id=own)
    assert connections.ask(("ECHO", "mine")) == [b"mine"]


def test_a_child_does_not_talk_over_its_parent_s_connection(connections: Connections) -> None:
    (own,) = connections.ask(("CLIENT", "ID"))
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(connections.ask(("CLIENT", "ID"))[0]).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as told:
        assert int(told.read()) != own
    assert connections.ask(("CLIENT", "ID")) == [own]


def test_a_redis_behind_tls_with_a_password_and_databases(tmp_path: Path) -> None:
    certificate, key = make_authority(tmp_path).issue("redis", "127.0.0.1")
    port = free_port()
    command = [find_program(), "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--requirepass", "secret"]
    command += ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", str(tmp_path / "ca.pem")]
    command += ["--tls-auth-clients", "no", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        url = f"rediss://:secret@127.0.0.1:{port}/3?ssl_ca_certs={tmp_path / 'ca.pem'}"
        once = Retry(NoBackoff(), 0)
        client = redis.Redis.from_url(url, socket_timeout=1, retry=Retry(ConstantBackoff(0.1), 100))
        assert client.ping()
        connections = Connections(redis.ConnectionPool.from_url(url, socket_timeout=1, retry=once))
        large = os.urandom(3_000_000)
        assert connections.ask(("SET", "k", large), ("GET", "k")) == [b"OK", large]
        assert client.get("k") == large
        with pytest.raises(redis.TimeoutError):
            connections.ask(("BLPOP", "nothing", 1.5))
        assert connections.ask(("ECHO", "mine")) == [b"mine"]
        ids = {connections.ask(("CLIENT", "ID"))[0] for _ in range(3)}
        assert len(ids) == 1
        wrong = Connections(redis.ConnectionPool.from_url(url.replace("secret", "wrong"), retry=once))
        with pytest.raises(redis.AuthenticationError):
            wrong.ask(("PING",))
    finally:
        process.kill()
        process.wait()
