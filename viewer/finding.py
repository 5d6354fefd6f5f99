"""Find the series that a picture was asked for in, as a worker does: what the task names, in the study as it is now."""

from __future__ import annotations

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.errors import PacsNotFound
from viewer import manifest, tasks
from viewer.manifest import SeriesEntry


def series_of(grant: StudyGrant, series_id: str) -> SeriesEntry:
    """Return a series of the granted study, or what is calculated from one; raises PacsError."""
    found = (manifest.at_hand(grant) or tasks.build(grant)).find(series_id)
    if found is None:
        raise PacsNotFound
    return found
