"""A study that several PACS hold is served by the first of them that can."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

from pacs_gateway import upstream
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.errors import PacsBusy, PacsIncomplete, PacsNotFound, PacsUnavailable
from pacs_gateway.index.models import Study
from pacs_gateway.upstream.checked import CheckedPacs

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")
Item = TypeVar("Item")
# A mismatch is none of these: it is an alarm, not a reason to look elsewhere.
_NOT_HERE = (PacsUnavailable, PacsNotFound, PacsIncomplete)


def ask(grant: StudyGrant, question: Callable[[CheckedPacs, StudyGrant], Answer]) -> Answer:
    """Return what the PACS of the granted study answers, or where it cannot, another that holds the same study.

    `question` gets each PACS in turn with the grant for the study there. When none can, the first error is raised.
    """
    try:
        return question(upstream.connect(grant.study.pacs), grant)
    except _NOT_HERE as error:
        if isinstance(error, PacsBusy):
            raise
        for name in copies(grant):
            try:
                answer = question(upstream.connect(name), grant.in_pacs(name))
            except _NOT_HERE:
                continue
            log.warning("PACS %s serves a study that %s cannot (%s)", name, grant.study.pacs, type(error).__name__)
            return answer
        raise


def ask_for_many(grant: StudyGrant, question: Callable[[CheckedPacs, StudyGrant], Iterator[Item]]) -> Iterator[Item]:
    """Return the items that a PACS yields. Only until the first of them has come can another PACS take its place."""

    def begun(pacs: CheckedPacs, own: StudyGrant) -> Iterator[Item]:
        items = question(pacs, own)
        first = list(itertools.islice(items, 1))
        return itertools.chain(first, items)

    return ask(grant, begun)


def copies(grant: StudyGrant) -> list[str]:
    """Return the other PACS that hold the granted study, in the order of the settings.

    Where the same Study UID is another patient's, it is not the same study.
    """
    if len(upstream.names()) < 2:
        return []
    rows = Study.objects.present().of_patient(grant.patient).filter(study_uid=grant.study.study_uid)
    found = set(rows.values_list("pacs", flat=True)) - {grant.study.pacs}
    return [name for name in upstream.names() if name in found]
