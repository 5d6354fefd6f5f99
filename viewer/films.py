"""A video of a series, scene by scene: each is encoded by a worker that makes nothing anybody waits for at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import pairwise

from pacs_gateway.access.grant import StudyGrant, sign
from pacs_gateway.access.right import Right
from pacs_gateway.refs import FrameRef, InstanceRef
from viewer import asking, frames, store
from viewer.movies import Movie
from viewer.params import FrameParams
from viewer.picture import Picture
from viewer.rendering import CODEC_VERSION
from viewer.rendering.av1 import PICTURES_MOST, encode_scene
from viewer.rendering.label import Label, labeled

# A video of 200 pictures is about five seconds of one processor; the rest is waiting for others.
SECONDS, KEPT_SECONDS = 30.0, 600
Shot = tuple[FrameRef, Label]
Words = list[tuple[tuple[str, str, int], str, list[str]]]


def parts(count: int) -> list[slice]:
    """Return what of `count` pictures each scene shows: none more than 16, none only one."""
    many = -(-count // PICTURES_MOST)
    ends = [count * place // many for place in range(many + 1)]
    return [slice(first, end) for first, end in pairwise(ends)]


def shots_of(movie: Movie) -> list[Shot]:
    """Return what a movie is made of."""
    refs = [movie.entry.frame(number) for number, _picture in movie.pictures]
    return list(zip(refs, movie.labels, strict=True))


def ask(grant: StudyGrant, shots: list[Shot], params: FrameParams, canvas: tuple[int, int]) -> list[bytes]:
    """Return the scenes of a video, encoded; raises GrantRefused, PacsError or WorkersBusy."""
    made = []
    for answer in found(grant, shots, params, canvas, seconds=SECONDS):
        if isinstance(answer, Exception):
            raise answer
        made.append(answer)
    return made


def found(
    grant: StudyGrant, shots: list[Shot], params: FrameParams, canvas: tuple[int, int], *, seconds: float
) -> Iterator[bytes | Exception]:
    """Yield each scene in its order, or why it is not there after `seconds`, while a worker may be at it still."""
    from viewer.tasks import make_scene

    grant.require(Right.DOWNLOAD)
    scenes = [_words(shots[part]) for part in parts(len(shots))]
    keys = {key_of(grant, scene, params.text, canvas): scene for scene in scenes}

    def start(missing: list[str]) -> None:
        for key in missing:
            asking.publish(
                make_scene, sign(grant), keys[key], params.text, canvas, caller=grant.principal, seconds=SECONDS
            )

    for _key, answer in asking.ask_many(list(keys), start, seconds=seconds):
        yield answer


def key_of(grant: StudyGrant, scene: Words, params_text: str, canvas: tuple[int, int]) -> str:
    """Return the name of a scene in the store."""
    facts = (grant.study.pacs, grant.study.study_uid, grant.cache_class, CODEC_VERSION)
    text = json.dumps([facts, scene, params_text, canvas])
    return "scene:" + hashlib.sha256(text.encode()).hexdigest()


def encode(grant: StudyGrant, scene: Words, params: FrameParams, canvas: tuple[int, int]) -> bytes | None:
    """Return a scene of stored pictures, None when the store has forgotten one."""
    keys = [frames.key_of(grant, FrameRef(InstanceRef(*ref[:2]), ref[2]), params) for ref, *_ in scene]
    stored = [one for one in store.get_many(keys) if one is not None]
    if len(stored) < len(scene):
        return None
    shown = [
        labeled(Picture.from_bytes(one).data, Label(words, tuple(sides)), canvas)
        for one, (_, words, sides) in zip(stored, scene, strict=True)
    ]
    return encode_scene(shown)


def _words(shots: list[Shot]) -> Words:
    """Return shots as they cross the queue."""
    return [
        ((ref.instance.series_uid, ref.instance.instance_uid, ref.frame_number), label.words, list(label.sides))
        for ref, label in shots
    ]
