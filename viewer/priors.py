"""The other studies of the same patient that whoever looks may see as well, to lay beside this one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from pacs_gateway.access import policy
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.principal import principal_of
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from pacs_gateway.index.models import Study
from viewer.whose import day

PRIORS_MOST = 30


@study_scoped(Right.VIEW, api=True)
def study_priors(request: HttpRequest, grant: StudyGrant) -> JsonResponse:
    """Return the other studies, newest first; an anonymised grant has none, as two together tell whose they are."""
    return JsonResponse({"priors": [_public(study) for study in of(request, grant)]})


def of(request: HttpRequest, grant: StudyGrant) -> list[Study]:
    """Return at most PRIORS_MOST studies of the granted study's patient that the caller may look at."""
    if grant.anonymised:
        return []
    principal = principal_of(request)
    theirs = policy.visible(principal).of_patient(grant.patient).once().exclude(key=grant.study_key)[:PRIORS_MOST]
    return [study for study in theirs if policy.ask(principal, study, Right.VIEW)]


def _public(study: Study) -> dict[str, Any]:
    return {
        "key": study.key,
        "title": study.description or " ".join(study.modalities),
        "date": study.date,
        "when": day(study.date),
        "modalities": study.modalities,
        "manifest_url": reverse("viewer:manifest", args=[study.key]),
        "viewer_url": reverse("viewer:study", args=[study.key]),
    }
