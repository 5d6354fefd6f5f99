"""Find the report of a study, and hand it from the worker that parses it to the page that shows it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice

from pacs_gateway.access.grant import StudyGrant, sign
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsError
from pacs_gateway.refs import InstanceRef
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.part10 import read_part10
from portal.studies.report import Report, from_bytes, from_dataset
from viewer import asking, manifest, metadata, store
from viewer.manifest import Manifest

SECONDS = 300
TRIED_MOST = 8
# Structured reports that machines write for machines (PS3.4 B.5): radiation dose, computer-aided detection.
_NOT_TO_READ = {f"1.2.840.10008.5.1.4.1.1.88.{end}" for end in (50, 65, 67, 68, 69, 70, 73, 74, 75, 76)}


def load(grant: StudyGrant) -> Report | None:
    """Return the newest report of the granted study, None when it has none; a worker reads it.

    Raises GrantRefused, PacsError, or WorkersBusy.
    """
    from portal.studies.tasks import fetch_report

    grant.require(Right.REPORT)
    return from_bytes(asking.ask(fetch_report, _key(grant), sign(grant), caller=grant.principal))


def deliver(grant: StudyGrant, data: bytes) -> None:
    """Give the page the report it waits for."""
    asking.deliver(_key(grant), data, SECONDS)


def decline(grant: StudyGrant, error: PacsError) -> None:
    """Tell the page that waits why there is none."""
    asking.decline(_key(grant), error)


def newest_report(pacs: CheckedPacs, grant: StudyGrant, own: StudyGrant) -> Report | None:
    """Return the newest report for people, fetched with the grant `own`; None when the study has none."""
    for ref in islice(_candidates(_content(pacs, grant, own)), TRIED_MOST):
        header = read_part10(io.BytesIO(pacs.instance(own, ref))).header
        if str(header.get("SOPClassUID", "")) not in _NOT_TO_READ:
            return from_dataset(header)
    return None


def _key(grant: StudyGrant) -> str:
    return f"report:r2:{grant.study_key}:{grant.cache_class}"


def _content(pacs: CheckedPacs, grant: StudyGrant, own: StudyGrant) -> Manifest:
    """Return what the study holds, from the store if the page of the study has just asked for it."""
    data = store.get(manifest.key_of(grant))
    return manifest.from_bytes(data) if data else metadata.build(grant.study_key, pacs.metadata(own))


def _candidates(content: Manifest) -> Iterator[InstanceRef]:
    for series in reversed(content.series):
        if series.kind == "report":
            for entry in reversed(series.entries):
                yield InstanceRef(series.series_uid, entry.instance_uid)
