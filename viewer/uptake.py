"""How much of a tracer a PET picture shows: the factor from its values to SUVbw (PS3.3 C.8.9.1, QIBA's SUV profile).

A standardized uptake value compares what is measured with the injected dose as if that were spread evenly over the
body: in g/ml, by body weight. Only what all instances of a series say in the same, complete and possible way counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from pacs_gateway.dicomjson import date, first, parse_date, parse_time, text, time, values
from viewer.plane import item, number

DicomJson = dict[str, Any]
KILOGRAMS_MOST = 650
# A dose that is smaller was not written in becquerel.
BECQUEREL_LEAST = 100_000
# After so many half-lives nothing is left to be measured.
HALF_LIVES_MOST = 10
_DAY = dt.timedelta(days=1)


def suv_factor(instances: Iterable[DicomJson]) -> float | None:
    """Return what the values of all pictures are multiplied by to give SUVbw in g/ml, None where that is not known."""
    found = {_factor(instance) for instance in instances}
    return found.pop() if len(found) == 1 else None


def _factor(instance: DicomJson) -> float | None:
    if text(instance, "00080060") != "PT":
        return None
    unit = text(instance, "00541001")
    if unit == "GML":
        return 1.0 if text(instance, "00541006") in ("", "BW") else None
    if unit != "BQML" or not {"ATTN", "DECY"} <= {str(one) for one in values(instance, "00280051")}:
        return None
    weight, dose = number(first(instance, "00101030")), _dose_left(instance)
    if weight is None or dose is None or not 0 < weight <= KILOGRAMS_MOST:
        return None
    return weight * 1000 / dose


def _dose_left(instance: DicomJson) -> float | None:
    """Return the injected dose in Bq, as it was when the values were corrected to (PS3.3 C.8.9.1.1.6)."""
    if len(values(instance, "00540016")) != 1:
        return None
    tracer = item(instance, "00540016")
    dose, half_life = number(first(tracer, "00181074")), number(first(tracer, "00181075"))
    if dose is None or dose < BECQUEREL_LEAST or half_life is None or half_life <= 0:
        return None
    corrected_to = text(instance, "00541102")
    if corrected_to == "ADMIN":
        return dose
    since = _since_injection(instance, tracer) if corrected_to == "START" else None
    if since is None:
        return None
    half_lives = since.total_seconds() / half_life
    return dose * 2**-half_lives if 0 <= half_lives <= HALF_LIVES_MOST else None


def _since_injection(instance: DicomJson, tracer: DicomJson) -> dt.timedelta | None:
    """Return how long after the injection the series began, None where a program may have moved that time."""
    began = _moment(date(instance, "00080021"), time(instance, "00080031"))
    acquired = _moment(date(instance, "00080022"), time(instance, "00080032"))
    if began is None or acquired is None or began > acquired:
        return None
    told = text(tracer, "00181078")
    if told:
        # With a time zone of its own it cannot be compared with the times of the series, and is no time here.
        injected = _moment(parse_date(told[:8]), parse_time(told[8:]))
        return began - injected if injected else None
    injected = _moment(began.date(), time(tracer, "00181072"))
    if injected is None:
        return None
    # Only the time of day is told: the injection may have been before midnight.
    return began - injected if began >= injected else began - injected + _DAY


def _moment(day: dt.date | None, at: dt.time | None) -> dt.datetime | None:
    return dt.datetime.combine(day, at) if day and at else None
