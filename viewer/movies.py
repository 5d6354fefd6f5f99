"""What a moving picture of a series is made of: its pictures, what is written on each, and its time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import Http404, QueryDict

from pacs_gateway.access.grant import StudyGrant
from viewer import frames, manifest, params
from viewer.labels import label_of
from viewer.manifest import SeriesEntry
from viewer.params import FrameParams
from viewer.picture import Picture
from viewer.rendering.cine import FRAMES_MOST
from viewer.rendering.encode import PNG
from viewer.rendering.label import Label, canvas_of

SIZE = 512
# As the viewer plays what names no rate (static/js/viewer/extras/cine.js).
RATE, FAST_RATE, FAST_MODALITIES = 15.0, 30.0, {"US", "XA", "RF", "IVUS"}


@dataclass(frozen=True, slots=True)
class Movie:
    """Pictures of a series with their frame numbers, what is written on each, and how long each is shown."""

    entry: SeriesEntry
    params: FrameParams
    pictures: list[tuple[int, Picture]]
    labels: list[Label]
    milliseconds: float

    @property
    def canvas(self) -> tuple[int, int]:
        """Return the size in which all its pictures have room."""
        return canvas_of([(picture.width, picture.height) for _number, picture in self.pictures])


@dataclass(frozen=True, slots=True)
class Plan:
    """Which pictures of a series move, by their frame numbers, and how they are drawn."""

    entry: SeriesEntry
    params: FrameParams
    numbers: list[int]


def plan(query: QueryDict, grant: StudyGrant, series: str) -> Plan:
    """Return what moves of a series; raises Http404 for what has fewer than two pictures, BadRequest on nonsense."""
    entry = manifest.load(grant).find(series)
    if entry is None or entry.kind != "image" or entry.frame_count < 2 or entry.pyramid or entry.reformat:
        raise Http404
    wanted = params.parse_beside(params.parse(query), query, entry)
    return Plan(entry, replace(wanted, size=SIZE, media_type=PNG), spread(entry.frame_count))


def movie(grant: StudyGrant, wanted: Plan) -> Movie:
    """Return what is planned; raises Http404 where fewer than two pictures can be drawn, and what a frame may raise."""
    entry, numbers = wanted.entry, wanted.numbers
    pictures = _pictures(grant, entry, numbers, wanted.params)
    if len(pictures) < 2:
        raise Http404
    # Where frames are left out the others stay longer, so that the whole takes as long as in the viewer.
    milliseconds = 1000 / rate_of(entry) * entry.frame_count / len(numbers)
    labels = [label_of(entry, number, picture, wanted.params) for number, picture in pictures]
    return Movie(entry, wanted.params, pictures, labels, milliseconds)


def find(query: QueryDict, grant: StudyGrant, series: str) -> Movie:
    """Return the movie of a series; raises what `plan` and `movie` raise."""
    return movie(grant, plan(query, grant, series))


def spread(count: int) -> list[int]:
    """Return every frame number, or as many as a moving picture may hold, evenly spread from the first to the last."""
    if count <= FRAMES_MOST:
        return list(range(1, count + 1))
    step = (count - 1) / (FRAMES_MOST - 1)
    return [1 + round(step * place) for place in range(FRAMES_MOST)]


def rate_of(entry: SeriesEntry) -> float:
    """Return how many frames a second the series plays with."""
    if entry.cine_rate:
        return min(max(entry.cine_rate, 1.0), 60.0)
    return FAST_RATE if entry.modality in FAST_MODALITIES else RATE


def _pictures(
    grant: StudyGrant, entry: SeriesEntry, numbers: list[int], wanted: FrameParams
) -> list[tuple[int, Picture]]:
    """Return the pictures of frames that can be drawn; raises PacsError or WorkersBusy, so that none is missing."""
    found = []
    for start in range(0, len(numbers), frames.TASK_MOST):
        for number, made in frames.run(grant, entry, numbers[start : start + frames.TASK_MOST], wanted):
            if isinstance(made, Exception):
                raise made
            if not made.reason:
                found.append((number, made))
    return found
