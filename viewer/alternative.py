"""What a picture shows, in words for whoever does not see it: from the metadata, never from the pixels."""

from __future__ import annotations

from django.utils.translation import gettext as _

from viewer import reformat_words
from viewer.body import part_words, view_words
from viewer.manifest import SeriesEntry


def alt_text(entry: SeriesEntry, number: int) -> str:
    """Return for example "X-ray, knee, left side, side view, image 2 of 4"."""
    facts = {"what": what(entry), "number": number, "count": entry.frame_count}
    return _("%(what)s, image %(number)s of %(count)s") % facts


def what(entry: SeriesEntry) -> str:
    """Return what every picture of a series shows: its own name, or the part of the body where it has none."""
    said = reformat_words.note(entry) if entry.reformat else ""
    name = entry.description or part_words(entry.body_part)
    view = "" if entry.reformat else view_words(entry.view_position)
    parts = (_kind(entry.modality), _part_of_slide(entry.flavor), name, side_words(entry.laterality), view, said)
    return ", ".join(part for part in parts if part)


def _kind(modality: str) -> str:
    kinds = {
        "CR": _("X-ray"),
        "DX": _("X-ray"),
        "IO": _("X-ray of teeth"),
        "PX": _("X-ray of teeth"),
        "MG": _("Mammogram"),
        "CT": _("CT scan"),
        "MR": _("MRI scan"),
        "US": _("Ultrasound"),
        "PT": _("PET scan"),
        "NM": _("Nuclear medicine scan"),
        "XA": _("X-ray film of vessels"),
        "RF": _("X-ray film"),
        "SM": _("Microscope slide"),
    }
    return kinds.get(modality, modality or _("Picture"))


def _part_of_slide(flavor: str) -> str:
    return {"LABEL": _("its label"), "OVERVIEW": _("the whole glass")}.get(flavor, "")


def side_words(laterality: str) -> str:
    """Return which side of the body a picture shows, "" where nobody says."""
    return {"R": _("right side"), "L": _("left side"), "B": _("both sides")}.get(laterality, "")
