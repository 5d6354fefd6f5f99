"""The launcher's processes: watched, started again, stopped without a rest."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from portal.demo import children
from portal.demo.children import Child, ChildFailed
from portal.redis_servers import RedisFailed, RedisServer, _packaged


def _child(tmp_path: Path, code: str, *, is_restarted: bool = True) -> Child:
    return Child("a child", [sys.executable, "-c", code], tmp_path / "log", is_restarted)


def _wait_until_ended(child: Child) -> None:
    for _ in range(100):
        if child.has_ended():
            return
        time.sleep(0.05)
    pytest.fail("the child does not end")


def test_what_ended_is_started_again(tmp_path: Path) -> None:
    child, said = _child(tmp_path, "pass"), []
    child.start()
    _wait_until_ended(child)
    children.watch([child], said.append)
    assert "started again" in said[0]
    children.stop([child])


def test_what_cannot_be_done_without_is_told(tmp_path: Path) -> None:
    child = _child(tmp_path, "pass", is_restarted=False)
    child.start()
    _wait_until_ended(child)
    with pytest.raises(ChildFailed):
        children.watch([child], print)


def test_no_process_is_left_even_one_that_does_not_listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "STOP_SECONDS", 0.3)
    deaf = _child(
        tmp_path, "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    )
    deaf.start()
    while not (tmp_path / "log").read_text():
        time.sleep(0.02)
    children.stop([deaf])
    assert deaf.process is not None
    with pytest.raises(ProcessLookupError):
        os.kill(deaf.process.pid, 0)


@pytest.mark.parametrize("only_packaged", [False, True])
def test_redis_starts_answers_and_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, only_packaged: bool
) -> None:
    if only_packaged:
        monkeypatch.setattr("shutil.which", lambda name: None)
        assert _packaged()
    server = RedisServer(tmp_path, "r", "noeviction", None)
    server.start()
    assert server.is_running
    server.stop()
    assert not server.is_running


def test_a_socket_path_that_is_too_long_is_said(tmp_path: Path) -> None:
    with pytest.raises(RedisFailed, match="shorter"):
        RedisServer(tmp_path / ("x" * 100), "r", "noeviction", None)
