"""Frames that end their worker: real worker children killed, the others shown, and an end to the trying."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from pacs_gateway import upstream
from pacs_gateway.access.grant import StudyGrant, mint_for_system, sign
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsUnavailable
from pacs_gateway.refs import FrameRef, InstanceRef, PatientRef, StudyRef
from portal.celery import app, keep_no_second_copy
from tests.synthetic import ROOT, study_uid, write_study
from tests.viewer.deadly import DEADLY_SLICE, DEATHS, QUEUE
from viewer import asking, frames, room, sources, store, tasks, tries
from viewer.message import message
from viewer.params import FrameParams, parse_window
from viewer.picture import Picture
from viewer.rendering import CannotRender, Reason

REPOSITORY = Path(__file__).resolve().parents[2]
STUDY, SLICES = 81, 4
# A grant in the queue lives for two minutes.
SECONDS_MOST = 110


@pytest.fixture
def grant(pacs_folder: Path) -> StudyGrant:
    write_study(pacs_folder, "P-OWNER", STUDY, slices=SLICES, issuer="TEST")
    upstream.prepare("main", lambda done, of: None)
    patient = PatientRef("P-OWNER", "TEST")
    return mint_for_system(StudyRef("main", study_uid(STUDY)), "key", patient, "test", [Right.VIEW])


@pytest.fixture
def deadly_workers(tmp_path: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "tests.viewer.deadly", "worker", "-Q", QUEUE, "-c", "1"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING", "-n", "deadly@test"]
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen([*command, *quiet], cwd=REPOSITORY, env=os.environ, stdout=log, stderr=log)
        try:
            _wait_for(process)
            yield
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS_MOST
    while not app.control.ping(["deadly@test"], timeout=1):
        if process.poll() is not None or time.monotonic() > end:
            pytest.fail("the deadly worker does not start")


def _refs() -> list[FrameRef]:
    return [FrameRef(InstanceRef(f"{ROOT}.{STUDY}.1", f"{ROOT}.{STUDY}.1.{n}"), 1) for n in range(1, SLICES + 1)]


def _ask(grant: StudyGrant, params: FrameParams, refs: list[FrameRef]) -> list[str]:
    """Have the deadly workers render slices, and return the reason of each answer."""
    wanted = [[ref.instance.series_uid, ref.instance.instance_uid, ref.frame_number] for ref in refs]
    keys = [frames.key_of(grant, ref, params) for ref in refs]
    counts = store.get_or_claim(keys, tries.counted(grant, dict(zip(keys, refs, strict=True))))[2]
    arguments = (sign(grant), wanted, params.text, not any(counts))
    assert room.put(QUEUE, "user:test", message(tasks.render_run.name, arguments, QUEUE, SECONDS_MOST))
    return _reasons(keys)


def _reasons(keys: list[str]) -> list[str]:
    end = time.monotonic() + SECONDS_MOST
    while time.monotonic() < end:
        answers = store.get_many(keys)
        if all(answers):
            return [Picture.from_bytes(answer).reason for answer in answers if answer]
        time.sleep(0.1)
    pytest.fail(f"no answer for {[number for number, answer in enumerate(answers, 1) if answer is None]}")


@pytest.mark.stack
@pytest.mark.timeout(400)
@pytest.mark.usefixtures("deadly_workers")
def test_a_frame_that_kills_its_worker_costs_itself_only_and_not_for_ever(grant: StudyGrant) -> None:
    expected = ["gave_up" if number == DEADLY_SLICE else "" for number in range(1, SLICES + 1)]
    assert _ask(grant, FrameParams(), _refs()) == expected
    assert store.begin([], [DEATHS]) == [tries.MOST]
    assert _ask(grant, FrameParams(window=parse_window("40,80")), _refs()) == expected
    assert store.begin([], [DEATHS]) == [tries.MOST], "given up in one window is given up in all"


@pytest.mark.stack
@pytest.mark.timeout(400)
@pytest.mark.usefixtures("deadly_workers")
def test_a_frame_that_kills_a_child_that_stays_costs_no_more(
    grant: StudyGrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _ask(grant, FrameParams(), _refs()[:1]) == [""]
    put, given = room.put, []

    def put_and_look(*arguments: str) -> bool:
        is_put = put(*arguments)
        given.extend(room._ask(("KEYS", "lightbox:given:*"))[0])
        return is_put

    monkeypatch.setattr(room, "put", put_and_look)
    expected = ["gave_up" if number == DEADLY_SLICE else "" for number in range(1, SLICES + 1)]
    assert _ask(grant, FrameParams(window=parse_window("40,80")), _refs()) == expected
    assert store.begin([], [DEATHS]) == [tries.MOST]
    assert len(given) == 1, "the child that stayed was given it"


def _keys(grant: StudyGrant) -> dict[FrameRef, str]:
    return {ref: frames.key_of(grant, ref, FrameParams()) for ref in _refs()}


def test_frames_go_together_until_a_worker_has_died(grant: StudyGrant) -> None:
    keys = _keys(grant)
    assert tries.plan(grant, keys) == tries.Plan([], [list(keys)], is_begun=True)
    asking.deliver(keys[_refs()[0]], b"picture")
    assert tries.plan(grant, keys) == tries.Plan([], [[ref] for ref in _refs()[1:]])


def test_what_was_never_begun_is_begun_without_asking(grant: StudyGrant) -> None:
    keys, first = _keys(grant), SimpleNamespace(request=SimpleNamespace(delivery_info={"redelivered": False}))
    assert tries.plan_new(first, keys) == tries.Plan([], [list(keys)], is_begun=True)
    assert store.begin([], list(keys.values())) == [1] * SLICES
    again = SimpleNamespace(request=SimpleNamespace(delivery_info={"redelivered": True}))
    assert tries.plan_new(again, keys) is None
    assert store.begin([], list(keys.values())) == [1] * SLICES, (
        "a run as a whole counts once, however often it is begun"
    )


def test_what_was_begun_or_given_up_is_known_to_who_asks(grant: StudyGrant) -> None:
    names = tries.counted(grant, {key: ref for ref, key in _keys(grant).items()})
    assert set(store.get_or_claim(["k"], names)[2]) == {0}
    tries.begin([_keys(grant)[_refs()[0]]])
    tries.give_up(grant, _refs()[1])
    assert sorted(store.get_or_claim(["k"], names)[2]) == [*[0] * (2 * SLICES - 2), 1, tries.MOST]


def test_what_was_delivered_or_declined_counts_from_nothing(grant: StudyGrant) -> None:
    first, second, *_ = keys = list(_keys(grant).values())
    for _ in range(tries.MOST):
        tries.begin(keys)
    asking.deliver(first, b"picture")
    asking.decline(second, PacsUnavailable())
    assert tries.plan(grant, _keys(grant)).given_up == _refs()[2:]


def test_running_out_of_time_is_no_reason_to_call_a_frame_damaged(
    grant: StudyGrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        try:
            raise SoftTimeLimitExceeded
        except SoftTimeLimitExceeded as error:
            raise CannotRender(Reason.DAMAGED) from error

    monkeypatch.setattr(sources, "decode", interrupted)
    wanted = [(ref.instance.series_uid, ref.instance.instance_uid, 1) for ref in _refs()]
    with pytest.raises(SoftTimeLimitExceeded):
        tasks.render_run(sign(grant), wanted, FrameParams().text)
    assert store.get_many(list(_keys(grant).values())) == [None] * SLICES


def test_only_workers_of_the_interactive_queue_alone_hold_messages_in_memory_alone() -> None:
    for queues, is_emulated in ((["bulk"], True), (["interactive", "bulk"], True), (["interactive"], False)):
        conf = SimpleNamespace(broker_transport_options={"visibility_timeout": 3600})
        keep_no_second_copy(conf, {"queues": queues})
        assert conf.broker_transport_options.get("ack_emulation", True) is is_emulated
        assert conf.broker_transport_options["visibility_timeout"] == 3600
