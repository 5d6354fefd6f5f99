"""How the frames of a run are shared out to tasks."""

from __future__ import annotations

from typing import Any

import pytest

from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.refs import FrameRef, InstanceRef, PatientRef, StudyRef
from viewer import asking, frames
from viewer.params import FrameParams
from viewer.picture import Picture


@pytest.mark.parametrize(
    ("count", "expected"), [(1, [1]), (16, [16]), (17, [9, 8]), (32, [16, 16]), (33, [11, 11, 11]), (40, [14, 14, 12])]
)
def test_a_run_is_shared_by_as_few_tasks_as_may_be(count: int, expected: list[int]) -> None:
    keys = [str(number) for number in range(count)]
    shares = list(frames._shares(keys))
    assert [len(share) for share in shares] == expected
    assert [key for share in shares for key in share] == keys


def test_a_share_for_which_there_is_no_room_is_turned_away_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    grant, params = _grant(), FrameParams()
    refs = [FrameRef(InstanceRef("1.2", f"1.2.{number}"), 1) for number in range(1, 21)]
    keys = frames.keys_of(grant, refs, params)
    tasks: list[int] = []

    def publish(_task: object, _grant: str, words: list[list[Any]], *_: object, caller: str) -> None:
        tasks.append(len(words))
        if len(tasks) > 1:
            raise asking.WorkersBusy
        for series_uid, instance_uid, number in words:
            ref = FrameRef(InstanceRef(series_uid, instance_uid), number)
            asking.deliver(keys[ref], Picture(instance_uid.encode(), "image/png", 1, 1).to_bytes())

    monkeypatch.setattr(asking, "publish", publish)
    found = list(frames.named(grant, refs, params))
    assert tasks == [10, 10]
    assert [ref for ref, _ in found] == refs
    assert [made.data for _, made in found[:10] if isinstance(made, Picture)] == [
        ref.instance.instance_uid.encode() for ref in refs[:10]
    ]
    assert all(isinstance(made, asking.WorkersBusy) for _, made in found[10:])


def _grant() -> StudyGrant:
    return mint_for_system(StudyRef("main", "1.2.3"), "key", PatientRef("P", "T"), "test", [Right.VIEW])
