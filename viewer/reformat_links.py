"""Links to the planes and projections of a series, for pages without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from viewer import reformat_words
from viewer.manifest import SeriesEntry
from viewer.reformat_views import calculated


def context(stored: SeriesEntry, entry: SeriesEntry, here: Callable[..., str]) -> dict[str, Any]:
    """Return links from `entry` to the series as it is stored and to all that is calculated from it.

    `calculated_note` is what is said on the picture.
    """
    plain = {"state": "", "seg": ""}
    found = [
        {
            "url": here(series=one.id, frame=one.middle_frame, **plain),
            "label": reformat_words.label(one.grid.orientation, one.grid.slab) if one.reformat else _("As stored"),
            "current": one.id == entry.id,
        }
        for one in (stored, *calculated(stored))
    ]
    return {
        "stored_series": stored,
        "plane_links": found if len(found) > 1 else [],
        "calculated_note": reformat_words.note(entry) if entry.reformat else "",
    }
