"""Pictures that are calculated from a volume, for a grant: from the store, or from a worker."""

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

# Whatever is calculated changes its name with this, and so is made anew.
VERSION = "1"
# A step of the gathering takes less, but for a slow archive.
TOLD_SECONDS = 10


def volume_key(grant: StudyGrant, series: SeriesEntry) -> str:
    """Return the name of a volume: all its slices in their order, and the class of grant."""
    assert series.volume is not None
    entries = [f"{one.instance_uid}:{one.frame_count}" for one in series.entries]
    order = ",".join(map(str, series.volume.order))
    facts = (grant.study.pacs, grant.study.study_uid, series.series_uid, *entries, order, grant.cache_class)
    return hashlib.sha256("\x00".join((*facts, VERSION, CODEC_VERSION)).encode()).hexdigest()


def keys_of(grant: StudyGrant, series: SeriesEntry, numbers: list[int], params: FrameParams) -> dict[str, int]:
    """Return the names of pictures in the store, with their numbers; raises LookupError outside the series."""
    if not all(1 <= number <= series.frame_count for number in numbers):
        raise LookupError("no such frame")
    return _named(grant, series, numbers, params)


def are_same(grant: StudyGrant, series: SeriesEntry, keys: dict[str, int], params: FrameParams) -> bool:
    """Tell whether pictures of the series still have these names: nothing that they are made of has changed."""
    return _named(grant, series, list(keys.values()), params) == keys


def _named(grant: StudyGrant, series: SeriesEntry, numbers: list[int], params: FrameParams) -> dict[str, int]:
    volume = volume_key(grant, series)
    named = {number: "\x00".join((volume, series.reformat, str(number), params.text)) for number in numbers}
    return {"frame:" + hashlib.sha256(facts.encode()).hexdigest(): number for number, facts in named.items()}


def run(
    grant: StudyGrant, series: SeriesEntry, numbers: list[int], params: FrameParams
) -> Iterator[tuple[int, Picture | Exception]]:
    """Yield (frame number, picture or error) in the order asked for, each as soon as it is rendered."""
    grant.require(Right.VIEW)
    keys = keys_of(grant, series, numbers, params)

    def begin(missing: list[str]) -> None:
        _publish(grant, series, {key: keys[key] for key in missing}, params)

    for key, answer in asking.ask_many(list(keys), begin):
        yield keys[key], answer if isinstance(answer, Exception) else Picture.from_bytes(answer)


def start(grant: StudyGrant, series: SeriesEntry, number: int, params: FrameParams) -> None:
    """Have a worker make a picture that will be asked for in a moment, without waiting for it."""
    grant.require(Right.VIEW)
    keys = keys_of(grant, series, [number], params)
    (key,) = keys
    if store.get(key) is None and store.claim([key]):
        asking.begin([key], lambda _: _publish(grant, series, keys, params))


def is_there(grant: StudyGrant, series: SeriesEntry, number: int, params: FrameParams) -> bool:
    """Tell whether a picture is in the store."""
    return all(store.has_many(list(keys_of(grant, series, [number], params))))


def tell(volume: str, gathered: int, slices: int) -> None:
    """Say how many slices of a volume are gathered."""
    store.put(f"volume-gathered:{volume}", f"{gathered}/{slices}".encode(), TOLD_SECONDS)


def gathered(grant: StudyGrant, series: SeriesEntry) -> tuple[int, int] | None:
    """Return how many slices of a volume are gathered, and of how many; None when nobody is at it."""
    told = store.get(f"volume-gathered:{volume_key(grant, series)}")
    if told is None:
        return None
    done, _slash, slices = told.decode().partition("/")
    return int(done), int(slices)


def _publish(grant: StudyGrant, series: SeriesEntry, keys: dict[str, int], params: FrameParams) -> None:
    from viewer.calculating import render_calculated

    asking.publish(render_calculated, sign(grant), series.id, keys, params.text, caller=grant.principal)
