"""The rest of a stack is read before it is asked for: when it is worth it, by one child at a time, and not for long."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless

from pacs_gateway.access.grant import GrantRefused, StudyGrant, mint_for_system, sign
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsUnavailable
from pacs_gateway.index import serving
from pacs_gateway.refs import FrameRef, InstanceRef, PatientRef, StudyRef
from pacs_gateway.upstream.base import EncodedFrame
from pacs_gateway.upstream.config import PacsConfig
from tests.orthanc import Orthanc
from tests.synthetic import ROOT, ct_slice, study_uid, value_of_slice, write_study
from viewer import ahead, headers, sources, store, tasks
from viewer.arena import Arena
from viewer.frames import key_of
from viewer.params import FrameParams

STUDY, SLICES = 8400, 24
MEGABYTE = 1024 * 1024
SERIES = f"{ROOT}.{STUDY}.1"


@pytest.fixture
def grant() -> StudyGrant:
    return mint_for_system(StudyRef("main", study_uid(STUDY)), "key", PatientRef("P-1"), "test", [Right.VIEW])


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_headers", headers.HeaderCache())
    monkeypatch.setattr(sources, "_arena", Arena(MEGABYTE))


@pytest.fixture
def series(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return which series were asked for as a whole; their PACS sends nothing."""
    asked: list[str] = []
    monkeypatch.setattr(sources, "series_from_pacs", lambda grant, uid, *_, **__: asked.append(uid) or iter(()))
    return asked


def _refs(numbers: Any) -> list[FrameRef]:
    return [FrameRef(InstanceRef(SERIES, f"{SERIES}.{number}"), 1) for number in numbers]


@pytest.mark.orthanc
def test_the_rest_of_a_stack_is_there_before_it_is_asked_for(grant: StudyGrant, settings: Any, tmp_path: Path) -> None:
    write_study(tmp_path, "P-1", STUDY, slices=SLICES)
    begun, rest = _refs(range(9, 9 + ahead.STACK_LEAST)), _refs(range(1, 9))
    wanted = [(ref.instance.series_uid, ref.instance.instance_uid, 1) for ref in begun]
    with Orthanc() as orthanc:
        orthanc.store(tmp_path.rglob("*.dcm"))
        settings.PACS = {"main": PacsConfig("main", "http", orthanc.url)}
        tasks.render_run(sign(grant), wanted, FrameParams().text)
    assert all(store.get_many([key_of(grant, ref, FrameParams()) for ref in begun]))
    for number, ref in enumerate(rest, start=1):
        source = sources.recall(grant, ref)
        assert source is not None
        assert source[0].SOPInstanceUID == ref.instance.instance_uid
        assert int(source[1].pixels[0, 0]) == value_of_slice(number) + 1024
    anonymous = replace(grant, anonymised=True)
    assert sources.recall(anonymous, rest[0]) is None


@pytest.mark.parametrize(
    "fetched",
    [
        [],
        _refs(range(1, ahead.STACK_LEAST)),
        [FrameRef(InstanceRef(SERIES, f"{SERIES}.1"), number) for number in range(1, 17)],
        [FrameRef(InstanceRef(f"1.{number}", f"1.{number}.1"), 1) for number in range(1, 17)],
    ],
    ids=["nothing fetched", "a few", "frames of one instance", "of several series"],
)
def test_what_is_no_beginning_of_a_stack_is_let_be(
    grant: StudyGrant, series: list[str], fetched: list[FrameRef]
) -> None:
    ahead.read(grant, fetched)
    assert series == []


def test_a_stack_is_read_once_for_as_long_as_it_is_kept(grant: StudyGrant, series: list[str]) -> None:
    fetched = _refs(range(1, 17))
    ahead.read(grant, fetched)
    ahead.read(grant, fetched)
    assert series == [SERIES]
    for number in range(3):
        sources._arena.put(f"others:{number}", bytes(MEGABYTE // 2))
    ahead.read(grant, fetched)
    assert series == [SERIES, SERIES]


@contextmanager
def _other_child(work: Callable[[Callable[[], None]], None]) -> Iterator[None]:
    """Let another child of the worker do `work` from the moment on that it calls what it is given."""
    ready, is_ready = os.pipe()
    child = os.fork()
    if not child:
        work(lambda: os.write(is_ready, b"!"))
        os._exit(0)
    try:
        os.read(ready, 1)
        yield
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(ready)
        os.close(is_ready)


def _reading(grant: StudyGrant, series_uid: str) -> Callable[[Callable[[], None]], None]:
    def work(begun: Callable[[], None]) -> None:
        with ahead._our_turn(sources.name_of_series(grant, series_uid)):
            begun()
            time.sleep(60)

    return work


def test_one_child_of_a_worker_reads_at_a_time(grant: StudyGrant, series: list[str]) -> None:
    with _other_child(_reading(grant, SERIES)):
        ahead.read(grant, _refs(range(1, 17)))
        assert series == []
    ahead.read(grant, _refs(range(1, 17)))
    assert series == [SERIES], "one that dies leaves its turn to the next"


def _slow(read: list[float], pause: float, seconds: float) -> Iterator[Any]:
    end = time.monotonic() + seconds
    while time.monotonic() <= end:
        read.append(time.monotonic())
        time.sleep(pause)
        yield None, (None, SimpleNamespace(pixels=SimpleNamespace(nbytes=MEGABYTE)))


def test_a_slow_pacs_is_not_asked_again(grant: StudyGrant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "SECONDS", 0.1)
    monkeypatch.setattr(ahead, "PACE_SECONDS", 1)
    read: list[float] = []
    monkeypatch.setattr(sources, "series_from_pacs", lambda _grant, _uid, seconds, **_: _slow(read, 0.02, seconds))
    ahead.read(grant, _refs(range(1, 17)))
    assert 0 < len(read) < 10
    monkeypatch.setattr(sources, "_arena", Arena(MEGABYTE))
    before = len(read)
    ahead.read(grant, _refs(range(1, 17)))
    assert len(read) == before
    time.sleep(1.1)
    ahead.read(grant, _refs(range(1, 17)))
    assert len(read) > before


def test_it_leaves_room_for_other_stacks(grant: StudyGrant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "BYTES_MOST", 10 * MEGABYTE)
    read: list[float] = []
    monkeypatch.setattr(sources, "series_from_pacs", lambda _grant, _uid, seconds, **_: _slow(read, 0, seconds))
    ahead.read(grant, _refs(range(1, 17)))
    assert len(read) == 11
    assert ahead._pace(grant) != ahead.SLOW, "a PACS that was stopped is not slow"


@pytest.mark.parametrize("error", [PacsUnavailable, GrantRefused])
def test_what_goes_wrong_costs_nothing_that_was_asked_for(
    grant: StudyGrant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    def fail(*_: Any, **__: Any) -> Iterator[Any]:
        raise error("no")

    monkeypatch.setattr(sources, "series_from_pacs", fail)
    ahead.read(grant, _refs(range(1, 17)))
    assert f"a series is not read ahead: {error.__name__}" in caplog.text


def test_what_takes_long_to_decode_is_left_to_who_asks_for_it(
    grant: StudyGrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(*_: Any) -> Iterator[EncodedFrame]:
        for ref, syntax in zip(_refs((1, 2)), (ExplicitVRLittleEndian, JPEG2000Lossless), strict=True):
            file = ct_slice("P-1", STUDY, 1, 1)
            data = file.PixelData
            del file.PixelData
            yield EncodedFrame(ref, data, syntax, file, b"")

    monkeypatch.setattr(serving, "ask_for_many", sent)
    assert len(list(sources.series_from_pacs(grant, SERIES, 1.0))) == 1


def _source() -> Any:
    return None, SimpleNamespace(pixels=SimpleNamespace(nbytes=2))


@pytest.fixture
def singly(monkeypatch: pytest.MonkeyPatch) -> list[FrameRef]:
    """Return what was fetched one by one."""
    asked: list[FrameRef] = []

    def from_pacs(_grant: StudyGrant, frames: list[FrameRef]) -> Iterator[Any]:
        asked.extend(frames)
        return ((frame, _source()) for frame in frames)

    monkeypatch.setattr(sources, "from_pacs", from_pacs)
    return asked


@pytest.mark.parametrize(
    ("pace", "wanted", "read", "one_by_one"),
    [
        (ahead.QUICK, _refs(range(1, 17)), range(24, 0, -1), []),
        (ahead.QUICK, _refs(range(1, 17)), range(24, 4, -1), _refs(range(1, 5))),
        (ahead.QUICK, _refs(range(1, ahead.STACK_LEAST)), [], _refs(range(1, ahead.STACK_LEAST))),
        (ahead.SLOW, _refs(range(1, 17)), [], _refs(range(1, 17))),
        (None, _refs(range(1, 17)), [], _refs(range(1, 17))),
    ],
    ids=["all of it comes", "some of it comes", "a few frames", "a slow PACS", "an unknown PACS"],
)
def test_a_stack_is_taken_out_of_the_series_of_a_quick_pacs(
    grant: StudyGrant,
    monkeypatch: pytest.MonkeyPatch,
    singly: list[FrameRef],
    pace: bytes | None,
    wanted: list[FrameRef],
    read: Any,
    one_by_one: list[FrameRef],
) -> None:
    series = [(ref, _source()) for ref in _refs(read)]
    monkeypatch.setattr(sources, "series_from_pacs", lambda *_, **__: iter(series))
    if pace:
        ahead._remember_pace(grant, pace)
    found = [frame for frame, _ in ahead.fetch(grant, wanted)]
    assert found == [frame for frame, _ in series] + one_by_one
    assert singly == one_by_one


def test_a_pacs_that_is_quick_is_remembered(grant: StudyGrant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "series_from_pacs", lambda *_, **__: iter([(_refs([1])[0], _source())]))
    assert ahead._pace(grant) is None
    ahead.read(grant, _refs(range(1, 17)))
    assert ahead._pace(grant) == ahead.QUICK


def test_other_children_learn_of_a_quick_pacs_while_it_sends(
    grant: StudyGrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = [(ref, _source()) for ref in _refs(range(1, ahead.WORTH_IT + 2))]
    monkeypatch.setattr(sources, "series_from_pacs", lambda *_, **__: iter(frames))
    known = [ahead._pace(grant) for _ in ahead.of_series(grant, SERIES)]
    assert known == [None] * ahead.WORTH_IT + [ahead.QUICK]


def test_one_that_sends_nothing_is_neither_quick_nor_slow(grant: StudyGrant, series: list[str]) -> None:
    ahead.read(grant, _refs(range(1, 17)))
    assert series == [SERIES]
    assert ahead._pace(grant) is None


def test_what_another_child_reads_is_waited_for(grant: StudyGrant) -> None:
    ahead._remember_pace(grant, ahead.QUICK)

    def work(begun: Callable[[], None]) -> None:
        with ahead._our_turn(sources.name_of_series(grant, SERIES)):
            begun()
            time.sleep(0.1)
            sources._arena.put("read meanwhile", b"!")

    with _other_child(work):
        assert sources._arena.get("read meanwhile") is None
        looks = sum(1 for _ in ahead.while_read(grant, _refs(range(1, 17))))
    assert looks > 1
    assert sources._arena.get("read meanwhile") == b"!"


def test_nothing_else_is_waited_for(grant: StudyGrant) -> None:
    wanted = _refs(range(1, 17))
    ahead._remember_pace(grant, ahead.QUICK)
    assert list(ahead.while_read(grant, wanted)) == [], "nobody reads"
    with _other_child(_reading(grant, f"{SERIES}.2")):
        assert list(ahead.while_read(grant, wanted)) == [], "another series is read"
    with _other_child(_reading(replace(grant, anonymised=True), SERIES)):
        assert list(ahead.while_read(grant, wanted)) == [], "it is read for others"
    with _other_child(_reading(grant, SERIES)):
        ahead._remember_pace(grant, ahead.SLOW)
        assert list(ahead.while_read(grant, wanted)) == [], "the PACS is slow"
    ahead._remember_pace(grant, ahead.QUICK)
    assert list(ahead.while_read(grant, wanted)) == [], "whoever read has died"


def test_nobody_waits_for_long(grant: StudyGrant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "SECONDS", 0.05)
    ahead._remember_pace(grant, ahead.QUICK)
    with _other_child(_reading(grant, SERIES)):
        assert 0 < sum(1 for _ in ahead.while_read(grant, _refs(range(1, 17)))) <= 11


@pytest.mark.orthanc
def test_a_run_is_rendered_out_of_one_answer_of_a_quick_pacs(
    grant: StudyGrant, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, singly: list[FrameRef]
) -> None:
    write_study(tmp_path, "P-1", STUDY, slices=SLICES)
    refs = _refs(range(1, SLICES + 1))
    wanted = [(ref.instance.series_uid, ref.instance.instance_uid, 1) for ref in refs[4:20]]
    ahead._remember_pace(grant, ahead.QUICK)
    with Orthanc() as orthanc:
        orthanc.store(tmp_path.rglob("*.dcm"))
        settings.PACS = {"main": PacsConfig("main", "http", orthanc.url)}
        tasks.render_run(sign(grant), wanted, FrameParams().text)
    assert singly == []
    answers = store.get_many([key_of(grant, ref, FrameParams()) for ref in refs])
    assert [answer is not None for answer in answers] == [4 <= place < 20 for place in range(SLICES)]
    assert all(sources.recall(grant, ref) for ref in refs), "the rest is kept for later"


@pytest.fixture
def _read_by_another_child(
    grant: StudyGrant, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Have another child begin to read the series now.

    That it goes on reading when all that was asked for is there keeps nobody waiting.
    """
    monkeypatch.setattr(ahead, "SECONDS", 1000)
    write_study(tmp_path, "P-1", STUDY, slices=SLICES)
    ahead._remember_pace(grant, ahead.QUICK)

    def work(begun: Callable[[], None]) -> None:
        with ahead._our_turn(sources.name_of_series(grant, SERIES)):
            begun()
            time.sleep(0.1)
            for _ in sources.series_from_pacs(grant, SERIES, 5.0):
                pass
            time.sleep(600)

    with Orthanc() as orthanc:
        orthanc.store(tmp_path.rglob("*.dcm"))
        settings.PACS = {"main": PacsConfig("main", "http", orthanc.url)}
        with _other_child(work):
            yield


@pytest.mark.orthanc
@pytest.mark.usefixtures("_read_by_another_child")
def test_a_run_is_rendered_of_what_another_child_reads(grant: StudyGrant, singly: list[FrameRef]) -> None:
    refs = _refs(range(1, 17))
    wanted = [(ref.instance.series_uid, ref.instance.instance_uid, 1) for ref in refs]
    tasks.render_run(sign(grant), wanted, FrameParams().text)
    assert singly == []
    assert all(store.get_many([key_of(grant, ref, FrameParams()) for ref in refs]))


@pytest.mark.orthanc
@pytest.mark.usefixtures("_read_by_another_child")
def test_frames_are_taken_from_another_child_that_was_sooner_by_a_moment(
    grant: StudyGrant, singly: list[FrameRef]
) -> None:
    """Nobody was reading the series yet when this child looked."""
    refs = _refs(range(1, 17))
    found = dict(ahead.fetch(grant, refs))
    assert singly == []
    values = {ref: int(source[1].pixels[0, 0]) for ref, source in found.items()}  # type: ignore[index, union-attr]
    assert values == {ref: value_of_slice(number) + 1024 for number, ref in enumerate(refs, start=1)}
