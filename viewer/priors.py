"""The other studies of the same patient that whoever looks may see as well, to lay beside this one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from pacs_gateway.access import policy
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.principal import Principal
from pacs_gateway.index.models import Study
from viewer.whose import day

PRIORS_MOST = 30


def of(principal: Principal, grant: StudyGrant) -> list[dict[str, Any]]:
    """Return the other studies as the viewer's page offers them."""
    return [_offered(study) for study in studies_of(principal, grant)]


def studies_of(principal: Principal, grant: StudyGrant) -> list[Study]:
    """Return at most PRIORS_MOST other studies, newest first.

    An anonymised grant has none: two studies together tell whose they are. Naming a study opens nothing; its manifest
    and its pictures pass the gate for themselves.
    """
    if grant.anonymised:
        return []
    theirs = policy.visible(principal).of_patient(grant.patient).once().exclude(key=grant.study_key)
    return list(theirs[:PRIORS_MOST])


def _offered(study: Study) -> dict[str, Any]:
    modalities = " ".join(study.modalities)
    return {
        "key": study.key,
        "title": study.description or modalities,
        "when": day(study.date),
        "modalities": modalities,
        "manifest_url": reverse("viewer:manifest", args=[study.key]),
        "viewer_url": reverse("viewer:study", args=[study.key]),
    }
