"""The people of the demo, all made up."""

from __future__ import annotations

import datetime as dt

from pacs_gateway.refs import PatientRef
from portal.demo.phantom.dicom import Subject

ISSUER = "DEMO"
ALEX = Subject("Demo^Alex", "DEMO-A", ISSUER, "19790412", "F", dt.date(2026, 8, 6))
BLAKE = Subject("Demo^Blake", "DEMO-B", ISSUER, "19630925", "M", dt.date(2026, 7, 14))
CASEY = Subject("Demo^Casey", "DEMO-C", ISSUER, "20170530", "M", dt.date(2026, 9, 21))


def ref(subject: Subject) -> PatientRef:
    """Return a demo patient as the archive knows them."""
    return PatientRef(subject.patient_id, subject.issuer)
