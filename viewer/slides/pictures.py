"""Pictures of a whole slide, for a grant: all of it, or a part; from the store, or from a worker."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from pacs_gateway.access.grant import StudyGrant, sign
from pacs_gateway.access.right import Right
from viewer import asking, store
from viewer.manifest import SeriesEntry
from viewer.params import FrameParams
from viewer.picture import Picture
from viewer.rendering import CODEC_VERSION

# Whatever is composed changes its name with this, and so is made anew.
VERSION = "1"


def key_of(grant: StudyGrant, series: SeriesEntry, number: int, params: FrameParams) -> str:
    """Return the name of a picture in the store; raises LookupError for any number but 1."""
    if series.pyramid is None or number != 1:
        raise LookupError("a slide is one picture")
    held = [f"{one.instance_uid}:{one.frame_count}" for parts in series.pyramid.held for one in parts]
    facts = (grant.study.pacs, grant.study.study_uid, series.series_uid, *held, params.text, grant.cache_class)
    return "slide:" + hashlib.sha256("\x00".join((*facts, VERSION, CODEC_VERSION)).encode()).hexdigest()


def run(
    grant: StudyGrant, series: SeriesEntry, numbers: list[int], params: FrameParams
) -> Iterator[tuple[int, Picture | Exception]]:
    """Yield (1, picture or error), the only picture of a slide."""
    grant.require(Right.VIEW)
    keys = {key_of(grant, series, number, params): number for number in numbers}
    for key, answer in asking.ask_many(list(keys), lambda mine: _publish(grant, series, mine[0], params)):
        yield keys[key], answer if isinstance(answer, Exception) else Picture.from_bytes(answer)


def start(grant: StudyGrant, series: SeriesEntry, number: int, params: FrameParams) -> None:
    """Have a worker make a picture that will be asked for in a moment, without waiting for it."""
    grant.require(Right.VIEW)
    key = key_of(grant, series, number, params)
    if store.get(key) is None and store.claim([key]):
        asking.begin([key], lambda _: _publish(grant, series, key, params))


def _publish(grant: StudyGrant, series: SeriesEntry, key: str, params: FrameParams) -> None:
    from viewer.composing import compose_slide

    asking.publish(compose_slide, sign(grant), series.id, key, params.text, caller=grant.principal)
