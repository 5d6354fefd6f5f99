"""How far a moving picture of a series is. Each time somebody asks, it is carried on for a moment.

What is made lies in the store for a while, and nothing else is kept: who leaves has stopped it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pacs_gateway.access.grant import StudyGrant
from viewer import films, frames, movies, store
from viewer.asking import WorkersBusy
from viewer.movies import Plan

SECONDS = 1.5
GIF, MP4 = "gif", "mp4"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the pictures are drawn, and how many of them are in the video, where it is one."""

    drawn: int
    filmed: int
    of: int
    kind: str

    @property
    def is_done(self) -> bool:
        """Tell whether the file can be had at once."""
        return self.drawn == self.of and (self.kind == GIF or self.filmed == self.of)

    @property
    def share(self) -> float:
        """Return how far all of it is, 0..1."""
        return self.drawn / self.of if self.kind == GIF else (self.drawn + self.filmed) / (2 * self.of)

    @property
    def words(self) -> str:
        """Return the same for a person."""
        facts = {"done": self.filmed if self.drawn == self.of and self.kind == MP4 else self.drawn, "of": self.of}
        if self.is_done:
            return _("All %(of)s pictures are ready.") % facts
        if self.drawn == self.of:
            return _("%(done)s of %(of)s pictures are in the video.") % facts
        return _("%(done)s of %(of)s pictures are drawn.") % facts


def carry_on(grant: StudyGrant, plan: Plan, kind: str) -> Progress:
    """Have more of it made, and return how far it is; raises what a frame may raise."""
    until = time.monotonic() + SECONDS
    drawn = _draw(grant, plan, until)
    filmed = _film(grant, plan, until) if kind == MP4 and drawn == len(plan.numbers) else 0
    return Progress(drawn, filmed, len(plan.numbers), kind)


def _draw(grant: StudyGrant, plan: Plan, until: float) -> int:
    """Have pictures drawn that are not in the store, one run after the other; return how many are there."""
    keys = [frames.key_of(grant, plan.entry.frame(number), plan.params) for number in plan.numbers]
    missing = [number for number, is_there in zip(plan.numbers, store.has_many(keys), strict=True) if not is_there]
    drawn = len(plan.numbers) - len(missing)
    for start in range(0, len(missing), frames.TASK_MOST):
        for _number, made in frames.run(grant, plan.entry, missing[start : start + frames.TASK_MOST], plan.params):
            if isinstance(made, Exception):
                raise made
            drawn += 1
        if time.monotonic() > until:
            break
    return drawn


def _film(grant: StudyGrant, plan: Plan, until: float) -> int:
    """Have scenes encoded that are not in the store; return how many pictures are in those that are there."""
    movie = movies.movie(grant, plan)
    shots = films.shots_of(movie)
    left = len(plan.numbers) - len(shots)
    seconds = max(until - time.monotonic(), 0.1)
    made = films.found(grant, shots, movie.params, movie.canvas, seconds=seconds)
    for part, scene in zip(films.parts(len(shots)), made, strict=True):
        if isinstance(scene, WorkersBusy):
            # Somebody is at it: the next time it may be there.
            continue
        if isinstance(scene, Exception):
            raise scene
        left += len(shots[part])
    return left
