"""What a browser is told of presentation states and segmentations: no UIDs, and words for what is not drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from pacs_gateway.access.grant import StudyGrant
from viewer.attached import Attached, State
from viewer.manifest import SeriesEntry
from viewer.params import FrameParams
from viewer.rendering.notes import Note


def public(attached: Attached, grant: StudyGrant) -> dict[str, Any]:
    """Return a state or segmentation for a browser.

    It has `id`, `label`, `frames` and `notes` (sentences); a state also `moves_pixels`, a segmentation `legend`.
    Labels are free text and may name the patient, so an anonymised grant gets none.
    """
    hidden = {"series_uid", "instance_uid", "is_own"}
    facts = {name: getattr(attached, name) for name in _fields(attached) if name not in hidden}
    facts["notes"] = [words(note) for note in attached.notes]
    if isinstance(attached, State) and attached.is_own:
        facts["label"] = _("Subtracted")
    elif grant.anonymised:
        facts["label"] = ""
        facts["notes"] += [words(Note.TEXT_WITHHELD)] if "moves_pixels" in facts else []
        if "legend" in facts:
            facts["legend"] = [segment | {"label": ""} for segment in facts["legend"]]
    return facts


def links(entry: SeriesEntry, number: int, params: FrameParams, here: Callable[..., str]) -> list[dict[str, Any]]:
    """Return links to a frame as stored, with each state that is for it, and with each segmentation, on and off."""
    states = [state for state in entry.states if number in state.frames]
    segmentations = [one for one in entry.segmentations if number in one.frames]
    if not states and not segmentations:
        return []
    found = [{"url": here(state=""), "label": _("As stored"), "current": params.state is None}] if states else []
    for place, state in enumerate(states, 1):
        label = _("Subtracted") if state.is_own else state.label or _("Presentation %(number)s") % {"number": place}
        found.append({"url": here(state=state.id), "label": label, "current": params.state == state.ref})
    for place, one in enumerate(segmentations, 1):
        is_on = params.segmentation == one.ref
        label = one.label or _("Segmentation %(number)s") % {"number": place}
        found.append({"url": here(seg="" if is_on else one.id), "label": label, "current": is_on})
    return found


def words(note: str) -> str:
    """Return what is not drawn, as a sentence."""
    return {
        Note.COMPOUND_GRAPHIC: _("Some marks, such as arrows, are not drawn."),
        Note.GRAPHIC_UNITS: _("Some marks are placed in a larger picture and are not drawn."),
        Note.MASK: _("A mask image should be subtracted. That is not done here."),
        Note.PRESENTATION_SIZE: _("A size on the screen is asked for. The picture is fitted to the screen instead."),
        Note.TEXT_WITHHELD: _("Text is left out, because it could name the patient."),
        Note.CHOSEN_COLORS: _("The colors are chosen here, because the file recommends none."),
    }[Note(note)]


def _fields(attached: Attached) -> list[str]:
    return list(attached.__dataclass_fields__)
