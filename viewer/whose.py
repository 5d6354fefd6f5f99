"""The words that say on each picture whose it is and when it was made."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def labels(patient_name: str, birth_date: dt.date | None, patient_id: str, date: dt.date | None) -> dict[str, Any]:
    """Return the words for name, birth date, Patient ID and day of the study; "" only for an ID that there is not."""
    born = _("Born %(date)s") % {"date": date_format(birth_date, "SHORT_DATE_FORMAT")} if birth_date else None
    return {
        "who": patient_name or _("Name not known"),
        "born": born or _("Date of birth not known"),
        "id": patient_id,
        "when": day(date),
    }


def day(date: dt.date | None) -> str:
    """Return the day of a study in words."""
    return date_format(date, "SHORT_DATE_FORMAT") if date else _("Date not known")
