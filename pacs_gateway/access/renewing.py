"""Ask the policy again while an answer is on its way: a link may have been stopped, an account closed."""

from __future__ import annotations

import logging

from pacs_gateway.access import policy
from pacs_gateway.access.grant import GrantRefused, StudyGrant
from pacs_gateway.access.principal import Principal
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study

log = logging.getLogger(__name__)


class Withdrawn(Exception):
    """The caller may no longer have the study."""


def renewed(principal: Principal, grant: StudyGrant, right: Right) -> StudyGrant:
    """Return a fresh identified grant for the same study; raises Withdrawn when the policy no longer gives one."""
    study = Study.objects.filter(key=grant.study_key).first()
    found = policy.ask(principal, study, right) if study else None
    same = found and (found.study.study_uid, found.patient) == (grant.study.study_uid, grant.patient)
    if found is None or not same or found.anonymised:
        log.warning("a download was stopped: the right to it was withdrawn")
        raise Withdrawn
    try:
        found.require(right)
    except GrantRefused as error:
        raise Withdrawn from error
    return found
