"""The pictures that stand for a study: those that somebody marked, else the middle one of each series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from viewer.attached import State
from viewer.manifest import Manifest, SeriesEntry

MOST = 12


@dataclass(frozen=True, slots=True)
class KeyPicture:
    """A frame of a series (numbered from 1), and the state to show it with. `title` says why it was marked; None when
    nobody did, and it was chosen automatically.
    """

    series: SeriesEntry
    number: int
    state: State | None
    title: str | None


def key_pictures(content: Manifest) -> list[KeyPicture]:
    """Return at most MOST pictures: of Key Object Selections first, then of presentation states.

    Where the study has neither, the middle frame of each series.
    """
    found = {(one.series.id, one.number): one for one in reversed([*_selected(content), *_presented(content)])}
    marked = list(reversed(found.values()))
    chosen = [KeyPicture(entry, entry.middle_frame, None, None) for entry in content.images]
    return (marked or chosen)[:MOST]


def _selected(content: Manifest) -> Iterator[KeyPicture]:
    for entry in content.images:
        for number in entry.key_frames[:MOST]:
            yield KeyPicture(entry, number, _state_for(entry, number), entry.key_title)


def _presented(content: Manifest) -> Iterator[KeyPicture]:
    """Yield one picture of each state: the middle of those it is for, since it may be for a whole series."""
    for entry in content.images:
        for state in _made(entry):
            number = state.frames[len(state.frames) // 2]
            yield KeyPicture(entry, number, state, state.label)


def _made(entry: SeriesEntry) -> list[State]:
    """Return the states that somebody made: a mask comes with the images."""
    return [state for state in entry.states if not state.is_own]


def _state_for(entry: SeriesEntry, number: int) -> State | None:
    """Return the newest state for a frame; a state for many frames is none that was made for this one."""
    return next((state for state in _made(entry) if number in state.frames), None)
