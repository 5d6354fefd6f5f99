"""How often a picture was begun and not finished, so that one that ends its worker is not begun for ever.

A picture counts as begun from before its frame is fetched until it is delivered or declined. A frame given up in one
window is given up in all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from celery import Task

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.refs import FrameRef
from viewer import store
from viewer.rendering import CODEC_VERSION

MOST = 3
# Options of a task that counts like this: a worker child that dies leaves it to another one, and there is an end to it.
AGAIN: dict[str, Any] = {"acks_late": True, "reject_on_worker_lost": True}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the frames of a run: those to give up, and the rest in the rounds to render them in.

    `is_begun` tells that the rounds' frames count as begun already.
    """

    given_up: list[FrameRef]
    rounds: list[list[FrameRef]]
    is_begun: bool = False


def counted(grant: StudyGrant, frames: dict[str, FrameRef]) -> dict[str, int]:
    """Return all names under which pictures, by their keys, may have been counted; nothing of them is known yet."""
    return dict.fromkeys((*frames, *(_name(grant, frame) for frame in frames.values())), 0)


def plan_new(task: Task[Any, Any], keys: dict[FrameRef, str]) -> Plan | None:
    """Return what to do where nothing was counted when `task` was asked for, None where it is done once more since."""
    if (task.request.delivery_info or {}).get("redelivered"):
        return None
    store.begin_new(list(keys.values()))
    return Plan([], [list(keys)], is_begun=True)


def plan(grant: StudyGrant, keys: dict[FrameRef, str]) -> Plan:
    """Return what to do: everything at once, or frame by frame where a worker has died over some of them, so that the
    others are not counted with the one that did it.
    """
    names = [_name(grant, frame) for frame in keys]
    counts = store.begin(list(keys.values()), names)
    if not any(counts):
        return Plan([], [list(keys)], is_begun=True)
    hopeless = [max(pair) >= MOST for pair in zip(counts, counts[len(keys) :], strict=False)]
    given_up = [frame for frame, is_hopeless in zip(keys, hopeless, strict=True) if is_hopeless]
    return Plan(given_up, [[frame] for frame in _left(keys) if frame not in given_up])


def begin(keys: list[str]) -> None:
    """Count pictures as begun."""
    store.count(keys)


def give_up(grant: StudyGrant, frame: FrameRef) -> None:
    """Remember that a frame is not to be begun again, in whatever window."""
    store.count([_name(grant, frame)] * MOST)


def _left(keys: dict[FrameRef, str]) -> list[FrameRef]:
    """Return the frames that were not delivered before the worker died."""
    answers = store.get_many(list(keys.values()))
    return [frame for frame, answer in zip(keys, answers, strict=True) if answer is None]


def _name(grant: StudyGrant, frame: FrameRef) -> str:
    facts = (grant.study.pacs, frame.instance.series_uid, frame.instance.instance_uid, str(frame.frame_number))
    return "given-up:" + hashlib.sha256("\x00".join((*facts, CODEC_VERSION)).encode()).hexdigest()
