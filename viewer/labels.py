"""The words and letters that stay with a picture where nobody can change it any more."""

from __future__ import annotations

from django.utils.translation import gettext as _

from viewer.alternative import side_words
from viewer.manifest import SeriesEntry
from viewer.params import FrameParams
from viewer.picture import Picture
from viewer.rendering.label import Label
from viewer.sides import sides_of


def label_of(entry: SeriesEntry, number: int, picture: Picture, wanted: FrameParams) -> Label:
    """Return what is written on a picture, from how bright it is to whose left is where."""
    center, width, *_rest = [*picture.window.split(","), ""]
    facts = {"center": center, "width": width}
    window = _("Center %(center)s, width %(width)s") % facts if picture.window else ""
    parts = (_("Not for diagnosis"), window, side_words(entry.laterality))
    turned = next((state.moves_pixels for state in entry.states if state.ref == wanted.state), False)
    return Label(" · ".join(part for part in parts if part), () if turned else sides_of(entry, number))
