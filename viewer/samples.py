"""Decoded frames for the floor below, which the setting FRAME_DECODER points to."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.dicomweb.decoding import CannotDecode
from pacs_gateway.refs import FrameRef
from viewer import frames, params
from viewer.picture import Picture

AT_ONCE = 4


def decoded(grant: StudyGrant, refs: list[FrameRef]) -> Iterator[bytes]:
    """Return frames as native samples, made by workers a few at a time, the first of them before this returns.

    Raises CannotDecode, PacsError, WorkersBusy.
    """
    if not grant.allows(Right.VIEW):
        raise CannotDecode("decoding shows the picture")
    made = _each(grant, refs)
    return itertools.chain(list(itertools.islice(made, 1)), made)


def _each(grant: StudyGrant, refs: list[FrameRef]) -> Iterator[bytes]:
    for start in range(0, len(refs), AT_ONCE):
        for _, made in frames.named(grant, refs[start : start + AT_ONCE], params.NATIVE):
            yield _samples(made)


def _samples(made: Picture | Exception) -> bytes:
    if isinstance(made, Exception):
        raise made
    if made.reason:
        raise CannotDecode(made.reason)
    return made.data
