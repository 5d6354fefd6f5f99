"""Volumes are gathered in steps, out of slices that are what the volume needs, and there is an end to trying."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pacs_gateway import upstream
from pacs_gateway.access.grant import StudyGrant, mint_for_system, sign
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsBusy, PacsError, PacsNotFound, PacsUnavailable
from pacs_gateway.refs import PatientRef, StudyRef
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from tests.orthanc import Orthanc
from tests.phantom import SLICES, phantom_slice, write_phantom
from tests.synthetic import study_uid, write_study
from tests.viewer import test_tries
from tests.viewer.deadly import DEATHS, QUEUE
from viewer import (
    ahead,
    asking,
    calculated,
    calculating,
    first,
    gathering,
    page,
    reformat_words,
    sources,
    store,
    tasks,
    tries,
    voxels,
)
from viewer.arena import Arena
from viewer.manifest import SeriesEntry
from viewer.params import FrameParams, sized
from viewer.rendering import CannotRender, Reason
from viewer.voxels import Voxels

pytestmark = pytest.mark.django_db
deadly_workers = test_tries.deadly_workers
STUDY, DEADLY = 7800, 7801
MEGABYTE = 1024 * 1024
Published = list[tuple[Any, tuple[Any, ...]]]


def _grant(study: int) -> StudyGrant:
    patient = PatientRef("P-OWNER", "TEST")
    return mint_for_system(StudyRef("main", study_uid(study)), f"key{study}", patient, "test", [Right.VIEW])


def _coronal(grant: StudyGrant) -> SeriesEntry:
    made = tasks.build(grant).images[0].calculated("coronal")
    assert made is not None
    return made


@pytest.fixture
def volume(pacs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Voxels:
    """Return a volume of which nothing is gathered."""
    write_phantom(pacs_folder, STUDY, [phantom_slice(STUDY, number) for number in range(1, SLICES + 1)])
    upstream.prepare("main", lambda done, of: None)
    monkeypatch.setattr(voxels, "_arena", Arena(MEGABYTE))
    return Voxels(_grant(STUDY), _coronal(_grant(STUDY)))


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Published:
    """Return the tasks that are put on a queue; none of them is run."""
    found: Published = []
    monkeypatch.setattr(asking, "publish", lambda task, *arguments, **_: found.append((task, arguments)))
    return found


def _arguments(volume: Voxels, number: int = 1) -> list[Any]:
    keys = calculated.keys_of(volume.grant, volume.series, [number], FrameParams())
    return [sign(volume.grant), volume.series.id, keys, FrameParams().text]


def _step(published: Published) -> None:
    """Run the step that was published last."""
    task, arguments = published.pop()
    assert task is gathering.gather_volume
    task(*arguments)


def test_a_volume_is_gathered_in_steps_and_then_those_in_line_are_called(
    volume: Voxels, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "STEP_SECONDS", 0)
    for number in (1, 2, 1):
        calculating.render_calculated(*_arguments(volume, number))
    assert len(published) == 1, "one gathers for all"
    assert len(volume.missing) == SLICES
    _step(published)
    assert len(volume.missing) == SLICES - voxels.AT_ONCE
    _step(published)
    assert volume.missing == []
    # The volume was there when that step ended, so that it called everybody, each picture once.
    assert [(task, list(arguments[2].values())) for task, arguments in published] == [
        (calculating.render_calculated, [1]),
        (calculating.render_calculated, [2]),
    ]


@pytest.mark.orthanc
def test_a_volume_comes_in_one_answer_of_its_pacs(
    volume: Voxels, published: Published, pacs_folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Orthanc() as orthanc, monkeypatch.context() as one_by_one:
        orthanc.store((pacs_folder / f"phantom{STUDY}").glob("*.dcm"))
        settings.PACS = {"main": PacsConfig("main", "http", orthanc.url)}
        one_by_one.setattr(CheckedPacs, "frames", lambda *_, **__: pytest.fail("a slice was asked for by itself"))
        calculating.render_calculated(*_arguments(volume))
        _step(published)
    assert volume.missing == []
    for index in range(SLICES):
        wanted = volume.series.stored_frame(volume.volume.order[index]).instance.instance_uid
        expected = phantom_slice(STUDY, int(wanted.rpartition(".")[2]))
        assert volume.slice(index).pixels.tobytes() == expected.PixelData


@pytest.mark.parametrize("is_decoded", [True, False])
def test_a_volume_that_is_here_in_part_is_not_fetched_as_a_whole(
    volume: Voxels, monkeypatch: pytest.MonkeyPatch, is_decoded: bool
) -> None:
    if not is_decoded:
        volume.gather([0])
    monkeypatch.setattr(sources, "is_decoded", lambda *_: is_decoded)
    monkeypatch.setattr(ahead, "of_series", lambda *_, **__: pytest.fail("asked for as a whole"))
    volume.gather([1])
    assert len(volume.missing) < SLICES


def test_the_middle_slice_is_fetched_again_where_its_header_was_driven_out(
    volume: Voxels, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume.gather(list(range(SLICES)))
    slices, emptied = [volume.slice(index) for index in range(SLICES)], Arena(MEGABYTE)
    for index, one in enumerate(slices):
        emptied.put(f"{volume.key}:{index}", *one.parts())
    monkeypatch.setattr(voxels, "_arena", emptied)
    assert volume.missing == [SLICES // 2]
    volume.gather(volume.missing)
    assert volume.missing == []
    assert volume.header.Modality == "CT"


@pytest.mark.parametrize("is_gone", [True, False])
def test_of_a_volume_that_changes_meanwhile_those_in_line_are_called_at_once(
    volume: Voxels, published: Published, monkeypatch: pytest.MonkeyPatch, is_gone: bool
) -> None:
    def found(_grant: StudyGrant, _id: str) -> SeriesEntry:
        if is_gone:
            raise PacsNotFound
        return replace(volume.series, entries=volume.series.entries[::-1])

    calculating.render_calculated(*_arguments(volume))
    monkeypatch.setattr(gathering, "series_of", found)
    _step(published)
    assert [task for task, _ in published] == [calculating.render_calculated]
    assert len(volume.missing) == SLICES
    assert store.claim([f"gather:{volume.key}"]), "somebody else may gather it now"


@pytest.mark.parametrize(("changed", "error"), [({1: "gone-coronal"}, PacsNotFound), ({2: {"frame:old": 1}}, PacsBusy)])
def test_who_asks_for_what_has_changed_meanwhile_is_told_at_once(
    volume: Voxels, changed: dict[int, Any], error: type[PacsError]
) -> None:
    arguments = [changed.get(at, usual) for at, usual in enumerate(_arguments(volume))]
    (told,) = asking.ask_many(list(arguments[2]), lambda _: calculating.render_calculated(*arguments))
    assert type(told[1]) is error


def test_it_is_told_how_many_slices_are_gathered(
    volume: Voxels, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        return reformat_words.gathering(calculated.gathered(volume.grant, volume.series))

    monkeypatch.setattr(gathering, "STEP_SECONDS", 0)
    assert told() == ""
    calculating.render_calculated(*_arguments(volume))
    assert told() == f"0 of {SLICES} pictures are gathered."
    _step(published)
    assert told() == f"{voxels.AT_ONCE} of {SLICES} pictures are gathered."
    _step(published)
    assert told() == ""


def test_a_page_without_script_asks_again_until_the_picture_is_there(volume: Voxels, published: Published) -> None:
    facts = (volume.grant, volume.series, 1, FrameParams())
    assert page.gathering_context(*facts) == {"gathering": "The pictures are being gathered."}
    calculated.tell(volume.key, 5, SLICES)
    assert page.gathering_context(*facts) == {"gathering": f"5 of {SLICES} pictures are gathered."}
    wanted = sized(FrameParams(), first.size_of(volume.series))
    (key,) = calculated.keys_of(volume.grant, volume.series, [1], wanted)
    store.put(key, b"picture")
    assert page.gathering_context(*facts) == {}
    stored = replace(volume.series, reformat="")
    assert page.gathering_context(volume.grant, stored, 1, FrameParams()) == {}


@pytest.mark.parametrize(
    "changed",
    [
        lambda volume: replace(volume, order=volume.order[::-1]),
        lambda volume: replace(volume, scale=(1.0, 0.0)),
        lambda volume: replace(volume, lattice=replace(volume.lattice, origin=(0.0, 0.0, 0.0))),
        lambda volume: replace(volume, lattice=replace(volume.lattice, spacing=(2.0, 1.0, 1.0))),
    ],
    ids=["order", "scale", "place", "spacing"],
)
def test_a_slice_that_is_not_where_the_volume_has_it_is_refused(volume: Voxels, changed: Callable[[Any], Any]) -> None:
    wrong = replace(volume, series=replace(volume.series, volume=changed(volume.volume)))
    with pytest.raises(CannotRender) as refused:
        wrong.gather([1])
    assert refused.value.reason is Reason.MISMATCH
    assert 1 in wrong.missing


def test_a_volume_that_others_drive_out_is_not_gathered_for_ever(
    volume: Voxels, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voxels, "_arena", Arena(8 * 1024))
    monkeypatch.setattr(gathering, "STEP_SECONDS", 0)
    calculating.render_calculated(*_arguments(volume))
    steps = 0
    while published[-1][0] is gathering.gather_volume:
        _step(published)
        steps += 1
    assert steps <= SLICES // voxels.AT_ONCE + 3
    published.clear()
    declined: list[PacsError] = []
    monkeypatch.setattr(asking, "decline", lambda key, error: declined.append(error))
    calculating.render_calculated(*_arguments(volume))
    assert [type(error) for error in declined] == [PacsUnavailable]
    assert published == []


def test_an_archive_that_is_down_is_told_and_asked_again_later(
    volume: Voxels, published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_name: str) -> Any:
        raise PacsUnavailable

    with monkeypatch.context() as fault:
        fault.setattr(upstream, "connect", down)
        calculating.render_calculated(*_arguments(volume))
        _step(published)
    assert isinstance(gathering.refusal_of(volume), PacsUnavailable)
    _client_forgets(volume)
    calculating.render_calculated(*published.pop()[1])
    _step(published)
    assert volume.missing == []


def _client_forgets(volume: Voxels) -> None:
    """Let the time pass for which a failure is kept."""
    from viewer.store import _client, _name

    _client().delete(_name("answer", f"volume-refused:{volume.key}"))


@pytest.fixture
def deadly(pacs_folder: Path) -> Voxels:
    write_study(pacs_folder, "P-OWNER", DEADLY, issuer="TEST")
    upstream.prepare("main", lambda done, of: None)
    return Voxels(_grant(DEADLY), _coronal(_grant(DEADLY)))


@pytest.mark.stack
@pytest.mark.timeout(400)
@pytest.mark.usefixtures("deadly_workers")
def test_a_slice_that_kills_its_worker_ends_the_gathering(deadly: Voxels) -> None:
    arguments = (sign(deadly.grant), deadly.series.id, deadly.key, 9)
    gathering.gather_volume.apply_async(args=arguments, queue=QUEUE)
    end = time.monotonic() + test_tries.SECONDS_MOST
    while (refusal := gathering.refusal_of(deadly)) is None:
        assert time.monotonic() < end, "never refused"
        time.sleep(0.1)
    assert isinstance(refusal, CannotRender)
    assert refusal.reason is Reason.GAVE_UP
    assert store.begin([], [DEATHS]) == [tries.MOST]
